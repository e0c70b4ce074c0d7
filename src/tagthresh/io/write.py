"""Tables of results, written whole or not at all; at once or part by part, with the same bytes."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.io.atomic import replacing
from tagthresh.io.read_errors import wrong_suffix
from tagthresh.validation import InputError, file_path, flag, mapping, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pyarrow as pa

# How a cell begins that spreadsheets compute, some in the wide signs of Chinese and Japanese too.
FORMULA = "^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
ROW_GROUP = 1 << 20  # rows of Parquet that are written, and before that held, at a time


def write_columns(path: str, columns: Mapping[str, Any], *, excel_safe: bool = False) -> None:
    """Write a table, whole or not at all.

    Parameters
    ----------
    path : str
        A ``.csv`` or ``.parquet`` file; ``-`` is CSV on standard output.
    columns : mapping of str to sequence
        Columns by name, all of one length. NaN and infinity are written as empty cells.
    excel_safe : bool, default False
        Write an apostrophe before names that a spreadsheet would take for a formula.

    Raises
    ------
    InputError
        When the suffix is another or the file cannot be written.
    """
    import pyarrow as pa

    flag("excel_safe", excel_safe)
    columns = mapping("columns", columns, "evaluation.table")
    with writing(path, excel_safe=excel_safe) as write:
        try:
            table = pa.table({text("columns", name): finite(columns[name]) for name in columns})
        except (TypeError, pa.ArrowException) as error:
            rule = "must be sequences of equal length"
            raise InputError("columns", rule, remedy=str(error)) from None
        write(table)


@contextmanager
def writing(path: str, *, excel_safe: bool = False) -> Iterator[Callable[[pa.Table], None]]:
    """Write a table part by part, in its place when the block succeeds.

    Gives a function that takes parts, at least one, all with the same columns. The path and
    `excel_safe` are as for `write_columns`.
    """
    file_path("path", path)
    if path == "-":
        yield from _written(_Csv(sys.stdout.buffer), excel_safe=excel_safe)
        sys.stdout.flush()
        return
    suffix = Path(path).suffix.lower()
    if suffix not in _WRITERS:
        raise wrong_suffix(path, _WRITERS)
    with replacing(path) as temporary:
        yield from _written(_WRITERS[suffix](temporary), excel_safe=excel_safe)


def _written(table: _Csv | _Parquet, *, excel_safe: bool) -> Iterator[Callable[[pa.Table], None]]:
    """Give what writes parts, and end the table after the last one."""
    try:
        yield lambda part: table.write(_no_formulas(part) if excel_safe else part)
        table.end()
    finally:
        if table.writer is not None:
            table.writer.close()


def _no_formulas(part: pa.Table) -> pa.Table:
    """Write an apostrophe before texts, and headers, that begin as a formula does."""
    import pyarrow as pa
    from pyarrow import compute

    def safe(texts: Any) -> Any:
        quoted = compute.binary_join_element_wise("'", texts, "")
        return compute.if_else(compute.match_substring_regex(texts, FORMULA), quoted, texts)

    columns = [safe(column) if column.type == pa.string() else column for column in part.columns]
    return pa.table(columns, names=safe(pa.array(part.column_names)).to_pylist())


class _Csv:
    """CSV, written at once."""

    def __init__(self, target: Any) -> None:
        self.target = target
        self.writer: Any = None  # which needs the columns

    def write(self, part: pa.Table) -> None:
        """Write rows."""
        from pyarrow import csv

        self.writer = self.writer or csv.CSVWriter(self.target, part.schema)
        self.writer.write_table(part)

    def end(self) -> None:
        """Nothing is left to write."""


class _Parquet:
    """Parquet, written when there are enough rows."""

    def __init__(self, target: Any) -> None:
        self.target = target
        self.writer: Any = None  # which needs the columns
        self.waiting: list[pa.Table] = []

    def write(self, part: pa.Table) -> None:
        """Take rows."""
        self.waiting.append(part)
        while sum(map(len, self.waiting)) > ROW_GROUP:
            self.end()

    def end(self) -> None:
        """Write a group of rows, the last one or a full one."""
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.concat_tables(self.waiting).combine_chunks()
        self.writer = self.writer or parquet.ParquetWriter(self.target, table.schema)
        self.writer.write_table(table[:ROW_GROUP], ROW_GROUP)
        self.waiting = [table[ROW_GROUP:]]


_WRITERS: dict[str, type[_Csv | _Parquet]] = {".csv": _Csv, ".parquet": _Parquet}


def finite(values: Any) -> Any:
    """Turn NaN and infinity, such as the threshold of never, into nulls, as in the JSON forms."""
    import pyarrow as pa

    array = np.asarray(values)
    if array.dtype.kind != "f":
        return values
    # Arrow cannot print half floats.
    floats = array.astype(np.result_type(array, np.float32), copy=False)
    return pa.array(floats, mask=~np.isfinite(floats))
