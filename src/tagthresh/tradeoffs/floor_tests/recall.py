"""Recall of at least a floor: exact binomial tests, from the loosest cut to stricter ones.

At a cut, the accepted ones among P positives are binomial with the recall there. As the cut gets
stricter, recall and TP only fall. So the cuts that pass are all those up to some cut, and this one
is taken. It is a positive's score of fixed rank, as in the tolerance bounds of Wilks
("Determination of sample sizes for setting tolerance limits", Annals of Mathematical Statistics
12(1), 1941) and in split conformal prediction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.counts.curve import Curve
from tagthresh.tradeoffs.floor_tests.base import Floor, Passed
from tagthresh.tradeoffs.floor_tests.binomial import fewest, p_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts


class RecallFloor(Floor):
    """Tests of the recall of every tag.

    Parameters
    ----------
    counts : Counts
        Unweighted.
    least : float
        The floor, in (0, 1).
    """

    def __init__(self, counts: Counts, least: float) -> None:
        self.counts, self.least = counts, least
        self.trials = counts.positive.mass
        self.curve = Curve.from_counts(counts)
        self.p_value = p_value(self.curve.tp, self.trials[self.curve.tag], least)

    def passed(self, level: float) -> Passed:
        """Choose the strictest cut that passes."""
        failing = self.curve.tag[self.p_value > level]
        strictest = self.curve.offset[:-1] + np.bincount(failing, minlength=len(self.trials))
        feasible = strictest < self.curve.offset[1:]
        accepted = np.full(len(feasible), np.inf)
        accepted[feasible] = self.curve.score[strictest[feasible]]
        # At "never" the recall is 0, which no test passes.
        return Passed(accepted, feasible, np.zeros(len(feasible), bool))

    def fallback(self) -> NDArray[np.float64]:
        """Accept every clip at hand that has a score; nothing where there are none."""
        return self.counts.known.lowest

    def needed(self, level: float) -> NDArray[np.float64]:
        """Positives to review, known ones included."""
        return np.full(len(self.trials), float(fewest(self.least, level)))
