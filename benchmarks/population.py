"""What thresholds reach on the population that the AudioSet-shaped SIMULATION draws from.

Per tag, the logits of positives and of negatives are normal, so the share of either that a
threshold accepts is a normal tail. F-beta of the expected counts is what the F-beta of drawn clips
tends to as they grow in number: no draw adds its luck to a comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, logit, ndtr

from tagthresh.counts.counts import Confusion, confusion
from tagthresh.datasets.simulate import CLIPS, audioset_shape

if TYPE_CHECKING:
    import tagthresh as tt

    Array = np.ndarray[Any, Any]

GRID = np.arange(-20, 20, 0.01)  # logits among which the best thresholds are looked for


@dataclass(frozen=True, eq=False)
class Population:
    """Parameters of each tag, each of shape (n_tags,).

    Attributes
    ----------
    prevalence : ndarray
        Share of clips that are positive.
    positive, negative : tuple of two ndarray
        Means and standard deviations of the logits of either.
    """

    prevalence: Array
    positive: tuple[Array, Array]
    negative: tuple[Array, Array]

    @classmethod
    def audioset_shaped(cls) -> Population:
        """Return the population that `tagthresh.datasets.simulate.audioset_shaped` draws from."""
        shape = audioset_shape()
        positive, negative = ((shape[f"{k}_mean"], shape[f"{k}_std"]) for k in ("pos", "neg"))
        return cls(shape["positives"] / CLIPS, positive, negative)

    def confusion(self, thresholds: Array) -> Confusion:
        """Return the expected shares of true and false positives and negatives of each tag.

        Parameters
        ----------
        thresholds : ndarray of float64, shape (n_tags,) or (n_tags, n_cuts)
            Probabilities; +inf is never.
        """
        cut = np.where(np.isinf(thresholds), np.inf, logit(np.clip(thresholds, 0, 1)))
        column = (-1,) + (1,) * (cut.ndim - 1)

        def accepted(normal: tuple[Array, Array]) -> Array:
            mean, std = (each.reshape(column) for each in normal)
            return np.asarray(ndtr((mean - cut) / std))

        share = self.prevalence.reshape(column)
        tp = share * accepted(self.positive)
        return confusion(tp, tp + (1 - share) * accepted(self.negative), share, np.ones(()))

    def best(self, metric: tt.metrics.FBeta) -> Array:
        """Per-tag thresholds with the highest micro-averaged F-beta (Dinkelbach's iteration)."""
        each = self.confusion(np.tile(expit(GRID), (len(self.prevalence), 1)))
        value, higher = -1.0, 0.0
        while higher > value:
            value = higher
            gain = (1 + metric.beta2) * each.tp - value * (each.tp + each.fp)
            thresholds = expit(GRID[gain.argmax(axis=1)])
            higher = float(metric(self.confusion(thresholds)))
        return np.asarray(thresholds)
