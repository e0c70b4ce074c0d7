"""Precision of at least a floor: fixed sequences of exact binomial tests, from strict to loose.

At a cut, the positives among the n accepted clips are binomial: each of them is a positive with the
probability that is the precision. The cuts tested are those that accept given numbers of clips, a
geometric sequence of ranks, chosen without a look at the labels. From a start on, each cut is
tested in turn until one fails; the loosest that passes is taken. A sequence starts

- at the fewest clips that can pass, if all of them are positive, tested with most of the level, as
  are the cuts after any start;
- at every cut where a p-value that holds for all cuts at once is below the rest of the level. This
  is for tags whose highest scores are not their surest, or whose precision is near the floor.

References
----------
Angelopoulos, Bates, Candes, Jordan and Lei, "Learn then test: calibrating predictive algorithms to
achieve risk control", arXiv 2110.01052, 2021: fixed sequences with several starts. The proof for
cuts that are ranks, and the study that chose the starts, are in ``docs/guarantees.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.counts.curve import Curve
from tagthresh.tradeoffs.floor_tests.base import Floor, Passed
from tagthresh.tradeoffs.floor_tests.binomial import (
    POWER,
    anytime_p_value,
    fewest,
    p_value,
    share_to_pass,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts

GROWTH = 1.1  # from one rank to the next
MAIN = 0.9  # share of the level for the tests in sequence; the rest is for starts at any cut
MOST_NEEDED = 10**6  # accepted clips; a precision that needs more is taken for the floor


class PrecisionFloor(Floor):
    """Tests of the precision of every tag.

    Parameters
    ----------
    counts : Counts
        Unweighted.
    least : float
        The floor, in (0, 1).
    """

    def __init__(self, counts: Counts, least: float) -> None:
        self.counts, self.least = counts, least
        self.trials = counts.known.mass
        self.ranks = ranks(int(self.trials.max()))
        self.accepted = lowest_accepted(counts, self.ranks)
        tp, fp, _, _ = counts.confusion(self.accepted)
        self.sure = fp == 0
        self.p_value = p_value(tp, tp + fp, least)
        self.anytime = anytime_p_value(tp, tp + fp, least)

    def passed(self, level: float) -> Passed:
        """Choose the loosest cut that passes."""
        test: NDArray[np.bool_] = self.p_value <= MAIN * level
        passed = in_sequence((test & self.sure) | (self.anytime <= (1 - MAIN) * level), test)
        feasible = np.asarray(passed.any(axis=1))
        loosest = len(self.ranks) - 1 - passed[:, ::-1].argmax(axis=1)
        accepted = self.accepted[np.arange(len(feasible)), loosest]
        return Passed(np.where(feasible, accepted, np.inf), feasible, passed[:, -1])

    def fallback(self) -> NDArray[np.float64]:
        """Accept nothing: no false alarms."""
        return np.full(len(self.trials), np.inf)

    def needed(self, level: float) -> NDArray[np.float64]:
        """Return how many clips to review, known ones included, if they are like these.

        With so many, one of the tag's cuts would pass with a chance of `POWER` if its precision
        were (TP + 1/2) / (accepted + 1). Rounded up to two digits, for it is rough.
        """
        curve = Curve.from_counts(self.counts)
        precision = (curve.tp + 0.5) / (curve.accepted + 1)
        accepted = accepted_needed(precision, self.least, level)
        clips = np.full(len(self.trials), np.inf)
        np.minimum.at(clips, curve.tag, accepted / curve.accepted * self.trials[curve.tag])
        return two_digits(np.maximum(clips, self.trials))


def two_digits(clips: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round up to two significant digits, and to whole clips.

    Examples
    --------
    >>> two_digits(np.array([0.0, 7.2, 99.0, 101.0, 8358.0, np.inf])).tolist()
    [0.0, 8.0, 99.0, 110.0, 8400.0, inf]
    """
    with np.errstate(divide="ignore"):
        digits = np.floor(np.log10(clips, where=np.isfinite(clips), out=np.zeros_like(clips)))
    step = 10 ** np.maximum(digits - 1, 0)
    return np.asarray(np.ceil(clips / step) * step)


def accepted_needed(
    precision: NDArray[np.float64], least: float, level: float
) -> NDArray[np.float64]:
    """Count the accepted clips with which a cut passes with a chance of `POWER`; +inf for none.

    Examples
    --------
    >>> accepted_needed(np.array([0.89, 0.91, 0.95, 0.999]), 0.9, 0.05)
    array([   inf, 22194.,   593.,    31.])
    """
    size = ranks(MOST_NEEDED)
    share = share_to_pass(size, least, (1 - MAIN) * level)
    start = fewest(least, MAIN * level)
    share[size >= start] = np.minimum(share[size >= start], POWER ** (1 / start))
    enough = np.searchsorted(-np.minimum.accumulate(share), -precision)
    return np.append(size, np.inf)[enough]


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
    rank, but for absent scores, which no cut reaches.

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
    return np.maximum(lowest, counts.known.lowest[:, None])


def in_sequence(start: NDArray[np.bool_], test: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cuts that start a sequence, and those that follow one without a failure.

    Parameters
    ----------
    start, test : ndarray of bool, shape (n_tags, n_cuts)
        Whether a sequence starts at a cut; whether its test does not fail.

    Examples
    --------
    >>> start, test = np.array([[False, True, False, False]]), np.array([[True, True, True, False]])
    >>> in_sequence(start, test)
    array([[False,  True,  True, False]])
    """
    passed = start.copy()
    for cut in range(1, start.shape[1]):
        passed[:, cut] |= passed[:, cut - 1] & test[:, cut]
    return passed
