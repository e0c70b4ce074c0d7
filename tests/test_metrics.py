from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

import tagthresh as tt
from strategies import Case, cases

AVERAGES = ("micro", "macro", "weighted")


def known_only(case: Case) -> Case:
    """Unknown labels made negative: scikit-learn has no unknown ones."""
    return case._replace(y_true=np.maximum(case.y_true, 0))


@given(cases(max_clips=20, max_tags=4).map(known_only), st.sampled_from(AVERAGES))
@settings(max_examples=500)
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
    ):
        wanted = function(**wide, **options)
        assert evaluation.score(f"{name}_{average}") == pytest.approx(wanted, abs=1e-12)
    wanted = reference.fbeta_score(**wide, **options, beta=0.3)
    assert evaluation.score(f"f0.3_{average}") == pytest.approx(wanted, abs=1e-12)


@given(cases(max_clips=20, max_tags=4).map(known_only))
@settings(max_examples=500)
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
        ("f1_micro", tt.FBeta()),
        ("f0.5_macro", tt.FBeta(0.5, average="macro")),
        ("f2_weighted", tt.FBeta(2, average="weighted")),
        ("precision_micro", tt.Precision()),
        ("recall_macro", tt.Recall(average="macro")),
    ],
)
def test_names_and_objects_stand_for_each_other(name: str, metric: tt.metrics.Metric) -> None:
    assert tt.metrics.as_metric(name) == metric
    assert metric.name == name
    assert tt.metrics.as_metric(metric) is metric


@pytest.mark.parametrize("name", ["f1", "f1_samples_", "f_micro", "F1_micro", "", "accuracy", None])
def test_unknown_names_are_refused(name: Any) -> None:
    with pytest.raises(tt.InputError, match="metric must be f1"):
        tt.metrics.as_metric(name)


@pytest.mark.parametrize("beta", [0, -1, np.nan, np.inf, "1", True])
def test_beta_must_be_a_positive_number(beta: Any) -> None:
    with pytest.raises(tt.InputError, match="beta must be"):
        tt.FBeta(beta)
