"""A bit that flipped on disk is found wherever a file has a checksum, also when read in parts."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pyarrow as pa
import pytest
import torch
import zarr
from pyarrow import parquet

import tagthresh as tt
from tagthresh.io import npy, read
from tagthresh.io.array_files import opened
from tagthresh.io.score_files import ScoreFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARK = np.float32(0.43215678)  # found again in the bytes of a file
SCORES = np.linspace(0, 1, 1200, dtype=np.float32).reshape(400, 3)
SCORES[300, 1] = MARK
LABELS = (SCORES > 0.7).astype(np.uint8)


class Pipe(io.BytesIO):
    """A stream that cannot go back: sizes and checksums follow after each file."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def stored_npz(path: Path) -> None:
    np.savez(path, scores=SCORES, labels=LABELS)


def streamed_npz(path: Path) -> None:
    pipe = Pipe()
    np.savez(pipe, scores=SCORES, labels=LABELS)
    path.write_bytes(pipe.getvalue())


def npz_after_other_bytes(path: Path) -> None:
    stored_npz(path)
    path.write_bytes(b"anything" * 9 + path.read_bytes())


def npz_with_a_comment(path: Path) -> None:
    stored_npz(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"from the second run"


def hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name, values in (("scores", SCORES), ("labels", LABELS)):
            file.create_dataset(name, data=values, chunks=(50, 3), fletcher32=True)


def in_zarr(path: Path) -> None:
    group = zarr.open_group(path, mode="w", zarr_format=3)
    options: dict[str, Any] = {"chunks": (50, 3), "compressors": [zarr.codecs.Crc32cCodec()]}
    for name, values in (("scores", SCORES), ("labels", LABELS)):
        group.create_array(name, data=values, **options)


def in_parquet(path: Path) -> None:
    columns = {name: SCORES[:, i] for i, name in enumerate("abc")}
    options = {"use_dictionary": False, "compression": "none", "write_page_checksum": True}
    parquet.write_table(pa.table(columns), path, **options)


def tensors(path: Path) -> None:
    torch.save({"scores": torch.tensor(SCORES), "labels": torch.tensor(LABELS)}, path)


FORMS: dict[str, Callable[[Path], None]] = {
    "a.npz": stored_npz,
    "streamed.npz": streamed_npz,
    "after.npz": npz_after_other_bytes,
    "comment.npz": npz_with_a_comment,
    "a.h5": hdf5,
    "a.zarr": in_zarr,
    "a.parquet": in_parquet,
    "a.pt": tensors,
}


def flip(path: Path) -> None:
    """Flip one bit of the marked score."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    for file in files:
        content = bytearray(file.read_bytes())
        if MARK.tobytes() in content:
            content[content.index(MARK.tobytes()) + 3] ^= 0x40
            file.write_bytes(content)
            return
    raise AssertionError("the score is not there")


@pytest.mark.parametrize("name", FORMS)
def test_a_flipped_bit_is_found(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    FORMS[name](path)
    ways: list[Callable[[], Any]] = [lambda: read(str(path)).scores]
    if path.suffix == ".zarr":
        ways = []
    if path.suffix != ".pt":
        ways += [lambda: ScoreFile.at(str(path)).read(slice(0, 400))[0]]
    for way in ways:
        assert np.array_equal(way(), SCORES)
    flip(path)
    for way in ways:
        with pytest.raises(tt.InputError, match=rf".*{name} cannot be read: "):
            way()


@pytest.mark.parametrize("name", ["a.npz", "streamed.npz", "after.npz", "a.h5", "a.zarr"])
def test_a_fit_in_parts_finds_it(name: str, tmp_path: Path) -> None:
    FORMS[name](tmp_path / name)
    shards = tt.Shards.from_files(str(tmp_path / name), memory="50kB")
    flip(tmp_path / name)
    with pytest.raises(tt.InputError, match=rf".*{name} cannot be read: "):
        tt.find_thresholds(shards, method="exact")


@pytest.mark.parametrize("what", ["scores", "labels", "tags", "clips"])
def test_every_array_of_an_archive_is_checked(what: str, tmp_path: Path) -> None:
    arrays: dict[str, Any] = {"scores": SCORES, "labels": LABELS, "tags": np.array(["a", "b", "c"])}
    arrays["clips"] = np.array([f"clip {i}" for i in range(400)])
    np.savez(tmp_path / "a.npz", **arrays)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    place = content.index(arrays[what].tobytes()) + arrays[what].nbytes // 2
    content[place] ^= 1
    (tmp_path / "a.npz").write_bytes(content)

    def scores_and_labels() -> None:
        found = opened(str(tmp_path / "a.npz"))
        for name in ("scores", "labels", "clips"):
            for start in range(0, 400, 100):
                found[name][start : start + 100]

    for way in (scores_and_labels, lambda: read(str(tmp_path / "a.npz"))):
        with pytest.raises(tt.InputError, match="checksum differs"):
            way()


def test_an_archive_is_checked_once_and_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_npz(tmp_path / "a.npz")
    calls, is_intact = [], npy.is_intact

    def counted(path: str, member: str) -> bool:
        calls.append(path)
        return is_intact(path, member)

    monkeypatch.setattr(npy, "is_intact", counted)
    monkeypatch.setattr(npy, "BLOCK", 100)
    rows = opened(str(tmp_path / "a.npz"))["scores"]
    for _ in range(2):
        for start in range(0, 400, 100):
            assert np.array_equal(rows[start : start + 100], SCORES[start : start + 100])
    assert len(calls) == 1


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"\0", lambda b: b + b])
def test_an_npy_file_has_exactly_its_size(change: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, SCORES)
    path.write_bytes(change(path.read_bytes()))
    for way in (read, opened):
        with pytest.raises(tt.InputError, match=r"cut short|longer than its array"):
            way(str(path))


@pytest.mark.parametrize("old", [b"scores.npy", b"labels.npy"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_name_that_flipped_is_not_another_array(old: bytes, which: int, tmp_path: Path) -> None:
    stored_npz(tmp_path / "a.npz")
    content = bytearray((tmp_path / "a.npz").read_bytes())
    place = content.index(old) if which == 0 else content.rindex(old)
    content[place] ^= 2
    (tmp_path / "a.npz").write_bytes(content)
    for way in (read, opened):
        with pytest.raises(tt.InputError, match="in two ways"):
            way(str(tmp_path / "a.npz"))


def test_checkpoints_and_grids_are_checked(tmp_path: Path) -> None:
    grid = tt.GridCounts(["a", "b", "c"])
    grid.update(LABELS, SCORES)
    grid.save(tmp_path / "grid.npz")
    content = bytearray((tmp_path / "grid.npz").read_bytes())
    rng = np.random.default_rng(0)
    for _ in range(200):
        place = int(rng.integers(len(content)))
        content[place] ^= 1
        (tmp_path / "grid.npz").write_bytes(content)
        content[place] ^= 1
        try:
            assert tt.GridCounts.load(tmp_path / "grid.npz").n_clips == 400
        except tt.InputError as error:
            assert "grid.npz" in str(error)  # noqa: PT017 - either is right
