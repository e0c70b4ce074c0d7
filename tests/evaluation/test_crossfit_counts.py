"""Folds counted once and taken from the whole, against counting and fitting all others anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tagthresh as tt
from strategies import Case, cases
from tagthresh import validation
from tagthresh.counts.normal_scores import Coordinate
from tagthresh.datasets.simulate import audioset_shaped
from tagthresh.evaluation.crossfit import stratified_folds, thresholds_of_folds
from tagthresh.methods.registry import as_method
from tagthresh.metrics.registry import as_metric
from tagthresh.validation.limits import Limits

if TYPE_CHECKING:
    from tagthresh.counts.score_counts import Tally
    from tagthresh.validation import LabelledScores

METHODS = ("hierarchical", "exact", "shared", "constant", "sgl", "numerical_gradient")


def same(one: Tally, other: Tally) -> bool:
    """Whether two tallies are the same to the last bit, types included."""
    pairs = [(one.score, other.score), (one.above, other.above)]
    if one.weight is not None or other.weight is not None:
        pairs.append((one.weight or (), other.weight or ()))
    return all(
        len(left) == len(right)
        and all(
            a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(left, right, strict=True)
        )
        for left, right in pairs
    )


@given(cases(max_clips=14), st.integers(0, 2**32 - 1))
def test_counts_less_some_are_those_of_the_others(case: Case, seed: int) -> None:
    data = validation.labelled_scores(case.y_true, case.y_score, None, case.weight)
    some = np.random.default_rng(seed).random(len(data.scores)) < 0.5
    if some.all() or not some.any():
        return
    whole, part, others = (
        tt.Counts.from_checked(chosen) for chosen in (data, data.take(some), data.take(~some))
    )
    left = whole - part
    assert left.n_clips == others.n_clips
    assert same(left.known, others.known)
    assert same(left.positive, others.positive)


def test_counts_less_something_else() -> None:
    with pytest.raises(TypeError):
        tt.Counts.from_arrays([[1], [0]], [[0.9], [0.2]]) - 1  # type: ignore[operator]


def slowly(
    data: LabelledScores, method: str, metric: Any, fold: Any, *, shared: bool = True
) -> list[Any]:
    """Count and fit all folds but one anew, along the coordinate of all clips or of their own."""
    coordinate = Coordinate.from_counts(tt.Counts.from_checked(data)) if shared else None
    return [
        as_method(method)
        .fit(replace(tt.Counts.from_checked(data.take(fold != k)), coordinate=coordinate), metric)
        .values
        for k in range(fold.max() + 1)
    ]


def drawn(kind: str) -> LabelledScores:
    simulation = audioset_shaped(240, random_state=3)
    labels, scores = simulation.labels[:, :25].astype(int), simulation.scores[:, :25]
    rng = np.random.default_rng(0)
    weight = None
    if kind == "unknown":
        labels[rng.random(labels.shape) < 0.2] = -1
    elif kind == "ties":
        scores = np.round(scores, 2)
    elif kind == "float16":
        scores = scores.astype(np.float16)
    elif kind == "weights":
        weight = rng.choice([0.5, 1.0, 2.5], len(labels))
    elif kind == "pairs":
        weight = rng.choice([0.5, 1.0, 2.5], labels.shape)
    data = validation.labelled_scores(labels, scores, None, weight)
    if kind == "limits":
        low, high = np.full(25, -np.inf), np.full(25, np.inf)
        low[:5], high[3:9] = 0.2, 0.4
        data = replace(data, limits=Limits(low, high))
    return data


@pytest.mark.parametrize("metric", ["f1_micro", "f1_macro"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "kind", ["plain", "unknown", "ties", "float16", "weights", "pairs", "limits"]
)
def test_folds_are_fitted_as_the_slow_way_does(kind: str, method: str, metric: str) -> None:
    data, goal = drawn(kind), as_metric(metric)
    fold = stratified_folds(data.positive, np.arange(len(data.scores)) // 2, 4, 0)
    counts = tt.Counts.from_checked(data)
    quickly = list(thresholds_of_folds(data, counts, as_method(method), goal, fold))
    np.testing.assert_array_equal(quickly, slowly(data, method, goal, fold))


def test_the_shared_coordinate_changes_little() -> None:
    """Cuts lie on other edges, a step of the grid apart; what they reach is nearly the same."""
    data, goal = drawn("plain"), as_metric("f1_micro")
    fold = stratified_folds(data.positive, np.arange(len(data.scores)), 10, 0)
    scores = []
    for shared in (True, False):
        values = slowly(data, "hierarchical", goal, fold, shared=shared)
        accepted = np.empty(data.scores.shape, bool)
        for k, cut in enumerate(values):
            accepted[fold == k] = data.scores[fold == k] >= cut
        tp = (accepted & data.positive).sum()
        scores.append(2 * tp / (accepted.sum() + data.positive.sum()))
    assert abs(scores[0] - scores[1]) < 0.01


def test_large_data_are_crossfitted_without_being_asked() -> None:
    simulation = audioset_shaped(2000)
    solution = tt.find_thresholds(simulation.labels, simulation.scores, method="shared")
    assert simulation.labels.size > 1_000_000
    assert solution.expected is not None
    assert solution.expected.score < solution.score
