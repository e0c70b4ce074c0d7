"""CSV and Parquet, wide (a column a tag) or long (a row a pair of clip and tag)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh import validation
from tagthresh.io import memory_limit, numeric_ids
from tagthresh.io.array_files import BARE, Arrays
from tagthresh.io.column_values import groups, is_numeric, no_numbers, numbers, texts
from tagthresh.io.delimited import read_table
from tagthresh.io.long_tables import read_long
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    import pyarrow as pa

    from tagthresh.io.read_options import Reading

FOUND = "columns"  # key of the names of a file's columns, as it has them


def read_csv(path: str, reading: Reading) -> Arrays:
    """Read CSV in UTF-8; ``-`` is standard input."""
    table, named = read_table(path, reading)
    arrays = _from_columns(path, _without_index(table), reading)
    if not named:
        del arrays["tags"]  # numbers of columns are no names
    return arrays | {FOUND: table.column_names}


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
        shape = file.metadata.num_rows, file.metadata.num_columns
        check_index(path, file.schema_arrow)
    memory_limit.check(path, reading.memory, 8 * shape[0] * shape[1], memory_limit.columns(*shape))
    table = parquet.read_table(path, page_checksum_verification=True)
    return _from_columns(path, table, reading) | {FOUND: table.column_names}


def check_index(path: str, schema: pa.Schema) -> None:
    """Refuse the index of a data frame, which Arrow puts behind the tags."""
    stored = (schema.pandas_metadata or {}).get("index_columns", ())
    for name in stored:
        if isinstance(name, str) and name != "clip" and name in schema.names[1:]:
            rule = "is the index of a data frame, behind the tags"
            remedy = "Write frame.rename_axis('clip'), and its index names the clips"
            raise InputError(f"column {name!r}", rule, place=Place(file=path), remedy=remedy)


def _from_columns(path: str, table: pa.Table, reading: Reading) -> Arrays:
    names = [name for name in table.column_names if name not in reading.ignore]
    validation.tag_names(names, len(names), f"{path}: column names")
    table = table.select(names)
    if {"clip", "tag"} <= set(names):
        return read_long(path, table, reading)
    return _from_wide(path, table, reading)


def _from_wide(path: str, table: pa.Table, reading: Reading) -> Arrays:
    names, group = list(table.column_names), reading.group_column
    arrays: Arrays = {}
    if group is not None and group in names:
        arrays["groups"] = groups(path, group, table[group]).to_pylist()
        if group != "clip":
            names.remove(group)
    clip = clip_column(table.select(names))
    if clip is not None:
        arrays["clips"] = texts(path, clip, table[clip]).to_pylist()
        names.remove(clip)
    if "weight" in names:
        arrays["weights"] = numbers(path, table, "weight")
        names.remove("weight")
    _check_numeric(path, table, names, group)
    if names:
        matrix = np.stack([numbers(path, table, name) for name in names], axis=1)
        numeric_ids.check(path, matrix, names, arrays.get("clips"), reading.role)
        arrays[BARE] = matrix
    return {**arrays, "tags": names}


def clip_column(table: pa.Table) -> str | None:
    """Find the column of a wide table that names the clips."""
    names = table.column_names
    if "clip" in names:
        return "clip"
    return names[0] if names and not is_numeric(table[names[0]]) else None


def _check_numeric(path: str, table: pa.Table, names: list[str], group_column: str | None) -> None:
    """Refuse a column of text, which may be the one of the groups under another name."""
    text = next((name for name in names if not is_numeric(table[name])), None)
    if text is None:
        return
    error = no_numbers(path, text, table[text])
    if group_column is not None and group_column not in table.column_names:
        hint = validation.nearest(group_column, table.column_names)
        argument = f"no column is called {group_column!r}{hint}, and {error.argument}"
        raise InputError(argument, error.rule, error.value, error.place)
    raise error
