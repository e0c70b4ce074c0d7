"""F-beta: the weighted harmonic mean of precision and recall.

    F_beta = (1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)

Recall counts beta times as much as precision (van Rijsbergen, Information Retrieval, 1979).
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from tagthresh.metrics.base import Array, Average, Metric, ratio
from tagthresh.validation import InputError, positive_number

LEAST, MOST = 0.001, 1000.0  # beyond them, F-beta is precision or recall for all purposes


@dataclass(frozen=True)
class FBeta(Metric):
    """F-beta.

    Parameters
    ----------
    beta : float, default 1.0
        From 0.001 to 1000; above 1 favours recall, below 1 precision.
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Raises
    ------
    InputError
        When beta is not a number in that range or the average is unknown.

    Examples
    --------
    >>> FBeta(0.5, average="macro").name
    'f0.5_macro'
    """

    zero_without_positives = True
    monotone = True
    quasi_convex = True
    formula = "(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)"

    beta: float = 1.0
    _: KW_ONLY
    average: Average = "micro"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not LEAST <= positive_number("beta", self.beta) <= MOST:
            raise InputError("beta", f"must be from {LEAST} to {MOST}", f"{self.beta!r}")

    @property
    def stem(self) -> str:
        """Name without the average."""
        return f"f{float(self.beta)!r}".removesuffix(".0")

    @property
    def beta2(self) -> float:
        """Square of beta."""
        return float(self.beta) ** 2

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        hits = (1 + self.beta2) * tp
        return ratio(hits, hits + self.beta2 * fn + fp)
