"""Matrices on disk, read a few rows at a time: .npy, .npz, HDF5, zarr and Parquet (wide).

Nothing is mapped into memory, so that what is read is all that is held, and no file stays open.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tagthresh.io.array_files import BARE, NAMES
from tagthresh.io.column_files import check_index, clip_column
from tagthresh.io.column_values import as_text, is_numeric
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SUFFIXES = (".npy", ".npz", ".h5", ".hdf5", ".zarr", ".parquet")
FLOATS = {np.dtype(name) for name in ("f2", "f4", "f8")}
BATCH = 1 << 14  # rows of a Parquet file decoded at a time
LOCAL_HEADER = struct.Struct("<26x2H")  # of a file in an archive: how long its name and extras are


class Rows(Protocol):
    """A matrix whose rows can be read: an array, one of HDF5 or zarr, or a class below."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows and of columns."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""

    def __getitem__(self, rows: slice, /) -> Any:
        """Values of some rows."""


@dataclass(frozen=True)
class NpyRows:
    """An array in the form of .npy, a file of its own or stored in an archive.

    Attributes
    ----------
    path : str
        The file.
    start : int
        Where in it the values begin.
    shape : tuple of int
    dtype : dtype
    """

    path: str
    start: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @classmethod
    def at(cls, path: str, start: int = 0) -> NpyRows:
        """Read the header, which begins at `start`."""
        with Path(path).open("rb") as file:
            file.seek(start)
            major, _ = np.lib.format.read_magic(file)
            header = getattr(np.lib.format, f"read_array_header_{min(major, 2)}_0")
            shape, by_column, dtype = header(file)
            start = file.tell()
        if dtype.hasobject:
            raise InputError(f"cannot read {path}: it holds Python objects")
        if by_column and len(shape) > 1:
            raise InputError(f"{path} must hold row after row; it holds column after column")
        return cls(path, start, shape, dtype)

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        first, last, _ = rows.indices(self.shape[0])
        width = int(np.prod(self.shape[1:], dtype=np.int64))
        offset = self.start + first * width * self.dtype.itemsize
        values = np.fromfile(self.path, self.dtype, (last - first) * width, offset=offset)
        if len(values) < (last - first) * width:
            raise InputError(f"cannot read {self.path}: cut short")
        return values.reshape(-1, *self.shape[1:])


@dataclass(frozen=True)
class PackedRows:
    """An array that can only be read whole: compressed in an archive."""

    path: str
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @classmethod
    def at(cls, path: str, name: str) -> PackedRows:
        """Read the array, for its shape."""
        with np.load(path, allow_pickle=False) as archive:
            values = archive[name]
        return cls(path, name, values.shape, values.dtype)

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        with np.load(self.path, allow_pickle=False) as archive:
            return np.asarray(archive[self.name][rows])


@dataclass(frozen=True)
class Hdf5Rows:
    """An array of an HDF5 file."""

    path: str
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        import h5py

        with h5py.File(self.path) as file:
            return np.asarray(file[self.name][rows])


class ParquetRows:
    """Some columns of a Parquet file, read fastest from the first row to the last.

    Parameters
    ----------
    path : str
        The file.
    columns : sequence of str, or str
        Numeric columns; or one of names, which gives an array of shape (n_rows,).
    dtype : dtype
        Type of the values.
    """

    def __init__(self, path: str, columns: tuple[str, ...] | str, dtype: np.dtype[Any]) -> None:
        from pyarrow import parquet

        self.path, self.columns, self.dtype = path, columns, dtype
        with parquet.ParquetFile(path) as file:
            n_rows = file.metadata.num_rows
        self.shape = (n_rows,) if isinstance(columns, str) else (n_rows, len(columns))
        self._rewind()

    def _rewind(self) -> None:
        self._next, self._left = 0, np.empty((0, *self.shape[1:]), self.dtype)
        self._batches: Any = None

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        first, last, _ = rows.indices(self.shape[0])
        if self._batches is None or first < self._next:
            self._seek(first)
        parts = []
        while self._next < last:
            if not len(self._left):
                self._left = self._decoded(next(self._batches))
            part, self._left = np.split(self._left, [last - self._next])
            self._next += len(part)
            parts.append(part)
        if last == self.shape[0]:
            self._rewind()
        return np.concatenate(parts)[first - last :]

    def _seek(self, row: int) -> None:
        """Go to the group of rows in which a row lies."""
        from pyarrow import parquet

        file = parquet.ParquetFile(self.path)
        sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        start = np.concatenate([[0], np.cumsum(sizes)])
        group = int(np.searchsorted(start, row, side="right")) - 1
        self._next, self._left = int(start[group]), self._left[:0]
        columns = [self.columns] if isinstance(self.columns, str) else list(self.columns)
        groups = range(group, len(sizes))
        self._batches = file.iter_batches(BATCH, row_groups=groups, columns=columns)

    def _decoded(self, batch: Any) -> NDArray[Any]:
        if isinstance(self.columns, str):
            return _names(self.path, self.columns, batch.column(0))
        columns = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
        return np.stack(columns, axis=1).astype(self.dtype, copy=False)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the open file, which another process cannot use."""
        left = self._left[:0]
        return {**self.__dict__, "_batches": None, "_left": left, "_next": 0}


def _names(path: str, name: str, column: Any) -> NDArray[Any]:
    """Values of a column of names, none of them empty."""
    texts = as_text(path, name, column).to_numpy(zero_copy_only=False)
    if not all(texts):
        raise InputError(f"{path}: column {name!r} must name one; a row is empty")
    return np.asarray(texts)


def opened(path: str) -> dict[str, Any]:
    """Open a file, or a folder of zarr: matrices and names by our names, no matrix read yet.

    Raises
    ------
    InputError
        When it cannot be opened, or rows of its form cannot be read.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _OPENERS:
        raise InputError(
            f"{path}: the suffix must be one of {', '.join(_OPENERS)} to be read in parts"
        )
    try:
        found = _OPENERS[suffix](path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"cannot read {path}: {reason}") from None
    return found


def _npy(path: str) -> dict[str, Any]:
    return {BARE: NpyRows.at(path)}


def _npz(path: str) -> dict[str, Any]:
    if not zipfile.is_zipfile(path):
        raise InputError(f"cannot read {path}: not an .npz archive, or one cut short")
    with zipfile.ZipFile(path) as archive:
        stored = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    if {"format", "shape", "data"} <= stored.keys():
        raise InputError(f"{path} is sparse; only a dense matrix is read in parts")
    return _known(path, set(stored), lambda name: _member(path, stored[name]))


def _member(path: str, info: zipfile.ZipInfo) -> Rows:
    """Array of an archive, read from where it is stored unless it is compressed."""
    if info.compress_type != zipfile.ZIP_STORED:
        return PackedRows.at(path, info.filename.removesuffix(".npy"))
    with Path(path).open("rb") as file:
        file.seek(info.header_offset)
        lengths = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    return NpyRows.at(path, info.header_offset + LOCAL_HEADER.size + sum(lengths))


def _hdf5(path: str) -> dict[str, Any]:
    try:
        import h5py
    except ImportError:
        raise InputError(f'{path}: pip install "tagthresh[hdf5]" to read it') from None
    with h5py.File(path) as file:
        found = {
            name: Hdf5Rows(path, name, value.shape, value.dtype)
            for name, value in file.items()
            if isinstance(value, h5py.Dataset)
        }
    return _known(path, set(found), found.__getitem__)


def _zarr(path: str) -> dict[str, Any]:
    try:
        import zarr
    except ImportError:
        raise InputError(f'{path}: pip install "tagthresh[zarr]" to read it') from None
    found = zarr.open(path, mode="r")
    if isinstance(found, zarr.Array):
        return {BARE: found}
    return _known(path, set(found), found.__getitem__)


def _parquet(path: str) -> dict[str, Any]:
    from pyarrow import parquet

    schema = parquet.read_schema(path)
    if {"clip", "tag"} <= set(schema.names):
        raise InputError(f"{path} is a long table; only a wide one is read in parts")
    check_index(path, schema)
    empty = schema.empty_table()
    clip = clip_column(empty)
    tags = tuple(name for name in schema.names if name not in {clip, "weight"})
    for name in tags:
        if not is_numeric(empty[name]):
            kind = schema.field(name).type
            raise InputError(f"{path}: column {name!r} must hold numbers; its type is {kind}")
    types = {empty[name].to_numpy().dtype for name in tags}
    dtype = np.result_type(*types) if types and types <= FLOATS else np.dtype(np.float64)
    found: dict[str, Any] = {BARE: ParquetRows(path, tags, dtype), "tags": tags}
    if clip is not None:
        found["clips"] = ParquetRows(path, clip, np.dtype(object))
    if "weight" in schema.names:
        found["weights"] = ParquetRows(path, ("weight",), np.dtype(np.float64))
    return found


def _known(path: str, names: set[str], rows: Callable[[str], Any]) -> dict[str, Any]:
    """Keep what we know of an archive, under our names."""
    theirs = {
        ours: name for ours, all_names in NAMES.items() for name in all_names if name in names
    }
    if not theirs.keys() & {"scores", "labels"}:
        raise InputError(f"{path} must hold 'scores' or 'labels'; it has {sorted(names)}")
    found: dict[str, Any] = {ours: rows(name) for ours, name in theirs.items()}
    if "tags" in theirs:
        found["tags"] = found["tags"][:]
    return found


_OPENERS: dict[str, Callable[[str], dict[str, Any]]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
    ".zarr": _zarr,
    ".parquet": _parquet,
}
