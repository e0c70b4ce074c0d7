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
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from tagthresh.methods.base import Method
    from tagthresh.metrics.base import AnyMetric, Metric
    from tagthresh.solution import Solution
    from tagthresh.validation import LabelledScores

    Data = tuple[object, object] | tuple[object, object, ArrayLike | None]


METHODS = ("constant", "shared", "exact", "hierarchical")  # compared by default


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
    metric: AnyMetric = "f1_micro",
    methods: Sequence[str | Method] | None = None,
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
    metric : str, Metric or callable, default "f1_micro"
        What to maximise and to judge by, as for `find_thresholds`.
    methods : sequence of str or Method, optional
        What to compare; those of constant, shared, exact and hierarchical that maximise the metric
        by default.
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
    goal = as_metric(metric)
    compared = _compared(methods, goal)
    names = [method.label for method in compared]
    base = _place_of(reference, names, compared)
    validation.whole_number("n_resamples", n_resamples, 1, validation.MOST)
    validation.whole_number("random_state", random_state, 0)
    options: dict[str, Any] = {"ignore": ignore, "positive_only": positive_only}
    data, unit = _evaluation_clips(evaluate, tags, groups, options)
    start = time.perf_counter()
    y_true, y_score, weight = _unpacked("fit", fit)
    counts = as_counts(y_true, y_score, tags, weight, **options).counts
    counting = time.perf_counter() - start
    data = replace(data, tags=validation.names_beside(evaluate[1], data.tags, counts.tags))
    _check_tags(counts, data)
    warn_of_unseen(counts)
    training: dict[str, Any] = {"y_true": counts}
    if goal.needs_rows:
        clips = {"y_true": y_true, "y_score": y_score, "sample_weight": weight, "tags": tags}
        training = clips | options
    goal = goal.for_tags(counts.tags, counts.n_tags)
    solved = [_solved(training, goal, method) for method in compared]
    goal = goal.for_tags(data.tags or counts.tags, data.scores.shape[1])
    solutions = [solution for solution, _ in solved]
    draws = {"groups": unit, "n_resamples": n_resamples, "random_state": random_state}
    judged = _judged(data, solutions, goal, base, draws)
    entries = (
        Entry(name, solution, counting + seconds, *results)
        for name, (solution, seconds), results in zip(names, solved, judged, strict=True)
    )
    same_clips = counts.fingerprint == Counts.from_checked(data).fingerprint
    return Comparison(goal.name, names[base], tuple(entries), goal.share, same_clips)


def methods_for(metric: Metric, methods: Iterable[str | Method]) -> list[Method]:
    """Return those of some methods that maximise a metric."""
    return [method for method in map(as_method, methods) if method.maximises(metric)]


def _compared(methods: Sequence[str | Method] | None, metric: Metric) -> list[Method]:
    """Check the methods to compare: each must maximise the metric."""
    if methods is None:
        return methods_for(metric, METHODS)
    if isinstance(methods, str):
        raise InputError("methods", "must be a list of methods", f"the single string {methods!r}")
    listed = validation.listed("methods", methods, "['exact', 'shared']")
    compared = [as_method(method) for method in listed]
    for method in compared:
        method.check(metric)
    return compared


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


def _evaluation_clips(
    evaluate: Data,
    tags: Sequence[str] | None,
    groups: Iterable[Hashable] | None,
    options: dict[str, Any],
) -> tuple[LabelledScores, NDArray[np.int64]]:
    """Check the clips to judge on; with the number of the group of each."""
    y_true, y_score, weight = _unpacked("evaluate", evaluate)
    validation.same_rows(y_true=y_true, y_score=y_score, groups=groups)
    data = validation.labelled_scores(y_true, y_score, tags, weight, **options)
    return data, group_numbers(groups, weight, len(data.scores))


def _unpacked(name: str, data: Any) -> tuple[object, object, Any]:
    if not isinstance(data, tuple) or len(data) not in {2, 3}:
        rule = "must be a tuple (y_true, y_score) or (y_true, y_score, weight)"
        raise InputError(name, rule, type(data).__name__)
    return data if len(data) == 3 else (*data, None)


def _check_tags(counts: Counts, data: LabelledScores) -> None:
    """Check that both sets of clips have the same tags, before any method runs."""
    n_tags = data.scores.shape[1]
    if n_tags != counts.n_tags:
        raise InputError("evaluate", f"must have as many tags as fit, {counts.n_tags}", n_tags)
    tags = validation.numbered(data.tags, counts.tags)
    training_tags = validation.numbered(counts.tags, data.tags)
    validation.align("evaluate", data.scores[:0], tags, training_tags)


def _solved(training: Mapping[str, Any], metric: Metric, method: Method) -> tuple[Solution, float]:
    """Solution of a method, and the seconds it took."""
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnseenTagWarning)  # `compare_methods` has warned for all
        solution = find_thresholds(**training, cv=None, metric=metric, method=method)
    return solution, time.perf_counter() - start


def _judged(
    data: LabelledScores,
    solutions: Sequence[Solution],
    metric: Metric,
    base: int,
    draws: Mapping[str, Any],
) -> Iterator[tuple[float, Interval, float, Interval]]:
    """Score of each solution, and its difference to the one at `base`, with intervals."""
    n_tags, n_groups = data.scores.shape[1], int(draws["groups"].max()) + 1
    values = (solution.thresholds.in_order(data.tags, n_tags) for solution in solutions)
    decisions = [decide(data, thresholds) for thresholds in values]
    scores = [score(metric, data, accepted) for accepted in decisions]
    redrawn = rescored(data, decisions, metric, **draws)
    bounds, of_change = metric.bounds, of_differences(metric.bounds)
    for value, drawn in zip(scores, redrawn, strict=True):
        change, changes = value - scores[base], drawn - redrawn[base]
        yield (
            *(value, interval(value, drawn, n_groups, bounds)),
            *(change, interval(change, changes, n_groups, of_change)),
        )
