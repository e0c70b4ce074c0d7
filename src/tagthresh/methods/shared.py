"""The best single threshold for all tags: every cut at a positive of any tag is tried.

Micro-averaged, all tags taken for one have the same totals, and their curve has them at every cut.
For other averages the confusion of each tag is looked up at every cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tagthresh.curve import Curve
from tagthresh.methods.base import Fit, Method
from tagthresh.metrics.base import Metric
from tagthresh.placement import between
from tagthresh.tally import ABSENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts import Counts

CONFUSIONS_AT_A_TIME = 1 << 21  # bounds the memory


@dataclass(frozen=True)
class Shared(Method):
    """The best threshold that is the same for every tag.

    Scores of different tags must share a scale for this to make sense.

    Examples
    --------
    >>> import tagthresh as tt
    >>> y_true, y_score = [[1, 0], [0, 1]], [[0.9, 0.2], [0.4, 0.6]]
    >>> tt.find_thresholds(y_true, y_score, method="shared").thresholds.values
    array([0.5, 0.5])
    """

    name: ClassVar[str] = "shared"
    maximises: ClassVar[tuple[type[Metric], ...]] = (Metric,)

    def _solve(self, counts: Counts, metric: Metric) -> Fit:
        score_at = _micro if metric.average == "micro" else _averaged
        cuts, scores = score_at(counts, metric)
        best = np.inf if scores.max(initial=0.0) <= 0 else cuts[scores.argmax()]
        accepted = np.full(counts.n_tags, best)
        rejected = np.full(counts.n_tags, counts.highest_rejected(accepted).max())
        return Fit(
            between(rejected, accepted, counts.dtype),
            "best on these clips of all thresholds shared by all tags",
            {"cuts": len(cuts)},
        )


def _micro(counts: Counts, metric: Metric) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cuts, highest first, and the metric at each, from the curve of all tags taken for one."""
    curve = Curve.from_counts(counts.pooled())
    return curve.score.astype(np.float64), metric.of(*curve.confusion())


def _averaged(counts: Counts, metric: Metric) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cuts, highest first, and the metric when every tag is cut there."""
    cuts = np.unique(np.concatenate(counts.positive.score))[::-1].astype(np.float64)
    cuts = cuts[cuts != ABSENT]
    width = max(1, CONFUSIONS_AT_A_TIME // counts.n_tags)
    scores = [
        metric(counts.confusion(np.broadcast_to(part, (counts.n_tags, len(part)))))
        for part in (cuts[start : start + width] for start in range(0, len(cuts), width))
    ]
    return cuts, np.concatenate([np.empty(0), *scores])
