from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

import oracles
import tagthresh as tt
from strategies import Case, cases, examples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AVERAGES = ("micro", "macro", "weighted", "samples")


def known_only(case: Case) -> Case:
    """Unknown labels made negative: scikit-learn has no unknown ones."""
    return case._replace(y_true=np.maximum(case.y_true, 0))


@given(cases(max_clips=20, max_tags=4).map(known_only), st.sampled_from(AVERAGES))
@settings(max_examples=examples(500))
def test_scores_vs_scikit_learn(case: Case, average: Any) -> None:
    thresholds = tt.Thresholds(np.full(case.y_score.shape[1], 0.25))
    evaluation = tt.evaluate(case.y_true, case.y_score, thresholds, sample_weight=case.weight)
    # One tag is a multi-label problem for us; scikit-learn takes it for a binary one.
    two = {"y_true": case.y_true, "y_pred": case.y_score >= 0.25}
    wide = {key: np.column_stack([value, np.zeros(len(value), int)]) for key, value in two.items()}
    labels = list(range(case.y_true.shape[1]))
    options = {
        "average": average,
        "labels": labels,
        "zero_division": 0,
        "sample_weight": case.weight,
    }
    for name, function in (
        ("f1", reference.f1_score),
        ("precision", reference.precision_score),
        ("recall", reference.recall_score),
        ("jaccard", reference.jaccard_score),
    ):
        wanted = function(**wide, **options)
        assert evaluation.score(f"{name}_{average}") == pytest.approx(wanted, abs=1e-12)
    wanted = reference.fbeta_score(**wide, **options, beta=0.3)
    assert evaluation.score(f"f0.3_{average}") == pytest.approx(wanted, abs=1e-12)


def recall(y_true: Any, y_pred: Any, weight: Any, positive: int = 1) -> float:
    """Share of one class that is found, 0 where there is none."""
    options = {"pos_label": positive, "zero_division": 0, "sample_weight": weight}
    return float(reference.recall_score(y_true, y_pred, **options))


def gmean(y_true: Any, y_pred: Any, weight: Any) -> float:
    return float(np.sqrt(recall(y_true, y_pred, weight) * recall(y_true, y_pred, weight, 0)))


def youden(y_true: Any, y_pred: Any, weight: Any) -> float:
    if len(set(y_true.tolist())) < 2:
        return 0.0
    return recall(y_true, y_pred, weight) + recall(y_true, y_pred, weight, 0) - 1


# Of one tag, or of all taken for one: labels, decisions and weights give a value.
ONE_TAG: dict[str, Callable[[Any, Any, Any], float]] = {
    "accuracy": lambda t, p, w: reference.accuracy_score(t, p, sample_weight=w),
    "balanced_accuracy": lambda t, p, w: reference.balanced_accuracy_score(t, p, sample_weight=w),
    "specificity": lambda t, p, w: recall(t, p, w, 0),
    "matthews_corrcoef": lambda t, p, w: reference.matthews_corrcoef(t, p, sample_weight=w),
    "cohen_kappa": lambda t, p, w: np.nan_to_num(
        reference.cohen_kappa_score(t, p, sample_weight=w, labels=[0, 1])
    ),
    "gmean": gmean,
    "youden": youden,
}


def averaged(function: Any, average: str, y_true: Any, y_pred: Any, weight: Any) -> float:
    """Average of a function of one tag's known clips, written out."""
    known = y_true >= 0
    wide = np.repeat(weight[:, None], y_true.shape[1], axis=1)

    def on(part: Any) -> float:
        chosen = known[part]
        found = y_true[part][chosen], y_pred[part][chosen], wide[part][chosen]
        return float(function(*found)) if chosen.any() else 0.0

    if average == "micro":
        return on(...)
    if average == "samples":
        some = [clip for clip in range(len(y_true)) if known[clip].any()]
        values = [on(clip) for clip in some]
        return float(np.average(values, weights=weight[some])) if some else 0.0
    support = (wide * (y_true == 1)).sum(axis=0)
    weights = np.ones(len(support)) if average == "macro" else support
    tags = [on((slice(None), tag)) for tag in range(len(support))]
    return float(np.average(tags, weights=weights)) if weights.any() else 0.0


@pytest.mark.parametrize("stem", ONE_TAG)
@given(cases(max_clips=12, max_tags=4), st.sampled_from(AVERAGES))
@settings(max_examples=examples(100))
def test_other_scores_vs_scikit_learn(stem: str, case: Case, average: str) -> None:
    thresholds = tt.Thresholds(np.full(case.y_score.shape[1], 0.25))
    evaluation = tt.evaluate(case.y_true, case.y_score, thresholds, sample_weight=case.weight)
    weight = np.ones(len(case.y_true)) if case.weight is None else case.weight
    some = weight > 0
    data = case.y_true[some], case.y_score[some] >= 0.25, weight[some]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about classes that are missing
        wanted = averaged(ONE_TAG[stem], average, *data)
    assert evaluation.score(f"{stem}_{average}") == pytest.approx(wanted, abs=1e-12)


@given(cases(max_clips=12, max_tags=4).map(known_only))
def test_wrong_decisions_vs_scikit_learn(case: Case) -> None:
    thresholds = tt.Thresholds(np.full(case.y_score.shape[1], 0.25))
    evaluation = tt.evaluate(case.y_true, case.y_score, thresholds, sample_weight=case.weight)
    decisions = {"y_true": case.y_true, "y_pred": (case.y_score >= 0.25).astype(int)}
    for name, function in (
        ("hamming_loss", reference.hamming_loss),
        ("exact_match", reference.accuracy_score),
    ):
        wanted = function(**decisions, sample_weight=case.weight)
        assert evaluation.score(name) == pytest.approx(wanted, abs=1e-12)


@given(cases(max_clips=8, max_tags=3))
def test_cost_vs_every_clip(case: Case) -> None:
    n_tags = case.y_score.shape[1]
    metric = tt.metrics.Cost([5.0, 1.0, 0.0][:n_tags], [1.0, 2.0, 0.5][:n_tags])
    thresholds = tt.Thresholds(np.full(n_tags, 0.25))
    evaluation = tt.evaluate(case.y_true, case.y_score, thresholds, sample_weight=case.weight)
    kinds = oracles.confusion(case.y_true, case.y_score, thresholds.values, case.weight).T
    assert evaluation.score(metric) == pytest.approx(oracles.value(metric, kinds), abs=1e-12)


def test_cost_of_entries_is_elementwise() -> None:
    counts = np.array([[3.0, 2.0], [1.0, 0.0], [0.0, 2.0], [4.0, 4.0]])
    metric = tt.metrics.Cost(5, 2)
    assert metric.of(*counts).tolist() == [2 / 8, 10 / 8]
    assert [float(metric.of(*entry)) for entry in counts.T] == [2 / 8, 10 / 8]
    with pytest.raises(tt.InputError, match="miss must be a number"):
        tt.metrics.Cost([5, 1]).of(*counts)


def test_costs_go_by_name() -> None:
    y_true, y_score = [[1, 0], [1, 0]], [[0.1, 0.9], [0.9, 0.1]]
    thresholds = tt.Thresholds([0.5, 0.5], ["Dog", "Rain"])
    for tags, costs in ((["Dog", "Rain"], [8, 2]), (["Rain", "Dog"], [2, 8])):
        order = [0, 1] if tags[0] == "Dog" else [1, 0]
        found, given = (np.asarray(part)[:, order] for part in (y_true, y_score))
        evaluation = tt.evaluate(found, given, thresholds, tags=tags)
        assert evaluation.score(tt.metrics.Cost({"Dog": 8}, {"Rain": 2})) == 5
        assert evaluation.score(tt.metrics.Cost(costs, costs)) == 5
    assert evaluation.score("cost") == 1


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ({"miss": -1}, "miss must be at least 0; got -1"),
        ({"false_alarm": "2"}, "false_alarm must be a number; got '2'"),
        ({"miss": [1, np.inf]}, "miss must be finite; got inf"),
        ({"miss": {"Cat": 2}}, "miss must name tags of the data; got 'Cat'"),
        ({"miss": {"Dog": -2}}, "miss of 'Dog' must be at least 0; got -2"),
        ({"false_alarm": [1, 2]}, "false_alarm must hold one cost per tag; got 2 for 1"),
    ],
)
def test_bad_costs(costs: Any, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.find_thresholds(
            [[1], [0]],
            [[0.9], [0.2]],
            tags=["Dog"],
            metric=tt.metrics.Cost(**costs),
            method="exact",
        )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cost:miss=20", {"miss": 20}),
        ("cost:miss=20:false_alarm=.5", {"miss": 20, "false_alarm": 0.5}),
    ],
)
def test_costs_in_a_name_vs_an_object(name: str, options: Any) -> None:
    metric = tt.metrics.as_metric(name)
    assert metric == tt.metrics.Cost(**options) == tt.metrics.as_metric("cost", **options)
    fitted = tt.find_thresholds([[1], [0]], [[0.9], [0.2]], metric=name, method="exact")
    origin = fitted.thresholds.origin
    assert origin is not None
    assert tt.metrics.as_metric(origin.metric, **origin.metric_options) == metric


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cost:miss", "options must be NAME=VALUE; got 'miss'"),
        ("cost:miss=high", "option 'miss' must be a finite number; got 'high'"),
        ("cost:miss=1:miss=2", "option 'miss' must be given once; got 'miss=2' too"),
        ("cost:miss=-1", "miss must be at least 0; got -1"),
        ("cost:mis=1", "has the options miss, false_alarm; got 'mis'"),
        ("exact_match:a=1", "has no options; got 'a'"),
    ],
)
def test_bad_numbers_in_a_name(name: str, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.metrics.as_metric(name)


def test_costs_from_a_file(tmp_path: Path) -> None:
    path, saved = tmp_path / "costs.csv", tmp_path / "t.json"
    path.write_text("tag,miss,false_alarm\nDog,20,\nRain,,0.5\n", "utf-8")
    metric = tt.metrics.Cost.from_file(path)
    assert metric == tt.metrics.Cost({"Dog": 20}, {"Rain": 0.5})
    data: Any = {"y_true": [[1, 0], [0, 1]], "y_score": [[0.9, 0.2], [0.4, 0.6]]}
    solution = tt.find_thresholds(**data, metric=metric, method="exact", tags=["Dog", "Rain"])
    solution.thresholds.save(saved)
    origin = tt.Thresholds.load(saved).origin
    assert origin == solution.thresholds.origin
    assert origin is not None
    assert tt.metrics.as_metric(origin.metric, **origin.metric_options) == metric


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("tag,miss\n", "a row; got no row"),
        ("tag,mis\nDog,1\n", "columns tag, miss and false_alarm, and a row; got tag, mis"),
        ("name,miss\nDog,1\n", "got name, miss"),
        ("tag,miss\nDog,high\n", "miss of 'Dog' must be a finite number; got 'high'"),
        ("tag,miss\nDog,-1\n", "miss of 'Dog' must be at least 0; got -1"),
        ("tag,miss\nDog,1\nDog,2\n", "'Dog' appears more than once"),
        ("tag,miss\nGun, shot,2\n", "as many cells in each row as columns; got Gun,  shot"),
    ],
)
def test_bad_files_of_costs(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "costs.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(tt.InputError, match=f"costs.csv.*{message}"):
        tt.metrics.Cost.from_file(path)


def test_a_function_of_something_else_is_refused() -> None:
    with pytest.raises(tt.InputError, match=r"of \(tp, fp, fn, tn\), four arrays; got f1_score"):
        tt.find_thresholds([[1], [0]], [[0.9], [0.2]], metric=reference.f1_score, method="exact")


def test_a_function_is_a_metric() -> None:
    def found(tp: Any, fp: Any, *_: Any) -> Any:
        return tp - fp / 2

    y_true, y_score = [[1, 0], [1, 0]], [[0.1, 0.9], [0.9, 0.1]]
    evaluation = tt.evaluate(y_true, y_score, tt.Thresholds([0.5, 0.5]))
    assert evaluation.score(found) == 0.5
    assert evaluation.score(tt.metrics.FunctionMetric(found, average="macro")) == 0.25
    assert evaluation.score(tt.metrics.FunctionMetric(found, average="samples")) == 0.25
    assert tt.metrics.as_metric(found).name == "found_micro"
    assert tt.metrics.FunctionMetric(found, "worth", average="macro").name == "worth_macro"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda tp, fp, *_: tp / (tp + fp), r"must be finite; got nan for .* = \(0, 0, 2, 0\)"),
        (lambda *_: 1.0, r"must give a value for each entry .* got shape \(\)"),
    ],
)
def test_bad_functions(function: Any, message: str) -> None:
    evaluation = tt.evaluate([[1], [1]], [[0.1], [0.2]], tt.Thresholds([0.5]))
    with pytest.raises(tt.InputError, match=message):
        evaluation.score(tt.metrics.FunctionMetric(function, average="macro"))


def test_a_function_metric_needs_a_function() -> None:
    with pytest.raises(tt.InputError, match="function must be a function of counts; got 'tp"):
        tt.metrics.FunctionMetric("tp + tn")  # type: ignore[arg-type]


def test_counts_do_not_tell_clips_apart() -> None:
    counts = tt.Counts.from_arrays([[1], [0]], [[0.9], [0.2]])
    evaluation = tt.evaluate(counts, thresholds=tt.Thresholds([0.5]))
    with pytest.raises(tt.InputError, match="'f1_samples' needs labels and dense scores"):
        evaluation.score("f1_samples")


@given(cases(max_clips=20, max_tags=4).map(known_only))
@settings(max_examples=examples(500))
def test_average_precision_vs_scikit_learn(case: Case) -> None:
    thresholds = tt.Thresholds(np.zeros(case.y_score.shape[1]))
    evaluation = tt.evaluate(case.y_true, case.y_score, thresholds, sample_weight=case.weight)
    for tag, found in enumerate(evaluation.average_precision):
        some = case.weight > 0 if case.weight is not None else slice(None)
        y_true, y_score = case.y_true[some, tag], case.y_score[some, tag]
        weight = None if case.weight is None else case.weight[some]
        if not y_true.any():
            assert np.isnan(found)
            continue
        with warnings.catch_warnings():
            # It subtracts scores from each other, which the most extreme ones do not survive.
            warnings.simplefilter("ignore", RuntimeWarning)
            wanted = reference.average_precision_score(y_true, y_score, sample_weight=weight)
        assert found == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("f1_micro", tt.metrics.FBeta()),
        ("f0.5_macro", tt.metrics.FBeta(0.5, average="macro")),
        ("f2_weighted", tt.metrics.FBeta(2, average="weighted")),
        ("precision_micro", tt.metrics.Precision()),
        ("recall_macro", tt.metrics.Recall(average="macro")),
        ("jaccard_samples", tt.metrics.Jaccard(average="samples")),
        ("gmean_micro", tt.metrics.GMean()),
        ("hamming_loss", tt.metrics.HammingLoss()),
        ("exact_match", tt.metrics.ExactMatch()),
        ("cost", tt.metrics.Cost()),
    ],
)
def test_names_and_objects_stand_for_each_other(name: str, metric: tt.metrics.Metric) -> None:
    assert tt.metrics.as_metric(name) == metric
    assert metric.name == name
    assert tt.metrics.as_metric(metric) is metric


@pytest.mark.parametrize(
    "name", ["f1", "f1_samples_", "f_micro", "F1_micro", "", "accuracy", "cost_sum", None]
)
def test_unknown_names_are_refused(name: Any) -> None:
    with pytest.raises(tt.InputError, match=r"metric must be (f1|a known name)"):
        tt.metrics.as_metric(name)


@pytest.mark.parametrize("beta", [0, -1, np.nan, np.inf, "1", True])
def test_beta_must_be_a_positive_number(beta: Any) -> None:
    with pytest.raises(tt.InputError, match="beta must be"):
        tt.metrics.FBeta(beta)
