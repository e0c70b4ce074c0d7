"""Automatic thresholds by numerical gradients, as Kong and others used them and the paper compared.

The derivative of the metric by one threshold is taken as a forward difference: that threshold alone
goes up step by step until the metric changes, for `reach` steps at most; where it never does, the
derivative is 0. All thresholds then take one step of Adam upwards together.

The Adam is that of the authors' code, in which epsilon is inside the root and the mean square not
yet corrected for its start at 0: where gradients are much below 0.003, as with hundreds of tags,
steps are much smaller than the learning rate, the more so the earlier.

Unlike that code, `>=` decides, not `>`.

References
----------
Kong, Xu, Wang and Plumbley, "Sound event detection of weakly labelled data with CNN-Transformer and
automatic threshold optimization", IEEE/ACM TASLP 28, 2020. Pellegrini and Masquelier, "Fast
threshold optimization for multi-label audio tagging using Surrogate gradient learning", ICASSP
2021.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.counts.batched import Lookup
from tagthresh.methods.adam import EPSILON, Moments
from tagthresh.methods.base import Fit, Method
from tagthresh.validation import MOST, finite_number, positive_number, whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Confusion, Counts
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores


@dataclass(frozen=True)
class NumericalGradient(Method):
    """Thresholds that climb the metric along forward differences.

    The result depends on the scale of the scores, through `learning_rate`, `step` and `start`,
    whose defaults are the paper's, for probabilities. A tag without positives keeps a finite
    threshold.

    Parameters
    ----------
    epochs : int, default 100
        Steps of Adam, at least 0.
    learning_rate : float, default 0.01
        Positive, in the unit of the scores.
    step : float, default 0.01
        Least difference of thresholds; positive, in the unit of the scores.
    reach : int, default 10
        Most steps to go in search of a change, at least 1.
    start : float, default 0.3
        Threshold that every tag starts with, in the unit of the scores.

    Raises
    ------
    InputError
        When an option breaks its rule.

    Notes
    -----
    ``Solution.statistics`` holds ``loss``, the negative metric at the start and after each epoch.

    Examples
    --------
    >>> import tagthresh as tt
    >>> y_true, y_score = [[1, 0], [1, 1], [0, 0]], [[0.9, 0.1], [0.37, 0.4], [0.32, 0.2]]
    >>> solution = tt.find_thresholds(y_true, y_score, method="numerical_gradient")
    >>> solution.thresholds.values.round(2), solution.score
    (array([0.32, 0.3 ]), 1.0)
    """

    name = "numerical_gradient"

    epochs: int = 100
    learning_rate: float = 0.01
    step: float = 0.01
    reach: int = 10
    start: float = 0.3

    def __post_init__(self) -> None:
        whole_number("epochs", self.epochs, 0, MOST)
        positive_number("learning_rate", self.learning_rate)
        positive_number("step", self.step)
        whole_number("reach", self.reach, 1, MOST)
        finite_number("start", self.start)

    def maximises(self, metric: Metric) -> bool:
        """Whether the method can work with a metric."""
        return not metric.needs_rows

    def _solve(self, counts: Counts, metric: Metric, rows: LabelledScores | None) -> Fit:
        lookup, moments = Lookup.from_counts(counts), Moments((counts.n_tags,))
        values = np.full(counts.n_tags, float(self.start))
        confusion = lookup.confusion(values)
        loss = [-float(metric(confusion))]
        for _ in range(self.epochs):
            mean, square = moments.after(self._gradient(lookup, metric, values, confusion))
            damped = square + EPSILON / (1 - moments.fading)
            values = values + self.learning_rate * mean / np.sqrt(damped)
            confusion = lookup.confusion(values)
            loss.append(-float(metric(confusion)))
        status = f"{self.epochs} steps along a numerical gradient: where the last ended"
        return Fit(values, status, {"loss": loss})

    def _gradient(
        self, lookup: Lookup, metric: Metric, values: NDArray[np.float64], confusion: Confusion
    ) -> NDArray[np.float64]:
        """Slope to the first of the steps up at which the metric differs; 0 where none does."""
        steps = float(self.step) * np.arange(self.reach + 1)
        score = metric.moved(confusion, lookup.confusion(values[:, None] + steps))
        rise = score - score[:, :1]
        first = (rise != 0).argmax(axis=1)
        # Where no step changes the metric `first` is 0, and so is the rise there.
        return np.asarray(rise[np.arange(len(rise)), first] / steps[np.maximum(first, 1)])
