"""Recall: the share of positive clips that are accepted, TP / (TP + FN)."""

from __future__ import annotations

from dataclasses import dataclass

from tagthresh.metrics.base import Array, Metric, ratio


@dataclass(frozen=True)
class Recall(Metric):
    """Recall.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> Recall(average="macro").name
    'recall_macro'
    """

    zero_without_positives = True
    monotone = True
    quasi_convex = True
    formula = "TP / (TP + FN)"

    stem = "recall"

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        return ratio(tp, tp + fn)
