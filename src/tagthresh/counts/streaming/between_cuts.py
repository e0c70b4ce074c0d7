"""Known clips counted between scores that are kept: all that thresholds there need to know.

A threshold is only ever put next to a kept score, as the exact method does next to positives. So of
the clips between two kept scores only their number, their lowest and their highest score count:
thresholds lie half-way to the next score, on either side. Numbers add up and extremes are extremes
whatever the order, so clips can come in any parts.

An example: 0.4 and 0.8 are kept, and clips have the scores 0.1, 0.4, 0.5, 0.6, 0.7 and 0.9. That
makes three intervals. One clip lies below 0.4 (lowest and highest 0.1). One is at 0.4, and three
come after it (lowest 0.5, highest 0.7). None is at 0.8, and one comes after it. The tally has one
clip each at 0.1, 0.4, 0.5 and 0.9, and two at 0.7: it lost 0.6, which no threshold lies next to.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.float_keys import ascending, keys, scores
from tagthresh.counts.score_counts import Group, Tally
from tagthresh.counts.slices import blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tagthresh.validation import LabelledScores

TAGS_AT_A_TIME = 32  # of row-major scores, that a thread sorts: few would read a cache line twice


@dataclass(frozen=True, eq=False)
class Intervals:
    """Counts of known clips at kept scores and between them; tag after tag.

    Scores are held as keys (`tagthresh.counts.float_keys`). An interval begins at a kept score and
    ends before the next one; the first interval of each tag holds what is below all of them.

    Attributes
    ----------
    offset : ndarray of int64, shape (n_tags + 1,)
        Tag c owns intervals ``offset[c]`` to ``offset[c + 1] - 1``.
    kept : ndarray of int, shape (n_intervals,)
        The kept score at which an interval begins; the least integer for the first one.
    at, after : ndarray of int64, shape (n_intervals,)
        Number of clips at the kept score, and of those between it and the next one.
    low, high : ndarray of int, shape (n_intervals,)
        Lowest and highest score of the latter; the greatest and the least integer without any.
    """

    offset: NDArray[np.int64]
    kept: NDArray[Any]
    at: NDArray[np.int64]
    after: NDArray[np.int64]
    low: NDArray[Any]
    high: NDArray[Any]

    @classmethod
    def between(cls, kept: Sequence[NDArray[Any]]) -> Intervals:
        """Count nothing yet between the kept scores of each tag, in any order, all of one type."""
        starts = [np.unique(keys(scores)) for scores in kept]
        least = np.iinfo(starts[0].dtype).min
        starts = [np.insert(of_tag, 0, least) for of_tag in starts]
        offset = np.cumsum([0, *map(len, starts)])
        return cls._empty(offset, np.concatenate(starts))

    @classmethod
    def _empty(cls, offset: NDArray[np.int64], kept: NDArray[Any]) -> Intervals:
        limits, zeros = np.iinfo(kept.dtype), np.zeros(len(kept), np.int64)
        low, high = np.full_like(kept, limits.max), np.full_like(kept, limits.min)
        return cls(offset, kept, zeros, zeros.copy(), low, high)

    def blank(self) -> Intervals:
        """Keep the same scores, with nothing counted."""
        return self._empty(self.offset, self.kept)

    def update(self, data: LabelledScores) -> None:
        """Count more clips, without weights, of the type of the kept scores."""
        tags = blocks(data.scores.shape[1], TAGS_AT_A_TIME)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(lambda block: self._count(data, block), tags):
                pass  # each thread counts tags of its own

    def _count(self, data: LabelledScores, tags: slice) -> None:
        columns = keys(np.ascontiguousarray(data.scores[:, tags].T))
        known = None if data.known is None else data.known[:, tags].T
        for row, tag in enumerate(range(tags.start, tags.stop)):
            column = columns[row] if known is None else columns[row][known[row]]
            self._add(tag, ascending(column))

    def _of_tag(self, tag: int) -> slice:
        return slice(self.offset[tag], self.offset[tag + 1])

    def _add(self, tag: int, column: NDArray[Any]) -> None:
        """Count the clips of one tag, ascending.

        Of the sorted clips, those at a kept score lie from `start` to `end`, and those between it
        and the next one from `end` to `stop`.
        """
        place = self._of_tag(tag)
        start, end = (np.searchsorted(column, self.kept[place], side) for side in ("left", "right"))
        stop = np.append(start[1:], len(column))
        self.at[place] += end - start
        self.after[place] += stop - end
        filled = np.flatnonzero(end < stop)
        low, high = self.low[place], self.high[place]
        low[filled] = np.minimum(low[filled], column[end[filled]])
        high[filled] = np.maximum(high[filled], column[stop[filled] - 1])

    def tally(self, n_clips: int) -> Tally:
        """Tally in which clips between kept scores are at the highest of them, but for the lowest.

        Kept scores, whatever lies next to one, and what is accepted from any of them on, are as in
        the tally of the scores themselves.
        """
        return Tally.from_groups(self._group(tag, n_clips) for tag in range(len(self.offset) - 1))

    def _group(self, tag: int, n_clips: int) -> Group:
        place = self._of_tag(tag)
        low, high = self.low[place], self.high[place]
        lowest = (low < high).astype(np.int64)  # one clip, where not all between have one score
        score = np.stack([self.kept[place], low, high], axis=1).ravel()
        count = np.stack([self.at[place], lowest, self.after[place] - lowest], axis=1).ravel()
        used = count > 0
        above = np.cumsum(count[used][::-1])[::-1].astype(np.min_scalar_type(n_clips))
        return Group(scores(score[used]), above, None)

    def __add__(self, other: Intervals) -> Intervals:
        """Add up two disjoint sets of clips counted between the same kept scores."""
        return replace(
            self,
            at=self.at + other.at,
            after=self.after + other.after,
            low=np.minimum(self.low, other.low),
            high=np.maximum(self.high, other.high),
        )
