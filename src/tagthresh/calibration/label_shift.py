"""How common each tag is among clips whose labels nobody knows, from scores alone.

With the scores of positives and those of negatives distributed as before, the log-odds of a tag
move by one shift d, that of its prevalence, at every score. `learned_shifts` finds the most
probable d of each tag under a normal prior learned from all tags by EM.

Without the prior, d is where the mean of the new probabilities is the new prevalence: the fixed
point of Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a priori
probabilities", Neural Computation 14(1), 2002. The prior is that of Morris, "Parametric empirical
Bayes inference", Journal of the American Statistical Association 78, 1983.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from tagthresh.calibration.normal_prior import Prior, most_probable
from tagthresh.thresholds.evidence import FEW

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.calibration.normal_prior import Derivatives

STEP, REACH = 0.05, 20.0  # of the grid of log-odds; beyond its ends a clip is certain
GRID = np.arange(-round(REACH / STEP), round(REACH / STEP) + 1) * STEP
ROUNDS = 100  # of EM, one Newton step each
SPREAD = np.array([[0.1]])  # prior variance of the shifts: of the first round, and one tag's worth
LONGEST = 0.5  # Newton step


class Shifts(NamedTuple):
    """Shift of the log-odds of each tag's prevalence; arrays of shape (n_tags,).

    Attributes
    ----------
    shift, sd : ndarray of float64
        Most probable shift, and the standard deviation that the tag's own clips would leave without
        the prior; inf where they tell nothing.
    """

    shift: NDArray[np.float64]
    sd: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NewClips:
    """New clips counted by their log-odds as calibrated, on the grid.

    Attributes
    ----------
    mass : ndarray of float64, shape (n_tags, n_grid)
        Clips of each tag.
    prevalence : ndarray of float64, shape (n_tags,)
        Of the clips fitted on, in (0, 1).
    """

    mass: NDArray[np.float64]
    prevalence: NDArray[np.float64]

    @classmethod
    def from_log_odds(
        cls, log_odds: NDArray[np.float64], prevalence: NDArray[np.float64]
    ) -> NewClips:
        """Count clips; log-odds of shape (n_clips, n_tags)."""
        mass = [np.bincount(points, minlength=len(GRID)) for points in place(log_odds).T]
        return cls(np.array(mass, np.float64), prevalence)

    def weighted_back(self, shift: NDArray[np.float64]) -> NDArray[np.float64]:
        """Masses had nothing shifted: as many positives and negatives as before."""
        now = scipy.special.expit(scipy.special.logit(self.prevalence) + shift)
        positive = scipy.special.expit(GRID + shift[:, None])
        share = (self.prevalence / now)[:, None], ((1 - self.prevalence) / (1 - now))[:, None]
        return np.asarray(self.mass * (share[0] * positive + share[1] * (1 - positive)))


def learned_shifts(new: NewClips, weight: NDArray[np.float64]) -> Shifts:
    """Most probable shift of each tag under a normal prior learned from all.

    The log-likelihood of a shift d, over the new clips with log-odds l and the prevalence now,

        sum log(1 + exp(l + d)) - log(1 - prevalence + prevalence exp(d))

    has the gradient (mean new probability - prevalence now) times the number of clips.

    Parameters
    ----------
    new : NewClips
    weight : ndarray of float64, shape (n_tags,)
        Of each new clip, from 0 to 1.

    Returns
    -------
    Shifts
    """
    mass = weight[:, None] * new.mass
    total = mass.sum(axis=1)

    def derivatives(shift: NDArray[np.float64]) -> Derivatives:
        probability = scipy.special.expit(GRID + shift)
        now = scipy.special.expit(scipy.special.logit(new.prevalence) + shift[:, 0])
        gradient = (mass * probability).sum(axis=1) - total * now
        unsure = (mass * probability * (1 - probability)).sum(axis=1)
        # Far from the top the likelihood can bend the other way: the prior alone bends rightly.
        curvature = np.maximum(total * now * (1 - now) - unsure, 0.0)
        return gradient[:, None], curvature[:, None, None]

    shift, prior = np.zeros((len(mass), 1)), Prior(np.zeros(1), SPREAD)
    for _ in range(ROUNDS):
        start = shift
        estimates = most_probable(derivatives, prior, start, LONGEST, 1)
        shift, prior = estimates.parameters, Prior.learned(estimates, SPREAD)
    _, curvature = derivatives(start)  # where the last step, by now a tiny one, was taken
    with np.errstate(divide="ignore"):
        return Shifts(shift[:, 0], 1 / np.sqrt(curvature.ravel()))


def new_clip_weight(
    prevalence: NDArray[np.float64], known: NDArray[np.float64], n_clips: int
) -> NDArray[np.float64]:
    """Weight of a new clip, less than 1 since what it is held against is an estimate too.

    The prevalence before comes from as many clips as were fitted on; the curve, from the positives
    among them. Ten of them halve the weight: without that, 1,000 clips fitted on gain less.
    """
    positives = prevalence * known
    return np.asarray(known / (known + n_clips) * positives / (positives + FEW))


def place(log_odds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Nearest point of the grid."""
    return np.asarray(np.rint((np.clip(log_odds, -REACH, REACH) + REACH) / STEP), np.int64)
