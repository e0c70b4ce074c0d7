from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

import oracles
import tagthresh as tt
from strategies import Case, cases, examples
from tagthresh.metrics import as_metric

OVER_CLIPS = ["f1_samples", "f2_samples", "jaccard_samples", "gmean_samples", "exact_match"]


def even(tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
    """As many accepted as positive, which neither rises with TP nor falls with FP."""
    return 1 - np.abs(fp - fn) / np.maximum(tp + fp + fn + tn, 1e-6)


def solve(case: Case, metric: Any) -> tt.Solution:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        return tt.find_thresholds(
            *(case.y_true, case.y_score),
            metric=metric,
            method="coordinate_ascent",
            sample_weight=case.weight,
            cv=None,
        )


def value(case: Case, metric: Any, thresholds: Any) -> float:
    """Metric of thresholds on a case, clip by clip."""
    data = case.y_true, case.y_score
    if metric.needs_rows:
        return oracles.over_clips(*data, thresholds, metric, case.weight)
    return oracles.value(metric, oracles.confusion(*data, thresholds, case.weight).T)


def simulated(seed: int) -> Case:
    rng = np.random.default_rng(seed)
    shape = rng.integers(4, 10), rng.integers(2, 4)
    labels = (rng.random(shape) < rng.uniform(0.1, 0.6)).astype(np.int8)
    scores = rng.normal(size=shape) + rng.uniform(0, 2) * labels
    return Case(labels, np.round(scores, rng.integers(0, 3)), None)


@pytest.mark.parametrize("name", [*OVER_CLIPS, "gmean_micro"])
def test_small_cases_vs_brute_force(name: str) -> None:
    metric, shares = as_metric(name), []
    for seed in range(25):
        case = simulated(seed)
        best = max(value(case, metric, cuts) for cuts in oracles.all_thresholds(case.y_score))
        reached = solve(case, metric).score
        assert reached <= best + 1e-12
        shares.append(reached / best if best else 1.0)
    assert np.mean(shares) >= 0.995


@given(cases(), st.sampled_from([*OVER_CLIPS, "gmean_micro", even]))
@settings(max_examples=examples(300))
def test_no_single_threshold_can_gain(case: Case, name: Any) -> None:
    metric = as_metric(name)
    solution = solve(case, metric)
    at = solution.thresholds.values
    assert solution.score == pytest.approx(value(case, metric, at), abs=1e-12)
    for tag, column in enumerate(np.asarray(case.y_score, float).T):
        for cut in [*np.unique(column), np.inf]:
            moved = np.where(np.arange(len(at)) == tag, cut, at)
            assert value(case, metric, moved) <= solution.score + 1e-9


@given(cases(max_clips=8, max_tags=4))
def test_it_is_no_worse_than_where_it_starts(case: Case) -> None:
    for name in ("f1_samples", "exact_match"):
        metric = as_metric(name)
        solution = solve(case, metric)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", tt.UnseenTagWarning)
            starts = [
                tt.find_thresholds(
                    *(case.y_true, case.y_score),
                    metric=goal,
                    method=method,
                    sample_weight=case.weight,
                    cv=None,
                )
                for goal, method in (("f1_micro", "exact"), (metric, "shared"))
            ]
        for start in starts:
            reached = value(case, metric, start.thresholds.values)
            assert solution.score >= reached - 1e-9


def test_real_data(real: Any) -> None:
    data = real("dcase2017/fit.npz")
    labels, scores = data["labels"], data["scores"]
    solution = tt.find_thresholds(
        labels, scores, metric="f1_samples", method="coordinate_ascent", cv=None
    )
    decisions = solution.thresholds.predict(scores)
    assert solution.score == pytest.approx(
        f1_score(labels, decisions, average="samples", zero_division=0), abs=1e-12
    )
    exact = tt.find_thresholds(labels, scores, method="exact", cv=None).thresholds
    assert solution.score > tt.evaluate(labels, scores, exact).score("f1_samples") + 0.01
    assert solution.status == "local maximum: no single threshold can gain"
    assert solution.certificate is None


def test_unseen_clips_are_judged_by_the_same_metric() -> None:
    fit, unseen = tt.datasets.load_demo()
    result = tt.compare_methods(
        fit=(fit.labels, fit.scores),
        evaluate=(unseen.labels, unseen.scores),
        methods=["constant", "shared", "coordinate_ascent"],
        metric="f1_samples",
        n_resamples=50,
    )
    for entry in result.entries:
        judged = tt.evaluate(unseen.labels, unseen.scores, entry.solution.thresholds)
        assert entry.score == pytest.approx(judged.score("f1_samples"))
        assert entry.interval.low < entry.score < entry.interval.high
    expected = tt.crossfit(
        fit.labels, fit.scores, metric="f1_samples", method="coordinate_ascent", n_resamples=50
    )
    assert expected.score == pytest.approx(result.entries[2].score, abs=0.05)
    assert expected.interval.low < expected.score < expected.interval.high


def test_counts_are_enough_for_totals_only() -> None:
    counts = tt.Counts.from_arrays([[1], [0]], [[0.9], [0.2]])
    solution = tt.find_thresholds(counts, metric="gmean_micro", method="coordinate_ascent")
    assert solution.score == 1
    assert solution.certificate is not None
    assert solution.certificate.gap == 0
    with pytest.raises(
        tt.InputError, match="'f1_samples' needs labels and dense scores; Counts do not"
    ):
        tt.find_thresholds(counts, metric="f1_samples", method="coordinate_ascent")
