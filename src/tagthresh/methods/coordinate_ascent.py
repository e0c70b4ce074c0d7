"""Coordinate ascent, for metrics that couple the tags: one tag at a time, to its best cut.

A metric averaged over clips, such as samples-F1, depends on all tags of a clip at once, and one of
the totals that is not quasi-convex, such as the micro-averaged G-mean, has its maximum anywhere.
For these no exact method is at hand. Here each tag in turn moves to the cut that is best as the
others are, until no tag can gain: a local maximum, which depends on where it starts. So it starts
from several thresholds, and the best end is kept. Nothing is drawn at random.

Averaged over clips, accepting one more clip changes the metric by a step that only the clip's own
counts decide. The steps, summed from the highest score down, give the metric at every cut of a tag:
a sweep over all tags takes a time proportional to the number of scores.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tagthresh.counts.curve import Curve
from tagthresh.counts.slices import run_ends
from tagthresh.decision_rule import accepts, between
from tagthresh.methods.base import Fit, Method
from tagthresh.methods.exact import Exact, best_vertex
from tagthresh.methods.shared import Shared
from tagthresh.metrics.agreement import Accuracy
from tagthresh.metrics.base import ratio
from tagthresh.metrics.decisions import ClipCounts, decide
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
    """Thresholds of which no single one can be moved to gain.

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

    name: ClassVar[str] = "coordinate_ascent"
    quick: ClassVar[bool] = False

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
    best, kept, sweeps = -np.inf, np.empty(0), 0
    for values in starts:
        objective.start(values)
        sweeps += objective.climb()
        if objective.value() > best:
            best, kept = objective.value(), objective.lowest_accepted()
    threshold = between(counts.highest_rejected(kept), kept, counts.dtype)
    return Fit(threshold, "local maximum: no single threshold can gain", {"sweeps": sweeps})


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

    def start(self, values: NDArray[np.float64]) -> None:
        """Put all tags at thresholds."""
        pairs = zip(self.cuts, values, strict=True)
        self.place = np.array([np.count_nonzero(accepts(cuts, value)) for cuts, value in pairs])

    def climb(self) -> int:
        """Move tags to their best cuts until none gains; the number of sweeps over all tags."""
        sweeps, gained = 0, True
        while gained:
            sweeps, gained = sweeps + 1, False
            for tag, place in enumerate(self.place):
                value = self.along(tag)
                if value.max() - value[place] > ROUNDING * np.abs(value).max():
                    self.move(tag, int(value.argmax()))
                    gained = True
        return sweeps

    def lowest_accepted(self) -> NDArray[np.float64]:
        """Lowest accepted score of each tag, +inf for never."""
        pairs = zip(self.cuts, self.place, strict=True)
        return np.array([cuts[place - 1] if place else np.inf for cuts, place in pairs], float)

    @abstractmethod
    def value(self) -> float:
        """Value where the tags are."""

    @abstractmethod
    def along(self, tag: int) -> NDArray[np.float64]:
        """Value, up to a constant, with a tag at never and at each of its cuts."""

    @abstractmethod
    def move(self, tag: int, place: int) -> None:
        """Move a tag."""


class _Totals(_Objective):
    """A function of the totals over tags."""

    def __init__(self, counts: Counts, metric: Metric) -> None:
        curve = Curve.from_counts(counts, everywhere=not metric.monotone)
        bounds = list(pairwise(curve.offset))
        self.metric = metric
        self.cuts = [curve.score[start:stop] for start, stop in bounds]
        never, at = np.stack(curve.never()), np.stack(curve.confusion())
        self.counts = [
            np.column_stack([never[:, tag], at[:, start:stop]])
            for tag, (start, stop) in enumerate(bounds)
        ]  # of each tag: kind of count, by place

    def start(self, values: NDArray[np.float64]) -> None:
        super().start(values)
        pairs = zip(self.counts, self.place, strict=True)
        self.total = np.sum([counts[:, place] for counts, place in pairs], axis=0)

    def value(self) -> float:
        return float(self.metric.of(*self.total))

    def along(self, tag: int) -> NDArray[np.float64]:
        counts = self.counts[tag]
        others = np.maximum(self.total - counts[:, self.place[tag]], 0.0)
        return self.metric.of(*(others[:, None] + counts))

    def move(self, tag: int, place: int) -> None:
        self.total = self.total + self.counts[tag][:, place] - self.counts[tag][:, self.place[tag]]
        self.place[tag] = place


class _Clips(_Objective):
    """A mean over clips of a function of each clip's counts.

    These are held in one array: accepted or rejected, positive or negative, clip; flattened to
    rows, they are TP, FP, FN and TN.
    """

    def __init__(self, data: LabelledScores, metric: Metric) -> None:
        self.data, self.metric = data, metric
        scores = data.scores if data.limits is None else data.limits.within(data.scores)
        self.columns = [_Column.of(data, scores, tag) for tag in range(scores.shape[1])]
        self.cuts = [column.cuts for column in self.columns]

    def start(self, values: NDArray[np.float64]) -> None:
        super().start(values)
        clips = ClipCounts.of(self.data, decide(self.data, values))
        self.counts = np.stack(clips.confusion).reshape(2, 2, -1)
        self.weight = ratio(clips.weight, clips.weight.sum())
        self.now = self._of(self.counts)

    def _of(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.metric.of(*counts.reshape(4, -1))

    def value(self) -> float:
        return float(self.now @ self.weight)

    def along(self, tag: int) -> NDArray[np.float64]:
        column = self.columns[tag]
        way = np.ones(len(column.clip))
        way[: column.end[self.place[tag]]] = -1
        other = self._of(_moved(self.counts[..., column.clip], column.own, way))
        # What accepting the tag gains: for clips that have it already, less what losing it would.
        step = self.weight[column.clip] * way * (other - self.now[column.clip])
        return np.concatenate([[0.0], np.cumsum(step)])[column.end]

    def move(self, tag: int, place: int) -> None:
        column, old = self.columns[tag], self.place[tag]
        moved = slice(*sorted((column.end[old], column.end[place])))
        clip, way = column.clip[moved], np.float64(1 if place > old else -1)
        counts = _moved(self.counts[..., clip], column.own[:, moved], way)
        self.counts[..., clip], self.now[clip] = counts, self._of(counts)
        self.place[tag] = place


def _moved(
    counts: NDArray[np.float64], own: NDArray[np.bool_], way: NDArray[np.float64] | np.float64
) -> NDArray[np.float64]:
    """Count anew once a tag is accepted (way 1) or no longer is (-1)."""
    change = way * own
    return np.stack([counts[0] + change, counts[1] - change])


@dataclass(frozen=True, eq=False)
class _Column:
    """The known clips of one tag, highest score first.

    Attributes
    ----------
    clip : ndarray of int64, shape (n_known,)
        Their places among all clips.
    own : ndarray of bool, shape (2, n_known)
        Positive, negative.
    cuts : ndarray of float, shape (n_cuts,)
        Distinct scores.
    end : ndarray of int64, shape (n_cuts + 1,)
        How many clips are accepted at never, or at the highest threshold allowed, and at each cut.
    """

    clip: NDArray[np.int64]
    own: NDArray[np.bool_]
    cuts: NDArray[Any]
    end: NDArray[np.int64]

    @classmethod
    def of(cls, data: LabelledScores, scores: NDArray[Any], tag: int) -> _Column:
        """Sort the clips of a tag by scores within limits."""
        score = scores[:, tag]
        known = np.arange(len(score)) if data.known is None else np.flatnonzero(data.known[:, tag])
        clip = known[np.argsort(-score[known], kind="stable")]
        score, hit = score[clip], data.positive[clip, tag]
        last = run_ends(score) & np.isfinite(score)
        end = np.append(np.count_nonzero(score == np.inf), np.flatnonzero(last) + 1)
        return cls(clip, np.stack([hit, ~hit]), score[last], end)
