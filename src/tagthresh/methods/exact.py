"""The global maximum over all per-tag thresholds, of every metric for which it can be had.

Micro-averaged, a metric that is quasi-convex in (TP, K), as F-beta and most others are: the best
vertex of the frontier (`tagthresh.tradeoffs.frontier`). Macro and weighted averages of any metric,
and costs, separate: the best cut of each tag. `docs/metrics.md` proves it. Nothing is approximated
and nothing is tuned; what is best on the clips given need not be best on others, the less so the
fewer positives a tag has.

References
----------
Dinkelbach, "On nonlinear fractional programming", Management Science 13(7), 1967: why maximal
F-beta makes every tag maximise ``(1 + beta^2) TP - F K``. Lipton, Elkan and Naryanaswamy, "Optimal
thresholding of classifiers to maximize F1 measure", ECML-PKDD 2014: the same cut, at F / 2, for
calibrated scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.counts.curve import NEVER, Curve
from tagthresh.methods.base import Fit, Method
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores


@dataclass(frozen=True)
class Exact(Method):
    """Thresholds that no others beat on the clips given.

    A tag without known positives is never given, which is best for every metric that no false alarm
    raises.

    Examples
    --------
    >>> import tagthresh as tt
    >>> y_true, y_score = [[1, 0], [1, 1], [0, 0]], [[0.9, 0.1], [0.3, 0.4], [0.2, 0.2]]
    >>> solution = tt.find_thresholds(y_true, y_score, method="exact")
    >>> solution.score, solution.certificate.gap
    (1.0, 0.0)
    """

    name = "exact"

    def maximises(self, metric: Metric) -> bool:
        """Whether the method can work with a metric."""
        return metric.exact

    def quantiles(self, metric: Metric) -> bool:
        """Whether quantiles of all scores are needed of clips read in parts: positives are enough.

        Raises
        ------
        InputError
            When best cuts may lie elsewhere.
        """
        if not metric.gain.monotone:
            raise InputError(f"metric {metric.name!r}", "needs all scores in memory")
        return False

    def _solve(self, counts: Counts, metric: Metric, rows: LabelledScores | None) -> Fit:
        solve = best_vertex if metric.average == "micro" else _best_by_tag
        return Fit(solve(counts, metric), "best on these clips of all per-tag thresholds")


def best_vertex(counts: Counts, metric: Metric) -> NDArray[np.float64]:
    """Thresholds at the vertex of the frontier with the highest value; the first, of several."""
    curve = Curve.from_counts(counts)
    frontier = Frontier.from_curve(curve)
    cuts = frontier.cuts(int(metric.of(*frontier.confusion()).argmax()))
    return counts.thresholds_for(curve.lowest_accepted(cuts))


def _best_by_tag(counts: Counts, metric: Metric) -> NDArray[np.float64]:
    """Threshold of each tag with the highest value; the highest, where several tie."""
    curve = Curve.from_counts(counts, everywhere=not metric.monotone)
    value, never = metric.of_tags(curve.confusion(), curve.tag), metric.of_tags(curve.never())
    cuts = np.full(counts.n_tags, NEVER)
    for tag, (start, stop) in enumerate(pairwise(curve.offset)):
        if start < stop and value[start:stop].max() > never[tag]:
            cuts[tag] = start + value[start:stop].argmax()
    return counts.thresholds_for(curve.lowest_accepted(cuts))
