"""The best single threshold for all tags: every cut worth making at any tag is tried.

Micro-averaged, all tags taken for one have the same totals, and their curve has them at every cut.
For macro and weighted averages the confusion of each tag is looked up at every cut. Averaged over
clips, the metric changes by one step with every pair of clip and tag that is accepted; the steps
add up from the highest score down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.curve import Curve
from tagthresh.counts.score_counts import ABSENT
from tagthresh.counts.slices import blocks, run_ends
from tagthresh.decision_rule import between
from tagthresh.methods.base import Fit, Method
from tagthresh.metrics.decisions import clip_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores

CONFUSIONS_AT_A_TIME = 1 << 21  # bounds the memory
PAIRS_AT_A_TIME = 1 << 15  # of clip and tag: fits a cache


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

    name = "shared"

    def maximises(self, metric: Metric) -> bool:
        """Whether the method can work with a metric."""
        return True

    def _solve(self, counts: Counts, metric: Metric, rows: LabelledScores | None) -> Fit:
        if rows is not None:
            return _best(counts, *_over_clips(rows, metric))
        pooled = metric.average == "micro" and counts.limits is None
        score_at = _micro if pooled else _averaged
        return _best(counts, *score_at(counts, metric))


def _best(counts: Counts, cuts: NDArray[np.float64], value: NDArray[np.float64]) -> Fit:
    """Fit at the cut of highest value; at the highest, where several tie."""
    accepted = np.full(counts.n_tags, cuts[value.argmax()])
    rejected = np.full(counts.n_tags, counts.highest_rejected(accepted).max())
    return Fit(
        between(rejected, accepted, counts.dtype),
        "best on these clips of all thresholds shared by all tags",
        {"cuts": len(cuts) - 1},
    )


def _micro(counts: Counts, metric: Metric) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cuts, highest first, and the metric at each, from the curve of all tags taken for one."""
    curve = Curve.from_counts(counts.pooled(), everywhere=not metric.monotone)
    cuts = np.concatenate([[np.inf], curve.score.astype(np.float64)])
    return cuts, np.concatenate([metric.of(*curve.never()), metric.of(*curve.confusion())])


def _averaged(counts: Counts, metric: Metric) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cuts, highest first, and the metric when every tag is cut there."""
    at = counts.positive if metric.monotone else counts.known
    scores = np.unique(np.concatenate(at.score))[::-1]
    scores = scores[scores != ABSENT]
    cuts = np.concatenate([[np.inf], scores.astype(np.float64)])
    values = [
        metric(counts.confusion(np.tile(cuts[block], (counts.n_tags, 1))))
        for block in blocks(len(cuts), CONFUSIONS_AT_A_TIME // counts.n_tags)
    ]
    return cuts, np.concatenate(values)


def _over_clips(
    data: LabelledScores, metric: Metric
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cuts, highest first, and the total of the metric over clips less its value for "never"."""
    known = np.broadcast_to(True if data.known is None else data.known, data.positive.shape)
    scores = data.scores if data.limits is None else data.limits.within(data.scores)
    scores, negative = np.where(known, scores, -np.inf), known & ~data.positive
    steps = [
        _steps(scores[block], data.positive[block], negative[block], metric)
        for block in blocks(len(scores), PAIRS_AT_A_TIME // scores.shape[1])
    ]
    step = np.concatenate(steps)
    step *= clip_weight(data)[:, None]
    pairs = np.argsort(-scores, axis=None, kind="stable")[: np.count_nonzero(scores > -np.inf)]
    cut = np.concatenate([[np.inf], scores.ravel()[pairs]])
    total = np.concatenate([[0.0], np.cumsum(step.ravel()[pairs])])
    last = run_ends(cut)
    return cut[last], total[last]


def _steps(
    scores: NDArray[Any],
    positive: NDArray[np.bool_],
    negative: NDArray[np.bool_],
    metric: Metric,
) -> NDArray[np.float64]:
    """Tell what each tag of a clip changes, those of higher score being accepted before it."""
    order = np.argsort(-scores, axis=1, kind="stable")
    tp, fp = (_running(np.take_along_axis(hit, order, axis=1)) for hit in (positive, negative))
    change = np.diff(metric.of(tp, fp, tp[:, -1:] - tp, fp[:, -1:] - fp), axis=1)
    step = np.empty_like(change)
    np.put_along_axis(step, order, change, axis=1)
    return step


def _running(hit: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Count along rows, from 0."""
    return np.pad(np.cumsum(hit, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
