"""Counts of which each score is known up to its cell, a short range of scores.

What a threshold accepts is known exactly where it does not cut through a cell that holds scores.
`CellCounts` takes every score for the lower edge of its cell, moves thresholds that would cut
through a cell to the end of it, and is an ordinary `Counts` in everything else.

What cuts through cells might have gained is bounded by `CellCounts.optimistic`: in every cell each
positive is taken for the highest one and each negative for the lowest one, as far as they are
known. A cut in a cell accepts at most all of its positives and, where the lowest negative is below
the highest positive, at least none of its negatives; where it is not, whatever accepts a positive
accepts all negatives. So on the optimistic counts some cut at the ends of cells does at least as
well, by any metric that no positive accepted lowers and no negative accepted raises.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh.counts.counts import Counts
from tagthresh.counts.score_counts import Entries, Tally
from tagthresh.decision_rule import rounded
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tagthresh.validation import Tags


class Spans(NamedTuple):
    """Cells of a grid that hold scores.

    Attributes
    ----------
    low, high : ndarray of float64, shape (n_cells,)
        Lowest and highest score that a cell can hold, ascending; equal where it can hold but one.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]


class Held(NamedTuple):
    """Positive, or negative, clips of some tags in cells; arrays of shape (n_entries,).

    Attributes
    ----------
    tag : ndarray of int64
        Tag of the entry, counted from the first of these tags.
    low, extreme : ndarray of float
        Lower edge of the cell, and its highest positive or its lowest negative.
    clips : ndarray of int64
        Number of clips.
    """

    tag: NDArray[np.int64]
    low: NDArray[Any]
    extreme: NDArray[Any]
    clips: NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CellCounts(Counts):
    """`Counts` of scores known up to a cell; `GridCounts.counts` makes them.

    Attributes
    ----------
    spans : Spans
        The cells.
    at_best : Counts
        The optimistic counts.
    """

    spans: Spans
    at_best: Counts

    @classmethod
    def from_held(
        cls,
        n_clips: int,
        parts: Iterable[tuple[int, tuple[Held, Held]]],
        spans: Spans,
        tags: Tags | None,
    ) -> CellCounts:
        """Count the positives and the negatives of parts, each of a number of tags in turn."""
        tallies = [
            (*_tallies(n_clips, n_tags, sides, "low"), *_tallies(n_clips, n_tags, sides, "extreme"))
            for n_tags, sides in parts
        ]
        known, positive, best_known, best_positive = (
            Tally.side_by_side(each) for each in zip(*tallies, strict=True)
        )
        at_best = Counts(n_clips, best_known, best_positive, tags)
        return cls(n_clips, known, positive, tags, spans=spans, at_best=at_best)

    @property
    def optimistic(self) -> Counts:
        """Counts on which some thresholds do at least as well as any on the clips."""
        return replace(self.at_best, limits=self.limits)

    def placed(self, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Move thresholds out of cells, upwards: they accept what they are counted to accept.

        Parameters
        ----------
        thresholds : ndarray of float64, shape (n_tags,)
            +inf is never.
        """
        cuts = rounded(thresholds, self.dtype).astype(np.float64)
        below = np.searchsorted(self.spans.low, cuts)  # cells that start below
        high = np.append(np.nan, self.spans.high)[below]
        with np.errstate(over="ignore"):  # beyond the last cell there is +inf
            above = np.nextafter(high, np.inf)
        return np.where(cuts <= high, above, thresholds)

    def highest_rejected(self, lowest_accepted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Highest score that may be below the lowest accepted one of each tag; -inf for none."""
        low = super().highest_rejected(lowest_accepted)
        upto = np.searchsorted(self.spans.low, low, side="right")  # cells, its own the last of them
        return np.append(-np.inf, self.spans.high)[upto]

    def __add__(self, other: Counts) -> Counts:
        """Refuse: the cells of two grids need not be the same."""
        raise InputError("counts of a grid", "must be added as GridCounts", "their Counts")


def _tallies(n_clips: int, n_tags: int, sides: tuple[Held, Held], at: str) -> tuple[Tally, Tally]:
    """Tallies of known and of positive clips, with scores at the lower edges or the extremes."""
    positive, negative = (Entries(side.tag, getattr(side, at), None, side.clips) for side in sides)
    known = Tally.from_entries(positive.and_those(negative), n_tags, n_clips)
    return known, Tally.from_entries(positive, n_tags, n_clips)
