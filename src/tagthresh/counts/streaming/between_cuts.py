"""Known clips counted between scores that are kept: all that thresholds there need to know.

A threshold is only ever put next to a kept score, as the exact method does next to positives. So of
the clips between two kept scores only their number, their lowest and their highest score count:
thresholds lie half-way to the next score, on either side. Numbers add up and extremes are extremes
whatever the order, so clips can come in any parts.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.float_keys import keys, scores
from tagthresh.counts.score_counts import Group, Tally
from tagthresh.counts.slices import blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tagthresh.validation import LabelledScores

TAGS_AT_A_TIME = 32  # of row-major scores, that a thread sorts: few would read a cache line twice


@dataclass(frozen=True, eq=False)
class Buckets:
    """Counts of known clips at kept scores and between them; tag after tag.

    Each tag owns one bucket more than it has kept scores: its first one holds what is below them.

    Attributes
    ----------
    offset : ndarray of int64, shape (n_tags + 1,)
        Tag c owns buckets ``offset[c]`` to ``offset[c + 1] - 1``.
    kept : ndarray of int, shape (n_buckets,)
        Key (`tagthresh.counts.float_keys`) of the kept score that a bucket follows; the least
        integer for the first one.
    at, after : ndarray of int64, shape (n_buckets,)
        Number of clips at the kept score, and of those between it and the next one.
    low, high : ndarray of int, shape (n_buckets,)
        Key of the lowest and of the highest of the latter.
    """

    offset: NDArray[np.int64]
    kept: NDArray[Any]
    at: NDArray[np.int64]
    after: NDArray[np.int64]
    low: NDArray[Any]
    high: NDArray[Any]

    @classmethod
    def between(cls, kept: Sequence[NDArray[Any]]) -> Buckets:
        """Count nothing yet between the kept scores of each tag, in any order, all of one type."""
        limits = np.iinfo(f"i{kept[0].itemsize}")
        least = np.array([limits.min], limits.dtype)
        parts = [np.concatenate([least, np.unique(keys(each))]) for each in kept]
        bounds = np.concatenate(parts)
        zeros = np.zeros(len(bounds), np.int64)
        return cls(
            np.concatenate([[0], np.cumsum([len(part) for part in parts])]),
            *(bounds, zeros, zeros.copy()),
            *(np.full_like(bounds, limits.max), np.full_like(bounds, limits.min)),
        )

    def update(self, data: LabelledScores) -> None:
        """Count more clips, without weights, of the type of the kept scores."""
        tags = blocks(data.scores.shape[1], TAGS_AT_A_TIME)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(lambda block: self._count(data, block), tags):
                pass  # each thread counts tags of its own

    def _count(self, data: LabelledScores, block: slice) -> None:
        columns = keys(np.ascontiguousarray(data.scores[:, block].T))
        known = None if data.known is None else data.known[:, block].T
        for row, tag in enumerate(range(block.start, block.stop)):
            column = columns[row] if known is None else columns[row][known[row]]
            self._add(tag, np.sort(column))

    def _add(self, tag: int, column: NDArray[Any]) -> None:
        """Count the clips of one tag, ascending."""
        own = slice(self.offset[tag], self.offset[tag + 1])
        kept, size = self.kept[own], len(column)
        start = np.searchsorted(column, kept)
        end, after = start.copy(), np.append(start[1:], size)
        there = start < after  # a bucket without clips at it or after it has nothing to count
        there[there] = column[start[there]] == kept[there]
        end[there] = np.searchsorted(column, kept[there], side="right")
        self.at[own] += end - start
        self.after[own] += after - end
        some = np.flatnonzero(after > end) + self.offset[tag]
        first, last = column[end[end < after]], column[after[end < after] - 1]
        self.low[some] = np.minimum(self.low[some], first)
        self.high[some] = np.maximum(self.high[some], last)

    def tally(self, n_clips: int) -> Tally:
        """Tally in which clips between kept scores are at the highest of them, but for the lowest.

        Kept scores, whatever lies next to one, and what is accepted from any of them on, are as in
        the tally of the scores themselves.
        """
        return Tally.from_groups(self._group(tag, n_clips) for tag in range(len(self.offset) - 1))

    def _group(self, tag: int, n_clips: int) -> Group:
        own = slice(self.offset[tag], self.offset[tag + 1])
        after, low, high = self.after[own], self.low[own], self.high[own]
        alone = np.where(low < high, np.minimum(after, 1), 0)
        score = np.stack([self.kept[own], low, high], axis=1).ravel()
        count = np.stack([self.at[own], alone, after - alone], axis=1).ravel()
        some = count > 0
        above = np.cumsum(count[some][::-1])[::-1].astype(np.min_scalar_type(n_clips))
        return Group(scores(score[some]), above, None)

    def blank(self) -> Buckets:
        """Keep the same scores, with nothing counted."""
        limits = np.iinfo(self.kept.dtype)
        zeros = np.zeros_like(self.at)
        low, high = np.full_like(self.low, limits.max), np.full_like(self.high, limits.min)
        return replace(self, at=zeros, after=zeros.copy(), low=low, high=high)

    def __add__(self, other: Buckets) -> Buckets:
        """Add up two disjoint sets of clips counted between the same kept scores."""
        return replace(
            self,
            at=self.at + other.at,
            after=self.after + other.after,
            low=np.minimum(self.low, other.low),
            high=np.maximum(self.high, other.high),
        )
