"""What a method is: it takes counts and a metric, and returns one threshold per tag.

A method declares the metrics it can work with in `maximises`; another one fails before any work
starts, with a message that names both.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tagthresh.checks import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tagthresh.calibrator import Calibrator
    from tagthresh.counts import Counts
    from tagthresh.metrics.base import Metric


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
    calibrator : Calibrator or None
        Probabilities of scores, from a method that `calibrates`.
    """

    values: NDArray[np.float64]
    status: str
    statistics: Mapping[str, Any] = field(default_factory=dict)
    calibrator: Calibrator | None = None


@dataclass(frozen=True)
class Method(ABC):
    """A way of choosing thresholds; its fields are its options."""

    name: ClassVar[str]
    maximises: ClassVar[tuple[type[Metric], ...]]
    quick: ClassVar[bool] = True  # whether several fits to a million scores take about a second
    calibrates: ClassVar[bool] = False  # whether a fit has a calibrator

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

    def fit(self, counts: Counts, metric: Metric) -> Fit:
        """Choose one threshold per tag.

        Raises
        ------
        InputError
            When the method cannot maximise the metric.
        """
        if not isinstance(metric, self.maximises):
            able = ", ".join(kind.__name__ for kind in self.maximises)
            raise InputError(f"method {self.name!r} maximises {able}; got metric {metric.name!r}")
        return self._solve(counts, metric)

    @abstractmethod
    def _solve(self, counts: Counts, metric: Metric) -> Fit:
        """Choose thresholds for a metric that is one of `maximises`."""
