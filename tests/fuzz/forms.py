"""Valid files of every form, as bytes, and legal ones that hold types nobody expects."""

from __future__ import annotations

import io
import json
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fuzz.content import chance, one_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from fuzz.content import Content

SCORE_NAMES = ("scores", "clipwise_output")
LABEL_NAMES = ("labels", "target")


@dataclass
class Sample:
    """Files by name, and which of them is given as what.

    Attributes
    ----------
    files : dict of str to bytes
        A folder of zarr is one file per path below it.
    scores : str
        Name of the file, or folder, that is read.
    labels, tags : str or None
        Names of a second file with labels, and of a text file with tags.
    changes : list of str
        The mutations made.
    legal : bool
        Whether it must be read without an error.
    sealed : bool
        Whether each change can be seen in the file, by a checksum or by its form.
    """

    files: dict[str, bytes]
    scores: str
    labels: str | None = None
    tags: str | None = None
    changes: list[str] = field(default_factory=list)
    legal: bool = True
    sealed: bool = False


MOMENT = b"\0\0\x21\0"  # the first that archives can name


def timeless(data: bytes) -> bytes:
    """Put the same moment in place of the time at which a file was made."""
    data = re.sub(rb'"created": "[^"]*"', b'"created": "2026-01-01T00:00:00+00:00"', data)
    data = re.sub(rb"(PK\x03\x04.{6}).{4}", lambda found: found[1] + MOMENT, data, flags=re.DOTALL)
    return re.sub(rb"(PK\x01\x02.{8}).{4}", lambda found: found[1] + MOMENT, data, flags=re.DOTALL)


def arrays(rng: Generator, content: Content, *, text: str = "U") -> dict[str, Any]:
    """Lay out named arrays, their names those of either habit."""
    named: dict[str, Any] = {
        one_of(rng, SCORE_NAMES): content.scores,
        one_of(rng, LABEL_NAMES): content.labels,
    }
    names, clips = content.tags, content.clips
    if text == "S":
        names, clips = [name.encode() for name in names], [clip.encode() for clip in clips]  # type: ignore[misc]
    if chance(rng, 0.7):
        named["tags"] = np.array(names)
    if chance(rng, 0.5):
        named[one_of(rng, ("clips", "audio_name"))] = np.array(clips)
    if content.weights is not None:
        named["weights"] = content.weights
    return named


def npz(rng: Generator, content: Content) -> Sample:
    """Write a NumPy archive, stored or compressed."""
    buffer = io.BytesIO()
    save: Callable[..., None] = one_of(rng, (np.savez, np.savez_compressed))
    save(buffer, **arrays(rng, content, text=one_of(rng, ("U", "S"))))
    return Sample({"in.npz": buffer.getvalue()}, "in.npz", sealed=True)


def npy_bytes(array: Any) -> bytes:
    """Write one array."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def npy(rng: Generator, content: Content) -> Sample:
    """Scores and labels in a file each, in the order of rows or of columns, tags in a text file."""
    order = one_of(rng, ("C", "C", "F"))
    scores = np.array(content.scores, order="F" if order == "F" else "C")
    if chance(rng, 0.2):
        scores = scores.astype(scores.dtype.newbyteorder(">"))
    files = {"in.npy": npy_bytes(scores), "labels.npy": npy_bytes(content.labels)}
    sample = Sample(files, "in.npy", "labels.npy")
    if chance(rng, 0.4):
        sample.tags = "tags.txt"
        end = one_of(rng, ("\n", "\r\n"))
        files["tags.txt"] = end.join(content.tags).encode() + b"\n"
    return sample


def hdf5(rng: Generator, content: Content) -> Sample:
    """HDF5, plain or in chunks, with texts of fixed or of variable length."""
    import h5py

    named = arrays(rng, content, text="S")
    stored: dict[str, Any] = one_of(
        rng, ({}, {"chunks": True}, {"compression": "gzip"}, {"fletcher32": True})
    )
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, value in named.items():
            values = value
            if value.dtype.kind == "S" and chance(rng, 0.5):
                values = np.array(value.tolist(), h5py.string_dtype())
            options = stored if values.ndim == 2 else {}
            file.create_dataset(name, data=values, **options)
    return Sample({"in.h5": buffer.getvalue()}, "in.h5")


def torch_file(rng: Generator, content: Content) -> Sample:
    """Write a dict of tensors, with texts in lists."""
    import torch

    named = arrays(rng, content)
    texts = {name: value.tolist() for name, value in named.items() if value.dtype.kind == "U"}
    tensors = {k: torch.tensor(v.tolist()) for k, v in named.items() if v.dtype.kind != "U"}
    for name in SCORE_NAMES:
        if name in named:
            tensors[name] = torch.from_numpy(named[name].copy())
    buffer = io.BytesIO()
    torch.save({**tensors, **texts}, buffer)
    return Sample({"in.pt": buffer.getvalue()}, "in.pt")


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder, by their paths from its parent."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder.parent)): path.read_bytes() for path in paths}


def zarr_folder(rng: Generator, content: Content) -> Sample:
    """Write a folder of zarr, format 2 or 3."""
    import zarr

    named = arrays(rng, content)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "in.zarr")
        group = zarr.open_group(str(folder), mode="w", zarr_format=one_of(rng, (2, 3)))
        for name, value in named.items():
            if value.dtype.kind == "U":
                group.attrs[name] = value.tolist()  # texts in zarr 3 are not settled yet
            else:
                chunks = tuple(int(rng.integers(1, n + 1)) for n in value.shape)
                group.create_array(name, data=value, chunks=chunks)
        return Sample(folder_bytes(folder), "in.zarr")


def parquet_bytes(table: Any, **options: Any) -> bytes:
    """Write a table of Arrow."""
    from pyarrow import parquet

    buffer = io.BytesIO()
    parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


def wide_columns(rng: Generator, content: Content, values: Any) -> dict[str, Any]:
    """Lay out a column per tag."""
    columns: dict[str, Any] = {"clip": content.clips} if chance(rng, 0.7) else {}
    order = rng.permutation(len(content.tags)) if chance(rng, 0.3) else range(len(content.tags))
    return columns | {content.tags[i]: values[:, i] for i in order}


def parquet_wide(rng: Generator, content: Content) -> Sample:
    """Scores and labels in two wide files of Parquet."""
    import pyarrow as pa

    options = {
        "row_group_size": int(rng.integers(1, 8)),
        "compression": one_of(rng, ("NONE", "snappy", "zstd")),
        "use_dictionary": chance(rng, 0.5),
    }
    scores, labels = (
        parquet_bytes(pa.table(wide_columns(rng, content, values)), **options)
        for values in (content.scores, content.labels)
    )
    files = {"in.parquet": scores, "labels.parquet": labels}
    return Sample(files, "in.parquet", "labels.parquet")


def long_columns(rng: Generator, content: Content) -> dict[str, list[Any]]:
    """Lay out a row per pair of clip and tag, in any order."""
    row, column = np.nonzero(np.ones(content.scores.shape, bool))
    order = rng.permutation(len(row))
    row, column = row[order], column[order]
    columns: dict[str, list[Any]] = {
        "clip": [content.clips[i] for i in row],
        "tag": [content.tags[j] for j in column],
        "score": content.scores[row, column].tolist(),
        "label": content.labels[row, column].astype(int).tolist(),
    }
    if content.weights is not None:
        columns["weight"] = content.weights[row].tolist()
    return columns


def parquet_long(rng: Generator, content: Content) -> Sample:
    """Write a long file of Parquet."""
    import pyarrow as pa

    table = pa.table(long_columns(rng, content))
    return Sample({"in.parquet": parquet_bytes(table)}, "in.parquet")


def csv_bytes(columns: dict[str, Any], separator: str = ",", end: str = "\n") -> bytes:
    """Write a table of text, with quotes where they are needed."""
    import csv

    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    """Numbers as Python writes them."""
    return {
        name: [value + 0 if isinstance(value, bool) else value for value in np.asarray(v).tolist()]
        for name, v in columns.items()
    }


def csv_wide(rng: Generator, content: Content) -> Sample:
    """Scores and labels in two wide files of CSV; numbers name tags only after a column clip."""
    end = one_of(rng, ("\n", "\r\n"))
    tables = [
        _plain(wide_columns(rng, content, values))
        for values in (content.scores, content.labels.astype(int))
    ]
    files = {
        name: csv_bytes(table, end=end)
        for name, table in zip(("in.csv", "labels.csv"), tables, strict=True)
    }
    numbered = any(name.isdigit() for table in tables for name in table)
    legal = not numbered or all(next(iter(table)) == "clip" for table in tables)
    return Sample(files, "in.csv", "labels.csv", legal=legal)


def csv_long(rng: Generator, content: Content) -> Sample:
    """Write a long file of CSV."""
    return Sample({"in.csv": csv_bytes(_plain(long_columns(rng, content)))}, "in.csv")


def tsv(rng: Generator, content: Content) -> Sample:
    """Write a long table with tabs: a form that may be refused, but not misread."""
    columns = _plain(long_columns(rng, content))
    name = one_of(rng, ("in.tsv", "in.csv"))
    return Sample({name: csv_bytes(columns, "\t")}, name, legal=False)


FORMS: dict[str, Callable[[Generator, Content], Sample]] = {
    "npz": npz,
    "npy": npy,
    "hdf5": hdf5,
    "pt": torch_file,
    "zarr": zarr_folder,
    "parquet wide": parquet_wide,
    "parquet long": parquet_long,
    "csv wide": csv_wide,
    "csv long": csv_long,
    "tsv": tsv,
}


def json_bytes(value: Any) -> bytes:
    """Write JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode()
