"""Scores of given ranks among more scores than fit into memory, exact, in a few passes.

The key of a score (`tagthresh.counts.float_keys`) is read from its first digits to its last, in the
manner of a radix sort. A pass counts the next digit of all scores whose digits so far are those of
a score that is looked for; then the ranks tell which digit is right. Scores of 16 bits take one
pass, of 32 bits two, of 64 bits four.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.float_keys import keys, scores
from tagthresh.counts.slices import blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST, NEXT = 20, 15  # bits of the first digit, and most of a later one: they bound the memory
BLOCK = 1 << 20  # scores that one thread looks at a time


@dataclass(frozen=True, eq=False)
class Ranks:
    """A search for scores by their ranks, between two passes or in the middle of one.

    Attributes
    ----------
    dtype : dtype
        Float type of the scores.
    rank : ndarray of int64, shape (n_wanted,)
        Place, from 0, of each score looked for, among those that share its digits so far.
    cell : ndarray of int64, shape (n_wanted,)
        Which of the digits so far it has.
    tables : tuple of ndarray of int16, each of shape (n_cells_before, 2^width)
        By the digits before and the next one: which cell; -1 where nothing is looked for.
    prefix : ndarray of uint64, shape (n_cells,)
        Digits so far, as one integer.
    count : ndarray of int64, shape (n_cells, 2^width)
        Scores counted in this pass, by their digits so far and the next one.

    Examples
    --------
    >>> search = Ranks.start(np.dtype(np.float32))
    >>> part = np.array([0.5, 0.25, 0.75, 0.125], np.float32)
    >>> while not search.complete:
    ...     search.update(part)
    ...     search = search.narrowed(np.array([0, 2]))
    >>> search.scores
    array([0.125, 0.5  ], dtype=float32)
    """

    dtype: np.dtype[Any]
    rank: NDArray[np.int64] | None = None
    cell: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    tables: tuple[NDArray[np.int16], ...] = ()
    prefix: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(1, np.uint64))
    count: NDArray[np.int64] = field(default_factory=lambda: np.zeros((1, 0), np.int64))

    @classmethod
    def start(cls, dtype: np.dtype[Any]) -> Ranks:
        """Search among scores of a type, before any is counted."""
        return cls(dtype, count=np.zeros((1, 1 << widths(dtype)[0]), np.int64))

    @property
    def complete(self) -> bool:
        """Whether all digits are known."""
        return len(self.tables) == len(widths(self.dtype))

    @property
    def scores(self) -> NDArray[Any]:
        """Distinct scores of the ranks, ascending, once all digits are known."""
        code = self.prefix.astype(f"u{self.dtype.itemsize}")
        return scores(_codes(code).view(f"i{self.dtype.itemsize}"))

    @property
    def total(self) -> int:
        """Number of scores counted in this pass."""
        return int(self.count.sum())

    def update(self, part: NDArray[Any]) -> None:
        """Count more scores, of shape (n_scores,) and of the type of the others."""
        pieces = (part[block] for block in blocks(len(part), BLOCK))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for places in pool.map(self._places, pieces):
                if self.tables:  # few are left
                    np.add.at(self.count.ravel(), places, 1)
                else:
                    self.count[0] += places

    def _places(self, part: NDArray[Any]) -> NDArray[np.int64]:
        """Where to count each score; in the first pass, how many go where."""
        code = _codes(keys(part))
        shift = 8 * part.itemsize
        *before, width = widths(self.dtype)[: len(self.tables) + 1]
        if not before:
            return np.bincount(_digit(code, shift - width, width), minlength=1 << width)
        cell = np.zeros(1, np.int16)  # all scores begin in one
        for digits, table in zip(before, self.tables, strict=True):
            shift -= digits
            cell = table[cell, _digit(code, shift, digits)]
            code, cell = code[cell >= 0], cell[cell >= 0]
        return (cell.astype(np.intp) << width) + _digit(code, shift - width, width)

    def narrowed(self, wanted: NDArray[np.int64]) -> Ranks:
        """Take the digits counted in this pass for known; ranks are needed after the first one.

        Parameters
        ----------
        wanted : ndarray of int64, shape (n_wanted,)
            Rank, from 0, of each score to be found, each less than the number of scores.
        """
        rank = wanted if self.rank is None else self.rank
        cell = np.zeros(len(wanted), np.int64) if self.rank is None else self.cell
        total = np.cumsum(self.count, axis=1)  # of scores with this digit or a lower one
        pairs = zip(cell, rank, strict=True)
        digit = np.array([np.searchsorted(total[row], place, "right") for row, place in pairs])
        width = widths(self.dtype)[len(self.tables)]
        place, new = np.unique((cell << width) + digit, return_inverse=True)
        table = np.full(self.count.shape, -1, np.int16)
        table.ravel()[place] = np.arange(len(place))
        rank = rank - (total - self.count)[cell, digit]
        last = (place & ((1 << width) - 1)).astype(np.uint64)
        prefix = (self.prefix[place >> width] << np.uint64(width)) | last
        tables = (*self.tables, table)
        following = widths(self.dtype)[len(tables) :]
        count = np.zeros((len(place), 1 << following[0] if following else 0), np.int64)
        return replace(self, rank=rank, cell=new, tables=tables, prefix=prefix, count=count)

    def blank(self) -> Ranks:
        """Search for the same, with nothing counted in this pass."""
        return replace(self, count=np.zeros_like(self.count))

    def __add__(self, other: Ranks) -> Ranks:
        """Add up the counts of two disjoint sets of scores in the same pass."""
        return replace(self, count=self.count + other.count)


def _codes(key: NDArray[Any]) -> NDArray[Any]:
    """Unsigned integers in the order of signed keys, and the other way round."""
    unsigned = key.view(f"u{key.itemsize}")
    return np.asarray(unsigned ^ np.array(1 << (8 * key.itemsize - 1), unsigned.dtype))


def _digit(code: NDArray[Any], shift: int, width: int) -> NDArray[np.intp]:
    """`width` bits of each code, above the last `shift`."""
    digit = (code >> code.dtype.type(shift)) & code.dtype.type((1 << width) - 1)
    return np.asarray(digit, np.intp)


def widths(dtype: np.dtype[Any]) -> tuple[int, ...]:
    """Bits of each digit of the keys of a type.

    Examples
    --------
    >>> [widths(np.dtype(name)) for name in ("f2", "f4", "f8")]
    [(16,), (20, 12), (20, 15, 15, 14)]
    """
    bits = 8 * dtype.itemsize
    first = min(FIRST, bits)
    n_next = -(-(bits - first) // NEXT)
    return (first, *((bits - first + place) // n_next for place in reversed(range(n_next))))
