"""Files in every form, ways to damage them, and both ways to read them."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import h5py
import numpy as np
import pyarrow as pa
import torch
import zarr
from pyarrow import parquet

from tagthresh.io import read
from tagthresh.io.score_files import ScoreFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.random import Generator

N_CLIPS, N_TAGS = 40, 3
TAGS = tuple(f"tag number {i}" for i in range(N_TAGS))
CLIPS = tuple(f"clip{i:03}.wav" for i in range(N_CLIPS))
SCORES = np.random.default_rng(0).normal(size=(N_CLIPS, N_TAGS)).astype(np.float32)
NUMBERS = [0, 1, 255, 2**15, 2**31 - 1, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1]
TYPES = [b"<f8", b"<i4", b">f4", b"|O8", b"<U3", b"|V4", b"<c8", b"|b1", b"<m8", b"|S9", b"<f2"]


class Result(NamedTuple):
    """What was read."""

    scores: Any
    tags: tuple[str, ...] | None
    clips: tuple[str, ...] | None


def arrays() -> dict[str, Any]:
    return {"scores": SCORES, "tags": np.array(TAGS), "clips": np.array(CLIPS, "S20")}


def write_hdf5(path: Path, libver: str | None = None, **options: Any) -> None:
    with h5py.File(path, "w", libver=libver) as file:
        for name, values in arrays().items():
            stored = values.astype("S20") if values.dtype.kind == "U" else values
            file.create_dataset(name, data=stored, **options)


def write_zarr(path: Path, zarr_format: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        group = zarr.open_group(path, mode="w", zarr_format=zarr_format)
        for name, values in arrays().items():
            codec = {"compressors": [zarr.codecs.Crc32cCodec()]} if zarr_format == 3 else {}
            group.create_array(name, data=values, chunks=(16, *values.shape[1:]), **codec)


def write_parquet(path: Path) -> None:
    columns = {"clip": CLIPS, **dict(zip(TAGS, SCORES.T, strict=True))}
    parquet.write_table(pa.table(columns), path, row_group_size=16, write_page_checksum=True)


def write_csv(path: Path) -> None:
    rows = [",".join([clip, *map(str, row)]) for clip, row in zip(CLIPS, SCORES, strict=True)]
    path.write_text("\n".join([",".join(["clip", *TAGS]), *rows]) + "\n")


FORMS: dict[str, Callable[[Path], Any]] = {
    "npy": lambda path: np.save(path, SCORES),
    "stored.npz": lambda path: np.savez(path, **arrays()),
    "deflated.npz": lambda path: np.savez_compressed(path, **arrays()),
    "plain.h5": write_hdf5,
    "latest.h5": lambda path: write_hdf5(path, "latest", chunks=True, fletcher32=True),
    "gzip.h5": lambda path: write_hdf5(path, chunks=True, compression="gzip"),
    "two.zarr": lambda path: write_zarr(path, 2),
    "three.zarr": lambda path: write_zarr(path, 3),
    "wide.parquet": write_parquet,
    "csv": write_csv,
    "pt": lambda path: torch.save({"scores": torch.tensor(SCORES)}, path),
}
IN_PARTS = [name for name in FORMS if not name.endswith(("csv", "pt"))]
# What of these forms is read is what was written, names included, or nothing: all is checksummed.
PROOF = {"stored.npz", "deflated.npz", "latest.h5"}


def whole(path: str) -> Result:
    """Read a file at once."""
    table = read(path)
    return Result(table.scores, table.tags, table.clips)


def in_parts(path: str) -> Result:
    """Read a file seven clips at a time."""
    file = ScoreFile.at(path)
    parts = [file.read(slice(i, i + 7)) for i in range(0, min(file.n_clips, 10**4), 7)]
    names = [names for _, names in parts if names is not None]
    clips = tuple(file.texts(np.concatenate(names)).to_pylist()) if names else None
    return Result(np.concatenate([scores for scores, _ in parts]), file.tags, clips)


def damaged(content: bytes, rng: Generator) -> bytes:
    """Change a file in one of many ways."""
    ways = (flipped, cut, extended, overwritten, swapped, without, renumbered, retyped)
    way = ways[rng.choice(len(ways), p=[0.4, 0.05, 0.05, 0.1, 0.05, 0.05, 0.15, 0.15])]
    return way(bytearray(content), rng)


def flipped(content: bytearray, rng: Generator) -> bytes:
    for place in rng.integers(len(content), size=rng.integers(1, 4)):
        content[place] ^= 1 << int(rng.integers(8))
    return bytes(content)


def cut(content: bytearray, rng: Generator) -> bytes:
    return bytes(content[: rng.integers(len(content))])


def extended(content: bytearray, rng: Generator) -> bytes:
    return bytes(content) + rng.bytes(int(rng.integers(1, 100)))


def overwritten(content: bytearray, rng: Generator) -> bytes:
    start, size = rng.integers(len(content)), rng.integers(1, 64)
    content[start : start + size] = [b"\0", b"\xff", rng.bytes(1)][rng.integers(3)] * int(size)
    return bytes(content)


def swapped(content: bytearray, rng: Generator) -> bytes:
    one, other = sorted(rng.integers(len(content), size=2))
    size = min(int(rng.integers(1, 200)), other - one)
    part = content[one : one + size]
    content[one : one + size] = content[other : other + size]
    content[other : other + size] = part
    return bytes(content)


def without(content: bytearray, rng: Generator) -> bytes:
    start = rng.integers(len(content))
    del content[start : start + rng.integers(1, 64)]
    return bytes(content)


def renumbered(content: bytearray, rng: Generator) -> bytes:
    """Put another size where one is, in digits or in binary."""
    number = NUMBERS[rng.integers(len(NUMBERS))]
    digits = list(re.finditer(rb"\b\d+\b", content[:3000]))
    if digits and rng.random() < 0.5:
        found = digits[rng.integers(len(digits))]
        content[found.start() : found.end()] = str(number).encode()
        return bytes(content)
    size = int(rng.choice([2, 4, 8]))
    place = int(rng.integers(len(content)))
    content[place : place + size] = number.to_bytes(16, "little")[:size]
    return bytes(content)


def retyped(content: bytearray, rng: Generator) -> bytes:
    """Put another type where one is."""
    found = list(re.finditer(rb"[<>|=][a-zA-Z]\d+", content))
    if not found:
        return flipped(content, rng)
    one = found[rng.integers(len(found))]
    content[one.start() : one.end()] = TYPES[rng.integers(len(TYPES))]
    return bytes(content)


def damage(path: Path, rng: Generator) -> None:
    """Change a file, or one of a folder."""
    if path.is_dir():
        path = rng.choice(sorted(file for file in path.rglob("*") if file.is_file()))
    path.write_bytes(damaged(path.read_bytes(), rng))
