"""Exact match: the share of clips all of whose tags are right, also called subset accuracy."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from tagthresh.metrics.base import Array, Average, Metric


@dataclass(frozen=True)
class ExactMatch(Metric):
    """Share of clips without a wrong decision.

    Examples
    --------
    >>> import tagthresh as tt
    >>> thresholds = tt.Thresholds([0.5, 0.5])
    >>> tt.evaluate([[1, 0], [1, 1]], [[0.9, 0.6], [0.7, 0.7]], thresholds).score("exact_match")
    0.5
    """

    averages = ("samples",)
    monotone = True
    formula = "share of clips with FP + FN = 0"

    _: KW_ONLY
    average: Average = "samples"
    stem = "exact_match"

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Value for each entry of the counts."""
        return np.equal(fp + fn, 0).astype(np.float64)
