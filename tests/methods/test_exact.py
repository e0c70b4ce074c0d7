from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_recall_curve

import oracles
import tagthresh as tt
from strategies import Case, cases, examples
from tagthresh.counts.curve import Curve
from tagthresh.metrics import METRICS as METRICS_BY_NAME
from tagthresh.metrics import as_metric
from tagthresh.tradeoffs.certificate import certify
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.validation import labelled_scores

METRICS = [
    tt.metrics.FBeta(beta, average=average)
    for beta in (0.5, 1, 3)
    for average in ("micro", "macro", "weighted")
]

OTHERS = [
    kind(average=average)
    for kind in METRICS_BY_NAME.values()
    for average in kind.averages
    if kind(average=average).exact and kind is not tt.metrics.FBeta
]
OVER_CLIPS = [as_metric(name) for name in ("f1_samples", "gmean_samples", "exact_match")]


def even(tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
    """As many accepted as positive, which neither rises with TP nor falls with FP."""
    return 1 - np.abs(fp - fn) / np.maximum(tp + fp + fn + tn, 1e-6)


OTHERS += [tt.metrics.FunctionMetric(even, average=average) for average in ("macro", "weighted")]


def priced(metric: Any, n_tags: int) -> Any:
    """Costs of tags, where the metric has any."""
    if not isinstance(metric, tt.metrics.Cost):
        return metric
    return tt.metrics.Cost([5.0, 1.0, 0.0][:n_tags], [1.0, 2.0, 0.5][:n_tags])


def solve(case: Case, metric: Any, method: Any = "exact") -> tt.Solution:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        return tt.find_thresholds(
            case.y_true, case.y_score, metric=metric, method=method, sample_weight=case.weight
        )


@given(cases(), st.sampled_from(METRICS))
@settings(max_examples=examples(3000))
def test_exact_vs_brute_force(case: Case, metric: tt.metrics.FBeta) -> None:
    solution = solve(case, metric)
    best = oracles.brute_force(case.y_true, case.y_score, metric, case.weight)
    assert solution.score == pytest.approx(best, abs=1e-12)
    assert solution.certificate is not None
    assert solution.certificate.slack is not None
    assert solution.certificate.slack.min() >= 0
    assert solution.certificate.gap == 0


@given(cases(), st.sampled_from(OTHERS))
@settings(max_examples=examples(3000))
def test_other_metrics_vs_brute_force(case: Case, metric: Any) -> None:
    metric = priced(metric, case.y_score.shape[1])
    solution = solve(case, metric)
    best = oracles.brute_force(case.y_true, case.y_score, metric, case.weight)
    assert solution.score == pytest.approx(best, abs=1e-12)
    assert solution.certificate is not None
    assert solution.certificate.gap == 0


@given(cases(), st.sampled_from([*OTHERS, tt.metrics.GMean()]), st.data())
@settings(max_examples=examples(500))
def test_the_gap_bounds_any_thresholds(case: Case, metric: Any, data: st.DataObject) -> None:
    cuts = st.sampled_from([*np.unique(case.y_score).tolist(), np.inf])
    n_tags = case.y_score.shape[1]
    metric = priced(metric, n_tags).for_tags(None, n_tags)
    values = np.array(data.draw(st.lists(cuts, min_size=n_tags, max_size=n_tags)))
    counts = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)
    confusion = counts.confusion(values)
    certificate = certify(counts, metric, confusion)
    assert certificate is not None
    best = oracles.brute_force(case.y_true, case.y_score, metric, case.weight)
    better = best - float(metric(confusion))
    assert (better if metric.greater_is_better else -better) <= certificate.gap + 1e-9


@given(cases(), st.sampled_from([*METRICS, *OTHERS]), st.data())
@settings(max_examples=500)
def test_the_gap_is_the_distance_to_the_best(case: Case, metric: Any, data: st.DataObject) -> None:
    n_tags = case.y_score.shape[1]
    metric = priced(metric, n_tags).for_tags(None, n_tags)
    cuts = st.sampled_from([*np.unique(case.y_score).tolist(), np.inf])
    values = np.array(data.draw(st.lists(cuts, min_size=n_tags, max_size=n_tags)))
    counts = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)
    certificate = certify(counts, metric, counts.confusion(values))
    best = oracles.brute_force(case.y_true, case.y_score, metric, case.weight)
    assert certificate is not None
    assert certificate.gap >= 0
    distance = abs(best - float(metric(counts.confusion(values))))
    assert certificate.gap == pytest.approx(distance, abs=1e-9)


@pytest.mark.parametrize("metric", ["f1_micro", "f0.5_macro", "f2_weighted", "jaccard_micro"])
@pytest.mark.parametrize("limits", [{}, {"bounds": (0.001, 0.5)}, {"fixed": {"Dog": 0.3}}])
def test_the_gap_of_a_fit_is_what_exact_gains(metric: str, limits: Any) -> None:
    fit, _ = tt.datasets.load_demo()
    given: Any = {"metric": metric, "tags": fit.tags, "cv": None, **limits}
    best = tt.find_thresholds(fit.labels, fit.scores, method="exact", **given)
    for method in ("hierarchical", "shared", tt.methods.Constant(0.01)):
        found = tt.find_thresholds(fit.labels, fit.scores, method=method, **given)
        assert found.certificate is not None
        assert found.certificate.gap == pytest.approx(best.score - found.score, abs=1e-12)


@given(cases(), st.sampled_from(METRICS), st.data())
@settings(max_examples=examples(500))
def test_certificate_bounds_any_thresholds(
    case: Case, metric: tt.metrics.FBeta, data: st.DataObject
) -> None:
    cuts = st.sampled_from([*np.unique(case.y_score).tolist(), np.inf])
    n_tags = case.y_score.shape[1]
    values = np.array(data.draw(st.lists(cuts, min_size=n_tags, max_size=n_tags)))
    counts = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)
    confusion = counts.confusion(values)
    certificate = certify(counts, metric, confusion)
    assert certificate is not None
    reached = float(metric(confusion))
    best = oracles.brute_force(case.y_true, case.y_score, metric, case.weight)
    assert best <= reached + certificate.gap + 1e-9
    if certificate.gap == 0:
        assert reached == pytest.approx(best, abs=1e-9)


@given(cases(), st.sampled_from([*METRICS, *OTHERS, tt.metrics.FunctionMetric(even), *OVER_CLIPS]))
@settings(max_examples=examples(1000))
def test_shared_vs_every_cut(case: Case, metric: Any) -> None:
    n_tags = case.y_score.shape[1]
    metric = priced(metric, n_tags)
    data = (case.y_true, case.y_score)
    better = max if metric.greater_is_better else min
    best = better(
        oracles.over_clips(*data, [cut] * n_tags, metric, case.weight)
        if metric.needs_rows
        else oracles.value(metric, oracles.confusion(*data, [cut] * n_tags, case.weight).T)
        for cut in [*np.unique(case.y_score).astype(float), np.inf]
    )
    solution = solve(case, metric, "shared")
    assert solution.score == pytest.approx(best, abs=1e-12)
    assert len(set(solution.thresholds.values.tolist())) == 1


@given(cases(), st.sampled_from(METRICS))
def test_decisions_reach_the_score_that_is_claimed(case: Case, metric: tt.metrics.FBeta) -> None:
    case = case._replace(y_score=case.y_score.astype(np.float32))
    solution = solve(case, metric)
    for dtype in (np.float32, np.float64):
        values = solution.thresholds.values.astype(dtype)  # as a user of float32 models would
        found = oracles.confusion(case.y_true, case.y_score, values, case.weight)
        assert oracles.value(metric, found.T) == pytest.approx(solution.score, abs=1e-12)


def test_scores_next_to_each_other_survive_rounding() -> None:
    low = np.float32(0.3)
    high = np.nextafter(low, np.float32(1))
    solution = tt.find_thresholds([[1], [0]], np.array([[high], [low]]), method="exact")
    assert solution.thresholds.values.astype(np.float32) == high
    assert solution.score == 1


@pytest.mark.slow
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_micro_vs_dinkelbach_at_audioset_size(audioset_sized: tuple[Any, Any], beta: float) -> None:
    metric = tt.metrics.FBeta(beta)
    solution = tt.find_thresholds(*audioset_sized, metric=metric, method="exact")
    assert solution.score == pytest.approx(oracles.dinkelbach(*audioset_sized, metric), abs=1e-12)
    assert solution.certificate is not None
    assert solution.certificate.gap == 0


@pytest.mark.parametrize("folder", ["dcase2017", "dcase2019", "esc10_mix/yamnet_int8_mean"])
def test_micro_vs_dinkelbach_on_real_data(real: Any, folder: str) -> None:
    data = real(f"{folder}/fit.npz")
    solution = tt.find_thresholds(data["labels"], data["scores"], method="exact")
    best = oracles.dinkelbach(data["labels"], data["scores"], tt.metrics.FBeta())
    assert solution.score == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("folder", ["dcase2017", "dcase2019", "esc10_mix/yamnet_max"])
def test_macro_vs_scikit_learn_curves(real: Any, folder: str) -> None:
    data = real(f"{folder}/fit.npz")
    best = []
    for y_true, y_score in zip(data["labels"].T, data["scores"].T, strict=True):
        precision, recall, _ = precision_recall_curve(y_true, y_score)
        best.append(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-300)))
    solution = tt.find_thresholds(data["labels"], data["scores"], metric="f1_macro", method="exact")
    assert solution.score == pytest.approx(np.mean(best), abs=1e-12)
    decisions = solution.thresholds.predict(data["scores"])
    assert f1_score(data["labels"], decisions, average="macro") == pytest.approx(solution.score)


@pytest.mark.parametrize(
    ("folder", "constant", "exact", "default"),
    [
        ("dcase2017", 0.3, (64.99, 63.18), (53.77, 59.02)),
        ("dcase2019", 0.5, (73.75, 71.62), (70.14, 71.30)),
    ],
)
def test_figures_on_real_data(
    real: Any, folder: str, constant: float, exact: Any, default: Any
) -> None:
    fit, unseen = real(f"{folder}/fit.npz"), real(f"{folder}/eval.npz")
    for method, figures in (("exact", exact), (tt.methods.Constant(constant), default)):
        solution = tt.find_thresholds(fit["labels"], fit["scores"], method=method)
        judged = tt.evaluate(unseen["labels"], unseen["scores"], solution.thresholds)
        assert round(100 * solution.score, 2) == figures[0]
        assert 100 * judged.score("f1_micro") == pytest.approx(figures[1], abs=0.0051)


def test_a_tag_without_positives_is_never_given_and_named() -> None:
    with pytest.warns(tt.UnseenTagWarning, match="^1 of 2 tags: .*positive: Rain$"):
        solution = tt.find_thresholds(
            [[1, 0], [0, 0]], [[0.9, 0.8], [0.1, 0.7]], tags=["Dog", "Rain"], method="exact"
        )
    assert solution.thresholds.values.tolist() == [0.5, np.inf]


def test_the_certificate_sees_little_weights_beside_great_ones() -> None:
    data: Any = ([[1], [0]], [[0.9], [0.3]])
    method = tt.methods.Constant(5.0)
    labelled = replace(labelled_scores(*data), weight=np.array([1, 1e13]))
    solution = tt.find_thresholds(tt.Counts.from_checked(labelled), method=method)
    assert solution.certificate is not None
    assert solution.score == 0
    assert solution.certificate.gap == 1
    assert solution.certificate.slack is not None
    assert solution.certificate.slack.max() < 0


def test_slack_is_to_another_cut_than_the_chosen_one() -> None:
    y_true, y_score = [[1], [0], [0], [1]], [[4], [3], [3], [2]]
    weight = [3.2443178805161232, 381.20263412871066, 207.13728727587925, 182.02198106325272]
    solution = tt.find_thresholds(
        y_true, y_score, sample_weight=weight, metric=tt.metrics.FBeta(2), method="exact"
    )
    assert solution.certificate is not None
    assert solution.certificate.slack is not None
    assert solution.certificate.slack[0] == pytest.approx(438.98, abs=0.01)


@pytest.mark.parametrize("weight", [[1e12, 1, 1], [1, 1e12, 1], [1e-12, 1, 1e12], [1e12, 1, 1e-12]])
def test_weights_of_all_sizes_are_survived(weight: list[float]) -> None:
    y_true, y_score = [[1], [1], [0]], [[0.9], [0.5], [0.3]]
    solution = tt.find_thresholds(y_true, y_score, sample_weight=weight, method="exact")
    assert solution.score == pytest.approx(1.0)


def test_a_tag_with_only_positives_is_legal() -> None:
    with pytest.warns(tt.UnseenTagWarning, match="no clip is known to be negative: 0"):
        solution = tt.find_thresholds([[1], [1]], [[0.3], [0.7]], method="exact")
    assert solution.score == 1
    assert solution.thresholds.values.tolist() == [0.3]


@pytest.mark.parametrize(
    ("method", "metric", "fitting"),
    [
        ("exact", "gmean_micro", "coordinate_ascent"),
        ("exact", "f1_samples", "coordinate_ascent"),
        ("exact", "exact_match", "coordinate_ascent"),
        ("hierarchical", "recall_micro", "exact"),
        ("hierarchical", "f1_samples", "coordinate_ascent"),
        ("sgl", "f1_samples", "coordinate_ascent"),
        ("coordinate_ascent", "f1_macro", "exact"),
        ("coordinate_ascent", "cost", "exact"),
    ],
)
def test_a_pair_that_does_not_fit_is_told_one_that_does(
    method: str, metric: str, fitting: str
) -> None:
    name = tt.methods.as_method(method).name
    message = f"'{name}' does not maximise metric '{metric}'; method '{fitting}' does"
    with pytest.raises(tt.InputError, match=message):
        tt.find_thresholds([[1], [0]], [[0.3], [0.2]], metric=metric, method=method)
    assert tt.find_thresholds([[1], [0]], [[0.3], [0.2]], metric=metric, method=fitting).thresholds


def test_the_best_gmean_can_lie_off_every_vertex() -> None:
    """Why "exact" refuses it: the best thresholds are inside an edge of the frontier."""
    y_true, y_score = [[0], [1], [0], [1]], [[4], [3], [2], [1]]
    gmean = tt.metrics.GMean()
    counts = tt.Counts.from_arrays(y_true, y_score)
    vertices = Frontier.from_curve(Curve.from_counts(counts)).confusion()
    best = oracles.brute_force(y_true, y_score, gmean)
    assert gmean.of(*vertices).max() == 0
    assert best == pytest.approx(0.5)
    solution = tt.find_thresholds(counts, metric=gmean, method="coordinate_ascent")
    assert solution.score == pytest.approx(best)
