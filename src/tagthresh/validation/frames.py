"""Data frames: their columns are tags, their rows clips, and both are matched by name.

Columns
-------
The name of a column is its label as text: 17, 17.0 and "17" are the same name. Columns labelled 0
to n_tags - 1 in order are merely numbered and have no names; only beside names that are these very
numbers in another order do they go by their numbers. Labels that are neither text nor numbers
(dates, tuples of several levels) are named by what `str` makes of them.

Rows
----
Frames and series of pandas have an index, which must be the same wherever rows go together. A
RangeIndex from 0 on is merely numbered: rows go by position beside any other index, unless that
one holds the same numbers in another order.

Labelled arrays (xarray) are refused: they may have clips and tags in any order of dimensions.
"""

from __future__ import annotations

import inspect
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.validation.errors import InputError, Place
from tagthresh.validation.options import listed
from tagthresh.validation.tags import Tags, nearest, numbered, tag_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def has(value: object, name: str) -> bool:
    """Tell whether an object has an attribute by its type; a column of that name is none."""
    return inspect.getattr_static(value, name, None) is not None


def column_labels(value: Any) -> list[Any] | None:
    """Labels of the columns of a data frame (pandas, polars, Arrow), None for anything else."""
    for name in ("column_names", "columns"):
        if has(value, name) and not has(value, "collect"):
            return list(getattr(value, name))
    return None


def column_names(name: str, labels: Sequence[Any]) -> Tags | None:
    """Names of the columns of a frame; None where they are merely numbered."""
    texts = [column_text(label) for label in labels]
    names = tag_names(texts, len(texts), f"columns of {name}")
    return None if [_whole(label) for label in labels] == list(range(len(labels))) else names


def column_text(label: object) -> str:
    """Name of a column: its label as text."""
    whole = _whole(label)
    return str(label if whole is None else whole)


def _whole(label: object) -> int | None:
    """Label that is a whole number; True and False are none."""
    if isinstance(label, bool) or not isinstance(label, int | float | np.integer | np.floating):
        return None
    return int(label) if label % 1 == 0 else None


def names_beside(value: object, names: Tags | None, others: Tags | None) -> Tags | None:
    """Names to match a frame's columns by beside others; an array's are its own or none."""
    return names if column_labels(value) is None else numbered(names, others)


def ignored(ignore: Iterable[object], *values: object) -> frozenset[str]:
    """Check the names of columns to leave out: some frame has every one of them."""
    names = [column_text(name) for name in listed("ignore", ignore, "['fold']")]
    columns = {column_text(label) for value in values for label in column_labels(value) or ()}
    for name in names:
        if name not in columns:
            rule = f"must name columns; none is called {name!r}{nearest(name, columns)}"
            raise InputError("ignore", rule)
    return frozenset(names)


def check_readable(name: str, value: object) -> None:
    """Refuse lazy frames, arrays with labels of their own, such as those of xarray, and counts."""
    if has(value, "n_clips"):  # Counts, GridCounts and Shards
        wanted = {"y_true": "labels", "y_score": "scores"}.get(name, "an array")
        kind = type(value).__name__
        raise InputError(name, f"must be {wanted}; {kind} do not tell clips apart")
    if has(value, "collect"):
        raise InputError(name, "must be in memory; call .collect() on the lazy frame first")
    if has(value, "dims") and has(value, "coords"):
        rule, kind = "must be an array or a data frame", f"a labelled {type(value).__name__}"
        remedy = "Pass .to_pandas(), matched by name, or .values, matched by position"
        raise InputError(name, rule, kind, remedy=remedy)


def same_rows(**values: object) -> None:
    """Check that the rows of what is given go together, as far as these have an index."""
    indexed = {name: _index(value) for name, value in values.items()}
    indexed = {name: index for name, index in indexed.items() if index is not None}
    for (name, one), (other, index) in itertools.combinations(indexed.items(), 2):
        if len(one) == len(index) and not one.equals(index) and not _by_position(one, index):
            pairs = zip(one, index, strict=True)
            differ = next((i for i, (a, b) in enumerate(pairs) if str(a) != str(b)), 0)
            rule = "must have the same index, in the same order: rows are clips"
            got = f"{one[differ]} and {index[differ]}"
            remedy = (
                "Sort one like the other, or call .reset_index(drop=True) if rows match by position"
            )
            raise InputError(f"{name} and {other}", rule, got, Place(clip=differ), remedy)


def _index(value: Any) -> Any:
    """Index of a frame or series of pandas, None for anything else."""
    return value.index if has(value, "index") and hasattr(value.index, "equals") else None


def _by_position(one: Any, other: Any) -> bool:
    """Tell whether rows go by position: one index is merely numbered, the other something else."""
    ways = (one, other), (other, one)
    return any(_is_numbered(a) and not _numbers_of(b, len(a)) for a, b in ways)


def _is_numbered(index: Any) -> bool:
    is_range = type(index).__name__ == "RangeIndex"
    return is_range and (index.start, index.step) == (0, 1)


def _numbers_of(index: Any, n_clips: int) -> bool:
    """Tell whether an index holds the numbers of so many rows and no others, as text too."""
    labels = np.asarray(index)
    if labels.dtype.kind not in "iufUO":
        return False
    try:
        rows = labels.astype(np.float64)
    except (TypeError, ValueError):
        return False  # names
    return bool(((rows >= 0) & (rows < n_clips) & (rows % 1 == 0)).all())
