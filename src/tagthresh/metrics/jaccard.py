"""Jaccard index: the share of clips accepted or positive that are both, TP / (TP + FP + FN).

It is F1 / (2 - F1), which rises with F1: micro-averaged, or tag by tag, both have their maximum at
the same thresholds.
"""

from __future__ import annotations

from dataclasses import dataclass

from tagthresh.metrics.base import Array, Metric, ratio


@dataclass(frozen=True)
class Jaccard(Metric):
    """Jaccard index.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> Jaccard(average="macro").name
    'jaccard_macro'
    """

    zero_without_positives = True
    monotone = True
    quasi_convex = True
    formula = "TP / (TP + FP + FN)"

    stem = "jaccard"

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        return ratio(tp, tp + fp + fn)
