from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tagthresh as tt
from tagthresh import validation

LABELS, SCORES = np.array([[1, 0], [0, 1]]), np.array([[0.9, 0.1], [0.2, 0.8]])


@pytest.mark.parametrize(
    ("columns", "tags"),
    [
        (None, None),
        ([3, 5], ("3", "5")),
        (["a", "b"], ("a", "b")),
        (pd.MultiIndex.from_tuples([("x", "a"), ("x", "b")]), ("('x', 'a')", "('x', 'b')")),
    ],
    ids=["numbered", "integers", "names", "tuples"],
)
def test_data_frames_with_any_columns(columns: Any, tags: Any) -> None:
    frame = pd.DataFrame(SCORES, columns=columns)
    solution = tt.find_thresholds(pd.DataFrame(LABELS, columns=columns), frame)
    assert solution.thresholds.tags == tags
    assert solution.thresholds.predict(frame).tolist() == LABELS.astype(bool).tolist()


@pytest.mark.parametrize("dtype", ["boolean", "Int64", "Float64", object])
def test_missing_labels_of_pandas_are_unknown(dtype: Any) -> None:
    missing = np.nan if dtype is object else pd.NA
    frame = pd.DataFrame({"a": pd.Series([True, missing], dtype=dtype), "b": [0, 1]})
    assert tt.Counts.from_arrays(frame, SCORES).known.mass.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((pl.LazyFrame({"a": [1]}), [[1]]), r"call .collect\(\) on the lazy frame"),
        ((LABELS, np.ma.masked_array(SCORES, SCORES > 0.85)), "got nan at clip 0, tag 0"),
        ((LABELS, np.array([[2**53 + 1, 0], [0, 1]])), r"within \+-2\*\*53"),
        ((LABELS, SCORES, ["a", "\ud800"]), "non-empty strings"),
        ((LABELS, SCORES, None, [1e308, 1e308]), "sample_weight must be 0, or from"),
        ((LABELS, SCORES, None, np.ma.masked_array([1, 1], [True, False])), "got nan at clip 0"),
    ],
)
def test_what_cannot_be_used_is_named(arguments: Any, message: str) -> None:
    y_true, y_score, tags, weight = (*arguments, None, None)[:4]
    with pytest.raises(tt.InputError, match=message):
        tt.find_thresholds(y_true, y_score, tags=tags, sample_weight=weight)


def test_a_masked_score_of_an_unknown_label_is_not_used() -> None:
    labels = np.array([[-1, 0], [1, 1], [0, 0]])
    scores = np.ma.masked_array(np.array([[9.0, 0.1], [0.8, 0.9], [0.2, 0.2]]), labels == -1)
    assert tt.find_thresholds(labels, scores).thresholds.values[0] == 0.5


@pytest.mark.parametrize("wrong", [[[0.5, 0.5]], None, "0.5", object()])
def test_evaluate_wants_thresholds(wrong: Any) -> None:
    with pytest.raises(tt.InputError, match=r"such as solution\.thresholds"):
        tt.evaluate(LABELS, SCORES, wrong)


@pytest.mark.parametrize("number", [10**400, -(10**400), -np.inf, np.nan])
def test_numbers_must_be_finite(number: Any) -> None:
    with pytest.raises(tt.InputError, match="value must be finite"):
        tt.methods.Constant(number)
    with pytest.raises(tt.InputError, match="beta must be finite"):
        tt.metrics.FBeta(number)
    with pytest.raises(tt.InputError, match="threshold of 'a' must be finite"):
        tt.Thresholds([0.5], ["a"]).override({"a": number})


def test_clips_of_no_weight_count_in_positions() -> None:
    scores, weight = [[np.nan], [0.5], [np.inf]], [0.0, 1.0, 1.0]
    with pytest.raises(tt.InputError, match="y_score must be finite; got inf at clip 2, tag 0"):
        tt.Counts.from_arrays([[1], [0], [1]], scores, sample_weight=weight)
    counts = tt.Counts.from_arrays([[1], [0], [1]], scores, sample_weight=[0.0, 1.0, 0.0])
    assert counts.n_clips == 1


def test_frames_with_other_rows_are_refused() -> None:
    labels = pd.DataFrame({"Dog": [1, 0]}, index=["a", "b"])
    scores = pd.DataFrame({"Dog": [0.9, 0.1]}, index=["b", "a"])
    with pytest.raises(tt.InputError, match="must have the same index, in the same order"):
        validation.labelled_scores(labels, scores)
    assert validation.labelled_scores(labels, scores.reset_index(drop=True)).positive.shape == (
        2,
        1,
    )
    assert validation.labelled_scores(labels, scores.loc[["a", "b"]]).positive.shape == (2, 1)
