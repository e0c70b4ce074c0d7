"""How scores become probabilities: one bent curve of all tags, and a straight one per tag over it.

1. Pooled log-odds: the log-odds of a positive, all tags taken for one, is a quadratic of the
   coordinate x (`tagthresh.counts.normal_scores`), and made to rise wherever it does not. Platt's
   straight line in the score fits each classifier as well as its scores happen to be scaled; x is
   the same for every scale, and two normal distributions, of positives and of negatives, have a
   quadratic.
2. Curves: the log-odds of a tag is a straight line over the pooled log-odds, under a normal prior
   learned from all tags by EM, as in `tagthresh.methods.hierarchical`. All clips count alike,
   however far from the cut: what is best at the cut alone is worse elsewhere.
3. Trust: where the posterior of a tag's line leaves little doubt and its clips have been seen.

The form of `tagthresh.calibration.calibrator` holds the result. Nothing is drawn at random. A
strictly increasing function of the scores moves the probabilities of the clips fitted on by what
one step of the grid, 0.01 in x, changes, and no more. `docs/calibration.md` measures what each
choice gains.

References
----------
Platt, "Probabilistic outputs for support vector machines", Advances in Large Margin Classifiers,
1999: a logistic curve over scores. Morris, "Parametric empirical Bayes inference", Journal of the
American Statistical Association 78, 1983: the prior.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy

from tagthresh.calibration.calibrator import Calibrator
from tagthresh.calibration.hierarchical_logistic import FLATTEST, Curves, posterior
from tagthresh.calibration.normal_prior import Prior, most_probable
from tagthresh.counts.normal_scores import STEP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.calibration.hierarchical_logistic import Cells
    from tagthresh.calibration.normal_prior import Derivatives
    from tagthresh.counts.counts import Counts
    from tagthresh.counts.normal_scores import Binned

ROUNDS = 4  # of EM, one Newton step each
SPREAD = np.diag([0.1, 0.02])  # prior covariance of (a, b): one tag's worth
WIDE = 10.0  # times `SPREAD`: the prior of the first round
LEAST_SLOPE = 0.15  # of a tag's line, where that of all tags has 1
PRECISION = np.array([1e-3, 1e-3, 1.0])  # of the quadratic: only its bend needs holding back
POOLED_STEPS = 30  # of Newton's method
LONGEST = np.array([2.0, 0.7, 0.3])  # Newton step in each coefficient
DOUBT = 0.5  # standard deviation of the log-odds that is still trusted


def calibrate(counts: Counts, binned: Binned, cells: Cells) -> Calibrator:
    """Fit the curves of all tags.

    Parameters
    ----------
    counts : Counts
        The clips; at least one known positive.
    binned : Binned
        The same, x counted from the best shared cut.
    cells : Cells
        Those of `binned`.

    Returns
    -------
    Calibrator
    """
    log_odds = pooled_log_odds(binned)
    cells = replace(cells, x=np.interp(cells.x, binned.edge, log_odds))
    curves = _curves(cells)
    # All scores lie from the last edge that accepts everything to the last that accepts something.
    first = np.searchsorted(binned.threshold, binned.threshold[0], side="right") - 1
    kept = slice(first, np.searchsorted(binned.threshold, np.inf))
    score, log_odds = binned.threshold[kept], log_odds[kept]
    trusted = _trusted(counts, curves, score, log_odds)
    prevalence = _prevalence(curves, cells)
    known = cells.table(cells.known)
    return Calibrator(score, log_odds, curves.parameters, trusted, counts.tags, prevalence, known)


def pooled_log_odds(binned: Binned) -> NDArray[np.float64]:
    """Log-odds of a positive at every edge, all tags taken for one; strictly ascending."""
    pooled = binned.pooled()
    positive, known = -np.diff(pooled.tp.total), -np.diff(pooled.accepted.total)
    middle = (binned.edge[:-1] + binned.edge[1:]) / 2
    a, b, bend = _quadratic(middle, positive, known)
    rise = STEP * np.maximum(b + 2 * bend * middle, FLATTEST)
    log_odds = np.concatenate([[0.0], np.cumsum(rise)])
    return np.asarray(log_odds + a - np.interp(0.0, binned.edge, log_odds))


def _quadratic(
    x: NDArray[np.float64], positive: NDArray[np.float64], known: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Most probable coefficients (1, x, x^2) of the log-odds, shape (3,)."""
    powers = np.stack([np.ones_like(x), x, x**2], axis=1)

    def derivatives(at: NDArray[np.float64]) -> Derivatives:
        probability = scipy.special.expit(powers @ at[0])
        curve = known * probability * (1 - probability)
        gradient = powers.T @ (positive - known * probability)
        return gradient[None], ((powers.T * curve) @ powers)[None]

    prior, start = Prior(np.zeros(3), np.diag(1 / PRECISION)), np.array([[0.0, 1.0, 0.0]])
    return np.asarray(most_probable(derivatives, prior, start, LONGEST, POOLED_STEPS).parameters[0])


def _curves(cells: Cells) -> Curves:
    """Line of each tag over the pooled log-odds, from (0, 1): the pooled curve itself."""
    start = np.array([0.0, 1.0])
    at, prior = np.tile(start, (cells.n_tags, 1)), Prior(start, WIDE * SPREAD)
    for _ in range(ROUNDS):
        curves = posterior(cells, prior, at, 1).steeper(LEAST_SLOPE)
        at, prior = curves.parameters, Prior.learned(curves, SPREAD)
    return curves


def _prevalence(curves: Curves, cells: Cells) -> NDArray[np.float64]:
    """Mean probability of each tag's known clips; of all tags together where it has none."""
    nowhere = np.full(cells.n_tags, -np.inf)
    positives, known = curves.positives_above(cells, nowhere), cells.table(cells.known)
    everywhere = positives.sum() / known.sum()
    return np.where(known > 0, positives / np.where(known > 0, known, 1.0), everywhere)


def _trusted(
    counts: Counts, curves: Curves, score: NDArray[np.float64], log_odds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scores between which each tag's curve is trusted, shape (n_tags, 2); NaN for nowhere.

    The variance of a + b z is least at z = -V_ab / V_bb, and from there grows by V_bb times the
    square of the distance.
    """
    (v_aa, v_ab), (_, v_bb) = curves.covariance.transpose(1, 2, 0)
    room = DOUBT**2 - (v_aa - v_ab**2 / v_bb)
    reach = np.sqrt(np.maximum(room, 0) / v_bb)
    limits = (np.interp(-v_ab / v_bb + way * reach, log_odds, score) for way in (-1, 1))
    highest = [score[-1] if len(score) else -np.inf for score in counts.known.score]
    low, high = np.maximum(next(limits), counts.positive.lowest), np.minimum(next(limits), highest)
    somewhere = (room >= 0) & (low <= high)
    return np.where(somewhere[:, None], np.stack([low, high], axis=1), np.nan)
