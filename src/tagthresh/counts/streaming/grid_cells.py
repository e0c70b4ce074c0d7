"""Cells as integers, and the entries of cells sorted by them.

The code of a cell is one integer: its tag above `PLACE_BITS`, and its place below. A place is the
key of a score as float64 (`tagthresh.counts.float_keys`) without its last `KEY_BITS`, counted from
0. So entries sorted by code are sorted by tag and score, and cells are joined two by two by
clearing the last bit of their codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tagthresh.counts.slices import run_starts
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

KEY_BITS, PLACE_BITS = 24, 40
ZERO = 1 << (PLACE_BITS - 1)  # place of the score 0
MOST_TAGS = (1 << (63 - PLACE_BITS)) - 1


class Cells(NamedTuple):
    """Entries of positives, or of negatives, by ascending code; all arrays of int64.

    Attributes
    ----------
    code : ndarray, shape (n_entries,)
        Tag and place of the cell; of joined cells, the first one's.
    extreme : ndarray, shape (n_entries,)
        Key of the highest positive, or of the lowest negative.
    clips : ndarray, shape (n_entries,)
        Number of clips.
    """

    code: NDArray[np.int64]
    extreme: NDArray[np.int64]
    clips: NDArray[np.int64]


NOTHING = Cells(*(np.empty(0, np.int64) for _ in Cells._fields))


def merged(cells: Cells, joined: int, extreme: np.ufunc) -> Cells:
    """Make one entry a cell of entries in any order, cells having been joined so many times."""
    code = cells.code & (-1 << joined)
    order = np.argsort(code, kind="stable")  # sorted parts are merged, which is fast
    code = code[order]
    first = np.flatnonzero(run_starts(code))
    if not len(first):
        return NOTHING
    key, clips = cells.extreme[order], cells.clips[order]
    return Cells(code[first], extreme.reduceat(key, first), np.add.reduceat(clips, first))


def cut(cells: Cells, ends: NDArray[np.int64]) -> list[Cells]:
    """Cut sorted entries up at some codes."""
    place = np.searchsorted(cells.code, ends)
    return list(map(Cells, *(np.split(values, place) for values in cells)))


def concatenated(parts: Iterable[Cells]) -> Cells:
    """Entries of all parts, one after another."""
    return Cells(*map(np.concatenate, zip(*parts, strict=True)))


def check_cells(side: str, cells: Cells, n_tags: int) -> None:
    """Check entries that were read from a file."""
    if len({(values.dtype, values.shape) for values in cells} | {(np.dtype(np.int64), None)}) != 2:
        raise InputError(f"{side} entries", "must be int64 arrays of equal length")
    code, _, clips = cells
    if len(code) and not (
        code[0] >= 0
        and code[-1] < n_tags << PLACE_BITS
        and (np.diff(code) > 0).all()
        and (clips > 0).all()
    ):
        raise InputError(f"{side} entries", f"must ascend within {n_tags} tags and hold clips")
