"""CSV and Parquet, wide (a column a tag) or long (a row a pair of clip and tag)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagthresh import validation
from tagthresh.io import memory_limit
from tagthresh.io.delimited import read_table
from tagthresh.io.long_tables import read_long
from tagthresh.io.wide_tables import read_wide
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from tagthresh.io.table import Arrays, Reading

COLUMNS = "columns"  # key of the names of a file's columns, as it has them


def read_csv(path: str, reading: Reading) -> Arrays:
    """Read CSV in UTF-8; ``-`` is standard input."""
    table, named = read_table(path, reading)
    arrays = _from_columns(_without_index(table), reading)
    if not named:
        del arrays["tags"]  # numbers of columns are no names
    return arrays | {COLUMNS: table.column_names}


def _without_index(table: pa.Table) -> pa.Table:
    """Take a first column without a name, an index, for the clips where no other column is."""
    first, *others = table.column_names
    if first:
        return table
    return table.select(others) if "clip" in others else table.rename_columns(["clip", *others])


def read_parquet(path: str, reading: Reading) -> Arrays:
    """Read Parquet."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        n_rows, n_columns = file.metadata.num_rows, file.metadata.num_columns
        check_index(file.schema_arrow)
    what = f"{n_rows:,} rows x {n_columns:,} columns"
    memory_limit.check(reading.memory, 8 * n_rows * n_columns, what)
    table = parquet.read_table(path, page_checksum_verification=True)
    return _from_columns(table, reading) | {COLUMNS: table.column_names}


def check_index(schema: pa.Schema) -> None:
    """Refuse the index of a data frame, which Arrow puts behind the tags."""
    stored = (schema.pandas_metadata or {}).get("index_columns", ())
    for name in stored:
        if isinstance(name, str) and name != "clip" and name in schema.names[1:]:
            rule = "is the index of a data frame, and stands after the tags"
            remedy = "Write frame.rename_axis('clip') to name the clips by the index"
            raise InputError(f"column {name!r}", rule, remedy=remedy)


def _from_columns(table: pa.Table, reading: Reading) -> Arrays:
    names = [name for name in table.column_names if name not in reading.ignore]
    validation.tag_names(names, len(names), "column names")
    is_long = {"clip", "tag"} <= set(names)
    return (read_long if is_long else read_wide)(table.select(names), reading)
