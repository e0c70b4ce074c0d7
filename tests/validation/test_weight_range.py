"""Weights are 0 or within a range that every sum and square survives; wider ones are refused."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

import tagthresh as tt
from tagthresh.evaluation.crossfit import CrossFit

METRICS = (
    *("f1_micro", "f2_macro", "f0.5_weighted", "precision_micro", "recall_macro", "jaccard_micro"),
    *(
        "mcc_micro",
        "mcc_macro",
        "cohen_kappa_micro",
        "gmean_macro",
        "youden_weighted",
        "f1_samples",
    ),
    *("accuracy_micro", "balanced_accuracy_macro", "specificity_micro", "hamming_loss", "cost"),
)
METHODS = (
    *("exact", "hierarchical", "coordinate_ascent", "shared", "constant"),
    tt.methods.RandomSearch(rounds=2, proposals=5),
    tt.methods.NumericalGradient(epochs=2),
    tt.methods.SurrogateGradient(epochs=2),
)
WIDE = [(1e-300, 1.0), (1.0, 1e300), (1e-300, 1e300), (1e-13, 1.0), (1.0, 1.1e12), (5e-324, 1e-12)]


def data(seed: int, n_clips: int = 24, n_tags: int = 2) -> tuple[Any, Any]:
    """Draw labels and scores, with ties."""
    rng = np.random.default_rng(seed)
    y_true = (rng.random((n_clips, n_tags)) < 0.4).astype(int)
    y_true[:2] = [[0] * n_tags, [1] * n_tags]
    return y_true, (0.4 * y_true + rng.random((n_clips, n_tags))).round(1)


def calls(y_true: Any, y_score: Any, weight: Any) -> dict[str, Any]:
    """Every function that takes weights, ready to be called."""
    half = tt.Thresholds([0.5] * y_score.shape[1])
    calibrator = tt.find_thresholds(y_true, y_score, cv=None).calibrator
    assert calibrator is not None
    given = {"sample_weight": weight}
    probability = y_score.clip(0, 1)
    return {
        "find_thresholds": lambda: tt.find_thresholds(y_true, y_score, cv=None, **given),
        "evaluate": lambda: tt.evaluate(y_true, y_score, half, **given),
        "crossfit": lambda: tt.crossfit(y_true, y_score, cv=2, n_resamples=40, **given),
        "compare_thresholds": lambda: tt.compare_thresholds(
            y_true, y_score, half, tt.Thresholds([0.3] * y_score.shape[1]), n_resamples=40, **given
        ),
        "calibration": lambda: tt.evaluate_probabilities(y_true, probability, **given),
        "reliability": lambda: tt.reliability(y_true, y_score, calibrator, **given),
        "operating_point": lambda: tt.operating_point(y_true, y_score, per_clip=0.5, **given),
        "frontier": lambda: tt.Frontier.from_arrays(y_true, y_score, **given),
        "counts": lambda: tt.Counts.from_arrays(y_true, y_score, **given),
        "report": lambda: tt.report(y_true, y_score, half, **given),
    }


@pytest.mark.parametrize(("low", "high"), WIDE)
@pytest.mark.parametrize("pairs", [False, True])
def test_a_wider_range_is_refused_everywhere(low: float, high: float, *, pairs: bool) -> None:
    y_true, y_score = data(0)
    weight = np.full(y_score.shape if pairs else len(y_score), low)
    weight[::2] = high
    for call in calls(y_true, y_score, weight).values():
        with pytest.raises(tt.InputError) as error:
            call()
        assert str(error.value) == (
            f"sample_weight must be 0, or from 1e-12 to 1e+12; got {low:g} to {high:g}. "
            "Divide all by the largest, and set those then below 1e-12 to 0"
        )


@pytest.mark.parametrize(("low", "high"), WIDE)
def test_a_wider_range_is_refused_for_sparse_scores(low: float, high: float) -> None:
    y_true, y_score = data(1)
    weight = np.where(np.arange(len(y_score)) % 2, low, high)
    with pytest.raises(tt.InputError, match=r"sample_weight must be 0, or from 1e-12 to 1e\+12"):
        tt.find_thresholds(
            scipy.sparse.csr_array(y_true), scipy.sparse.csr_array(y_score), sample_weight=weight
        )


def test_unknown_pairs_may_weigh_anything() -> None:
    y_true, y_score = data(2)
    y_true[3] = -1
    weight = np.ones(y_score.shape)
    weight[3] = [1e300, 1e-300]
    found = tt.evaluate(y_true, y_score, tt.Thresholds([0.5, 0.5]), sample_weight=weight)
    rest = np.arange(len(y_true)) != 3
    alone = tt.evaluate(y_true[rest], y_score[rest], tt.Thresholds([0.5, 0.5]))
    assert found.score() == alone.score()


@st.composite
def weights(draw: st.DrawFn) -> tuple[int, Any]:
    """Draw a seed and weights within the range: clips or pairs, spread or at both ends, some 0."""
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    low, high = sorted(draw(st.tuples(st.floats(-12, 12), st.floats(-12, 12))))
    shape = draw(st.sampled_from([(24,), (24, 2)]))
    power = rng.uniform(low, high, shape)
    if draw(st.booleans()):
        power = np.where(rng.random(shape) < 0.5, low, high)
    weight = np.clip(10**power, 1e-12, 1e12)
    weight[rng.random(shape) < draw(st.sampled_from([0.0, 0.2]))] = 0.0
    weight.flat[-1] = 10**high if 1e-12 <= 10**high <= 1e12 else 1.0
    return seed, weight


@given(weights(), st.sampled_from(METHODS), st.sampled_from(METRICS))
@settings(max_examples=60, deadline=None)
def test_within_the_range_everything_is_finite(
    drawn: tuple[int, Any], method: Any, metric: str
) -> None:
    seed, weight = drawn
    y_true, y_score = data(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        for call in calls(y_true, y_score, weight).values():
            answer = _answered(call)
            if isinstance(answer, CrossFit):
                assert np.isfinite([answer.score, *answer.interval]).all()
        fit = {"method": method, "metric": metric, "sample_weight": weight, "cv": None}
        solution = _answered(lambda: tt.find_thresholds(y_true, y_score, **fit))
        if solution is None:
            return
        assert np.isfinite(solution.score)
        assert not np.isnan(solution.thresholds.values).any()
        if solution.calibrator is not None:
            assert np.isfinite(solution.calibrator.curves).all()
            assert np.isfinite(solution.calibrator.predict_proba(y_score)).all()


def _answered(call: Any) -> Any:
    """Answer of a call; None where the method does not fit the metric, say."""
    try:
        return call()
    except tt.InputError as error:
        if error.argument == "sample_weight" and "one weight per clip" not in error.rule:
            raise
        return None


@pytest.mark.parametrize("size", [60, 3000])
def test_great_masses_of_tied_scores_are_fitted(size: int) -> None:
    y_true = np.arange(size)[:, None] % 3 == 0
    y_score = np.full((size, 1), 0.4)
    solution = tt.find_thresholds(y_true, y_score, sample_weight=np.full(size, 1e12), cv=None)
    assert solution.calibrator is not None
    assert np.isfinite(solution.calibrator.predict_proba(y_score)).all()
    assert solution.thresholds.predict(y_score).all()
