"""CSV and Parquet, wide (a column a tag) or long (a row a pair of clip and tag)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh import process, validation
from tagthresh.evaluation.review import inverse_probability
from tagthresh.io.array_files import BARE, Arrays
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def read_csv(path: str, group_column: str | None) -> Arrays:
    """Read CSV in UTF-8; ``-`` is standard input."""
    import pyarrow as pa
    from pyarrow import csv

    # Names of clips stay as written: 007 is not 7. The first column of pandas' to_csv has no name.
    texts = ("clip", "tag", "", group_column or "")
    names = csv.ConvertOptions(column_types=dict.fromkeys(texts, pa.string()))
    source = sys.stdin.buffer if path == "-" else path
    if process.is_command():
        # Arrow's own handlers lose a signal that comes together with an error.
        pa.enable_signal_handlers(False)  # noqa: FBT003
    table = csv.read_csv(source, convert_options=names)
    if table.num_columns == 1 and not is_numeric(table[0]):
        only = table.column_names[0]
        raise InputError(f"{path}: one column found, {only!r}; is the separator a comma?")
    return _from_columns(path, _without_index(table), group_column)


def _without_index(table: pa.Table) -> pa.Table:
    """Take a first column without a name, an index, for the clips where no other column is."""
    first, *others = table.column_names
    if first:
        return table
    return table.select(others) if "clip" in others else table.rename_columns(["clip", *others])


def read_parquet(path: str, group_column: str | None) -> Arrays:
    """Read Parquet."""
    from pyarrow import parquet

    return _from_columns(path, parquet.read_table(path), group_column)


def _from_columns(path: str, table: pa.Table, group_column: str | None) -> Arrays:
    names = table.column_names
    validation.tag_names(names, len(names), f"{path}: column names")
    if {"clip", "tag"} <= set(names):
        return _from_long(path, table, group_column)
    return _from_wide(path, table, group_column)


def _from_wide(path: str, table: pa.Table, group_column: str | None) -> Arrays:
    names = list(table.column_names)
    arrays: Arrays = {}
    if group_column is not None and group_column in names:
        arrays["groups"] = _texts(path, table, group_column).to_pylist()
        if group_column != "clip":
            names.remove(group_column)
    clip = clip_column(table.select(names))
    if clip is not None:
        arrays["clips"] = _texts(path, table, clip).to_pylist()
        names.remove(clip)
    if "weight" in names:
        arrays["weights"] = _numbers(path, table, "weight")
        names.remove("weight")
    _check_numeric(path, table, names, group_column)
    if names:
        arrays[BARE] = np.stack([_numbers(path, table, name) for name in names], axis=1)
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
    told = f"column {text!r} must hold numbers; {_not_numbers(table[text])}"
    if group_column is None:
        raise InputError(f"{path}: {told} (recordings and sites are a group column)")
    if group_column not in table.column_names:
        hint = validation.nearest(group_column, table.column_names)
        raise InputError(f"{path}: no column is called {group_column!r}{hint}, and {told}")
    raise InputError(f"{path}: {told}")


def _from_long(path: str, table: pa.Table, group_column: str | None) -> Arrays:
    clips, row = _coded(path, table, "clip")
    tags, column = _coded(path, table, "tag")
    _check_distinct(path, clips, tags, row, column)
    shape = len(clips), len(tags)
    found = {
        name: _numbers(path, table, name)
        for name in ("score", "label", "weight", "band", "band_clips")
        if name in table.column_names
    }
    arrays: Arrays = {"clips": clips, "tags": tags}
    if "score" in found and "label" not in found and len(row) < np.prod(shape):
        arrays["scores"] = scipy.sparse.csr_array((found["score"], (row, column)), shape=shape)
    elif "score" in found:
        arrays["scores"] = _spread(found["score"], row, column, shape)
    if "label" in found:
        arrays["labels"] = _spread(found["label"], row, column, shape)
    if "weight" in found:
        arrays["weights"] = _weights(found["weight"], row, column, shape)
    elif {"band", "band_clips", "label"} <= set(found):
        weight = _of_bands(path, tags, column, found)
        arrays["weights"] = _spread(weight, row, column, shape)
    if group_column is not None and group_column in table.column_names:
        groups = np.asarray(_texts(path, table, group_column))
        arrays["groups"] = _per_clip(path, group_column, groups, row, clips)
    return arrays


def _check_distinct(
    path: str,
    clips: list[str],
    tags: list[str],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
) -> None:
    pair = row * len(tags) + column
    if len(np.unique(pair)) < len(pair):
        order = np.argsort(pair, kind="stable")
        twice = order[1:][np.diff(pair[order]) == 0][0]
        raise InputError(
            f"{path}: clip and tag must be distinct pairs; "
            f"({clips[row[twice]]!r}, {tags[column[twice]]!r}) appears more than once"
        )


def _spread(
    values: NDArray[Any],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    """Matrix of clips and tags; NaN, which is unknown, for a pair without a row."""
    matrix = np.full(shape, np.nan)
    matrix[row, column] = values
    return matrix


def _of_bands(
    path: str, tags: list[str], column: NDArray[np.int64], found: dict[str, NDArray[Any]]
) -> NDArray[np.float64]:
    """Weight of each row of a reviewed table: clips in its band over those with a label."""
    known = np.isin(found["label"], (0, 1))
    if not known.any():
        raise InputError(f"{path}: column 'label' must be filled in, 1 or 0; no row has either")
    bands, stratum = np.unique([column, found["band"]], axis=1, return_inverse=True)
    stratum, size = stratum.ravel(), np.empty(bands.shape[1])
    size[stratum] = found["band_clips"]
    if not (size[stratum] == found["band_clips"]).all():
        raise InputError(f"{path}: band_clips must be the same in all rows of a tag and band")
    labelled = np.bincount(column, known)[bands[0].astype(np.int64)] > 0
    lacking = np.flatnonzero(labelled & (np.bincount(stratum, known) == 0))
    if len(lacking):
        tag, band = bands[:, lacking[0]]
        raise InputError(
            f"{path}: a tag with labels must have one in every band; band {band:g} of "
            f"{tags[int(tag)]!r} has none"
        )
    return inverse_probability(stratum, size, known)


def _weights(
    values: NDArray[Any], row: NDArray[np.int64], column: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[Any]:
    """Weight of each clip where all its rows have the same, else of each pair of clip and tag."""
    of_clip = np.empty(shape[0], values.dtype)
    of_clip[row] = values
    return of_clip if (of_clip[row] == values).all() else _spread(values, row, column, shape)


def _per_clip(
    path: str, name: str, values: NDArray[Any], row: NDArray[np.int64], clips: list[str]
) -> NDArray[Any]:
    """Value of each clip, which all its rows must share."""
    of_clip = np.empty(len(clips), values.dtype)
    of_clip[row] = values
    differs = of_clip[row] != values
    if differs.any():
        clip = clips[row[differs.argmax()]]
        raise InputError(f"{path}: {name} must be the same in all rows of a clip; not so {clip!r}")
    return of_clip


def _coded(path: str, table: pa.Table, name: str) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct values as strings, in order of appearance, and where each row has its own."""
    coded = _texts(path, table, name).combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _texts(path: str, table: pa.Table, name: str) -> pa.ChunkedArray:
    """Values of a column of names, none of them empty."""
    import pyarrow as pa
    from pyarrow import compute

    column = table[name].cast(pa.string())
    empty = compute.equal(compute.fill_null(column, ""), "").to_numpy()
    if empty.any():
        raise InputError(f"{path}: column {name!r} must name one; row {empty.argmax()} is empty")
    return column


def is_numeric(column: pa.ChunkedArray) -> bool:
    """Whether a column holds numbers, or nothing at all."""
    from pyarrow import types

    kinds = types.is_integer, types.is_floating, types.is_boolean, types.is_decimal, types.is_null
    return any(is_kind(column.type) for is_kind in kinds)


def _numbers(path: str, table: pa.Table, name: str) -> NDArray[Any]:
    """Values of a numeric column; empty cells are NaN."""
    import pyarrow as pa

    column = table[name]
    if not is_numeric(column):
        raise InputError(f"{path}: column {name!r} must hold numbers; {_not_numbers(column)}")
    if not pa.types.is_floating(column.type):
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy())


def _not_numbers(column: pa.ChunkedArray) -> str:
    """Name the first value that is no number, or the type where all could be read as one."""
    for value in column.to_pylist():
        if value is not None and not _is_number(value):
            return f"got {value!r}"
    return f"its type is {column.type}"


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
