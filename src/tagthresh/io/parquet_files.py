"""Tables in Parquet, read whole, or a few rows at a time where they are wide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.io import memory_limit
from tagthresh.io.columns import as_text, is_numeric
from tagthresh.io.read_errors import THE_FILE
from tagthresh.io.stored_rows import BARE, StoredRows
from tagthresh.io.wide_tables import clip_column
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

FLOATS = {np.dtype(name) for name in ("f2", "f4", "f8")}
BATCH = 1 << 14  # rows decoded at a time


def read_table(path: str, memory: int) -> pa.Table:
    """Read all columns, which may take so many bytes."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        n_rows, n_columns = file.metadata.num_rows, file.metadata.num_columns
        _check_index(file.schema_arrow)
    what = f"{n_rows:,} rows x {n_columns:,} columns"
    memory_limit.check(memory, 8 * n_rows * n_columns, what)
    return parquet.read_table(path, page_checksum_verification=True)


def _check_index(schema: pa.Schema) -> None:
    """Refuse the index of a data frame, which Arrow puts behind the tags."""
    stored = (schema.pandas_metadata or {}).get("index_columns", ())
    for name in stored:
        if isinstance(name, str) and name != "clip" and name in schema.names[1:]:
            rule = "is the index of a data frame, and stands after the tags"
            remedy = "Write frame.rename_axis('clip') to name the clips by the index"
            raise InputError(f"column {name!r}", rule, remedy=remedy)


def column_names(path: str) -> set[str]:
    """Names of the columns of a table, be they tags or not."""
    from pyarrow import parquet

    return set(parquet.read_schema(path).names)


def rows_of_columns(path: str, ignore: tuple[str, ...] = ()) -> dict[str, Any]:
    """Open a wide table: its matrix, and the names and weights that it has, by our names.

    Columns called as in `ignore` are left out.
    """
    from pyarrow import parquet

    schema = parquet.read_schema(path)
    names = [name for name in schema.names if name not in ignore]
    if {"clip", "tag"} <= set(names):
        raise InputError(THE_FILE, "is a long table; only a wide one is read in parts")
    _check_index(schema)
    empty = schema.empty_table().select(names)
    clip = clip_column(empty)
    tags = tuple(name for name in names if name not in {clip, "weight"})
    for name in tags:
        if not is_numeric(empty[name]):
            kind = schema.field(name).type
            raise InputError(f"column {name!r}", f"must hold numbers; its type is {kind}")
    types = {empty[name].to_numpy().dtype for name in tags}
    dtype = np.result_type(*types) if types and types <= FLOATS else np.dtype(np.float64)
    arrays: dict[str, Any] = {BARE: ParquetRows(path, tags, dtype), "tags": tags}
    if clip is not None:
        arrays["clips"] = ParquetRows(path, clip, np.dtype(object))
    if "weight" in names:
        arrays["weights"] = ParquetRows(path, ("weight",), np.dtype(np.float64))
    return arrays


class ParquetRows(StoredRows):
    """Some numeric columns of a file, or one of names, read fastest from first to last row."""

    def __init__(self, path: str, columns: tuple[str, ...] | str, dtype: np.dtype[Any]) -> None:
        from pyarrow import parquet

        with parquet.ParquetFile(path) as file:
            n_rows = sum(_group_sizes(file))
            if n_rows != file.metadata.num_rows:
                raise ValueError("its numbers of rows differ")
        shape = (n_rows,) if isinstance(columns, str) else (n_rows, len(columns))
        super().__init__(path, shape, dtype)
        self.columns = columns
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
        if not isinstance(self.columns, str):
            columns = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
            return np.stack(columns, axis=1).astype(self.dtype, copy=False)
        names = as_text(self.columns, batch.column(0)).to_numpy(zero_copy_only=False)
        if not all(names):
            raise InputError(
                f"column {self.columns!r}", "must not have empty cells; a row is empty"
            )
        return np.asarray(names)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the open file, which another process cannot use."""
        left = self._left[:0]
        return {**self.__dict__, "_batches": None, "_left": left, "_next": 0}


def _group_sizes(file: Any) -> list[int]:
    return [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
