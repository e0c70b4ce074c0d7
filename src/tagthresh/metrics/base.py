"""What a metric is: a pure function of (tp, fp, fn, tn), and where the sum over tags sits.

Averages, as in scikit-learn:

micro
    The function of the totals over tags.
macro
    The mean over tags of the function of each tag, tags without positives included.
weighted
    That mean weighted by the positives of each tag.

A ratio whose denominator is 0 is 0.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from tagthresh.checks import choice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts import Confusion

Average = Literal["micro", "macro", "weighted"]
AVERAGES: tuple[str, ...] = get_args(Average)


@dataclass(frozen=True, kw_only=True)
class Metric(ABC):
    """A metric with its average; call it on the confusion of every tag."""

    average: Average = "micro"

    def __post_init__(self) -> None:
        choice("average", self.average, AVERAGES)

    @property
    @abstractmethod
    def stem(self) -> str:
        """Name without the average."""

    @property
    def name(self) -> str:
        """Name as in scikit-learn's scorers, such as "f1_micro"."""
        return f"{self.stem}_{self.average}"

    @abstractmethod
    def of(
        self,
        tp: NDArray[np.float64],
        fp: NDArray[np.float64],
        fn: NDArray[np.float64],
        tn: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Value for each entry of the counts."""

    def __call__(self, confusion: Confusion) -> NDArray[np.float64]:
        """Average over tags, the first axis: counts of shape (n_tags, ...) give shape (...)."""
        if self.average == "micro":
            return self.of(*(np.sum(count, axis=0) for count in confusion))
        values = self.of(*confusion)
        if self.average == "macro":
            return np.asarray(values.mean(axis=0))
        support = confusion.tp + confusion.fn
        return ratio((support * values).sum(axis=0), support.sum(axis=0))


def ratio(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quotient, 0 where the denominator is 0."""
    empty = np.equal(denominator, 0)
    return np.where(empty, 0.0, numerator / np.where(empty, 1.0, denominator))
