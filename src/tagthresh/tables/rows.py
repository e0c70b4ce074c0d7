"""Matrices on disk, read a few rows at a time: .npy, .npz, HDF5, zarr and Parquet (wide).

Rows are read in order, from the first to the last; going back begins the file anew. Nothing is
mapped into memory, so that what is read is all that is held.
"""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

import numpy as np

from tagthresh.checks import InputError
from tagthresh.tables.arrays import BARE, NAMES
from tagthresh.tables.columns import clip_column, is_numeric

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SUFFIXES = (".npy", ".npz", ".h5", ".hdf5", ".zarr", ".parquet")
FLOATS = {np.dtype(name) for name in ("f2", "f4", "f8")}
BATCH = 1 << 14  # rows of a Parquet file decoded at a time


class Rows(Protocol):
    """A matrix whose rows can be read: an array, one of HDF5 or zarr, or one of the classes here."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows and of columns."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""

    def __getitem__(self, rows: slice, /) -> Any:
        """Values of some rows."""


class NpyRows:
    """An array of an .npy file, or of an archive of them.

    Parameters
    ----------
    path : str
        The file.
    member : str, optional
        Name in the archive.
    """

    def __init__(self, path: str, member: str | None = None) -> None:
        self.path, self.member = path, member
        self._file: IO[bytes] | None = None
        with self._opened() as file:
            version = np.lib.format.read_magic(file)
            read = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }
            if version not in read:
                raise InputError(f"cannot read {path}: .npy of version {version}")
            self.shape, fortran, self.dtype = read[version](file)
            self._start = file.tell()
        if self.dtype.hasobject:
            raise InputError(f"cannot read {path}: it holds Python objects")
        if fortran and len(self.shape) > 1:
            raise InputError(f"{path} must hold its rows one after another; it holds its columns so")

    def _opened(self) -> IO[bytes]:
        if self.member is None:
            return Path(self.path).open("rb")
        return zipfile.ZipFile(self.path).open(f"{self.member}.npy")

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        start, stop, _ = rows.indices(self.shape[0])
        width = int(np.prod(self.shape[1:], dtype=np.int64))
        if self._file is None:
            self._file = self._opened()
        self._file.seek(self._start + start * width * self.dtype.itemsize)
        values = np.empty((stop - start, *self.shape[1:]), self.dtype)
        _fill(self._file, memoryview(values.reshape(-1).view(np.uint8)), self.path)
        return values

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the open file, which another process cannot use."""
        return {**self.__dict__, "_file": None}


def _fill(file: IO[bytes], room: memoryview, path: str) -> None:
    """Read until there is no more room."""
    while len(room):
        read = file.readinto(room)  # type: ignore[attr-defined]
        if not read:
            raise InputError(f"cannot read {path}: cut short")
        room = room[read:]


class ParquetRows:
    """The numeric columns of a wide Parquet file.

    Attributes
    ----------
    tags : tuple of str
        Names of the columns.
    clip : str or None
        Name of the column that names the clips.
    """

    def __init__(self, path: str) -> None:
        from pyarrow import parquet

        self.path = path
        self._file: Any = None
        with parquet.ParquetFile(path) as file:
            schema, n_rows = file.schema_arrow, file.metadata.num_rows
        if {"clip", "tag"} <= set(schema.names):
            raise InputError(f"{path} is a long table; only a wide one is read in parts")
        if "weight" in schema.names:
            raise InputError(f"{path} holds weights; clips read in parts cannot be weighted")
        empty = schema.empty_table()
        self.clip = clip_column(empty)
        self.tags = tuple(name for name in schema.names if name != self.clip)
        for name in self.tags:
            if not is_numeric(empty[name]):
                raise InputError(f"{path}: column {name!r} must hold numbers; {schema.field(name).type}")
        types = {empty[name].to_numpy().dtype for name in self.tags}
        self.dtype = np.result_type(*types) if types <= FLOATS else np.dtype(np.float64)
        self.shape = (n_rows, len(self.tags))
        self._at, self._left, self._batches = 0, np.empty((0, len(self.tags)), self.dtype), iter(())

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        start, stop, _ = rows.indices(self.shape[0])
        if self._file is None or start < self._at:
            self._restart(start)
        parts, wanted = [], stop - self._at
        while wanted > 0:
            if not len(self._left):
                self._left = self._next()
            parts.append(self._left[:wanted])
            self._left = self._left[wanted:]
            wanted -= len(parts[-1])
        skipped = start - self._at
        self._at = stop
        return np.concatenate([*parts, self._left[:0]])[skipped:]

    def _restart(self, start: int) -> None:
        """Go to the row group in which a row lies."""
        from pyarrow import parquet

        self._file = parquet.ParquetFile(self.path)
        sizes = [
            self._file.metadata.row_group(group).num_rows
            for group in range(self._file.num_row_groups)
        ]
        before = np.concatenate([[0], np.cumsum(sizes)])
        group = int(np.searchsorted(before, start, side="right")) - 1
        groups = list(range(group, len(sizes)))
        self._at, self._left = int(before[group]), self._left[:0]
        self._batches = self._file.iter_batches(BATCH, row_groups=groups, columns=list(self.tags))

    def _next(self) -> NDArray[Any]:
        batch = next(self._batches)
        columns = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
        return np.stack(columns, axis=1).astype(self.dtype, copy=False)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the open file, which another process cannot use."""
        return {**self.__dict__, "_file": None, "_batches": None, "_left": self._left[:0], "_at": 0}


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
    return {BARE: NpyRows(path)}


def _npz(path: str) -> dict[str, Any]:
    if not zipfile.is_zipfile(path):
        raise InputError(f"cannot read {path}: not an .npz archive, or one cut short")
    with np.load(path, allow_pickle=False) as archive:
        names = set(archive.files)
    if {"format", "shape", "data"} <= names:
        raise InputError(f"{path} is sparse; only a dense matrix is read in parts")
    return _known(path, names, lambda name: NpyRows(path, name), lambda name: NpyRows(path, name)[:])


def _hdf5(path: str) -> dict[str, Any]:
    try:
        import h5py
    except ImportError:
        raise InputError(f'{path}: pip install "tagthresh[hdf5]" to read it') from None
    file = h5py.File(path)
    return _known(path, set(file), file.__getitem__, lambda name: file[name][:])


def _zarr(path: str) -> dict[str, Any]:
    try:
        import zarr
    except ImportError:
        raise InputError(f'{path}: pip install "tagthresh[zarr]" to read it') from None
    found = zarr.open(path, mode="r")
    if isinstance(found, zarr.Array):
        return {BARE: found}
    return _known(path, set(found), found.__getitem__, lambda name: found[name][:])


def _parquet(path: str) -> dict[str, Any]:
    from pyarrow import parquet

    rows = ParquetRows(path)
    found: dict[str, Any] = {BARE: rows, "tags": rows.tags}
    if rows.clip is not None:
        found["clips"] = lambda: parquet.read_table(path, columns=[rows.clip])[0].to_pylist()
    return found


def _known(
    path: str, names: set[str], matrix: Callable[[str], Any], values: Callable[[str], Any]
) -> dict[str, Any]:
    """Keep what we know of an archive, under our names; names of clips only when called for."""
    theirs = {ours: next((name for name in all_names if name in names), None)
              for ours, all_names in NAMES.items()}
    found = {ours: matrix(theirs[ours]) for ours in ("scores", "labels") if theirs[ours]}
    if not found:
        raise InputError(f"{path} must hold 'scores' or 'labels'; it has {sorted(names)}")
    if theirs["weights"]:
        raise InputError(f"{path} holds weights; clips read in parts cannot be weighted")
    if theirs["tags"]:
        found["tags"] = values(theirs["tags"])
    if theirs["clips"]:
        found["clips"] = partial(values, theirs["clips"])
    return found


_OPENERS: dict[str, Callable[[str], dict[str, Any]]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
    ".zarr": _zarr,
    ".parquet": _parquet,
}
