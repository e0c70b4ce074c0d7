"""Operating points: the best of one thing with a floor, or a ceiling, on another.

Over all tags together, with T = TP and K = accepted mass in total and P the mass of positives:

precision at least p
    The highest recall, T / P, with T >= p K.
recall at least r
    The highest precision, T / K, with T >= r P.
at most k tags per clip on average
    The highest recall with K <= k clips.

The frontier (`tagthresh.tradeoffs.frontier`) gives thresholds that are best but for one edge: the
vertex next to where it meets the limit. No thresholds lie above that edge, which bounds what any
could reach. From the vertex, the tag whose change gains most is moved, to any cut of its own, as
long as there is one; what is left to the bound is reported as `gap`.

Tag by tag, the limit holds for each tag and all its cuts are tried: nothing is left to a bound.

All of this is about the clips given. On others, a floor is kept or missed by chance; for one that
holds there, see `tagthresh.guarantee`. Where labels are unknown or weights differ from tag to tag,
nobody knows how many tags a clip is given. A limit on them is then one on the share of known labels
where the tag is given, times the number of tags: as if unknown ones were given as often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh.counts.as_counts import as_counts, next_to_positives
from tagthresh.counts.counts import Confusion, confusion
from tagthresh.counts.curve import NEVER, Curve
from tagthresh.decision_rule import between
from tagthresh.formatting import TableMixin, plain, table
from tagthresh.metrics.base import defined, ratio
from tagthresh.metrics.precision import Precision
from tagthresh.metrics.recall import Recall
from tagthresh.thresholds.json_format import Origin
from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.validation import InputError, described, flag, positive_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

ASSUMED = ", unknown labels taken to be given as often as known ones"
ROUNDING = 1e-12  # relative; sums of weights that meet a limit exactly may miss it by this much


@dataclass(frozen=True, eq=False, repr=False)
class OperatingPoint(TableMixin):
    """Thresholds that keep a limit on the clips given.

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
        Upper bound on how much any thresholds that keep the limit can exceed what is maximised;
        0 where none can.
    infeasible : tuple of str
        Tags that cannot keep the limit, and are never given; empty unless it holds tag by tag.
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
    """Find the best thresholds that keep a limit.

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
    options: dict[str, Any] = {"ignore": ignore, "positive_only": positive_only}
    given = y_true, y_score, tags, sample_weight
    counts = as_counts(*given, at=next_to_positives, **options).counts
    curve = Curve.from_counts(counts)
    if not len(curve.score):
        raise InputError("y_true", "must have a known positive with a score; it has none")
    cuts, gap = _each(curve, limit) if tag_by_tag else _total(Frontier.from_curve(curve), limit)
    accepted = curve.lowest_accepted(cuts)
    values = between(counts.highest_rejected(accepted), accepted, counts.dtype)
    found = counts.confusion(values)
    infeasible: tuple[str, ...] = ()
    if tag_by_tag:
        infeasible = tuple(counts.name(tag) for tag, cut in enumerate(cuts) if cut == NEVER)
    goal = limit.maximised(tag_by_tag=tag_by_tag)
    assumed = limit.name == "per_clip" and not counts.complete
    share = float(ratio(found.tp.sum() + found.fp.sum(), counts.known.mass.sum()))
    options = limit.options | {"tag_by_tag": tag_by_tag}
    made = {"name": "operating_point", "options": options}
    origin = Origin.of(counts, goal, made, float(goal(found)))
    return OperatingPoint(
        Thresholds(values, counts.tags, origin),
        limit.goal + ASSUMED * assumed + ", tag by tag" * tag_by_tag,
        float(defined(found.tp.sum(), found.tp.sum() + found.fp.sum())),
        float(Recall()(found)),
        share,
        counts.n_tags * share if counts.complete else None,
        gap,
        infeasible,
        found,
        limit.clip_seconds,
    )


class Limit(NamedTuple):
    """What must hold, and what is maximised.

    Attributes
    ----------
    name : {"precision", "recall", "per_clip"}
        What is limited.
    value : float
        The floor, or the ceiling.
    clip_seconds : float or None
        Length of a clip, where the ceiling is one of alarms an hour.
    """

    name: str
    value: float
    clip_seconds: float | None = None

    @classmethod
    def of(
        cls,
        precision: float | None = None,
        recall: float | None = None,
        per_clip: float | None = None,
        per_hour: float | None = None,
        clip_seconds: float | None = None,
    ) -> Limit:
        """Read the one limit that is given.

        Raises
        ------
        InputError
            When not exactly one is, or it breaks a rule.
        """
        given = {
            "precision": precision,
            "recall": recall,
            "per_clip": per_clip,
            "per_hour": per_hour,
        }
        named = {name: value for name, value in given.items() if value is not None}
        if len(named) != 1:
            got = ", ".join(f"{name}={described(value)}" for name, value in named.items()) or "none"
            raise InputError(f"exactly one of {', '.join(given)}", "must be given", got)
        [(name, value)] = named.items()
        number = positive_number(name, value)
        if name in {"precision", "recall"} and number > 1:
            raise InputError(name, "must be above 0 and at most 1", described(value))
        if (name == "per_hour") != (clip_seconds is not None):
            raise InputError(
                "per_hour and clip_seconds",
                "must be given together",
                f"per_hour={described(per_hour)}, clip_seconds={described(clip_seconds)}",
            )
        if name == "per_hour":
            seconds = positive_number("clip_seconds", clip_seconds)
            return cls("per_clip", number * seconds / 3600, seconds)
        return cls(name, number)

    @property
    def options(self) -> dict[str, float]:
        """As given."""
        if self.clip_seconds is None:
            return {self.name: self.value}
        return {
            "per_hour": self.value * 3600 / self.clip_seconds,
            "clip_seconds": self.clip_seconds,
        }

    @property
    def goal(self) -> str:
        """In words."""
        if self.clip_seconds is not None:
            return f"recall with at most {self.options['per_hour']:g} alarms an hour"
        if self.name == "per_clip":
            return f"recall with at most {self.value:g} tags per clip"
        other = {"precision": "recall", "recall": "precision"}[self.name]
        return f"{other} with {self.name} at least {self.value:g}"

    def room(self, found: Confusion, n_tags: int) -> NDArray[np.float64]:
        """Tell what is left to the limit, linear in TP and accepted mass; broken below 0."""
        tp, fp, fn, tn = found
        if self.name == "precision":
            size, room = tp, tp - self.value * (tp + fp)
        elif self.name == "recall":
            size, room = tp, tp - self.value * (tp + fn)
        else:
            size, room = tp + fp, self.value * (tp + fp + fn + tn) / n_tags - (tp + fp)
        return np.where(np.abs(room) <= ROUNDING * size, 0.0, room)

    def maximised(self, *, tag_by_tag: bool = False) -> Precision | Recall:
        """Metric that the limit leaves to gain."""
        kind = Precision if self.name == "recall" else Recall
        return kind(average="macro" if tag_by_tag else "micro")

    def score(self, found: Confusion) -> NDArray[np.float64]:
        """Value of what is maximised, for each entry of the counts."""
        return self.maximised().of(*found)


def _total(frontier: Frontier, limit: Limit) -> tuple[NDArray[np.int64], float]:
    """Cuts that keep a limit on all tags together, and what others could gain at most."""
    curve, found = frontier.curve, frontier.confusion()
    room = limit.room(found, curve.counts.n_tags)
    kept = np.flatnonzero(room >= 0)
    if limit.name == "recall" and not len(kept):
        raise InputError(
            "recall",
            f"must be at most {frontier.recall[-1]:.4g} on these clips, because some positives "
            "have no score",
            limit.value,
        )
    vertex = int(kept[0 if limit.name == "recall" else -1])  # room grows with recall, else shrinks
    if limit.name == "precision" and vertex == 0:
        highest = frontier.precision[1]
        raise InputError(
            "precision",
            f"must be at most {highest:.4g}, the highest that thresholds reach on these clips",
            limit.value,
        )
    starts = [vertex, vertex - 1] if limit.name == "recall" else [vertex]
    ends = [_improved(curve, frontier.cuts(start), limit) for start in starts]
    score, cuts = max(ends, key=lambda end: end[0])
    return cuts, max(0.0, _bound(found, room, vertex, limit) - score)


def _bound(found: Confusion, room: NDArray[np.float64], vertex: int, limit: Limit) -> float:
    """Value of what is maximised where the frontier meets the limit, on an edge at a vertex."""
    other = vertex + (-1 if limit.name == "recall" else 1)
    if other == len(room):
        other = vertex
    share = ratio(room[vertex], room[vertex] - room[other])
    return float(
        limit.score(Confusion(*(m[vertex] + share * (m[other] - m[vertex]) for m in found)))
    )


def _improved(
    curve: Curve, cuts: NDArray[np.int64], limit: Limit
) -> tuple[float, NDArray[np.int64]]:
    """Move one tag at a time to the cut that gains most within the limit; value and cuts."""
    counts = curve.counts
    tags = np.arange(counts.n_tags)
    none = np.zeros(counts.n_tags)
    tag = np.concatenate([curve.tag, tags])  # every cut, then "never" of every tag
    tp, accepted = (np.concatenate([mass, none]) for mass in (curve.tp, curve.accepted))
    place = np.where(cuts == NEVER, len(curve.tag) + tags, cuts)
    positives, known = counts.positive.mass.sum(), counts.known.mass.sum()
    score = -1.0
    while True:
        other_tp, other_accepted = (
            mass[place].sum() - mass[place][tag] + mass for mass in (tp, accepted)
        )
        found = confusion(other_tp, other_accepted, positives, known)
        value = np.where(limit.room(found, counts.n_tags) >= 0, limit.score(found), -1.0)
        highest = float(value.max())
        if highest <= score + ROUNDING:
            return score, np.where(place < len(curve.tag), place, NEVER)
        ties = np.flatnonzero(value == highest)
        best = ties[other_accepted[ties].argmin()]
        place[tag[best]], score = best, highest


def _each(curve: Curve, limit: Limit) -> tuple[NDArray[np.int64], float]:
    """Cuts that keep a limit on each tag, the best of them; NEVER where none does."""
    found = curve.confusion()
    value = np.where(limit.room(found, 1) >= 0, limit.score(found), -1.0)
    cuts = np.full(curve.counts.n_tags, NEVER)
    for tag, (start, stop) in enumerate(zip(curve.offset, curve.offset[1:], strict=False)):
        if start < stop and value[start:stop].max() >= 0:
            cuts[tag] = start + value[start:stop].argmax()
    return cuts, 0.0
