"""Metrics of agreement between decisions and labels, positives and negatives alike.

    accuracy                (TP + TN) / N
    Hamming loss            (FP + FN) / N
    Matthews correlation    (TP TN - FP FN) / sqrt(P (N - P) K (N - K))
    Cohen's kappa           (accuracy - chance) / (1 - chance)
    exact match             share of clips with FP + FN = 0, also called subset accuracy

with N = TP + FP + FN + TN, P = TP + FN, K = TP + FP, and chance the accuracy that independent
decisions of the same K would have, (P K + (N - P) (N - K)) / N^2. (Matthews, Biochimica et
Biophysica Acta 405(2), 1975; Cohen, Educational and Psychological Measurement 20(1), 1960.)
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import numpy as np

from tagthresh.metrics.base import Array, Average, Metric, ratio


@dataclass(frozen=True)
class Accuracy(Metric):
    """Share of decisions that are right.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> Accuracy(average="macro").name
    'accuracy_macro'
    """

    monotone = True
    quasi_convex = True
    formula = "(TP + TN) / (TP + FP + FN + TN)"

    stem = "accuracy"

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        return ratio(tp + tn, tp + fp + fn + tn)


@dataclass(frozen=True)
class HammingLoss(Metric):
    """Share of decisions that are wrong: 1 - accuracy, so less is better.

    Examples
    --------
    >>> HammingLoss().gain
    Accuracy(average='micro')
    """

    averages = ("micro",)
    formula = "(FP + FN) / (TP + FP + FN + TN)"
    greater_is_better = False

    stem = "hamming_loss"

    @property
    def gain(self) -> Metric:
        """What methods maximise in its place."""
        return Accuracy()

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        return ratio(fp + fn, tp + fp + fn + tn)


@dataclass(frozen=True)
class MatthewsCorrcoef(Metric):
    """Correlation of decisions and labels, from -1 to 1; 0 for chance.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> MatthewsCorrcoef(average="macro").name
    'matthews_corrcoef_macro'
    """

    monotone = True
    quasi_convex = True
    formula = "(TP TN - FP FN) / sqrt(P (N - P) K (N - K))"

    stem = "matthews_corrcoef"
    bounds = (-1.0, 1.0)

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        rates = ratio(tp, tp + fn) - ratio(fp, fp + tn)
        # The root of P (N - P) / (K (N - K)), which no large mass overflows.
        return rates * np.sqrt(ratio(tp + fn, tp + fp) * ratio(fp + tn, fn + tn))


@dataclass(frozen=True)
class CohenKappa(Metric):
    """Agreement beyond chance, from -1 to 1; 0 for chance.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> CohenKappa(average="macro").name
    'cohen_kappa_macro'
    """

    monotone = True
    quasi_convex = True
    formula = "(accuracy - chance) / (1 - chance)"

    stem = "cohen_kappa"
    bounds = (-1.0, 1.0)

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        total = tp + fp + fn + tn
        tp, fp, fn, tn = (ratio(count, total) for count in (tp, fp, fn, tn))
        chance_off = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)
        return ratio(2 * (tp * tn - fp * fn), chance_off)


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
        """Return the value for each entry of the counts."""
        return np.equal(fp + fn, 0).astype(np.float64)
