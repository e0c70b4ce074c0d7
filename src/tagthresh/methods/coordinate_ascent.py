"""Coordinate ascent, for metrics that couple the tags: one tag at a time, to its best cut.

A metric averaged over clips, such as samples-F1, depends on all tags of a clip at once, and one of
the totals that is not quasi-convex, such as the micro-averaged G-mean, has its maximum anywhere.
No exact method is known for these. Here each tag in turn moves to the cut that is best as the
others are, until no tag can gain: a local maximum, which depends on where it starts. So it starts
from several thresholds, and the best end is kept. Nothing is drawn at random.

How a tag finds its best cut
----------------------------
The decisions of all other tags stay. The clips of the tag are sorted, highest score first; a cut
accepts the first k of them. The metric at every k comes from sums over the sorted clips:

- Of the totals (`_Totals`): the tag's own counts at each cut are added to those of the other tags.
- Averaged over clips (`_Clips`): to accept a clip changes the metric of that clip alone. Let w be
  its weight in the mean and g its metric with the tag less its metric without. The mean at k is the
  mean at 0 plus the sum of w g over the first k clips.

An example of the latter, F1 of two clips, each of weight 1/2. The first is positive and has no
other tag: to accept it lifts its F1 from 0 to 1. The second is negative and has one other tag,
rightly accepted: to accept it lowers its F1 from 1 to 2/3. So the mean at k = 0, 1 and 2 is higher
by 0, 1/2 and 1/3 than at never, and the tag is cut after its first clip.

A sweep over all tags takes a time proportional to the number of scores.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.curve import Curve
from tagthresh.counts.slices import run_ends
from tagthresh.decision_rule import accepts
from tagthresh.methods.base import Fit, Method
from tagthresh.methods.exact import Exact, best_vertex
from tagthresh.methods.shared import Shared
from tagthresh.metrics.agreement import Accuracy
from tagthresh.metrics.base import ratio
from tagthresh.metrics.decisions import ClipCounts, clip_weight
from tagthresh.metrics.fbeta import FBeta

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores

ROUNDING = 1e-10  # a gain smaller than this, relative to the values, may be an error of a sum
STARTS = (FBeta(0.5), FBeta(1.0), FBeta(2.0), Accuracy())  # at whose exact maxima it starts


@dataclass(frozen=True)
class CoordinateAscent(Method):
    """Thresholds that no move of a single one can improve.

    Notes
    -----
    ``Solution.statistics`` holds ``sweeps`` over all tags, the last one without a gain, summed over
    the starts.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, _ = tt.datasets.load_demo()
    >>> solution = tt.find_thresholds(
    ...     fit.labels, fit.scores, metric="f1_samples", method="coordinate_ascent"
    ... )
    >>> solution.status
    'local maximum: no single threshold can gain'
    """

    name = "coordinate_ascent"
    quick = False

    def maximises(self, metric: Metric) -> bool:
        """Whether the method can work with a metric: one that does not separate over tags."""
        return not metric.separable

    def _solve(self, counts: Counts, metric: Metric, rows: LabelledScores | None) -> Fit:
        starts = [Exact().fit(counts, other).values for other in STARTS]
        starts.append(Shared().fit(counts, metric, rows).values)
        if rows is not None:
            return _best_end(counts, starts, _Clips(rows, metric))
        if metric.monotone:
            starts.append(best_vertex(counts, metric))
        return _best_end(counts, starts, _Totals(counts, metric))


def _best_end(counts: Counts, starts: Iterable[NDArray[np.float64]], objective: _Objective) -> Fit:
    """Climb from every start, and keep the best end; the first, where several tie."""
    best, accepted, sweeps = -np.inf, np.empty(0), 0
    for thresholds in starts:
        sweeps += objective.climb(thresholds)
        value = objective.value()
        if value > best:
            best, accepted = value, objective.lowest_accepted()
    status = "local maximum: no single threshold can gain"
    return Fit(counts.thresholds_for(accepted), status, {"sweeps": sweeps})


class _Objective(ABC):
    """A metric as one tag moves and the others stay.

    Attributes
    ----------
    cuts : list of ndarray of float, each of shape (n_cuts,)
        Scores that a tag may be cut at, highest first.
    place : ndarray of int64, shape (n_tags,)
        How many of its cuts each tag accepts; 0 is never.
    """

    cuts: list[NDArray[Any]]
    place: NDArray[np.int64]

    def climb(self, thresholds: NDArray[np.float64]) -> int:
        """Move tags from thresholds to their best cuts until none gains; count the sweeps."""
        pairs = zip(self.cuts, thresholds, strict=True)
        self.place = np.array([np.count_nonzero(accepts(cuts, value)) for cuts, value in pairs])
        self.count()
        sweeps, n_moved = 0, 1
        while n_moved:
            sweeps, n_moved = sweeps + 1, sum(map(self._improve, range(len(self.place))))
        return sweeps

    def _improve(self, tag: int) -> bool:
        """Move a tag to its best cut, if that gains more than an error of a sum."""
        value = self.by_cut(tag)
        gains = value.max() - value[self.place[tag]] > ROUNDING * np.abs(value).max()
        if gains:
            best = int(value.argmax())
            self.move(tag, best)
            self.place[tag] = best
        return bool(gains)

    def lowest_accepted(self) -> NDArray[np.float64]:
        """Lowest accepted score of each tag, +inf for never."""
        pairs = zip(self.cuts, self.place, strict=True)
        return np.array([cuts[place - 1] if place else np.inf for cuts, place in pairs], float)

    @abstractmethod
    def count(self) -> None:
        """Count what is accepted where the tags are."""

    @abstractmethod
    def value(self) -> float:
        """Value where the tags are."""

    @abstractmethod
    def by_cut(self, tag: int) -> NDArray[np.float64]:
        """Value, up to a constant, with a tag at never and at each of its cuts."""

    @abstractmethod
    def move(self, tag: int, place: int) -> None:
        """Count with a tag moved."""


class _Totals(_Objective):
    """A function of the totals over tags.

    Attributes
    ----------
    counts : list of ndarray of float64, each of shape (4, n_cuts + 1)
        TP, FP, FN and TN of a tag at never and at each of its cuts.
    total : ndarray of float64, shape (4,)
        Sum over tags where they are.
    """

    def __init__(self, counts: Counts, metric: Metric) -> None:
        curve = Curve.from_counts(counts, everywhere=not metric.monotone)
        bounds = list(pairwise(curve.offset))
        never, at_cuts = np.stack(curve.never()), np.stack(curve.confusion())
        self.metric = metric
        self.cuts = [curve.score[start:stop] for start, stop in bounds]
        self.counts = [
            np.column_stack([never[:, tag], at_cuts[:, start:stop]])
            for tag, (start, stop) in enumerate(bounds)
        ]

    def count(self) -> None:
        pairs = zip(self.counts, self.place, strict=True)
        self.total = np.sum([counts[:, place] for counts, place in pairs], axis=0)

    def value(self) -> float:
        return float(self.metric.of(*self.total))

    def by_cut(self, tag: int) -> NDArray[np.float64]:
        counts = self.counts[tag]
        others = np.maximum(self.total - counts[:, self.place[tag]], 0.0)
        return self.metric.of(*(others[:, None] + counts))

    def move(self, tag: int, place: int) -> None:
        counts = self.counts[tag]
        self.total = self.total + counts[:, place] - counts[:, self.place[tag]]


class _Clips(_Objective):
    """A mean over clips of a function of each clip's counts over its tags.

    Attributes
    ----------
    columns : list of _Column
        The clips of each tag, sorted.
    counts : ndarray of float64, shape (2, 2, n_clips)
        Tags of each clip that are accepted or rejected, and positive or negative: in rows, as
        ``counts.reshape(4, -1)``, they are TP, FP, FN and TN.
    weight : ndarray of float64, shape (n_clips,)
        Share of each clip in the mean.
    values : ndarray of float64, shape (n_clips,)
        Metric of each clip.
    """

    def __init__(self, data: LabelledScores, metric: Metric) -> None:
        self.data, self.metric = data, metric
        scores = data.scores if data.limits is None else data.limits.within(data.scores)
        self.columns = [_Column.from_scores(data, scores, tag) for tag in range(scores.shape[1])]
        self.cuts = [column.cuts for column in self.columns]
        weight = clip_weight(data)
        self.weight = ratio(weight, weight.sum())

    def count(self) -> None:
        accepted = np.zeros(self.data.scores.shape, bool)
        for tag, (column, place) in enumerate(zip(self.columns, self.place, strict=True)):
            accepted[column.clip[: column.end[place]], tag] = True
        self.counts = np.stack(ClipCounts.of(self.data, accepted).confusion).reshape(2, 2, -1)
        self.values = self._of_clips(self.counts)

    def _of_clips(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.metric.of(*counts.reshape(4, -1))

    def value(self) -> float:
        return float(self.values @ self.weight)

    def by_cut(self, tag: int) -> NDArray[np.float64]:
        column = self.columns[tag]
        clip = column.clip
        accepted = np.arange(len(clip)) < column.end[self.place[tag]]
        now = self.values[clip]
        toggled = self._of_clips(_toggled(self.counts[..., clip], column.label, accepted))
        gain = np.where(accepted, now - toggled, toggled - now)  # with the tag less without it
        return np.concatenate([[0.0], np.cumsum(self.weight[clip] * gain)])[column.end]

    def move(self, tag: int, place: int) -> None:
        column, old = self.columns[tag], self.place[tag]
        between_cuts = slice(*sorted((column.end[old], column.end[place])))
        clip, label = column.clip[between_cuts], column.label[:, between_cuts]
        counts = _toggled(self.counts[..., clip], label, np.asarray(place < old))
        self.counts[..., clip], self.values[clip] = counts, self._of_clips(counts)


def _toggled(
    counts: NDArray[np.float64], label: NDArray[np.bool_], accepted: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Reject a tag of clips that was accepted, or accept one that was rejected; the new counts.

    A positive goes from FN to TP or back, a negative from TN to FP or back.
    """
    change = np.where(accepted, -1.0, 1.0) * label
    return np.stack([counts[0] + change, counts[1] - change])


@dataclass(frozen=True, eq=False)
class _Column:
    """The known clips of one tag, highest score first.

    Attributes
    ----------
    clip : ndarray of int64, shape (n_known,)
        Their places among all clips.
    label : ndarray of bool, shape (2, n_known)
        Whether they are positive; whether they are negative.
    cuts : ndarray of float, shape (n_cuts,)
        Distinct scores.
    end : ndarray of int64, shape (n_cuts + 1,)
        How many clips are accepted at never, or at the highest threshold allowed, and at each cut.
    """

    clip: NDArray[np.int64]
    label: NDArray[np.bool_]
    cuts: NDArray[Any]
    end: NDArray[np.int64]

    @classmethod
    def from_scores(cls, data: LabelledScores, scores: NDArray[Any], tag: int) -> _Column:
        """Sort the clips of a tag by scores within limits."""
        score = scores[:, tag]
        known = np.arange(len(score)) if data.known is None else np.flatnonzero(data.known[:, tag])
        clip = known[np.argsort(-score[known], kind="stable")]
        score, positive = score[clip], data.positive[clip, tag]
        last = run_ends(score) & np.isfinite(score)
        end = np.append(np.count_nonzero(score == np.inf), np.flatnonzero(last) + 1)
        return cls(clip, np.stack([positive, ~positive]), score[last], end)
