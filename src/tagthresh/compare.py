"""Several methods side by side: on the clips they were fitted on, and on others.

Each method's score on the other clips comes with a clip-bootstrap interval, and its difference to a
reference method with a paired one: an interval that leaves out 0 says that the difference is more
than the luck of these clips.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tagthresh import validation
from tagthresh.counts.as_counts import as_counts
from tagthresh.counts.counts import Counts
from tagthresh.evaluation.bootstrap import Interval, interval, of_differences, rescored
from tagthresh.evaluation.groups import group_numbers
from tagthresh.find import UnseenTagWarning, find_thresholds, warn_of_unseen
from tagthresh.formatting import TableMixin, table
from tagthresh.methods.registry import ALIASES, as_method
from tagthresh.metrics.decisions import decide, score
from tagthresh.metrics.registry import as_metric
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import ArrayLike

    from tagthresh.methods.base import Method
    from tagthresh.metrics.base import Metric
    from tagthresh.solution import Solution

    Data = tuple[object, object] | tuple[object, object, ArrayLike | None]


METHODS = ("constant", "shared", "exact", "hierarchical")  # compared unless told otherwise


@dataclass(frozen=True, eq=False)
class Entry:
    """One method of a comparison.

    Attributes
    ----------
    name : str
        The method, with the options that are not its defaults.
    solution : Solution
        What it found on the clips to fit on.
    seconds : float
        Wall time to find it, counting included.
    score : float
        The metric on the clips to judge on.
    interval : Interval
        Clip-bootstrap interval of `score`, 95 %.
    difference : float
        `score` less that of the reference.
    difference_interval : Interval
        Paired clip-bootstrap interval of `difference`, 95 %.
    """

    name: str
    solution: Solution
    seconds: float
    score: float
    interval: Interval
    difference: float
    difference_interval: Interval


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(TableMixin):
    """Result of `compare_methods`.

    Attributes
    ----------
    metric : str
        What the methods maximise and are judged by.
    reference : str
        Name of the method that differences are to.
    entries : tuple of Entry
        One per method, in the order asked for.
    share : bool
        Whether the metric is a share of 1, shown in percent.
    same_clips : bool
        Whether the methods were judged on the very clips they were fitted on.
    """

    metric: str
    reference: str
    entries: tuple[Entry, ...]
    share: bool = True
    same_clips: bool = False

    def __repr__(self) -> str:
        scores = ", ".join(f"{entry.name} {entry.score:.4f}" for entry in self.entries)
        return f"Comparison({self.metric}: {scores})"

    @property
    def table(self) -> dict[str, list[Any]]:
        """Table with a row per method, as columns: ``pandas.DataFrame(comparison.table)``."""
        rows = [
            {
                "method": entry.name,
                "fit": entry.solution.score,
                "eval": entry.score,
                "eval_low": entry.interval.low,
                "eval_high": entry.interval.high,
                "difference": entry.difference,
                "difference_low": entry.difference_interval.low,
                "difference_high": entry.difference_interval.high,
                "seconds": entry.seconds,
            }
            for entry in self.entries
        ]
        return {name: [row[name] for row in rows] for name in rows[0]}

    def to_dict(self) -> dict[str, Any]:
        """Everything but the solutions, as plain Python values."""
        methods = table(self.table)
        return {
            "metric": self.metric,
            "reference": self.reference,
            "same_clips": self.same_clips,
            "methods": methods,
        }


def compare_methods(  # noqa: PLR0913
    fit: Data,
    evaluate: Data,
    *,
    methods: Sequence[str | Method] | None = None,
    metric: str | Metric = "f1_micro",
    reference: str | None = None,
    tags: Sequence[str] | None = None,
    groups: Iterable[Hashable] | None = None,
    n_resamples: int = 1000,
    random_state: int = 0,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> Comparison:
    """Fit several methods on some clips and judge them on others.

    Parameters
    ----------
    fit, evaluate : tuple of (y_true, y_score) or (y_true, y_score, sample_weight)
        Clips to choose thresholds on, and clips to judge them on; arrays or data frames as for
        `find_thresholds`.
    methods : sequence of str or Method, optional
        What to compare; those of constant, shared, exact and hierarchical that maximise the metric
        by default.
    metric : str or Metric, default "f1_micro"
        What to maximise and to judge by.
    reference : str, optional
        The method that differences are to, by name; the first one by default.
    tags : sequence of str, optional
        Names of the tags of both.
    groups : iterable of hashable, one per clip to judge on, optional
        Recording or site of each of these clips: whole groups are drawn in the bootstrap. Every
        clip is its own by default.
    n_resamples : int, default 1000
        Bootstrap draws.
    random_state : int, default 0
        Of these draws.
    ignore, positive_only
        As for `find_thresholds`.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        When an argument breaks a rule, a method is unknown or named twice, or the reference is not
        among the methods.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> comparison = tt.compare_methods(
    ...     fit=(fit.labels, fit.scores), evaluate=(unseen.labels, unseen.scores), n_resamples=100
    ... )
    >>> [(entry.name, round(100 * entry.score, 2)) for entry in comparison.entries]
    [('constant', 1.4), ('shared', 76.29), ('exact', 78.41), ('hierarchical', 79.21)]
    """
    if isinstance(methods, str):
        raise InputError("methods", "must be a list of methods", f"the single string {methods!r}")
    if methods is not None:
        methods = validation.listed("methods", methods, "['exact', 'shared']")
    goal = as_metric(metric)
    chosen = able(METHODS, goal) if methods is None else [as_method(method) for method in methods]
    for method in chosen:
        method.check(goal)
    names = [method.label for method in chosen]
    base = _place_of(reference, names, chosen)
    validation.whole_number("n_resamples", n_resamples, 1, validation.MOST)
    validation.whole_number("random_state", random_state, 0)
    y_true, y_score, weight = _unpacked("evaluate", evaluate)
    validation.same_rows(y_true=y_true, y_score=y_score, groups=groups)
    options: dict[str, Any] = {"ignore": ignore, "positive_only": positive_only}
    data = validation.labelled_scores(y_true, y_score, tags, weight, **options)
    unit = group_numbers(groups, weight, len(data.scores))
    start = time.perf_counter()
    fitted_on = _unpacked("fit", fit)
    counts = as_counts(*fitted_on[:2], tags, fitted_on[2], **options).counts
    counting = time.perf_counter() - start
    data = replace(data, tags=validation.names_beside(y_score, data.tags, counts.tags))
    _check_tags(counts, data)
    warn_of_unseen(counts)
    goal = goal.for_tags(counts.tags, counts.n_tags)
    given: dict[str, Any] = {"y_true": counts}
    if goal.needs_rows:
        arguments = ("y_true", "y_score", "sample_weight", "tags")
        given = dict(zip(arguments, (*fitted_on, tags), strict=True)) | options
    solutions, seconds = _solutions(given, counting, chosen, goal)
    n_tags = data.scores.shape[1]
    values = [each.thresholds.in_order(data.tags, n_tags) for each in solutions]
    decisions = [decide(data, each) for each in values]
    goal = goal.for_tags(data.tags or counts.tags, n_tags)
    scores = [score(goal, data, each) for each in decisions]
    n_groups = int(unit.max()) + 1
    draws = rescored(
        data, decisions, goal, groups=unit, n_resamples=n_resamples, random_state=random_state
    )
    entries = (
        Entry(
            names[i],
            solutions[i],
            seconds[i],
            scores[i],
            interval(scores[i], draws[i], n_groups, goal.bounds),
            scores[i] - scores[base],
            interval(
                scores[i] - scores[base],
                draws[i] - draws[base],
                n_groups,
                of_differences(goal.bounds),
            ),
        )
        for i in range(len(chosen))
    )
    same = counts.fingerprint == Counts.from_checked(data).fingerprint
    return Comparison(goal.name, names[base], tuple(entries), goal.share, same)


def able(methods: Iterable[str | Method], metric: Metric) -> list[Method]:
    """Methods that maximise a metric, of some that nobody asked for by name."""
    found = (as_method(method) for method in methods)
    return [method for method in found if method.maximises(metric)]


def _place_of(reference: str | None, names: list[str], methods: list[Method]) -> int:
    """Place of the reference, by label or by bare name."""
    if not names:
        raise InputError("methods", "must hold at least one method", "none")
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise InputError("methods", f"must be distinct; {twice[0]!r} appears more than once")
    if reference is None:
        return 0
    wanted = ALIASES.get(validation.text("reference", reference), reference)
    for candidates in (names, [method.name for method in methods]):
        if wanted in candidates:
            return candidates.index(wanted)
    raise InputError("reference", f"must be one of {', '.join(names)}", repr(reference))


def _unpacked(name: str, data: Any) -> tuple[object, object, Any]:
    if not isinstance(data, tuple) or len(data) not in {2, 3}:
        rule = "must be a tuple (y_true, y_score) or (y_true, y_score, weight)"
        raise InputError(name, rule, type(data).__name__)
    return data if len(data) == 3 else (*data, None)


def _check_tags(counts: Counts, data: validation.LabelledScores) -> None:
    """Check that both sets of clips have the same tags, before any method runs."""
    n_tags = data.scores.shape[1]
    if n_tags != counts.n_tags:
        raise InputError("evaluate", f"must have as many tags as fit, {counts.n_tags}", n_tags)
    own, wanted = (
        validation.numbered(data.tags, counts.tags),
        validation.numbered(counts.tags, data.tags),
    )
    validation.align("evaluate", data.scores[:0], own, wanted)


def _solutions(
    given: dict[str, Any], counting: float, methods: list[Method], metric: Metric
) -> tuple[list[Solution], list[float]]:
    """Solution of each method for what is given, and the seconds it took, counting included."""
    solutions, seconds = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnseenTagWarning)  # compare has warned once for all
        for method in methods:
            start = time.perf_counter()
            solutions.append(find_thresholds(**given, cv=None, metric=metric, method=method))
            seconds.append(counting + time.perf_counter() - start)
    return solutions, seconds
