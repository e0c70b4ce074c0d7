"""Precision: the share of accepted clips that are positive, TP / (TP + FP)."""

from __future__ import annotations

from dataclasses import dataclass

from tagthresh.metrics.base import Array, Metric, ratio


@dataclass(frozen=True)
class Precision(Metric):
    """Precision.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> Precision(average="macro").name
    'precision_macro'
    """

    zero_without_positives = True
    monotone = True
    quasi_convex = True
    formula = "TP / (TP + FP)"

    stem = "precision"

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        return ratio(tp, tp + fp)
