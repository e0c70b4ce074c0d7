"""Two sets of thresholds on the same labelled clips: what changes in all, and tag by tag.

Definitions
-----------
difference
    Metric of the new thresholds less that of the old ones, on the same clips.
interval
    Paired clip-bootstrap interval of 95 % (`tagthresh.evaluation.bootstrap`), of one difference by
    itself.
p_value
    Of the randomisation test of a tag (`tagthresh.evaluation.permutation_test`).
verdict
    "same" where no clip is decided differently; "better" or "worse" where the p-values of all tags
    together allow it, by the rule of Benjamini and Hochberg: of the tags called so, one in twenty
    is expected to be so by luck, or fewer. The rest are "unclear". Intervals cannot tell: of 500
    tags with equally good thresholds, some 25 have one that leaves out 0. ("Controlling the false
    discovery rate", Journal of the Royal Statistical Society B 57, 1995.)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh import validation
from tagthresh.counts.counts import Counts
from tagthresh.evaluation.bootstrap import interval, of_differences, rescored
from tagthresh.evaluation.groups import group_numbers
from tagthresh.evaluation.permutation_test import swap_test
from tagthresh.formatting import TableMixin, plain, table
from tagthresh.metrics.decisions import Rows, decide
from tagthresh.metrics.registry import as_metric
from tagthresh.thresholds.thresholds import Thresholds, as_thresholds
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.counts.counts import Confusion
    from tagthresh.metrics.base import AnyMetric, Metric
    from tagthresh.thresholds.thresholds import AnyThresholds
    from tagthresh.validation import LabelledScores

FALSE_DISCOVERIES = 0.05
VERDICTS = ("better", "worse", "unclear", "same")


class Estimate(NamedTuple):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """Its parts; of too few clips, an interval has no ends."""
        return dict(zip(self._fields, plain(self), strict=True))


@dataclass(frozen=True, eq=False, repr=False)
class ThresholdComparison(TableMixin):
    """Result of `compare_thresholds`.

    Attributes
    ----------
    metric : str
        What the thresholds are judged by.
    n_clips : int
        Clips they are judged on.
    old, new : Estimate
        The metric over all tags.
    difference : Estimate
        `new` less `old`, paired.
    share_better : float
        Share of the bootstrap draws in which `new` is better; draws that tie count half.
    table : dict of str to list or ndarray
        Table with a row per tag, as columns: ``pandas.DataFrame(comparison.table)``. ``old``,
        ``new`` and ``difference``, with ``low`` and ``high``, are the metric of one tag;
        ``changed`` counts clips that are decided differently; ``p_value`` and ``verdict`` as above.
    same_clips : tuple of str
        Which of "old" and "new" were fitted on these very clips, so that others will show less.
    """

    metric: str
    n_clips: int
    old: Estimate
    new: Estimate
    difference: Estimate
    share_better: float
    table: dict[str, Any]
    same_clips: tuple[str, ...] = ()

    def __repr__(self) -> str:
        value, low, high = self.difference
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items())
        return (
            f"ThresholdComparison({self.metric} {value:+.4f}, 95 % interval {low:+.4f} to "
            f"{high:+.4f}; tags: {verdicts})"
        )

    @cached_property
    def verdicts(self) -> dict[str, int]:
        """Number of tags by verdict."""
        found = Counter(self.table["verdict"])
        return {verdict: found[verdict] for verdict in VERDICTS}

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Places of the tags: the better and worse ones first, then by size of the difference."""
        unclear = ~np.isin(self.table["verdict"], ("better", "worse"))
        return np.lexsort((-np.abs(self.table["difference"]), unclear))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain Python values; NaN and infinity are None."""
        return {
            "metric": self.metric,
            "clips": self.n_clips,
            "same_clips": list(self.same_clips),
            "old": self.old.to_dict(),
            "new": self.new.to_dict(),
            "difference": self.difference.to_dict(),
            "share_better": self.share_better,
            "verdicts": self.verdicts,
            "per_tag": table(self.table),
        }


def compare_thresholds(  # noqa: PLR0913
    y_true: object,
    y_score: object,
    old: AnyThresholds,
    new: AnyThresholds,
    *,
    metric: AnyMetric = "f1_micro",
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    groups: Iterable[Hashable] | None = None,
    n_resamples: int = 1000,
    random_state: int = 0,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> ThresholdComparison:
    """Judge two sets of thresholds on the same clips, in all and tag by tag.

    Parameters
    ----------
    y_true, y_score, tags, sample_weight
        As for `evaluate`; not the clips that one of the two was fitted on.
    old, new : Thresholds, Solution, mapping of str to float or None, array-like, or float
        As for `evaluate`.
    metric : str, Metric or callable, default "f1_micro"
        What to judge by, as for `find_thresholds`; tags by themselves are judged by what it
        averages, such as F1.
    groups : iterable of hashable, n_clips of them, optional
        Recording or site of each clip: whole groups are drawn and swapped. Every clip is its own by
        default.
    n_resamples : int, default 1000
        Bootstrap draws.
    random_state : int, default 0
        Of the draws and of the randomisation test.
    ignore, positive_only
        As for `find_thresholds`.

    Returns
    -------
    ThresholdComparison

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, or the tags differ; when the
        metric is averaged over clips, or a loss.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> old = tt.find_thresholds(fit.labels, fit.scores, method="shared").thresholds
    >>> new = tt.find_thresholds(fit.labels, fit.scores, method="exact").thresholds
    >>> comparison = tt.compare_thresholds(unseen.labels, unseen.scores, old, new)
    >>> [round(100 * value, 1) for value in comparison.difference]
    [2.1, 0.8, 3.6]
    >>> comparison.verdicts
    {'better': 2, 'worse': 0, 'unclear': 8, 'same': 0}
    """
    goal = as_metric(metric)
    if goal.needs_rows or not goal.greater_is_better:
        rule = "must be defined for each tag by itself, with higher values better"
        raise InputError("metric", rule, repr(goal.name))
    validation.whole_number("n_resamples", n_resamples, 1, validation.MOST)
    validation.whole_number("random_state", random_state, 0)
    validation.same_rows(y_true=y_true, y_score=y_score, groups=groups)
    data = validation.labelled_scores(
        *(y_true, y_score, tags, sample_weight), ignore=ignore, positive_only=positive_only
    )
    n_tags = data.scores.shape[1]
    old = as_thresholds(old, n_tags, data.tags, "old")
    new = as_thresholds(new, n_tags, data.tags, "new")
    own = validation.names_beside(y_score, data.tags, old.tags or new.tags)
    data = replace(data, tags=own)
    unit = group_numbers(groups, sample_weight, len(data.scores))
    values = [_values("old", old, data), _values("new", new, data)]
    decisions = [decide(data, each) for each in values]
    scores = _scores(data, decisions, goal)
    draws = rescored(
        *(data, decisions, partial(_total_and_tags, goal)),
        groups=unit,
        n_resamples=n_resamples,
        random_state=random_state,
    )
    n_groups = int(unit.max()) + 1
    changes = zip(scores[1] - scores[0], draws[1] - draws[0], strict=True)
    limits = of_differences(goal.bounds)
    total, *by_tag = (_estimate(value, drawn, n_groups, limits) for value, drawn in changes)
    difference, low, high = np.transpose(by_tag)
    changed = (decisions[0] != decisions[1]).sum(axis=0)
    p_value = swap_test(data, decisions, goal, groups=unit, random_state=random_state)
    return ThresholdComparison(
        metric=goal.name,
        n_clips=len(data.scores),
        old=_estimate(scores[0, 0], draws[0, 0], n_groups, goal.bounds),
        new=_estimate(scores[1, 0], draws[1, 0], n_groups, goal.bounds),
        difference=total,
        share_better=float((1 + np.sign(draws[1, 0] - draws[0, 0]).mean()) / 2),
        table={
            "tag": list(data.tags or old.names),
            "threshold_old": values[0],
            "threshold_new": values[1],
            "old": scores[0, 1:],
            "new": scores[1, 1:],
            "difference": difference,
            "low": low,
            "high": high,
            "changed": changed,
            "p_value": p_value,
            "verdict": _verdicts(difference, changed > 0, p_value),
        },
        same_clips=_fitted_here(data, old=old, new=new),
    )


def _total_and_tags(metric: Metric, confusion: Confusion) -> NDArray[np.float64]:
    """Metric over all tags, then of each tag: counts of shape (n_tags, n) give (1 + n_tags, n)."""
    return np.vstack([metric(confusion), metric.of(*confusion)])


def _scores(
    data: LabelledScores, decisions: list[NDArray[np.bool_]], metric: Metric
) -> NDArray[np.float64]:
    """Metric over all tags and of each one, shape (len(decisions), 1 + n_tags)."""
    weight = data.clip_weight[:, None]
    confusions = (Rows.of(data, accepted).confusion(weight) for accepted in decisions)
    return np.hstack([_total_and_tags(metric, each) for each in confusions]).T


def _values(name: str, thresholds: Thresholds, data: LabelledScores) -> NDArray[np.float64]:
    """Values in the order of the data's tags."""
    try:
        return thresholds.in_order(data.tags, data.scores.shape[1])
    except InputError as error:
        raise error.located(argument=name) from None


def _fitted_here(data: LabelledScores, **given: Thresholds) -> tuple[str, ...]:
    """Names of those that were fitted on these very clips."""
    counts = Counts.from_checked(data)
    return tuple(name for name, thresholds in given.items() if thresholds.fitted_on(counts))


def _estimate(
    value: float,
    draws: NDArray[np.float64],
    n_groups: int,
    bounds: tuple[float, float],
) -> Estimate:
    return Estimate(float(value), *interval(value, draws, n_groups, bounds))


def _verdicts(
    difference: NDArray[np.float64], changed: NDArray[np.bool_], p_value: NDArray[np.float64]
) -> list[str]:
    """Verdict of each tag, with the share of false ones among the better and worse held down."""
    from scipy.stats import false_discovery_control  # takes half a second to import

    clear = np.zeros(len(changed), bool)
    if changed.any():
        clear[changed] = false_discovery_control(p_value[changed]) <= FALSE_DISCOVERIES
    found = np.where(changed, "unclear", "same")
    found[clear] = np.where(difference > 0, "better", "worse")[clear]
    return [str(verdict) for verdict in found]
