"""How good thresholds are on labelled clips: per tag and averaged.

Definitions, per tag, with masses (sums of clip weights) of known clips only:

precision, recall, f1
    TP / (TP + FP), TP / (TP + FN), 2 TP / (2 TP + FP + FN); 0 where the denominator is 0.
support, predicted
    TP + FN, TP + FP.
average_precision
    Sum over cuts of the rise in recall times the precision there, without interpolation, as in
    scikit-learn. NaN for tags without positives; its mean leaves these tags out. No cut reaches
    positives whose score is absent from a sparse matrix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.counts.as_counts import as_counts
from tagthresh.counts.curve import Curve
from tagthresh.decision_rule import accepts
from tagthresh.evaluation.bootstrap import LEVEL, Resampling
from tagthresh.evaluation.groups import group_numbers
from tagthresh.formatting import TableMixin, plain, plural, table
from tagthresh.metrics.base import defined, ratio
from tagthresh.metrics.decisions import ClipCounts, confusion_of, decide
from tagthresh.metrics.registry import as_metric
from tagthresh.thresholds.ontology import Ontology
from tagthresh.thresholds.thresholds import as_thresholds
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.counts.counts import Confusion, Counts
    from tagthresh.evaluation.bootstrap import Interval
    from tagthresh.metrics.base import AnyMetric, Metric
    from tagthresh.thresholds.thresholds import AnyThresholds
    from tagthresh.validation import LabelledScores, Tags

AVERAGED = tuple(
    f"{stem}_{average}"
    for stem in ("f1", "precision", "recall")
    for average in ("micro", "macro", "weighted")
)


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation(TableMixin):
    """Thresholds judged on labelled clips.

    Attributes
    ----------
    tags : tuple of str
        Names of the tags (positions where they have none).
    thresholds : ndarray of float64, shape (n_tags,)
        What was judged.
    n_clips : int
        Clips it was judged on.
    confusion : Confusion
        Per tag, arrays of shape (n_tags,).
    average_precision : ndarray of float64, shape (n_tags,)
        In [0, 1]; NaN for tags without positives. It does not depend on the thresholds.
    clips : ClipCounts or None
        Counts over the tags of each clip, for metrics averaged over clips; None for Counts and
        sparse scores.
    same_clips : bool
        Whether the thresholds were fitted on these very clips, so that others will show less.
    resampling : Resampling or None
        How the clips are drawn for intervals; None for Counts, sparse scores and ``ci=None``.
    """

    tags: tuple[str, ...]
    thresholds: NDArray[np.float64]
    n_clips: int
    confusion: Confusion
    average_precision: NDArray[np.float64]
    clips: ClipCounts | None = None
    same_clips: bool = False
    resampling: Resampling | None = None

    def __repr__(self) -> str:
        size = f"{plural(self.n_clips, 'clip')} x {plural(len(self.tags), 'tag')}"
        micro, macro = self.score("f1_micro"), self.score("f1_macro")
        return f"Evaluation({size}, f1_micro={micro:.4f}, f1_macro={macro:.4f})"

    def score(self, metric: AnyMetric = "f1_micro") -> float:
        """Value of a metric.

        Parameters
        ----------
        metric : str, Metric or callable, default "f1_micro"
            As for `find_thresholds`; metrics averaged over clips need an evaluation of labels and
            scores, not of Counts.

        Raises
        ------
        InputError
            When the metric is unknown or cannot be computed from Counts.
        """
        return self._score(self._goal(metric))

    def _goal(self, metric: AnyMetric) -> Metric:
        return as_metric(metric).for_tags(self.tags, len(self.tags))

    def _score(self, goal: Metric) -> float:
        if goal.needs_rows and self.clips is not None:
            return self.clips.score(goal)
        return float(goal(self.confusion))

    def interval(self, metric: AnyMetric = "f1_micro") -> Interval | None:
        """Confidence interval of a metric: the clip bootstrap (`tagthresh.evaluation.bootstrap`).

        Parameters
        ----------
        metric : str, Metric or callable, default "f1_micro"
            As for `score`.

        Returns
        -------
        Interval or None
            Lower and upper end; None where there are no single clips (Counts, Shards and sparse
            scores), or ``ci=None``.

        Raises
        ------
        InputError
            When the metric is unknown or cannot be computed from Counts.
        """
        return self.intervals([metric])[0]

    def intervals(self, metrics: Sequence[AnyMetric] = AVERAGED) -> list[Interval | None]:
        """Confidence intervals of several metrics, all from the same draws: as `interval`, faster.

        Examples
        --------
        >>> import tagthresh as tt
        >>> train, new = tt.datasets.load_demo()
        >>> evaluation = tt.evaluate(new.labels, new.scores, 0.01)
        >>> [interval] = evaluation.intervals(["f1_micro"])
        >>> interval.low < evaluation.score("f1_micro") < interval.high
        True
        """
        goals = [self._goal(metric) for metric in metrics]
        scores = [self._score(goal) for goal in goals]
        if self.resampling is None:
            return [None] * len(goals)
        return [*self.resampling.intervals(goals, scores)]

    @property
    def tags_with_positives(self) -> int:
        """Number of tags that have a positive clip; macro-averages count the others as 0."""
        return int(np.count_nonzero(self.confusion.tp + self.confusion.fn))

    @cached_property
    def _averaged(self) -> dict[str, Interval | None]:
        return dict(zip(AVERAGED, self.intervals(), strict=True))

    @cached_property
    def table(self) -> dict[str, Any]:
        """Table with a row per tag, as columns: ``pandas.DataFrame(evaluation.table)``."""
        tp, fp, fn, _ = self.confusion
        return {
            "tag": list(self.tags),
            "threshold": self.thresholds,
            "precision": defined(tp, tp + fp),
            "recall": defined(tp, tp + fn),
            "f1": defined(2 * tp, 2 * tp + fp + fn),
            "support": tp + fn,
            "predicted": tp + fp,
            "average_precision": self.average_precision,
        }

    @property
    def mean_average_precision(self) -> float:
        """Mean of the average precision over tags with positives; NaN when there are none."""
        some = self.average_precision[~np.isnan(self.average_precision)]
        return float(some.mean()) if some.size else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain Python values; NaN and +inf are None."""
        return {
            "clips": self.n_clips,
            "same_clips": self.same_clips,
            "tags_with_positives": self.tags_with_positives,
            **{name: self.score(name) for name in AVERAGED},
            "intervals": {
                name: None if ends is None else list(ends) for name, ends in self._averaged.items()
            },
            "mean_average_precision": plain([self.mean_average_precision])[0],
            "per_tag": table(self.table),
        }


def evaluate(  # noqa: PLR0913
    y_true: object,
    y_score: object = None,
    thresholds: AnyThresholds | None = None,
    *,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    groups: Iterable[Hashable] | None = None,
    ci: float | None = LEVEL,
    n_resamples: int = 1000,
    random_state: int = 0,
    ontology: Ontology | None = None,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> Evaluation:
    """Judge thresholds on labelled clips.

    Parameters
    ----------
    y_true : array-like or data frame, shape (n_clips, n_tags), or Counts, GridCounts or Shards
        1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere. Counts,
        GridCounts and Shards stand for labels, scores, tags and weights:
        ``evaluate(counts, thresholds=thresholds)``.
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Finite scores, of the classifier the thresholds were fitted for.
    thresholds : Thresholds, Solution, mapping of str to float or None, array-like, or float
        Matched with the scores by tag name where both have names, else by position; in a mapping
        None is never, and a number is the threshold of all tags.
    tags : sequence of str, optional
        Names of the columns.
    sample_weight : array-like, shape (n_clips,) or (n_clips, n_tags), optional
        Weights of the clips, or of pairs of clip and tag (`review_weights`), at least 0; 1 by
        default.
    groups : iterable of hashable, n_clips of them, optional
        Group of each clip, such as its recording or site; the clips of a group are drawn together
        for intervals. Every clip is its own by default.
    ci : float or None, default 0.95
        Level of the confidence intervals, between 0 and 1; None for none.
    n_resamples : int, default 1000
        Number of draws for intervals.
    random_state : int, default 0
        Seed of the draws.
    ontology : Ontology, optional
        Decisions are made consistent with it before they are judged. Labels are taken as they are:
        `Ontology.close_labels` closes them.
    ignore, positive_only
        As for `find_thresholds`.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, the tags differ, or an ontology or
        groups are given with Counts or sparse scores.

    Examples
    --------
    >>> import tagthresh as tt
    >>> thresholds = tt.Thresholds([0.5, 0.5], ["Dog", "Rain"])
    >>> evaluation = tt.evaluate([[1, 0], [1, 1]], [[0.9, 0.6], [0.2, 0.7]], thresholds)
    >>> round(evaluation.score("f1_micro"), 4)
    0.6667
    >>> evaluation.table["recall"]
    array([0.5, 1. ])
    """
    if ontology is not None:
        validation.of_type("ontology", ontology, Ontology, "tt.Ontology.from_file(path)")
    level = None if ci is None else validation.share("ci", ci)
    validation.whole_number("n_resamples", n_resamples, 1, validation.MOST)
    validation.whole_number("random_state", random_state, 0)
    validation.same_rows(y_true=y_true, y_score=y_score, groups=groups)

    def at(names: Tags | None, n_tags: int) -> tuple[NDArray[np.float64]]:
        return (as_thresholds(thresholds, n_tags, names).in_order(names, n_tags),)

    data, counts = as_counts(
        *(y_true, y_score, tags, sample_weight), ignore=ignore, positive_only=positive_only, at=at
    )
    given = as_thresholds(thresholds, counts.n_tags, counts.tags)
    own = validation.names_beside(y_score, counts.tags, given.tags)
    values = given.in_order(own, counts.n_tags)
    names, confusion = own or given.names, counts.confusion(values)
    clips = resampling = None
    if data is not None:
        accepted = decide(data, values)
        if ontology is not None:
            accepted = _consistent(data, values, ontology, names)
            confusion = confusion_of(data, accepted)
        clips = ClipCounts.of(data, accepted)
        unit = group_numbers(groups, sample_weight, counts.n_clips)
        if level is not None:
            how = level, n_resamples, random_state
            resampling = Resampling(_without_scores(data), accepted, unit, *how)
    for name, value in (("ontology", ontology), ("groups", groups)):
        if data is None and value is not None:
            rule = "needs rows of dense scores; Counts, Shards and sparse matrices have none"
            raise InputError(name, rule)
    average_precision = _average_precision(counts)
    same = given.fitted_on(counts)
    return Evaluation(
        names, values, counts.n_clips, confusion, average_precision, clips, same, resampling
    )


def _without_scores(data: LabelledScores) -> LabelledScores:
    """Let go of the scores, which decisions no longer need, but for their shape."""
    return replace(data, scores=np.broadcast_to(np.float16(0), data.scores.shape))


def _consistent(
    data: LabelledScores, values: NDArray[np.float64], ontology: Ontology, names: tuple[str, ...]
) -> NDArray[np.bool_]:
    """Consistent decisions, False where the label is unknown; tags of unknown label count too."""
    accepted = ontology.consistent(accepts(data.scores, values), names)
    return np.asarray(accepted if data.known is None else accepted & data.known)


def _average_precision(counts: Counts) -> NDArray[np.float64]:
    curve, positives = Curve.from_counts(counts), counts.positive.mass
    rise = np.diff(curve.tp, prepend=0.0)
    opens = curve.offset[:-1][curve.offset[:-1] < curve.offset[1:]]
    rise[opens] = curve.tp[opens]
    area = np.zeros(counts.n_tags)
    np.add.at(area, curve.tag, rise * curve.tp / curve.accepted)
    return np.where(positives > 0, ratio(area, positives), np.nan)
