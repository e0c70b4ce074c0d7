"""Metrics of the two rates: of positives accepted, and of negatives rejected.

    recall = TP / (TP + FN),    specificity = TN / (TN + FP)

They do not depend on how many positives there are. Their mean is balanced accuracy, their sum less
1 Youden's J ("Index for rating diagnostic tests", Cancer 3(1), 1950), the root of their product
the G-mean (Kubat and Matwin, "Addressing the curse of imbalanced training sets", ICML 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tagthresh.metrics.base import Array, Metric, ratio


@dataclass(frozen=True)
class Specificity(Metric):
    """Share of negatives that are rejected; highest where nothing is accepted.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> Specificity(average="macro").name
    'specificity_macro'
    """

    monotone = True
    quasi_convex = True
    formula = "TN / (TN + FP)"

    stem = "specificity"

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        return ratio(tn, tn + fp)


@dataclass(frozen=True)
class BalancedAccuracy(Metric):
    """Mean of recall and specificity, over the classes that occur.

    Where there are no positives it is the specificity, where there are no negatives the recall, as
    in scikit-learn.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> BalancedAccuracy(average="macro").name
    'balanced_accuracy_macro'
    """

    monotone = True
    quasi_convex = True
    formula = "(TP / (TP + FN) + TN / (TN + FP)) / 2"

    stem = "balanced_accuracy"

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        classes = np.not_equal(tp + fn, 0).astype(float) + np.not_equal(tn + fp, 0)
        return ratio(ratio(tp, tp + fn) + ratio(tn, tn + fp), classes)


@dataclass(frozen=True)
class Youden(Metric):
    """Youden's J, also called informedness; from -1 to 1, and 0 for chance.

    It is 0 where there are no positives or no negatives.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> Youden(average="macro").name
    'youden_macro'
    """

    monotone = True
    quasi_convex = True
    formula = "TP / (TP + FN) + TN / (TN + FP) - 1"

    stem = "youden"
    bounds = (-1.0, 1.0)

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        both = np.not_equal(tp + fn, 0) & np.not_equal(tn + fp, 0)
        return both * (ratio(tp, tp + fn) - ratio(fp, tn + fp))


@dataclass(frozen=True)
class GMean(Metric):
    """Geometric mean of recall and specificity.

    Parameters
    ----------
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Examples
    --------
    >>> GMean(average="macro").name
    'gmean_macro'
    """

    monotone = True
    formula = "sqrt(TP / (TP + FN) TN / (TN + FP))"

    stem = "gmean"

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        return np.sqrt(ratio(tp, tp + fn) * ratio(tn, tn + fp))
