"""Precision of at least a floor: fixed sequences of exact binomial tests, from strict to loose.

At a cut, the positives among the n accepted clips are binomial: each of them is a positive with the
probability that is the precision. The cuts tested are those that accept given numbers of clips, a
geometric sequence of ranks, chosen without a look at the labels. From a start on, each cut is tested
in turn until one fails, and the loosest that passes is taken. There are two starts: one with the
fewest clips that can pass, all of them positive, which has most of the level; and one with four
times as many, for tags whose highest scores are not their surest. Where the first sequence gets as
far as the second start, both levels add.

References
----------
Angelopoulos, Bates, Candes, Jordan and Lei, "Learn then test: calibrating predictive algorithms to
achieve risk control", Annals of Applied Statistics 19(2), 2025 (arXiv 2110.01052): fixed sequences
with several starts. The proof for cuts that are ranks is in ``docs/guarantees.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.curve import Curve
from tagthresh.floors.base import Floor, Passed
from tagthresh.floors.binomial import fewest, p_value, trials_needed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts import Counts

GROWTH = 1.1  # from one rank to the next
SHARES = (0.9, 0.1)  # of the level, for the two starts
SECOND = 4  # times the fewest clips that can pass


class PrecisionFloor(Floor):
    """Tests of the precision of every tag.

    Parameters
    ----------
    counts : Counts
        Unweighted.
    least : float
        The floor, in (0, 1).
    risk : float
        Level of a tag tested alone, in (0, 1); it fixes the second start, so that the same cuts are
        tested whatever level a tag gets in the end.
    """

    def __init__(self, counts: Counts, least: float, risk: float) -> None:
        self.counts, self.least = counts, least
        self.trials = counts.known.mass
        self.ranks = ranks(int(self.trials.max()))
        self.second = SECOND * fewest(least, SHARES[0] * risk)
        self.accepted = lowest_accepted(counts, self.ranks)
        tp, fp, _, _ = counts.confusion(self.accepted)
        self.p_value = p_value(tp, tp + fp, least)

    def passed(self, level: float) -> Passed:
        """Choose the loosest cut that passes."""
        share = np.zeros(len(self.ranks))
        starts = fewest(self.least, SHARES[0] * level), self.second
        for start, part in zip(np.searchsorted(self.ranks, starts), SHARES, strict=True):
            share[start : start + 1] += part * level
        passed = in_sequence(self.p_value, share)
        feasible = passed.any(axis=1)
        loosest = len(self.ranks) - 1 - passed[:, ::-1].argmax(axis=1)
        accepted = self.accepted[np.arange(len(feasible)), loosest]
        tested = np.cumsum(share) > 0
        whole = feasible & passed[:, tested].all(axis=1)
        return Passed(np.where(feasible, accepted, np.inf), feasible, whole)

    def otherwise(self) -> NDArray[np.float64]:
        """Accept nothing: no false alarms."""
        return np.full(len(self.trials), np.inf)

    def needed(self, level: float) -> NDArray[np.float64]:
        """Clips to review, known ones included, if they were like those at hand.

        The precision of a cut is taken for (TP + 1/2) / (accepted + 1), and the tag's cut with the
        fewest clips to review counts.
        """
        curve = Curve.from_counts(self.counts)
        precision = (curve.tp + 0.5) / (curve.accepted + 1)
        known = self.trials[curve.tag]
        clips = trials_needed(precision, self.least, level) * known / curve.accepted
        fewest_clips = np.full(len(self.trials), np.inf)
        np.minimum.at(fewest_clips, curve.tag, clips)
        return np.ceil(np.maximum(fewest_clips, self.trials))


def ranks(most: int) -> NDArray[np.int64]:
    """Numbers of accepted clips to test, up to `most`.

    Examples
    --------
    >>> ranks(23)
    array([ 1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 16, 17, 19,
           21, 23])
    """
    steps = np.arange(np.ceil(np.log(max(most, 1)) / np.log(GROWTH)))
    return np.unique([*np.rint(GROWTH**steps).astype(np.int64), most])


def lowest_accepted(counts: Counts, ranks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Lowest score of each tag that is above its known score of rank ``ranks + 1``.

    A tie that the rank would split is rejected as a whole; all is accepted where there is no such
    rank.

    Returns
    -------
    ndarray of float64, shape (n_tags, n_ranks)
        +inf where nothing is accepted.

    Examples
    --------
    >>> import tagthresh as tt
    >>> counts = tt.Counts.from_arrays([[1]] * 4, [[0.5], [0.25], [0.25], [0.75]])
    >>> lowest_accepted(counts, np.array([0, 1, 2, 3, 4, 5]))
    array([[ inf, 0.75, 0.5 , 0.5 , 0.25, 0.25]])
    """
    lowest = np.empty((counts.n_tags, len(ranks)))
    for tag, (score, above) in enumerate(zip(counts.known.score, counts.known.above, strict=True)):
        rejected = len(above) - np.searchsorted(above[::-1], ranks, side="right")
        lowest[tag] = np.append(score, np.inf)[rejected]
    return lowest


def in_sequence(p_value: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Test cut after cut: a start brings its share of the level, a failure ends what was begun.

    Parameters
    ----------
    p_value : ndarray of float64, shape (n_tags, n_cuts)
    share : ndarray of float64, shape (n_cuts,)
        Level that starts at each cut.

    Returns
    -------
    ndarray of bool, shape (n_tags, n_cuts)

    Examples
    --------
    >>> in_sequence(np.array([[0.04, 0.06, 0.01, 0.04]]), np.array([0.05, 0, 0.05, 0]))
    array([[ True, False,  True,  True]])
    """
    passed = np.empty(p_value.shape, bool)
    level = np.zeros(len(p_value))
    for cut, begun in enumerate(share):
        level += begun
        passed[:, cut] = (p_value[:, cut] <= level) & (level > 0)
        level[~passed[:, cut]] = 0.0
    return passed
