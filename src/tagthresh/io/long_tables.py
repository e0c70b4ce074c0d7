"""Long tables: a row for every pair of clip and tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy

from tagthresh.io import memory_limit
from tagthresh.io.columns import groups, numbers, texts
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from tagthresh.io.table import Arrays, Reading

VALUES = ("score", "label", "weight", "band", "band_clips")
ROLES = {"scores": "score", "labels": "label"}
REMEDY = "A pair without a row takes memory too: leave out clips or tags that hardly occur"


class Pairs(NamedTuple):
    """Clip and tag of every row, as positions among the names, in order of appearance."""

    clips: list[str]
    tags: list[str]
    row: NDArray[np.int64]
    column: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of clips and tags."""
        return len(self.clips), len(self.tags)

    def matrix(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Matrix of clips and tags; NaN, which is unknown, for a pair without a row."""
        matrix = np.full(self.shape, np.nan)
        matrix[self.row, self.column] = values
        return matrix

    def of_clips(self, values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Value of each clip, and which rows have another one."""
        of_clip = np.empty(len(self.clips), values.dtype)
        of_clip[self.row] = values
        return of_clip, of_clip[self.row] != values


def read_long(table: pa.Table, reading: Reading) -> Arrays:
    """Return the matrices of clips and tags, and their names."""
    _check_complete(table.column_names, reading)
    (clips, row), (tags, column) = (_coded(table, name) for name in ("clip", "tag"))
    pairs = Pairs(clips, tags, row, column)
    _check_distinct(pairs)
    values = {name: numbers(table, name) for name in VALUES if name in table.column_names}
    arrays = _matrices(values, pairs, reading.memory)
    group = reading.group_column
    if group is not None and group in table.column_names:
        arrays["groups"], differs = pairs.of_clips(np.asarray(groups(group, table[group])))
        if differs.any():
            clip = clips[row[differs.argmax()]]
            raise InputError(
                group, f"must be the same in all rows of a clip; it differs for {clip!r}"
            )
    return {"clips": clips, "tags": tags, **arrays}


def _check_complete(names: list[str], reading: Reading) -> None:
    """Refuse a table that lacks the column it is read for."""
    needed = "score" if reading.role == "scores" else "label"
    if needed not in names:
        rule = f"needs a column {needed!r}; it has {', '.join(names)}"
        remedy = f"Rename the one that holds {reading.role}"
        if set(names) == {"clip", "tag"} and needed == "label":
            remedy = "Give every row of it the label 1, and add rows with 0"
        raise InputError("a long table", rule, remedy=remedy)


def _coded(table: pa.Table, name: str) -> tuple[list[str], NDArray[np.int64]]:
    """Distinct values as strings, in order of appearance, and which of them each row has."""
    coded = texts(name, table[name]).combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _check_distinct(pairs: Pairs) -> None:
    number = pairs.row * len(pairs.tags) + pairs.column
    if len(np.unique(number)) < len(number):
        order = np.argsort(number, kind="stable")
        twice = order[1:][np.diff(number[order]) == 0][0]
        names = f"{pairs.clips[pairs.row[twice]]!r}, {pairs.tags[pairs.column[twice]]!r}"
        rule = f"must be distinct; ({names}) appears more than once"
        raise InputError("pairs of clip and tag", rule)


def _matrices(values: dict[str, NDArray[Any]], pairs: Pairs, memory: int) -> Arrays:
    """Scores, sparse where pairs are left out and none has a label; labels and weights."""
    arrays: Arrays = {}
    n_pairs = pairs.shape[0] * pairs.shape[1]
    if "score" in values and "label" not in values and len(pairs.row) < n_pairs:
        entries = values.pop("score"), (pairs.row, pairs.column)
        arrays["scores"] = scipy.sparse.csr_array(entries, shape=pairs.shape)
    dense = {role: name for role, name in ROLES.items() if name in values}
    if dense:
        what, needed = memory_limit.size(pairs.shape), 8 * len(dense) * n_pairs
        memory_limit.check(memory, needed, what, REMEDY)
    arrays |= {role: pairs.matrix(values[name]) for role, name in dense.items()}
    if "weight" in values:  # of clips where all rows of a clip have the same, else of pairs
        of_clip, differs = pairs.of_clips(values["weight"])
        arrays["weights"] = pairs.matrix(values["weight"]) if differs.any() else of_clip
    elif {"band", "band_clips", "label"} <= set(values):
        arrays["weights"] = pairs.matrix(_of_bands(values, pairs))
    return arrays


def _of_bands(values: dict[str, NDArray[Any]], pairs: Pairs) -> NDArray[np.float64]:
    """Weight of each row of a reviewed table: clips in its band over those with a label."""
    known = np.isin(values["label"], (0, 1))
    if not known.any():
        raise InputError(
            "column 'label'", "must hold 1 or 0 in at least one row; no row has either"
        )
    bands, stratum = np.unique([pairs.column, values["band"]], axis=1, return_inverse=True)
    stratum, size = stratum.ravel(), np.empty(bands.shape[1])
    size[stratum] = values["band_clips"]
    if not (size[stratum] == values["band_clips"]).all():
        raise InputError("band_clips", "must be the same in all rows of a tag and band")
    labelled = np.bincount(pairs.column, known)[bands[0].astype(np.int64)] > 0
    lacking = np.flatnonzero(labelled & (np.bincount(stratum, known) == 0))
    if len(lacking):
        tag, band = bands[:, lacking[0]]
        name = pairs.tags[int(tag)]
        rule = f"must have one in every band; band {band:g} of {name!r} has none"
        raise InputError("a tag with labels", rule)
    return inverse_probability(stratum, size, known)


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
