"""What a metric is: a pure function of (tp, fp, fn, tn), and where the sum over tags sits.

Averages, as in scikit-learn:

micro
    The function of the totals over tags.
macro
    The mean over tags of the function of each tag, tags without positives included.
weighted
    That mean weighted by the positives of each tag.
samples
    The mean over clips of the function of each clip's own counts over its tags. Clips without a
    known label are left out. It needs labels and scores: per-tag counts do not tell clips apart.

A ratio whose denominator is 0 is 0.

Two traits tell which metrics the method "exact" maximises; `docs/metrics.md` proves why:

monotone
    No negative accepted raises it and no positive accepted lowers it, all else the same. Then the
    cuts worth making sit at positives.
quasi_convex
    So it is in (TP, TP + FP), for fixed positives and negatives, where it is not below its value
    for accepting nothing. With monotone: then its maximum, micro-averaged, is at a vertex of the
    frontier (`tagthresh.tradeoffs.frontier`).

Derivatives come from `Metric.of` itself, by the complex step: the value at ``x + ih`` has the
derivative times h as its imaginary part, without the cancellation of a difference. So `of` must be
made of what is analytic: arithmetic, powers, `ratio`. (Squire and Trapp, "Using complex variables
to estimate derivatives of real functions", SIAM Review 40(1), 1998.)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np

from tagthresh.counts.counts import Confusion
from tagthresh.validation import InputError, choice

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

AnyMetric: TypeAlias = "str | Metric | Callable[..., Any]"  # what `as_metric` takes
Array: TypeAlias = "NDArray[np.float64]"  # masses, or values of a metric, of any shape
Average = Literal["micro", "macro", "weighted", "samples", "sum"]
AVERAGES: tuple[Average, ...] = ("micro", "macro", "weighted", "samples")
SEPARABLE = {"macro", "weighted", "sum"}
NEEDS_ROWS = "needs labels and dense scores; Counts do not tell clips apart"
STEP = 1e-20  # small enough that its square vanishes beside any count


@dataclass(frozen=True, kw_only=True)
class Metric(ABC):
    """A metric with its average; call it on the confusion of every tag.

    Attributes
    ----------
    averages : tuple of str
        The averages it can have; where there is one, it is no part of the name.
    zero_without_positives : bool
        Whether a tag without positives has the value 0, whatever is accepted.
    monotone, quasi_convex : bool
        What is known about its shape, as defined above; False where nothing is.
    formula : str
        Its definition, to be shown.
    greater_is_better : bool
        False for a loss, which has another metric for its `gain`.
    share : bool
        Whether its values are shares of 1, shown in percent.
    bounds : tuple of float
        Least and greatest value there can be.
    """

    averages: ClassVar[tuple[Average, ...]] = AVERAGES
    zero_without_positives: ClassVar[bool] = False
    monotone: ClassVar[bool] = False
    quasi_convex: ClassVar[bool] = False
    formula: ClassVar[str] = ""
    greater_is_better: ClassVar[bool] = True
    share: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    average: Average = "micro"

    def __post_init__(self) -> None:
        choice("average", self.average, self.averages)

    @property
    @abstractmethod
    def stem(self) -> str:
        """Name without the average."""

    @property
    def name(self) -> str:
        """Name as in scikit-learn's scorers, such as "f1_micro"."""
        return f"{self.stem}_{self.average}" if len(self.averages) > 1 else self.stem

    @property
    def options(self) -> dict[str, Any]:
        """Options by name: ``as_metric(name, **options)`` is equal to the metric."""
        return {}

    @property
    def needs_rows(self) -> bool:
        """Whether it depends on each clip's tags together, which counts do not keep."""
        return self.average == "samples"

    @property
    def over_positive_tags(self) -> bool:
        """Whether it is a mean over tags in which those without positives can only count 0."""
        return self.average == "macro" and self.zero_without_positives

    @property
    def separable(self) -> bool:
        """Whether it is a sum of one term per tag, so that each tag's best cut is best for all."""
        return self.average in SEPARABLE

    @property
    def exact(self) -> bool:
        """Whether the method "exact" finds its maximum over all per-tag thresholds."""
        gain = self.gain
        return self.separable or (self.average == "micro" and gain.monotone and gain.quasi_convex)

    @property
    def gain(self) -> Metric:
        """What methods maximise in its place: the metric itself, unless less is better."""
        return self

    def for_tags(self, tags: tuple[str, ...] | None, n_tags: int) -> Metric:
        """Return the metric with its values per tag in the order of the data's tags."""
        return self

    @abstractmethod
    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""

    def of_tags(self, confusion: Confusion, tag: NDArray[np.int64] | None = None) -> Array:
        """Return values for counts whose first axis is all tags, or the tags ``tag``."""
        return self.of(*confusion)

    def __call__(self, confusion: Confusion) -> Array:
        """Average over tags, the first axis: counts of shape (n_tags, ...) give shape (...).

        Raises
        ------
        InputError
            When the average is over clips.
        """
        if self.needs_rows:
            raise InputError(f"metric {self.name!r}", NEEDS_ROWS)
        if self.average == "micro":
            return self.of(*(np.sum(count, axis=0) for count in confusion))
        return self.over_tags(self.of_tags(confusion), confusion)

    def over_tags(self, values: Array, confusion: Confusion) -> Array:
        """Average values of tags, the first axis, whose counts are given."""
        if self.average == "sum":
            return np.asarray(values.sum(axis=0))
        if self.average == "macro":
            return np.asarray(values.mean(axis=0))
        support = confusion.tp + confusion.fn
        return ratio((support * values).sum(axis=0), support.sum(axis=0))

    def slopes(self, confusion: Confusion) -> tuple[Array, Array]:
        """Differentiate by the mass of positives and by that of negatives that each tag accepts.

        Parameters
        ----------
        confusion : Confusion
            Counts of shape (n_tags,).

        Returns
        -------
        tuple of ndarray of float64, each of shape (n_tags,)
            Change of the metric per unit of positives, and of negatives, moved from rejected to
            accepted.

        Examples
        --------
        >>> import tagthresh as tt
        >>> counts = tt.Counts.from_arrays([[1], [1], [0]], [[0.9], [0.3], [0.2]])
        >>> by_positive, by_negative = tt.metrics.FBeta().slopes(counts.confusion([0.5]))
        >>> by_positive.round(3), by_negative.round(3)
        (array([0.444]), array([-0.222]))
        """
        at: Any = confusion
        if self.average == "micro":
            at = Confusion(*(count.sum(keepdims=True) for count in confusion))
        step, share = 1j * STEP, self._shares(confusion) / STEP
        by_positive = self.of_tags(Confusion(at.tp + step, at.fp, at.fn - step, at.tn))
        by_negative = self.of_tags(Confusion(at.tp, at.fp + step, at.fn, at.tn - step))
        if not (np.iscomplexobj(by_positive) or np.iscomplexobj(by_negative)):
            raise InputError(
                f"metric {self.name!r}",
                "must be made of arithmetic, powers and ratio to be differentiated; abs, maximum "
                "and the like lose the derivative",
            )
        return share * by_positive.imag, share * by_negative.imag

    def moved(self, at: Confusion, to: Confusion) -> Array:
        """Evaluate with one tag moved and all others left, for each tag and move.

        Parameters
        ----------
        at : Confusion
            Where the tags are, counts of shape (n_tags,).
        to : Confusion
            Where each may go, counts of shape (n_tags, n_moves).

        Returns
        -------
        ndarray of float64, shape (n_tags, n_moves)
        """
        if self.average == "micro":
            change = (new - old[:, None] for old, new in zip(at, to, strict=True))
            return self.of(*(old.sum() + step for old, step in zip(at, change, strict=True)))
        change_of_tag = self.of_tags(to) - self.of_tags(at)[:, None]
        return self(at) + self._shares(at)[:, None] * change_of_tag

    def _shares(self, confusion: Confusion) -> Array:
        """Weight of each tag's own term; 1 where terms are summed or all tags share one."""
        if self.average == "weighted":
            support = confusion.tp + confusion.fn
            return ratio(support, support.sum())
        n_tags = len(confusion.tp)
        return np.full(n_tags, 1.0 / n_tags if self.average == "macro" else 1.0)


def ratio(numerator: Array, denominator: Array) -> Array:
    """Quotient, 0 where the denominator is 0."""
    empty = np.equal(denominator, 0)
    return np.where(empty, 0.0, numerator / np.where(empty, 1.0, denominator))


def defined(part: Array, whole: Array) -> Array:
    """Share of a whole, to be shown: NaN, not 0 as in an average, where there is no whole.

    Examples
    --------
    >>> defined(np.array([1.0, 0.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    return np.where(whole > 0, ratio(part, whole), np.nan)
