"""The curve of each tag: true positives and accepted mass at every cut worth making.

A cut sits at the score of a positive: between two positives, lowering the threshold only accepts
negatives, which no monotone metric rewards (`tagthresh.metrics.base`). So a tag has as many cuts as
distinct positive scores, and one more, "never", which accepts nothing. Where
less is known of the metric, cuts sit at every score. No cut reaches absent scores
(`tagthresh.counts.score_counts`).

Where thresholds have limits, cuts lie between them, and "never" stands for the highest threshold
allowed, which may accept clips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.counts import Confusion, Counts, confusion
from tagthresh.counts.score_counts import ABSENT
from tagthresh.decision_rule import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER = -1


@dataclass(frozen=True, eq=False)
class Curve:
    """TP and K at every cut, tag after tag, from the highest cut of a tag to the lowest.

    Attributes
    ----------
    counts : Counts
        Where the curve comes from.
    offset : ndarray of int64, shape (n_tags + 1,)
        Tag c owns cuts ``offset[c]`` to ``offset[c + 1] - 1``.
    tag : ndarray of int64, shape (n_cuts,)
        Tag of each cut.
    score : ndarray of float, shape (n_cuts,)
        Lowest accepted score, as a rule the score of a positive.
    tp, accepted : ndarray of float64, shape (n_cuts,)
        Mass of positives and of all known clips at or above it.
    """

    counts: Counts
    offset: NDArray[np.int64]
    tag: NDArray[np.int64]
    score: NDArray[Any]
    tp: NDArray[np.float64]
    accepted: NDArray[np.float64]

    @classmethod
    def from_counts(cls, counts: Counts, *, everywhere: bool = False) -> Curve:
        """Curve of every tag, with cuts at its positives, or at every known score."""
        score, tp, accepted = [], [], []
        at = counts.known if everywhere else counts.positive
        limits = None
        if counts.limits is not None:
            limits = [rounded(end, counts.dtype) for end in counts.limits]
        for tag, scores in enumerate(at.score):
            cuts = np.unique(scores)[::-1] if at.weight else scores[::-1]
            if len(cuts) and cuts[-1] == ABSENT:
                cuts = cuts[:-1]
            if limits is not None:
                low, high = limits
                cuts = cuts[(cuts >= low[tag]) & (cuts < high[tag])]
            score.append(cuts)
            tp.append(counts.positive.accepted(tag, cuts))
            accepted.append(counts.known.accepted(tag, cuts))
        size = np.array([len(cuts) for cuts in score])
        return cls(
            counts,
            np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
            np.repeat(np.arange(counts.n_tags), size),
            np.concatenate(score),
            np.concatenate(tp),
            np.concatenate(accepted),
        )

    def confusion(self) -> Confusion:
        """Confusion of each cut's own tag, shape (n_cuts,)."""
        positives, known = self.counts.positive.mass, self.counts.known.mass
        return confusion(self.tp, self.accepted, positives[self.tag], known[self.tag])

    def never(self) -> Confusion:
        """Confusion of each tag that accepts nothing, or no more than it must; shape (n_tags,)."""
        nothing = np.zeros(self.counts.n_tags)
        if self.counts.limits is None:
            return self.counts.confusion_from(nothing, nothing)
        return self.counts.confusion(nothing + np.inf)

    def lowest_accepted(self, cut: NDArray[np.int64]) -> NDArray[np.float64]:
        """Lowest accepted score of each tag at its cut, +inf for NEVER."""
        lowest = np.full(len(cut), np.inf)
        lowest[cut != NEVER] = self.score[cut[cut != NEVER]]
        return lowest
