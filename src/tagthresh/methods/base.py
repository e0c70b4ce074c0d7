"""What a method is: it takes counts and a metric, and returns one threshold per tag.

A method declares the metrics it can work with in `maximises`; another one fails before any work
starts, with a message that names both, and a method that fits. Metrics that are averaged over clips
need whole rows of labels and scores; for any other metric a method sees counts only.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tagthresh.counts.counts import Counts
from tagthresh.metrics.base import NEEDS_ROWS
from tagthresh.metrics.registry import as_metric
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from tagthresh.calibration.calibrator import Calibrator
    from tagthresh.metrics.base import AnyMetric, Metric
    from tagthresh.validation import LabelledScores


@dataclass(frozen=True, eq=False)
class Fit:
    """What a method returns.

    Attributes
    ----------
    values : ndarray of float64, shape (n_tags,)
        Thresholds; +inf is never.
    status : str
        In words: what is known about the result.
    statistics : mapping
        Numbers about the work done, by name.
    calibrate : callable or None
        Fits the `calibrator`, from a method that `calibrates`.
    """

    values: NDArray[np.float64]
    status: str
    statistics: Mapping[str, Any] = field(default_factory=dict)
    calibrate: Callable[[], Calibrator] | None = None

    @cached_property
    def calibrator(self) -> Calibrator | None:
        """Probabilities of scores; fitted when first asked for."""
        return None if self.calibrate is None else self.calibrate()


@dataclass(frozen=True)
class Method(ABC):
    """A way of choosing thresholds; its fields are its options."""

    name: ClassVar[str]
    quick: ClassVar[bool] = True  # whether several fits to a million scores take about a second
    calibrates: ClassVar[bool] = False  # whether a fit has a calibrator
    along_coordinate: ClassVar[bool] = False  # whether `counts.normal_scores` is its coordinate

    @property
    def options(self) -> dict[str, Any]:
        """Options by name."""
        options = dataclasses.asdict(self)
        return {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in options.items()
        }

    @property
    def label(self) -> str:
        """Name, with the options that are not the defaults: "constant(value=0.3)"."""
        changed = [
            f"{option.name}={getattr(self, option.name)}"
            for option in dataclasses.fields(self)
            if getattr(self, option.name) != option.default
        ]
        return f"{self.name}({', '.join(changed)})" if changed else self.name

    def fit(self, counts: Counts, metric: AnyMetric, data: LabelledScores | None = None) -> Fit:
        """Choose one threshold per tag.

        Parameters
        ----------
        counts : Counts
            The clips to fit on.
        metric : str, Metric or callable
            What to maximise; of a loss, its `gain` is.
        data : LabelledScores, optional
            The same clips as whole rows, for a metric that needs them.

        Raises
        ------
        InputError
            When the method cannot maximise the metric, or the rows that it needs are missing.
        """
        metric = as_metric(metric)
        self.check(metric)
        if metric.needs_rows and data is None:
            raise InputError(f"metric {metric.name!r}", NEEDS_ROWS)
        fit = self._solve(counts, metric.gain, data if metric.needs_rows else None)
        if counts.limits is None:
            return fit
        values, status = counts.limited(fit.values), f"{fit.status}, within limits"
        return dataclasses.replace(fit, values=values, status=status)

    def fit_rows(self, data: LabelledScores, metric: AnyMetric) -> Fit:
        """Choose one threshold per tag for labels and scores that have been checked."""
        return self.fit(Counts.from_checked(data), metric, data)

    def check(self, metric: AnyMetric) -> None:
        """Check that the method can maximise a metric, before any work.

        Raises
        ------
        InputError
            When it cannot; the message names a method that can.
        """
        metric = as_metric(metric)
        if not self.maximises(metric):
            fitting = "exact" if metric.exact else "coordinate_ascent"
            raise InputError(
                f"method {self.name!r}",
                f"does not maximise metric {metric.name!r}; method {fitting!r} does",
            )

    def quantiles(self, metric: Metric) -> bool:
        """Whether quantiles of all scores are needed of clips read in parts, beside positives.

        Raises
        ------
        InputError
            When neither are enough: the method, or the metric, needs every score.
        """
        raise InputError(
            f"method {self.name!r}",
            "needs all scores in memory; for clips read in parts, use 'exact' or 'hierarchical'",
        )

    @abstractmethod
    def maximises(self, metric: Metric) -> bool:
        """Whether the method can work with a metric."""

    @abstractmethod
    def _solve(self, counts: Counts, metric: Metric, rows: LabelledScores | None) -> Fit:
        """Choose thresholds for a metric; `rows` are given to one that is averaged over clips."""
