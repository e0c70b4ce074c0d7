"""One threshold for all tags, given rather than fitted: the usual 0.5, for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.methods.base import Fit, Method
from tagthresh.validation import finite_number

if TYPE_CHECKING:
    from tagthresh.counts.counts import Counts
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores


@dataclass(frozen=True)
class Constant(Method):
    """The same given threshold for every tag.

    Parameters
    ----------
    value : float, default 0.5
        Threshold, in the unit of the scores.

    Raises
    ------
    InputError
        When the value is not a finite number.

    Examples
    --------
    >>> import tagthresh as tt
    >>> solution = tt.find_thresholds([[1], [0]], [[0.9], [0.2]], method=tt.methods.Constant(0.3))
    >>> solution.thresholds.values
    array([0.3])
    """

    name = "constant"

    value: float = 0.5

    def __post_init__(self) -> None:
        finite_number("value", self.value)

    def maximises(self, metric: Metric) -> bool:
        """Whether the method can work with a metric."""
        return True

    def _solve(self, counts: Counts, metric: Metric, rows: LabelledScores | None) -> Fit:
        return Fit(np.full(counts.n_tags, float(self.value)), "given, not fitted")
