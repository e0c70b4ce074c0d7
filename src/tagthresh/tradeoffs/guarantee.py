"""Precision or recall of at least a floor on new clips, with a stated confidence.

A high precision on the training clips is no promise: some cuts look good by chance. A guarantee
tests cuts ("learn then test") and takes one only where chance is ruled out:

per tag
    If the labelling were repeated with as many new clips, a given tag would get a threshold that
    breaks the floor in at most 1 - confidence of all cases.
jointly
    Any tag at all would get such a threshold in at most 1 - confidence of all cases.

The promise is about the precision (or recall) among all clips that are like those at hand. That of
a few new clips scatters around it. A tag without a promise is infeasible: for precision it is never
given, for recall it is given to every clip at hand.

The clips must be independent draws of those met later: no weights, and one clip per recording.
Unknown labels are left out; which labels are known must be a matter of chance. The tests are in
`tagthresh.tradeoffs.floor_tests`; ``docs/guarantees.md`` explains what they rest on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tagthresh import validation
from tagthresh.counts.as_counts import as_counts, next_to_positives
from tagthresh.formatting import TableMixin, plain, plural, table
from tagthresh.metrics.base import defined
from tagthresh.metrics.registry import as_metric
from tagthresh.thresholds.json_format import Origin
from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.tradeoffs.floor_tests import PrecisionFloor, RecallFloor
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tagthresh.counts.counts import Confusion, Counts

FLOORS = {"precision": PrecisionFloor, "recall": RecallFloor}
OBJECTIVES = {"precision": "recall_macro", "recall": "precision_macro"}  # maximised above a floor


@dataclass(frozen=True, eq=False, repr=False)
class Guarantee(TableMixin):
    """Thresholds with a promise.

    Attributes
    ----------
    thresholds : Thresholds
        One threshold per tag.
    metric : {"precision", "recall"}
        What is promised.
    least : float
        The floor, in (0, 1).
    confidence : float
        In (0, 1).
    jointly : bool
        Whether the confidence is that of all promises at once.
    feasible : ndarray of bool, shape (n_tags,)
        Whether the floor is promised for the tag.
    needed : ndarray of float64, shape (n_tags,)
        For an infeasible tag, an estimate of the clips (for recall, the positives) to review, known
        ones included, to be able to promise it; +inf where no number would do. NaN for the others.
    confusion : Confusion
        What the thresholds do on the clips given, arrays of shape (n_tags,).
    """

    thresholds: Thresholds
    metric: Literal["precision", "recall"]
    least: float
    confidence: float
    jointly: bool
    feasible: NDArray[np.bool_]
    needed: NDArray[np.float64]
    confusion: Confusion

    def __repr__(self) -> str:
        size = plural(len(self.feasible), "tag")
        return f"Guarantee({self.promise}: {self.feasible.sum()} of {size})"

    @property
    def promise(self) -> str:
        """What is promised, in words."""
        whose = "all tags at once" if self.jointly else "each tag by itself"
        floor, confidence = f"{100 * self.least:g} %", f"{100 * self.confidence:g} %"
        return f"{self.metric} at least {floor} with confidence {confidence}, {whose}"

    @property
    def infeasible(self) -> dict[str, int | None]:
        """Tags without a promise, by name, and what they need; None where no number would do."""
        names, needed = self.thresholds.names, plain(self.needed)
        return {
            names[tag]: None if needed[tag] is None else int(needed[tag])
            for tag in np.flatnonzero(~self.feasible)
        }

    @cached_property
    def table(self) -> dict[str, Any]:
        """Table with a row per tag, as columns: what the thresholds do on the clips given.

        The precision of a tag that is never given and the recall of one without positives are NaN.
        """
        tp, fp, fn, _ = self.confusion
        return {
            "tag": list(self.thresholds.names),
            "threshold": self.thresholds.values,
            "feasible": self.feasible,
            "precision": defined(tp, tp + fp),
            "recall": defined(tp, tp + fn),
            "support": tp + fn,
            "predicted": tp + fp,
            "needed": self.needed,
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain Python values; NaN and infinity are None."""
        return {
            "metric": self.metric,
            "least": self.least,
            "confidence": self.confidence,
            "jointly": self.jointly,
            "infeasible": self.infeasible,
            "per_tag": table(self.table),
            "thresholds": self.thresholds.to_dict(),
        }


def guarantee(  # noqa: PLR0913
    y_true: object,
    y_score: object = None,
    *,
    precision: float | None = None,
    recall: float | None = None,
    confidence: float = 0.95,
    jointly: bool = False,
    tags: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> Guarantee:
    """Find thresholds that keep the precision, or the recall, of each tag above a floor.

    Among the cuts that keep a floor on precision, it takes the one with the highest recall, and
    the other way round.

    Parameters
    ----------
    y_true : array-like or data frame, shape (n_clips, n_tags), or counts or Shards
        1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere. `Counts`,
        `GridCounts` and, for a recall, `Shards` stand for labels, scores and tags together.
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Finite scores of any scale.
    precision, recall : float, in (0, 1)
        The floor: one of the two.
    confidence : float, in (0, 1), default 0.95
        Of the promise, over repeated draws of the clips.
    jointly : bool, default False
        Whether it is the confidence that all promises hold at once, not that each one does.
    tags : sequence of str, optional
        Names of the tags.
    ignore, positive_only
        As for `find_thresholds`.

    Returns
    -------
    Guarantee
        ``.thresholds``, ``.feasible``, ``.infeasible``, ``.table``.

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, both floors or none are given, or
        clips are weighted.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> promised = tt.guarantee(fit.labels, fit.scores, precision=0.8, tags=fit.tags)
    >>> promised
    Guarantee(precision at least 80 % with confidence 95 %, each tag by itself: 9 of 10 tags)
    >>> promised.infeasible
    {'Fire': 8400}
    """
    metric, least = _floor(precision, recall)
    risk = 1 - validation.share("confidence", confidence)
    validation.flag("jointly", jointly)
    at = next_to_positives if metric == "recall" else None  # a precision is tested at all scores
    filters: Any = {"ignore": ignore, "positive_only": positive_only}
    counts = as_counts(y_true, y_score, tags, at=at, **filters).counts
    _check_unweighted(counts)
    floor = FLOORS[metric](counts, least)
    level = floor.joint_level(risk) if jointly else risk
    accepted, feasible, _ = floor.passed(level)
    values = counts.thresholds_for(np.where(feasible, accepted, floor.fallback()))
    confusion = counts.confusion(values)
    objective = as_metric(OBJECTIVES[metric])
    options = {metric: least, "confidence": float(confidence), "jointly": jointly}
    infeasible = [counts.name(int(tag)) for tag in np.flatnonzero(~feasible)]
    method = {"name": "guarantee", "options": options, "infeasible": infeasible}
    origin = Origin.of(counts, objective, method, float(objective(confusion)))
    return Guarantee(
        thresholds=Thresholds(values, counts.tags, origin),
        metric=metric,
        least=least,
        confidence=float(confidence),
        jointly=jointly,
        feasible=feasible,
        needed=np.where(feasible, np.nan, floor.needed(level)),
        confusion=confusion,
    )


def _floor(
    precision: float | None, recall: float | None
) -> tuple[Literal["precision", "recall"], float]:
    """Name and value of the one floor among the arguments."""
    if precision is not None and recall is None:
        return "precision", validation.share("precision", precision)
    if recall is not None and precision is None:
        return "recall", validation.share("recall", recall)
    got = f"precision={validation.described(precision)}, recall={validation.described(recall)}"
    raise InputError("exactly one of precision and recall", "must be given", got)


def _check_unweighted(counts: Counts) -> None:
    """Refuse weights other than 0 and 1: binomial tests count clips."""
    for weight in counts.known.weight or ():
        unequal = weight[weight != 1]
        if unequal.size:
            rule = "must be 0 or 1 for a guarantee, whose tests count clips"
            raise InputError("sample_weight", rule, unequal[0])
