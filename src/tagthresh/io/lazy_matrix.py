"""Matrices on disk, read a few rows at a time: .npy, .npz, HDF5, zarr and Parquet (wide)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tagthresh.io import hdf5, npz, zarr_folder
from tagthresh.io.array_files import BARE, NAMES, SPARSE
from tagthresh.io.chosen_columns import without_columns
from tagthresh.io.column_files import check_index, clip_column
from tagthresh.io.column_values import as_text, is_numeric
from tagthresh.io.guard import reading
from tagthresh.io.npy import NpyRows
from tagthresh.io.stored_rows import RATIO, RATIO_IN_PARTS, StoredRows
from tagthresh.io.table import strings
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tagthresh.io.stored_rows import Members

SUFFIXES = (".npy", ".npz", ".h5", ".hdf5", ".zarr", ".parquet")
FLOATS = {np.dtype(name) for name in ("f2", "f4", "f8")}
BATCH = 1 << 14  # rows of a Parquet file decoded at a time


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


class ParquetRows(StoredRows):
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
            n_rows = sum(_group_sizes(file))
            if n_rows != file.metadata.num_rows:
                raise InputError(f"cannot read {path}: its numbers of rows differ")
        self.shape = (n_rows,) if isinstance(columns, str) else (n_rows, len(columns))
        self._rewind()

    def _rewind(self) -> None:
        self._next, self._left = 0, np.empty((0, *self.shape[1:]), self.dtype)
        self._batches: Any = None

    def _values(self, first: int, last: int) -> NDArray[Any]:
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

        file = parquet.ParquetFile(self.path, page_checksum_verification=True)
        sizes = _group_sizes(file)
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


def _group_sizes(file: Any) -> list[int]:
    return [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]


def _names(path: str, name: str, column: Any) -> NDArray[Any]:
    """Values of a column of names, none of them empty."""
    texts = as_text(path, name, column).to_numpy(zero_copy_only=False)
    if not all(texts):
        raise InputError(
            f"column {name!r}", "must name one; a row is empty", place=Place(file=path)
        )
    return np.asarray(texts)


def opened(path: str, ignore: tuple[str, ...] = ()) -> dict[str, Any]:
    """Open a file, or a folder of zarr: matrices and names by our names, no matrix read yet.

    Columns called as in `ignore` are left out.

    Raises
    ------
    InputError
        When it cannot be opened, or rows of its form cannot be read.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            "the suffix",
            f"must be one of {', '.join(SUFFIXES)} to be read in parts",
            place=Place(file=path),
        )
    with reading(path):
        # What is missing, or a folder in place of a file, is reported alike for every form.
        with os.scandir(path) if suffix == ".zarr" else Path(path).open("rb"):
            pass
        if suffix == ".parquet":
            return _parquet(path, ignore)
        arrays = _OPENERS[suffix](path)
        return without_columns(arrays, strings(path, "tags", arrays.get("tags")) or (), ignore)


def column_names(path: str) -> set[str]:
    """Names of the columns of a file, be they tags or not."""
    with reading(path):
        if path.lower().endswith(".parquet"):
            from pyarrow import parquet

            return set(parquet.read_schema(path).names)
        return set(strings(path, "tags", opened(path).get("tags")) or ())


def _npy(path: str) -> dict[str, Any]:
    return _in_rows(path, {BARE: NpyRows.at(path)})


def _npz(path: str) -> dict[str, Any]:
    archive = npz.members(path)
    if set(archive) >= SPARSE:
        raise InputError(path, "is sparse; only a dense matrix is read in parts")
    return _in_rows(path, _known(archive, RATIO))


def _hdf5(path: str) -> dict[str, Any]:
    return _known(hdf5.members(path))


def _zarr(path: str) -> dict[str, Any]:
    folder = zarr_folder.members(path)
    if zarr_folder.ROOT in folder:
        return dict(folder.chosen({BARE: zarr_folder.ROOT}, RATIO_IN_PARTS))
    return _known(folder)


def _parquet(path: str, ignore: tuple[str, ...]) -> dict[str, Any]:
    from pyarrow import parquet

    schema = parquet.read_schema(path)
    names = [name for name in schema.names if name not in ignore]
    if {"clip", "tag"} <= set(names):
        raise InputError(path, "is a long table; only a wide one is read in parts")
    check_index(path, schema)
    empty = schema.empty_table().select(names)
    clip = clip_column(empty)
    tags = tuple(name for name in names if name not in {clip, "weight"})
    for name in tags:
        if not is_numeric(empty[name]):
            kind = schema.field(name).type
            raise InputError(
                f"column {name!r}", f"must hold numbers; its type is {kind}", place=Place(file=path)
            )
    types = {empty[name].to_numpy().dtype for name in tags}
    dtype = np.result_type(*types) if types and types <= FLOATS else np.dtype(np.float64)
    found: dict[str, Any] = {BARE: ParquetRows(path, tags, dtype), "tags": tags}
    if clip is not None:
        found["clips"] = ParquetRows(path, clip, np.dtype(object))
    if "weight" in names:
        found["weights"] = ParquetRows(path, ("weight",), np.dtype(np.float64))
    return found


def _known(members: Members, ratio: int = RATIO_IN_PARTS) -> dict[str, Any]:
    """Keep what we know of an archive, under our names."""
    theirs = {
        ours: name for ours, all_names in NAMES.items() for name in all_names if name in members
    }
    if not theirs.keys() & {"scores", "labels"}:
        raise InputError(members.path, f"must hold 'scores' or 'labels'; it has {sorted(members)}")
    found: dict[str, Any] = dict(members.chosen(theirs, ratio))
    if "tags" in found:
        found["tags"] = found["tags"][:]
    return found


def _in_rows(path: str, found: dict[str, Any]) -> dict[str, Any]:
    """Refuse a matrix of which no row can be read without all others."""
    if any(getattr(rows, "by_column", False) and len(rows.shape) > 1 for rows in found.values()):
        raise InputError(path, "must hold row after row; it holds column after column")
    return found


_OPENERS: dict[str, Callable[[str], dict[str, Any]]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".h5": _hdf5,
    ".hdf5": _hdf5,
    ".zarr": _zarr,
}
