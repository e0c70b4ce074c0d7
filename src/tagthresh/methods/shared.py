"""The best single threshold for all tags: every cut at a positive of any tag is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tagthresh.methods.base import Fit, Method
from tagthresh.metrics.base import Metric
from tagthresh.placement import between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts import Counts

CUTS_AT_A_TIME = 4096  # bounds the memory: n_tags times as many confusions are held at once


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
        positives = np.unique(np.concatenate(counts.positive.score))
        cuts = np.append(positives[::-1].astype(np.float64), np.inf)
        parts = np.array_split(cuts, -(-len(cuts) // CUTS_AT_A_TIME))
        scores = np.concatenate([_scores(counts, metric, part) for part in parts])
        accepted = np.full(counts.n_tags, cuts[scores.argmax()])
        rejected = np.full(counts.n_tags, counts.highest_rejected(accepted).max())
        return Fit(
            between(rejected, accepted, counts.dtype),
            "best on these clips of all thresholds shared by all tags",
            {"cuts": len(cuts)},
        )


def _scores(counts: Counts, metric: Metric, cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metric when every tag is cut at the same score, for each of `cuts`."""
    return metric(counts.confusion(np.broadcast_to(cuts, (counts.n_tags, len(cuts)))))
