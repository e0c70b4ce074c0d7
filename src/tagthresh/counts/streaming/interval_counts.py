"""Counts that know each score up to its cell, a short range of scores.

What a threshold accepts is known exactly where it does not cut through a cell that holds scores.
`counts_in_cells` takes every score for the lower edge of its cell. The result is an ordinary
`Counts` but for its `ScoreCells`, by which thresholds that would cut through a cell move to the end
of it.

What cuts through cells might have gained is bounded by `Counts.optimistic`: in every cell each
positive is taken for the highest one and each negative for the lowest one, as far as they are
known. A cut in a cell accepts at most all of its positives and, where the lowest negative is below
the highest positive, at least none of its negatives; where it is not, whatever accepts a positive
accepts all negatives. So on the optimistic counts some cut at the ends of cells does at least as
well, by any metric that no positive accepted lowers and no negative accepted raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh.counts.counts import Counts
from tagthresh.counts.score_counts import Entries, Tally
from tagthresh.decision_rule import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tagthresh.validation import Tags


def counts_in_cells(
    n_clips: int,
    parts: Iterable[tuple[int, tuple[CellEntries, CellEntries]]],
    spans: Spans,
    tags: Tags | None,
) -> Counts:
    """Count the positives and the negatives of parts, each of a number of tags in turn."""
    tallies = [
        (*_tallies(n_clips, n_tags, sides, "low"), *_tallies(n_clips, n_tags, sides, "extreme"))
        for n_tags, sides in parts
    ]
    known, positive, best_known, best_positive = map(Tally.side_by_side, zip(*tallies, strict=True))
    optimistic = Counts(n_clips, best_known, best_positive, tags)
    return Counts(n_clips, known, positive, tags, cells=ScoreCells(spans, optimistic))


class Spans(NamedTuple):
    """Cells of a grid that hold scores.

    Attributes
    ----------
    low, high : ndarray of float64, shape (n_cells,)
        Lowest and highest score that a cell can hold, ascending; equal where it can hold but one.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]


class CellEntries(NamedTuple):
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


@dataclass(frozen=True, eq=False)
class ScoreCells:
    """The cells up to which scores are known.

    Attributes
    ----------
    spans : Spans
        Where the cells begin and end.
    optimistic : Counts
        The same clips, positives taken for the highest of their cell and negatives for the lowest.
    """

    spans: Spans
    optimistic: Counts

    def outside(self, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Move thresholds out of cells, upwards: they accept what they are counted to accept.

        Parameters
        ----------
        thresholds : ndarray of float64, shape (n_tags,)
            +inf is never.
        """
        cuts = rounded(thresholds, self.optimistic.dtype).astype(np.float64)
        below = np.searchsorted(self.spans.low, cuts)  # cells that start below
        high = np.append(np.nan, self.spans.high)[below]
        with np.errstate(over="ignore"):  # beyond the last cell there is +inf
            above = np.nextafter(high, np.inf)
        return np.where(cuts <= high, above, thresholds)

    def highest(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Highest score that the clips counted at each lower edge may have; -inf for -inf."""
        cell = np.searchsorted(self.spans.low, scores, side="right")  # counted from 1; 0 for -inf
        return np.append(-np.inf, self.spans.high)[cell]


def _tallies(
    n_clips: int, n_tags: int, sides: tuple[CellEntries, CellEntries], at: str
) -> tuple[Tally, Tally]:
    """Tallies of known and of positive clips, with scores at the lower edges or the extremes."""
    positive, negative = (Entries(side.tag, getattr(side, at), None, side.clips) for side in sides)
    known = Tally.from_entries([positive, negative], n_tags, n_clips)
    return known, Tally.from_entries([positive], n_tags, n_clips)
