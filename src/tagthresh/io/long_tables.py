"""Long tables: a row for every pair of clip and tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh.io import memory_limit
from tagthresh.io.column_values import groups, numbers, texts
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from tagthresh.io.array_files import Arrays
    from tagthresh.io.read_options import Reading

VALUES = ("score", "label", "weight", "band", "band_clips")


def read_long(path: str, table: pa.Table, reading: Reading) -> Arrays:
    """Return the matrices of clips and tags, and their names."""
    _check_complete(path, table.column_names, reading)
    clips, row = _coded(path, table, "clip")
    tags, column = _coded(path, table, "tag")
    _check_distinct(path, clips, tags, row, column)
    found = {n: numbers(path, table, n) for n in VALUES if n in table.column_names}
    arrays = _matrices(path, found, (clips, tags), (row, column), reading)
    group = reading.group_column
    if group is not None and group in table.column_names:
        of_row = np.asarray(groups(path, group, table[group]))
        arrays["groups"] = _per_clip(path, group, of_row, row, clips)
    return {"clips": clips, "tags": tags, **arrays}


def _check_complete(path: str, names: list[str], reading: Reading) -> None:
    """Refuse a table that lacks the column it is read for."""
    needed = "score" if reading.role == "scores" else "label"
    if needed not in names:
        rule = f"needs a column {needed!r}; it has {', '.join(names)}"
        remedy = f"Rename the one that holds {reading.role}"
        if set(names) == {"clip", "tag"} and needed == "label":
            remedy = "Give every row of it the label 1, and add rows with 0"
        raise InputError("a long table", rule, place=Place(file=path), remedy=remedy)


def _matrices(
    path: str,
    found: dict[str, NDArray[Any]],
    names: tuple[list[str], list[str]],
    pair: tuple[NDArray[np.int64], NDArray[np.int64]],
    reading: Reading,
) -> Arrays:
    """Scores, sparse where pairs are left out and none has a label; labels and weights."""
    shape = len(names[0]), len(names[1])
    arrays: Arrays = {}
    if "score" in found and "label" not in found and len(pair[0]) < np.prod(shape):
        arrays["scores"] = scipy.sparse.csr_array((found.pop("score"), pair), shape=shape)
    dense = sum(name in found for name in ("score", "label"))
    size, remedy = (
        memory_limit.size(shape),
        "A pair without a row takes memory too: leave out clips",
    )
    if dense:
        needed = 8 * dense * shape[0] * shape[1]
        memory_limit.check(
            path, reading.memory, needed, size, f"{remedy} or tags that hardly occur"
        )
    if "score" in found:
        arrays["scores"] = _spread(found["score"], *pair, shape)
    if "label" in found:
        arrays["labels"] = _spread(found["label"], *pair, shape)
    if "weight" in found:
        arrays["weights"] = _weights(found["weight"], *pair, shape)
    elif {"band", "band_clips", "label"} <= set(found):
        weight = _of_bands(path, names[1], pair[1], found)
        arrays["weights"] = _spread(weight, *pair, shape)
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
            "clip and tag",
            (
                f"must be distinct pairs; ({clips[row[twice]]!r}, "
                f"{tags[column[twice]]!r}) appears more than once"
            ),
            place=Place(file=path),
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
        raise InputError(
            "column 'label'", "must be filled in, 1 or 0; no row has either", place=Place(file=path)
        )
    bands, stratum = np.unique([column, found["band"]], axis=1, return_inverse=True)
    stratum, size = stratum.ravel(), np.empty(bands.shape[1])
    size[stratum] = found["band_clips"]
    if not (size[stratum] == found["band_clips"]).all():
        raise InputError(
            "band_clips", "must be the same in all rows of a tag and band", place=Place(file=path)
        )
    labelled = np.bincount(column, known)[bands[0].astype(np.int64)] > 0
    lacking = np.flatnonzero(labelled & (np.bincount(stratum, known) == 0))
    if len(lacking):
        tag, band = bands[:, lacking[0]]
        raise InputError(
            "a tag with labels",
            (f"must have one in every band; band {band:g} of {tags[int(tag)]!r} has none"),
            place=Place(file=path),
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
        raise InputError(
            name, f"must be the same in all rows of a clip; not so {clip!r}", place=Place(file=path)
        )
    return of_clip


def _coded(path: str, table: pa.Table, name: str) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct values as strings, in order of appearance, and where each row has its own."""
    coded = texts(path, name, table[name]).combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def inverse_probability(
    stratum: NDArray[np.int64], size: NDArray[Any], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Weight of each member of a stratum: its size over its known members; 0 where unknown.

    Examples
    --------
    >>> known = np.array([True, False, True, True])
    >>> inverse_probability(np.array([0, 0, 1, 1]), np.array([2, 3]), known)
    array([2. , 0. , 1.5, 1.5])
    """
    reviewed = np.bincount(stratum, known)
    return np.where(known, np.asarray(size)[stratum] / np.maximum(reviewed[stratum], 1), 0.0)
