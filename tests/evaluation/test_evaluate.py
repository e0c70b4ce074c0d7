from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import precision_recall_fscore_support

import tagthresh as tt

LABELS, SCORES = [[1, 0], [0, 1], [1, 1]], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.7]]


def test_real_data_vs_scikit_learn(real: Any) -> None:
    fit, unseen = (real(f"dcase2017/{part}.npz") for part in ("fit", "eval"))
    thresholds = tt.find_thresholds(fit["labels"], fit["scores"]).thresholds
    evaluation = tt.evaluate(unseen["labels"], unseen["scores"], thresholds)
    decisions = thresholds.predict(unseen["scores"])
    wanted = precision_recall_fscore_support(unseen["labels"], decisions)
    columns = ("precision", "recall", "f1", "support")
    for name, column in zip(columns, wanted, strict=True):
        np.testing.assert_allclose(evaluation.table[name], column, atol=1e-12)
    np.testing.assert_array_equal(evaluation.table["predicted"], decisions.sum(axis=0))


def test_per_tag_is_a_data_frame_in_the_making() -> None:
    thresholds = tt.Thresholds([0.5, np.inf], ["Dog", "Rain"])
    evaluation = tt.evaluate([[1, 0], [0, 0]], [[0.9, 0.1], [0.7, 0.2]], thresholds)
    frame = pd.DataFrame(evaluation.table)
    assert frame["tag"].tolist() == ["Dog", "Rain"]
    assert frame["f1"].tolist() == pytest.approx([2 / 3, np.nan], nan_ok=True)
    rows = evaluation.to_dict()["per_tag"]
    assert rows[1]["threshold"] is None
    assert rows[1]["average_precision"] is None
    assert evaluation.mean_average_precision == 1.0


def test_the_clips_fitted_on_are_told(real: Any) -> None:
    fit, unseen = (real(f"dcase2017/{part}.npz") for part in ("fit", "eval"))
    thresholds = tt.find_thresholds(fit["labels"], fit["scores"], cv=None).thresholds
    assert tt.evaluate(fit["labels"], fit["scores"], thresholds).same_clips
    assert tt.evaluate(fit["labels"], fit["scores"], thresholds.override({"0": 1})).same_clips
    relabelled = np.maximum(fit["labels"], fit["labels"][::-1])
    assert not tt.evaluate(relabelled, fit["scores"], thresholds).same_clips
    assert not tt.evaluate(unseen["labels"], unseen["scores"], thresholds).same_clips
    assert not tt.evaluate(
        fit["labels"], fit["scores"], tt.Thresholds(thresholds.values)
    ).same_clips


def test_tags_are_matched_by_name() -> None:
    thresholds = tt.Thresholds([0.3, 0.7], ["Dog", "Rain"])
    y_true, y_score = [[0, 1], [1, 0]], [[0.5, 0.5], [0.8, 0.1]]
    evaluation = tt.evaluate(y_true, y_score, thresholds, tags=["Rain", "Dog"])
    assert evaluation.tags == ("Rain", "Dog")
    assert evaluation.score("f1_micro") == 1.0
    with pytest.raises(
        tt.InputError, match="thresholds must have the same tags as the rest; it lacks 'Wind'"
    ):
        tt.evaluate(y_true, y_score, thresholds, tags=["Rain", "Wind"])


def test_labels_and_scores_are_matched_by_name() -> None:
    y_true = pd.DataFrame({"Rain": [1, 0], "Dog": [0, 1]})
    y_score = pd.DataFrame({"Dog": [0.1, 0.9], "Rain": [0.8, 0.2]})
    solution = tt.find_thresholds(y_true, y_score)
    assert solution.thresholds.tags == ("Dog", "Rain")
    assert solution.score == 1.0


def test_the_number_of_thresholds_must_fit() -> None:
    with pytest.raises(tt.InputError, match="got 1 for 2 tags"):
        tt.evaluate([[1, 0]], [[0.5, 0.5]], tt.Thresholds([0.5]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: tt.adapt(SCORES, s, calibrator=s), "calibrator must be Calibrator, such as sol"),
        (lambda s: tt.reliability(LABELS, SCORES, s), "calibrator must be Calibrator, such as sol"),
        (
            lambda s: tt.drift(SCORES, s),
            r"profile must be Profile, such as tt\.Profile\.from_scores",
        ),
        (
            lambda s: tt.evaluate(LABELS, SCORES, s.thresholds, ontology=s),
            "ontology must be Ontology, such as tt",
        ),
    ],
)
def test_a_solution_is_taken_for_no_more_than_its_thresholds(call: Any, message: str) -> None:
    solution = tt.find_thresholds(LABELS, SCORES, method="exact")
    with pytest.raises(tt.InputError, match=message):
        call(solution)
