"""The global maximum of F-beta over all per-tag thresholds.

Micro-averaged: the best vertex of the frontier (`tagthresh.frontier`). Macro and weighted averages
separate: the best cut of each tag. Nothing is approximated and nothing is tuned; what is best on
the clips given need not be best on others, the less so the fewer positives a tag has.

References
----------
Dinkelbach, "On nonlinear fractional programming", Management Science 13(7), 1967: why maximal
F-beta makes every tag maximise ``(1 + beta^2) TP - F K``. Lipton, Elkan and Naryanaswamy, "Optimal
thresholding of classifiers to maximize F1 measure", ECML-PKDD 2014: the same cut, at F / 2, for
calibrated scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, cast

import numpy as np

from tagthresh.checks import choice
from tagthresh.curve import NEVER, Curve
from tagthresh.frontier import Frontier
from tagthresh.methods.base import Fit, Method
from tagthresh.methods.shared import Shared
from tagthresh.metrics.fbeta import FBeta
from tagthresh.placement import between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts import Counts
    from tagthresh.metrics.base import Metric

UNSEEN = ("never", "shared")


@dataclass(frozen=True)
class Exact(Method):
    """Thresholds that no others beat on the clips given.

    Parameters
    ----------
    unseen : {"never", "shared"}, default "never"
        Threshold of tags without a known positive: never accept, or the best shared threshold.

    Raises
    ------
    InputError
        When `unseen` is neither.

    Examples
    --------
    >>> import tagthresh as tt
    >>> y_true, y_score = [[1, 0], [1, 1], [0, 0]], [[0.9, 0.1], [0.3, 0.4], [0.2, 0.2]]
    >>> solution = tt.find_thresholds(y_true, y_score, method="exact")
    >>> solution.score, solution.certificate.gap
    (1.0, 0.0)
    """

    name: ClassVar[str] = "exact"
    maximises: ClassVar[tuple[type[Metric], ...]] = (FBeta,)

    unseen: Literal["never", "shared"] = "never"

    def __post_init__(self) -> None:
        choice("unseen", self.unseen, UNSEEN)

    def _solve(self, counts: Counts, metric: Metric) -> Fit:
        metric = cast("FBeta", metric)
        curve = Curve.from_counts(counts)
        cuts = (
            _best_total(curve, metric) if metric.average == "micro" else _best_each(curve, metric)
        )
        accepted = curve.lowest_accepted(cuts)
        values = between(counts.highest_rejected(accepted), accepted, counts.dtype)
        status = "best on these clips of all per-tag thresholds"
        unseen = counts.positive.mass == 0
        if self.unseen == "shared" and unseen.any():
            values[unseen] = Shared().fit(counts, metric).values[unseen]
            status = "best on these clips for tags with positives; the others share a threshold"
        return Fit(values, status, {"cuts": len(curve.score)})


def _best_total(curve: Curve, metric: FBeta) -> NDArray[np.int64]:
    """Cuts at the vertex of the frontier with the highest value; the first, where several tie."""
    frontier = Frontier.from_curve(curve)
    return frontier.cuts(int(metric.of(*frontier.confusion()).argmax()))


def _best_each(curve: Curve, metric: FBeta) -> NDArray[np.int64]:
    """Cut of each tag with the highest value; the highest, where several tie."""
    value = metric.of(*curve.confusion())
    cuts = np.full(curve.counts.n_tags, NEVER)
    for tag, (start, stop) in enumerate(zip(curve.offset, curve.offset[1:], strict=False)):
        if start < stop:
            cuts[tag] = start + value[start:stop].argmax()
    return cuts
