"""Logistic curves of many tags at once, each near a point of its own, under one normal prior.

    P(positive | x, tag c) = sigmoid(a_c + b_c x),    (a_c, b_c) ~ N(mu, Sigma)

`Cells` hold what the likelihood is made of, the masses at each x; weighted by nearness, they make
it local. `posterior` finds the most probable curves (`tagthresh.calibration.normal_prior`, which
learns mu and Sigma from them too).

Conventions
-----------
- Parameters are (a, b) in log-odds and log-odds per unit of x.
- Arrays of curves have the tag as their first axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import scipy

from tagthresh.calibration.normal_prior import Estimates, Prior, most_probable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.normal_scores import Binned

LONGEST = np.array([2.0, 0.7])  # Newton step in a and b
CUT_OFF = 3.2  # bandwidths: clips further away weigh less than 0.6 %, and are left out
POOLED_REACH = 2.0  # log-odds: how near the clips of the pooled curve are
POOLED_STEPS = 20  # of Newton's method: far more than it takes
FLATTEST = 0.05  # log-odds per unit of x
LEAST_WANTED, MOST_WANTED = 0.01, 0.97  # probabilities at which a curve may be cut
MOST_DOUBT = 4.0  # variance of the log-odds at the cut that is believed


@dataclass(frozen=True, eq=False)
class Cells:
    """Masses at points x of the tags; no cell is empty, a tag may have none.

    Attributes
    ----------
    n_tags : int
        Number of tags.
    tag : ndarray of int64, shape (n_cells,)
        Tag of each cell, ascending.
    x : ndarray of float64, shape (n_cells,)
        Where the cell lies.
    positive, known : ndarray of float64, shape (n_cells,)
        Mass of positives and of all known clips.
    """

    n_tags: int
    tag: NDArray[np.int64]
    x: NDArray[np.float64]
    positive: NDArray[np.float64]
    known: NDArray[np.float64]

    @classmethod
    def from_binned(cls, binned: Binned) -> Cells:
        """One cell for each bin with a known clip, at the middle of the bin."""
        middle = (binned.edge[:-1] + binned.edge[1:]) / 2
        cells = []
        for tags, tp, accepted in binned.blocks():
            positive, known = -np.diff(tp), -np.diff(accepted)
            own = tag, place = np.nonzero(known > 0)
            cells.append((tag + tags.start, middle[place], positive[own], known[own]))
        return cls(binned.tp.n_tags, *map(np.concatenate, zip(*cells, strict=True)))

    def near(self, centre: NDArray[np.float64], width: NDArray[np.float64]) -> Cells:
        """Weigh cells by a Gaussian around the centre of their tag.

        Parameters
        ----------
        centre, width : ndarray of float64, shape (n_tags,)
            Mean and standard deviation of the Gaussian, in the unit of x.
        """
        distance = (self.x - centre[self.tag]) / width[self.tag]
        kept = np.flatnonzero(np.abs(distance) < CUT_OFF)
        weight = np.exp(-(distance[kept] ** 2) / 2)
        return Cells(
            self.n_tags,
            self.tag[kept],
            self.x[kept],
            weight * self.positive[kept],
            weight * self.known[kept],
        )

    def table(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over the cells of each tag, shape (n_tags,)."""
        return np.bincount(self.tag, value, self.n_tags).astype(np.float64, copy=False)


class Curves(Estimates):
    """A logistic curve per tag, with the parameters (a, b), and how sure it is."""

    def cut(self, log_odds: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Where the probability of a positive crosses sigmoid(log_odds), shape (n_tags,)."""
        a, b = self.parameters.T
        return np.asarray((log_odds - a) / b)

    def cut_in_doubt(self, log_odds: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Where the mean probability over the posterior of the curve does, shape (n_tags,).

        With v the variance of the log-odds at x, that mean is sigmoid((a + b x) / sqrt(1 + pi v /
        8)) (MacKay, "The evidence framework applied to classification networks", Neural
        Computation 4(5), 1992).
        """
        a, b = self.parameters.T
        x: NDArray[np.float64] = (log_odds - a) / b
        for _ in range(3):
            point = np.stack([np.ones_like(x), x], axis=1)
            variance = np.einsum("ti,tij,tj->t", point, self.covariance, point)
            doubt = np.sqrt(1 + np.pi / 8 * np.clip(variance, 0.0, MOST_DOUBT))
            x = (log_odds * doubt - a) / b
        return x

    def steeper(self, slope: float) -> Curves:
        """Let no curve rise more slowly than by `slope`, above 0."""
        a, b = self.parameters.T
        return Curves(np.stack([a, np.maximum(b, slope)], axis=1), self.covariance)

    def positives_above(self, cells: Cells, cut: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mass of positives expected above the cut of each tag, shape (n_tags,)."""
        accepted = cells.x >= cut[cells.tag]
        return cells.table(accepted * cells.known * _probability(cells, self.parameters))


def wanted_log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds at which to cut a curve, where clips of this probability are wanted or better."""
    return np.asarray(scipy.special.logit(np.clip(probability, LEAST_WANTED, MOST_WANTED)))


def posterior(cells: Cells, prior: Prior, start: NDArray[np.float64], steps: int) -> Curves:
    """Most probable curves after a number of Newton steps.

    Parameters
    ----------
    cells : Cells
        The clips.
    prior : Prior
        Of (a, b).
    start : ndarray of float64, shape (n_tags, 2)
        Where the steps begin.
    steps : int
        At least 1.

    Returns
    -------
    Curves
    """
    estimates = most_probable(partial(_derivatives, cells), prior, start, LONGEST, steps)
    return Curves(estimates.parameters, estimates.covariance)


def pooled_curve(binned: Binned) -> NDArray[np.float64]:
    """Parameters (a, b) of one curve for all tags, of the clips near x = 0.

    Fitted to all clips, and then once more, weighted by nearness on the scale that the first curve
    sets. A little doubt keeps it finite where a cut separates the clips; b is at least `FLATTEST`.
    """
    cells = Cells.from_binned(binned.pooled())
    loose, start = Prior(np.zeros(2), np.diag([1e3, 1e3])), np.array([[0.0, 1.0]])
    first = posterior(cells, loose, start, POOLED_STEPS).steeper(FLATTEST)
    local = cells.near(np.zeros(1), POOLED_REACH / first.parameters[:, 1])
    return np.asarray(posterior(local, loose, start, POOLED_STEPS).steeper(FLATTEST).parameters[0])


def _probability(cells: Cells, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of a positive in each cell."""
    return np.asarray(scipy.special.expit(at[cells.tag, 0] + at[cells.tag, 1] * cells.x))


def _derivatives(
    cells: Cells, at: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gradient and negative Hessian of the log-likelihood of each tag."""
    probability = _probability(cells, at)
    residual = cells.positive - cells.known * probability
    curve = cells.known * probability * (1 - probability)
    gradient = np.stack([cells.table(residual), cells.table(residual * cells.x)], axis=1)
    lean = cells.table(curve * cells.x)
    square = cells.table(curve * cells.x**2)
    hessian = np.stack([cells.table(curve), lean, lean, square], axis=1)
    return gradient, hessian.reshape(-1, 2, 2)
