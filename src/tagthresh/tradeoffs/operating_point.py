"""Operating points: the best recall or precision within a limit.

Over all tags together, with T = TP, K = the accepted mass and P = the mass of positives:

precision at least p
    The highest recall, T / P, with T >= p K.
recall at least r
    The highest precision, T / K, with T >= r P.
at most k tags per clip on average
    The highest recall with K <= k clips.

The search starts at the last vertex of the frontier (`tagthresh.tradeoffs.frontier`) that keeps the
limit. It then moves one tag at a time, each time the one that gains most, until no move within the
limit gains anything. No thresholds lie above the edge of the frontier that crosses the limit. This
bounds what any thresholds reach, and `gap` reports the distance to the bound.

Tag by tag, the limit holds for each tag, and the search tries all cuts of each: the gap is 0.

All of this is about the clips at hand. On new clips a floor may be missed by chance;
`tagthresh.guarantee` finds floors that hold there. Where labels are unknown or weights differ
between tags, the number of tags per clip is unknown too. The limit is then on the share of known
labels where the tag is given, times the number of tags, as if unknown labels were given as often.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.as_counts import as_counts, next_to_positives
from tagthresh.counts.counts import Confusion
from tagthresh.counts.counts import confusion as confusion_of
from tagthresh.counts.curve import NEVER, Curve
from tagthresh.formatting import TableMixin, plain, table
from tagthresh.metrics.base import defined, ratio
from tagthresh.metrics.recall import Recall
from tagthresh.thresholds.json_format import Origin
from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.tradeoffs.limit import ROUNDING, Limit
from tagthresh.validation import InputError, flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

ASSUMED = ", unknown labels taken to be given as often as known ones"


@dataclass(frozen=True, eq=False, repr=False)
class OperatingPoint(TableMixin):
    """Thresholds that are best within a limit, on the clips at hand.

    Attributes
    ----------
    thresholds : Thresholds
        One per tag.
    goal : str
        In words, such as "recall with precision at least 0.9".
    precision, recall : float
        Of all tags together, in [0, 1]; precision is NaN where no tag is given.
    known_share : float
        Share of the known labels, pairs of clip and tag, where the tag is given; in [0, 1].
    per_clip : float or None
        Mean number of tags per clip. None where labels are unknown or weights differ between tags.
    gap : float
        Upper bound on how much better any other thresholds within the limit are; 0 where none are.
    infeasible : tuple of str
        Tags that cannot keep the limit and are never given; empty unless it holds tag by tag.
    confusion : Confusion
        Per tag, arrays of shape (n_tags,).
    clip_seconds : float or None
        Length of a clip, where it was given.
    """

    thresholds: Thresholds
    goal: str
    precision: float
    recall: float
    known_share: float
    per_clip: float | None
    gap: float
    infeasible: tuple[str, ...]
    confusion: Confusion
    clip_seconds: float | None = None

    def __repr__(self) -> str:
        totals = f"precision={self.precision:.4f}, recall={self.recall:.4f}"
        return f"OperatingPoint({self.goal}: {totals}, {self.rate})"

    @property
    def per_hour(self) -> float | None:
        """Alarms an hour; None where it is not known how long a clip is, or how many it gets."""
        if self.clip_seconds is None or self.per_clip is None:
            return None
        return self.per_clip * 3600 / self.clip_seconds

    @property
    def rate(self) -> str:
        """How often tags are given, in words."""
        if self.per_clip is None:
            n_tags = len(self.thresholds)
            return f"{n_tags * self.known_share:.3g} tags per {n_tags} known labels"
        if self.per_hour is None:
            return f"{self.per_clip:.3g} tags per clip"
        return f"{self.per_hour:.3g} alarms an hour"

    @property
    def table(self) -> dict[str, Any]:
        """Table with a row per tag, as columns: ``pandas.DataFrame(point.table)``."""
        tp, fp, fn, _ = self.confusion
        return {
            "tag": list(self.thresholds.names),
            "threshold": self.thresholds.values,
            "precision": defined(tp, tp + fp),
            "recall": defined(tp, tp + fn),
            "support": tp + fn,
            "predicted": tp + fp,
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain Python values; +inf is None."""
        return {
            "goal": self.goal,
            "precision": plain([self.precision])[0],
            "recall": self.recall,
            "known_share": self.known_share,
            "per_clip": self.per_clip,
            "per_hour": self.per_hour,
            "gap": self.gap,
            "infeasible": list(self.infeasible),
            "per_tag": table(self.table),
            "thresholds": self.thresholds.to_dict(),
        }


def operating_point(  # noqa: PLR0913
    y_true: object,
    y_score: object = None,
    *,
    precision: float | None = None,
    recall: float | None = None,
    per_clip: float | None = None,
    per_hour: float | None = None,
    clip_seconds: float | None = None,
    tag_by_tag: bool = False,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> OperatingPoint:
    """Find the thresholds with the best recall, or the best precision, within a limit.

    Parameters
    ----------
    y_true : array-like or data frame, shape (n_clips, n_tags), or counts or Shards
        1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere. `Counts`,
        `GridCounts` and `Shards` stand for labels, scores, tags and weights together.
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Finite scores of any scale.
    precision : float, in (0, 1], optional
        Floor; recall is maximised.
    recall : float, in (0, 1], optional
        Floor; precision is maximised.
    per_clip : float, above 0, optional
        Most tags that a clip gets, on average; recall is maximised.
    per_hour : float, above 0, optional
        The same in alarms (a tag given to a clip) per hour; `clip_seconds` must be given too.
    clip_seconds : float, above 0, optional
        Length of a clip, in seconds.
    tag_by_tag : bool, default False
        Whether the limit holds for each tag, not for all together.
    tags : sequence of str, optional
        Names of the tags.
    sample_weight : array-like, shape (n_clips,) or (n_clips, n_tags), optional
        Weights of the clips, or of pairs of clip and tag (`review_weights`), at least 0; 1 by
        default.
    ignore, positive_only
        As for `find_thresholds`.

    Returns
    -------
    OperatingPoint

    Raises
    ------
    InputError
        When an argument breaks a rule, not exactly one limit is given, or no thresholds keep it.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, _ = tt.datasets.load_demo()
    >>> point = tt.operating_point(fit.labels, fit.scores, precision=0.9)
    >>> point.goal, round(point.precision, 4), round(point.recall, 4)
    ('recall with precision at least 0.9', 0.9006, 0.6392)
    >>> tt.operating_point(fit.labels, fit.scores, per_hour=360, clip_seconds=10).per_clip
    1.0
    """
    limit = Limit.of(precision, recall, per_clip, per_hour, clip_seconds)
    flag("tag_by_tag", tag_by_tag)
    data = y_true, y_score, tags, sample_weight
    filters: Any = {"ignore": ignore, "positive_only": positive_only}
    counts = as_counts(*data, **filters, at=next_to_positives).counts
    curve = Curve.from_counts(counts)
    if not len(curve.score):
        raise InputError("y_true", "must have a known positive with a score; it has none")
    cuts, gap = (_by_tag(curve, limit), 0.0) if tag_by_tag else _in_total(curve, limit)
    values = counts.thresholds_for(curve.lowest_accepted(cuts))
    confusion = counts.confusion(values)
    accepted = confusion.tp.sum() + confusion.fp.sum()
    known_share = float(ratio(accepted, counts.known.mass.sum()))
    never = [tag for tag, cut in enumerate(cuts) if cut == NEVER]
    metric = limit.objective(average="macro" if tag_by_tag else "micro")
    options = limit.options | {"tag_by_tag": tag_by_tag}
    method = {"name": "operating_point", "options": options}
    origin = Origin.of(counts, metric, method, float(metric(confusion)))
    assumed = limit.name == "per_clip" and not counts.complete
    return OperatingPoint(
        thresholds=Thresholds(values, counts.tags, origin),
        goal=limit.goal + ASSUMED * assumed + ", tag by tag" * tag_by_tag,
        precision=float(defined(confusion.tp.sum(), accepted)),
        recall=float(Recall()(confusion)),
        known_share=known_share,
        per_clip=counts.n_tags * known_share if counts.complete else None,
        gap=gap,
        infeasible=tuple(map(counts.name, never)) if tag_by_tag else (),
        confusion=confusion,
        clip_seconds=limit.options.get("clip_seconds"),
    )


def _by_tag(curve: Curve, limit: Limit) -> NDArray[np.int64]:
    """Cut of each tag that is best within the limit; NEVER where no cut keeps it."""
    scores = limit.score_within(curve.confusion(), 1)
    cuts = np.full(curve.counts.n_tags, NEVER)
    for tag, (start, stop) in enumerate(pairwise(curve.offset)):
        if start < stop and scores[start:stop].max() >= 0:
            cuts[tag] = start + scores[start:stop].argmax()
    return cuts


def _in_total(curve: Curve, limit: Limit) -> tuple[NDArray[np.int64], float]:
    """Cuts that keep the limit on all tags together, and how much others could gain at most."""
    frontier = Frontier.from_curve(curve)
    confusion = frontier.confusion()
    slack = limit.slack(confusion, curve.counts.n_tags)
    within, beyond = _edge_at_limit(frontier, slack, limit)
    starts = [within, beyond] if limit.name == "recall" else [within]
    ends = (_improved(curve, frontier.cuts(vertex), limit) for vertex in starts)
    score, cuts = max(ends, key=lambda end: end[0])
    # Where the edge meets the limit: no thresholds are above the edge, so none are better.
    share = ratio(slack[within], slack[within] - slack[beyond])
    meeting = Confusion(*(m[within] + share * (m[beyond] - m[within]) for m in confusion))
    return cuts, max(0.0, float(limit.score(meeting)) - score)


def _edge_at_limit(frontier: Frontier, slack: NDArray[np.float64], limit: Limit) -> tuple[int, int]:
    """Best vertex within the limit, and its neighbour beyond it; the same one if there is none.

    Along the frontier recall rises, so a floor on it is kept from some vertex on. Precision falls
    and the tags per clip rise, so their limits are kept up to some vertex.
    """
    within = np.flatnonzero(slack >= 0)
    if limit.name == "recall":
        if not len(within):
            most = f"{frontier.recall[-1]:.4g} on these clips, because some positives have no score"
            raise InputError("recall", f"must be at most {most}", limit.value)
        return int(within[0]), int(within[0]) - 1
    last = int(within[-1])
    if limit.name == "precision" and last == 0:
        most = f"{frontier.precision[1]:.4g}, the highest that thresholds reach on these clips"
        raise InputError("precision", f"must be at most {most}", limit.value)
    return last, min(last + 1, len(slack) - 1)


def _improved(
    curve: Curve, cuts: NDArray[np.int64], limit: Limit
) -> tuple[float, NDArray[np.int64]]:
    """Move one tag at a time to the cut that gains most within the limit; value and cuts."""
    counts = curve.counts
    tags, nothing = np.arange(counts.n_tags), np.zeros(counts.n_tags)
    tag = np.concatenate([curve.tag, tags])  # of every cut, then of "never" of every tag
    tp, accepted = (np.concatenate([mass, nothing]) for mass in (curve.tp, curve.accepted))
    current = np.where(cuts == NEVER, len(curve.tag) + tags, cuts)
    positives, known = counts.positive.mass.sum(), counts.known.mass.sum()
    score = -1.0
    while True:
        moved_tp, moved_accepted = (
            mass[current].sum() - mass[current][tag] + mass for mass in (tp, accepted)
        )
        confusion = confusion_of(moved_tp, moved_accepted, positives, known)
        scores = limit.score_within(confusion, counts.n_tags)
        highest = float(scores.max())
        if highest <= score + ROUNDING:
            return score, np.where(current < len(curve.tag), current, NEVER)
        ties = np.flatnonzero(scores == highest)
        best = ties[moved_accepted[ties].argmin()]
        current[tag[best]], score = best, highest
