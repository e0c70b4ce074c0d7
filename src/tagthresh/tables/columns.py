"""CSV and Parquet, wide (a column a tag) or long (a row a pair of clip and tag)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from tagthresh import checks
from tagthresh.checks import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from tagthresh.tables.arrays import Arrays, Role


def read_csv(path: str, role: Role) -> Arrays:
    """Read CSV in UTF-8; ``-`` is standard input."""
    import pyarrow as pa
    from pyarrow import csv

    names = csv.ConvertOptions(column_types={"clip": pa.string(), "tag": pa.string()})
    source = sys.stdin.buffer if path == "-" else path
    return _from_columns(path, csv.read_csv(source, convert_options=names), role)


def read_parquet(path: str, role: Role) -> Arrays:
    """Read Parquet."""
    from pyarrow import parquet

    return _from_columns(path, parquet.read_table(path), role)


def _from_columns(path: str, table: pa.Table, role: Role) -> Arrays:
    names = table.column_names
    checks.tag_names(names, len(names), f"{path}: column names")
    if {"clip", "tag"} <= set(names):
        return _from_long(path, table)
    return _from_wide(path, table, role)


def _from_wide(path: str, table: pa.Table, role: Role) -> Arrays:
    names = list(table.column_names)
    arrays: Arrays = {}
    if "clip" in names or (names and not _is_numeric(table[names[0]])):
        clip = "clip" if "clip" in names else names[0]
        arrays["clips"] = table[clip].to_pylist()
        names.remove(clip)
    if "weight" in names:
        arrays["weights"] = _column(path, table, "weight")
        names.remove("weight")
    if names:
        arrays[role] = np.stack([_column(path, table, name) for name in names], axis=1)
    return {**arrays, "tags": names}


def _from_long(path: str, table: pa.Table) -> Arrays:
    clips, row = _coded(table["clip"])
    tags, column = _coded(table["tag"])
    shape, pair = (len(clips), len(tags)), row * len(tags) + column
    if len(np.unique(pair)) < len(pair):
        order = np.argsort(pair, kind="stable")
        twice = order[1:][np.diff(pair[order]) == 0][0]
        raise InputError(
            f"{path}: clip and tag must be distinct pairs; "
            f"({clips[row[twice]]!r}, {tags[column[twice]]!r}) appears more than once"
        )
    arrays: Arrays = {"clips": clips, "tags": tags}
    for role, name in (("scores", "score"), ("labels", "label")):
        if name in table.column_names:
            arrays[role] = np.full(shape, np.nan)
            arrays[role][row, column] = _column(path, table, name)
    if "scores" in arrays and "labels" not in arrays and len(pair) < np.prod(shape):
        values = _column(path, table, "score")
        arrays["scores"] = scipy.sparse.csr_array((values, (row, column)), shape=shape)
    if "weight" in table.column_names:
        arrays["weights"] = _clip_weights(path, _column(path, table, "weight"), row, clips)
    return arrays


def _clip_weights(
    path: str, weight: NDArray[Any], row: NDArray[np.int64], clips: list[str]
) -> NDArray[Any]:
    weights = np.empty(len(clips))
    weights[row] = weight
    differs = weights[row] != weight
    if differs.any():
        clip = clips[row[differs.argmax()]]
        raise InputError(f"{path}: weight must be the same in all rows of a clip; not so {clip!r}")
    return weights


def _coded(column: pa.ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct values as strings, in order of appearance, and where each row has its own."""
    import pyarrow as pa

    coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _is_numeric(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    kind = column.type
    return any(
        is_kind(kind)
        for is_kind in (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    ) or pa.types.is_null(kind)


def _column(path: str, table: pa.Table, name: str) -> NDArray[Any]:
    """Values of a numeric column; empty cells are NaN."""
    import pyarrow as pa

    column = table[name]
    if not _is_numeric(column):
        bad = next((value for value in column.to_pylist() if not _is_number(value)), None)
        raise InputError(f"{path}: column {name!r} must hold numbers; got {bad!r}")
    if not pa.types.is_floating(column.type):
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy())


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
