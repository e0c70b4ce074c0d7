"""What files of matrices hold, read slowly in plain Python and NumPy.

It may read more than the library does, which may refuse anything; what the library reads, it must
read too, and alike.
"""

from __future__ import annotations

import ast
import csv
import io
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BARE = "matrix"
NAMES = {
    "scores": "scores",
    "clipwise_output": "scores",
    "labels": "labels",
    "target": "labels",
    "tags": "tags",
    "clips": "clips",
    "audio_name": "clips",
    "weights": "weights",
}
NULLS = {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"}
NULLS |= {"N/A", "NA", "NULL", "NaN", "n/a", "nan", "null"}
TRUTH = {"true": 1.0, "false": 0.0, "True": 1.0, "False": 0.0, "TRUE": 1.0, "FALSE": 0.0}
MOST = 1 << 24  # values that the oracle holds

Plain = dict[str, Any]


class UnreadableError(Exception):
    """The oracle cannot read a file, or cannot tell what it means."""


class AmbiguousError(Exception):
    """A file says a thing twice, and which of them counts is not settled."""


def npy(data: bytes) -> Any:
    """Read one array from its bytes."""
    if data[:6] != b"\x93NUMPY":
        raise UnreadableError("no array")
    wide = data[6] > 1
    size = struct.unpack("<I" if wide else "<H", data[8 : 12 if wide else 10])[0]
    start = (12 if wide else 10) + size
    head = ast.literal_eval(data[start - size : start].decode("latin-1").strip())
    dtype, shape = np.dtype(head["descr"]), head["shape"]
    count = int(np.prod([int(n) for n in shape], dtype=object)) if shape else 1
    if dtype.subdtype is not None:
        raise AmbiguousError("an array in every entry")
    if dtype.hasobject or not 0 <= count <= MOST:
        raise UnreadableError("objects, or more than there can be")
    values = np.frombuffer(data, dtype, count, start)
    return values.reshape(shape, order="F" if head["fortran_order"] else "C")


def npz(data: bytes) -> Plain:
    """Read an archive, its checksums included."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if len(set(names)) < len(names):
            raise AmbiguousError("a member is there twice")
        if len({name.removesuffix(".npy") for name in names}) < len(names):
            raise AmbiguousError("a member is there with its suffix and without")
        known = {n: n.removesuffix(".npy") for n in names if n.removesuffix(".npy") in NAMES}
        if {"format.npy", "shape.npy", "data.npy"} <= set(names):
            return {BARE: sparse({n[:-4]: npy(archive.read(n)) for n in names})}
        found = [
            (name, tried(lambda member=member: npy(archive.read(member))))  # type: ignore[misc]
            for member, name in known.items()
        ]
    return by_our_names(found)


def tried(read: Callable[[], Any]) -> Any:
    """Read an array; the error in its place where it is broken and may not be needed."""
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - broken files make libraries raise anything
        return error


def sparse(parts: Plain) -> Any:
    """Add up the entries of a matrix in rows or in columns; other forms are not looked into."""
    form = parts["format"].item()
    form = form.decode() if isinstance(form, bytes) else form
    if form not in {"csr", "csc"}:
        raise AmbiguousError("another sparse form")
    shape, pointer = tuple(parts["shape"]), parts["indptr"]
    if np.prod(shape, dtype=object) > MOST:
        raise UnreadableError("too large")
    dense = np.zeros(shape if form == "csr" else shape[::-1])
    for line in range(len(pointer) - 1):
        for i in range(pointer[line], pointer[line + 1]):
            dense[line, parts["indices"][i]] += parts["data"][i]
    return dense if form == "csr" else dense.T


def by_our_names(found: list[tuple[str, Any]]) -> Plain:
    """Name arrays as we do."""
    ours = [NAMES[name] for name, _ in found]
    if len(set(ours)) < len(ours):
        raise AmbiguousError("both names of an array")
    return dict(zip(ours, (value for _, value in found), strict=True))


def hdf5(path: Path) -> Plain:
    """Read the arrays of HDF5 that are stored in it."""
    import h5py

    with h5py.File(path) as file:
        found = [
            (name, tried(lambda name=name: _dataset(file, name)))  # type: ignore[misc]
            for name in set(file) & set(NAMES)
        ]
    return by_our_names(found)


def _dataset(file: Any, name: str) -> Any:
    """Read an array that is stored in the file itself."""
    import h5py

    if isinstance(file.get(name, getlink=True), h5py.ExternalLink):
        raise UnreadableError("a link to another file")
    data = file[name]
    if not isinstance(data, h5py.Dataset) or data.external:
        raise UnreadableError("no array of this file")
    if data.size is None or data.size > MOST:
        raise UnreadableError("empty, or more than the file can hold")
    return np.asarray(data[()])


def torch_file(path: Path) -> Plain:
    """Read tensors."""
    import torch

    whole = torch.load(path, map_location="cpu", weights_only=True)
    if isinstance(whole, torch.Tensor):
        return {BARE: _array(whole)}
    return by_our_names([(key, _array(value)) for key, value in whole.items() if key in NAMES])


def _array(value: Any) -> Any:
    import torch

    return np.asarray(value.detach().tolist() if isinstance(value, torch.Tensor) else value)


def zarr_folder(path: Path) -> Plain:
    """Read a group of zarr, texts from its attributes left out as the library does."""
    import zarr

    group = zarr.open(str(path), mode="r")
    if isinstance(group, zarr.Array):
        return {BARE: group[...]}
    return by_our_names([(name, group[name][...]) for name in group if name in NAMES])


def csv_table(data: bytes, separator: str) -> Plain:
    """Read a table of text."""
    text = data.decode("utf-8-sig")
    header, *rows = [
        row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row
    ]
    if len(set(header)) < len(header):
        raise AmbiguousError("a column is there twice")
    if len(header) == 1 and "" in text.strip("\r\n").splitlines():
        raise AmbiguousError("an empty line of one column, which may be an empty cell")
    if any(len(row) != len(header) for row in rows):
        raise UnreadableError("rows of different lengths")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(header)}
    if header[0] == "" and "clip" not in header:
        columns = {name or "clip": values for name, values in columns.items()}
    elif header[0] == "":
        del columns[""]
    return table(columns)


def parquet_table(path: Path) -> Plain:
    """Read Parquet with Arrow, and lay it out in plain Python."""
    from pyarrow import parquet

    try:
        found = parquet.ParquetFile(path).read()
    except Exception as error:  # a column that is not needed may be broken
        raise AmbiguousError(str(error)) from error
    if len(set(found.column_names)) < found.num_columns:
        raise UnreadableError("a column is there twice")
    return table({name: found[name].to_pylist() for name in found.column_names})


def number(value: Any) -> float:
    """Read a number as it stands in a cell."""
    if value is None or (isinstance(value, str) and value.strip() in NULLS):
        return np.nan
    if isinstance(value, str) and value.strip() in TRUTH:
        return TRUTH[value.strip()]
    return float(value.strip() if isinstance(value, str) else value)


def _is_numeric(values: list[Any]) -> bool:
    """Whether all values are numbers, or all are true and false; empty cells may be among them."""
    words = [str(value).strip() in TRUTH for value in values if str(value).strip() not in NULLS]
    if any(words) and not all(words):
        return False
    try:
        _ = [number(value) for value in values]
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def table(columns: dict[str, list[Any]]) -> Plain:
    """Lay out a wide or a long table."""
    if {"clip", "tag"} <= columns.keys():
        return _long(columns)
    first = next(iter(columns))
    clip = "clip" if "clip" in columns else None if _is_numeric(columns[first]) else first
    found: Plain = {} if clip is None else {"clips": list(map(text, columns[clip]))}
    if "weight" in columns:
        found["weights"] = np.array([number(value) for value in columns["weight"]])
    names = [name for name in columns if name not in {clip, "weight"}]
    matrix = [[number(value) for value in columns[name]] for name in names]
    return {**found, "tags": names, BARE: np.array(matrix, float).T}


def _long(columns: dict[str, list[Any]]) -> Plain:
    pairs = list(zip(map(text, columns["clip"]), map(text, columns["tag"]), strict=True))
    if len(set(pairs)) < len(pairs):
        raise UnreadableError("a pair is there twice")
    clips, tags = (list(dict.fromkeys(names)) for names in zip(*pairs, strict=True))
    found: Plain = {"clips": clips, "tags": tags}
    for key, name in (("scores", "score"), ("labels", "label")):
        if name in columns:
            given = dict(zip(pairs, map(number, columns[name]), strict=True))
            found[key] = np.array([[given.get((c, t), np.nan) for t in tags] for c in clips])
    if "weight" in columns:
        found["weights"] = {p: number(w) for p, w in zip(pairs, columns["weight"], strict=True)}
    return found


def text(value: Any) -> str:
    """Read a name, which ends at the padding of fixed-width bytes."""
    if isinstance(value, bytes | np.bytes_):
        return bytes(value).rstrip(b"\0").decode(errors="surrogateescape")
    if value is None or str(value) == "":
        raise UnreadableError("an empty name")
    return str(value)


def texts(values: Any) -> Any:
    """Read names from a list or an array of any kind."""
    if values is None or isinstance(values, Exception):
        return values
    return [text(value) for value in np.asarray(values, object).ravel()]


def read(path: Path) -> Plain:
    """Read a file, or a folder of zarr, by its suffix."""
    if path.suffix == ".npy":
        return {BARE: npy(path.read_bytes())}
    if path.suffix == ".npz":
        return npz(path.read_bytes())
    if path.suffix in {".csv", ".tsv"}:
        data = path.read_bytes()
        head = data.split(b"\n")[0]
        tabs = path.suffix == ".tsv" or (b"\t" in head and b"," not in head)
        return csv_table(data, "\t" if tabs else ",")
    readers = {".h5": hdf5, ".pt": torch_file, ".zarr": zarr_folder, ".parquet": parquet_table}
    return readers[path.suffix](path)
