"""Most probable parameters of every tag, by Newton's method, under a normal prior over tags.

    parameters of tag c ~ N(mu, Sigma)

`most_probable` maximises likelihood times prior, all tags at once, and gives the covariance that
the curvature at the maximum leaves. `Prior.learned` estimates mu and Sigma from those of all tags.
Repeated in turn, the two are EM with a normal approximation of the posteriors. (Morris, "Parametric
empirical Bayes inference", Journal of the American Statistical Association 78, 1983.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Derivatives = tuple[NDArray[np.float64], NDArray[np.float64]]

SINGULAR = 1e-15  # share of the greatest eigenvalue: a least one below it is the error of a sum
LIFT = 1e-12  # share of the greatest eigenvalue


@dataclass(frozen=True, eq=False)
class Estimates:
    """Parameters of every tag, and how sure they are.

    Attributes
    ----------
    parameters : ndarray of float64, shape (n_tags, n_parameters)
        Most probable values.
    covariance : ndarray of float64, shape (n_tags, n_parameters, n_parameters)
        Of the normal approximation of the posterior.
    """

    parameters: NDArray[np.float64]
    covariance: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prior:
    """Normal distribution of the parameters over tags.

    Attributes
    ----------
    mean : ndarray of float64, shape (n_parameters,)
    covariance : ndarray of float64, shape (n_parameters, n_parameters)
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @classmethod
    def learned(cls, estimates: Estimates, guess: NDArray[np.float64]) -> Prior:
        """Learn the prior from the estimates of all tags and one more of covariance `guess`."""
        mean = estimates.parameters.mean(axis=0)
        off = estimates.parameters - mean
        spread = off.T @ off + estimates.covariance.sum(axis=0) + guess
        return cls(mean, spread / (len(off) + 1))


def most_probable(
    derivatives: Callable[[NDArray[np.float64]], Derivatives],
    prior: Prior,
    start: NDArray[np.float64],
    longest: NDArray[np.float64] | float,
    steps: int,
) -> Estimates:
    """Climb from `start` by a number of Newton steps.

    Parameters
    ----------
    derivatives : callable
        Gradient, shape (n_tags, n_parameters), and negative Hessian, shape (n_tags, n_parameters,
        n_parameters), of the log-likelihood at parameters of the shape of `start`.
    prior : Prior
        Of the parameters.
    start : ndarray of float64, shape (n_tags, n_parameters)
        Where the steps begin.
    longest : float, or ndarray of float64, shape (n_parameters,)
        Step that is taken at most: beyond it, the local curvature says nothing.
    steps : int
        At least 1.

    Examples
    --------
    Of 4 trials 3 are hits; with next to no prior, the log-odds of a hit are log(3) = 1.098612:

    >>> def derivatives(log_odds):
    ...     share = 1 / (1 + np.exp(-log_odds))
    ...     return 3 - 4 * share, (4 * share * (1 - share))[..., None]
    >>> vague = Prior(np.zeros(1), np.array([[1e9]]))
    >>> most_probable(derivatives, vague, np.zeros((1, 1)), 0.5, 20).parameters.round(6)
    array([[1.098612]])
    """
    precision = np.linalg.inv(prior.covariance)
    at = start
    for _ in range(steps):
        gradient, curvature = derivatives(at)
        gradient = gradient - (at - prior.mean) @ precision
        covariance = np.asarray(np.linalg.inv(regular(curvature + precision)), np.float64)
        step = np.einsum("tij,tj->ti", covariance, gradient)
        at = at + step / np.maximum(1.0, np.abs(step / longest).max(axis=1, keepdims=True))
    return Estimates(at, covariance)


def regular(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lift the diagonals of matrices that rounding has made singular; leave all others as they are.

    Beside the curvature of masses from 1e13 on, that of the prior is lost.

    Examples
    --------
    >>> lost = np.ones((2, 2)) + 1e-3 * np.eye(2) / 1e15
    >>> bool(np.linalg.det(regular(lost)) > 0)
    True
    """
    eigenvalues = np.linalg.eigvalsh(matrices)
    lowest, highest = eigenvalues[..., 0], eigenvalues[..., -1]
    lift = np.where(lowest > SINGULAR * highest, 0.0, LIFT * highest)
    return np.asarray(matrices + lift[..., None, None] * np.eye(matrices.shape[-1]), np.float64)
