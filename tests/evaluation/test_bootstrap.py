from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tagthresh as tt
from strategies import Case, cases
from tagthresh.evaluation.bootstrap import (
    interval,
    rescored,
    scores_of_draws,
    scores_of_kinds,
)
from tagthresh.metrics.decisions import Rows, decide
from tagthresh.metrics.registry import as_metric
from tagthresh.validation import labelled_scores


@given(cases(max_clips=8), st.sampled_from(["f1_micro", "f2_macro", "recall_weighted"]))
def test_a_draw_is_an_evaluation_with_weights(case: Case, name: str) -> None:
    """The draws of a seed are known: evaluate with how often each clip was drawn as its weight."""
    n_tags = case.y_score.shape[1]
    thresholds = [tt.Thresholds(np.full(n_tags, value)) for value in (0.0, 0.25)]
    kept = slice(None) if case.weight is None else case.weight > 0
    y_true, y_score = case.y_true[kept], case.y_score[kept]
    weight = np.ones(len(y_true)) if case.weight is None else case.weight[kept]
    metric = tt.metrics.as_metric(name)
    data = labelled_scores(case.y_true, case.y_score, None, case.weight)
    decisions = [decide(data, each.values) for each in thresholds]
    draws = rescored(data, decisions, metric, n_resamples=3, random_state=5)
    rng = np.random.default_rng(5)
    for draw in range(3):
        drawn = rng.integers(len(y_true), size=len(y_true))
        times = np.bincount(drawn, minlength=len(y_true))
        for each, found in zip(thresholds, draws[:, draw], strict=True):
            evaluation = tt.evaluate(y_true, y_score, each, sample_weight=weight * times)
            assert found == pytest.approx(evaluation.score(metric), abs=1e-12)


@pytest.mark.slow
def test_the_interval_covers_the_true_score() -> None:
    rng = np.random.default_rng(0)

    def draw(n_clips: int) -> tuple[np.ndarray, np.ndarray]:
        y_true = rng.random((n_clips, 3)) < 0.3
        return y_true, rng.normal(size=y_true.shape) + 1.5 * y_true

    values = np.array([0.8, 0.8, 0.8])
    true = tt.evaluate(*draw(200_000), tt.Thresholds(values)).score()
    inside = 0
    for _ in range(100):
        data = labelled_scores(*draw(150))
        decided = decide(data, values)
        draws = rescored(data, [decided], tt.metrics.FBeta(), n_resamples=200)
        score = tt.metrics.FBeta()(Rows.of(data, decided).confusion(np.ones((150, 1)))).item()
        low, high = interval(score, draws[0], 150)
        inside += low <= true <= high
    assert inside >= 88  # of 100 at 95 %; fewer than 88 happens by chance once in 400 times


@pytest.mark.parametrize("n_resamples", [0, -1, 2.5, "many"])
def test_draws_must_be_a_whole_number(n_resamples: int) -> None:
    with pytest.raises(tt.InputError, match="n_resamples must be"):
        tt.crossfit([[1], [0]], [[0.5], [0.1]], cv=2, n_resamples=n_resamples)


def test_few_groups_widen_the_interval() -> None:
    """Clips of a group share an effect: nine in ten intervals still hold the true mean."""
    rng = np.random.default_rng(0)
    for n_groups in (2, 3, 5, 20):
        covered = 0
        for _ in range(200):
            values = rng.normal(size=n_groups)
            drawn = values[rng.integers(n_groups, size=(400, n_groups))].mean(axis=1)
            low, high = interval(values.mean(), drawn, n_groups)
            covered += low <= 0 <= high
        assert covered >= 176, n_groups


def test_intervals_stay_within_what_can_be() -> None:
    draws = np.linspace(0.2, 1, 500)
    assert interval(0.9, draws, 40, (0.0, 1.0)).high == 1
    assert interval(0.9, draws, 40).high > 1
    assert interval(0.9, draws, 1, (0.0, 1.0)) == (0, 1)


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize(
    "metric", ["f1_micro", "precision_micro", "jaccard_micro", "accuracy_micro"]
)
def test_draws_of_kinds_are_those_of_clips(metric: str, *, grouped: bool) -> None:
    rng = np.random.default_rng(3)
    labels = (rng.random((6000, 4)) < 0.2).astype(int)
    labels[rng.random(labels.shape) < 0.05] = -1
    data = labelled_scores(labels, rng.random(labels.shape), None, None)
    rows = Rows.of(data, decide(data, np.full(4, 0.6)))
    groups = np.arange(6000) // 2 if grouped else np.arange(6000)
    goal = as_metric(metric)
    kinds = scores_of_kinds(rows, goal, groups, 4000, 0)
    assert kinds is not None
    clips = scores_of_draws([rows], None, goal, groups, 4000, 1)[0]
    assert kinds.mean() == pytest.approx(clips.mean(), abs=4 * clips.std() / np.sqrt(4000))
    assert kinds.std() == pytest.approx(clips.std(), rel=0.08)
    assert kinds.mean() == pytest.approx(
        rows.score(goal, np.ones((6000, 1)))[0], abs=clips.std() / 5
    )


def test_kinds_are_not_counted_where_nearly_all_differ() -> None:
    rng = np.random.default_rng(0)
    labels = (rng.random((100, 40)) < 0.5).astype(int)
    data = labelled_scores(labels, rng.random(labels.shape), None, None)
    rows = Rows.of(data, decide(data, np.full(40, 0.5)))
    assert scores_of_kinds(rows, as_metric("f1_micro"), np.arange(100), 10, 0) is None
