"""Probabilities from scores: against plain versions, and what they promise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import norm

import tagthresh as tt
from strategies import Case, cases
from tagthresh import Calibrator, InputError
from tagthresh.calibration.fit import DOUBT, PRECISION, pooled_log_odds
from tagthresh.calibration.hierarchical_logistic import Cells, posterior
from tagthresh.calibration.normal_prior import Prior
from tagthresh.counts.normal_scores import Binned
from tagthresh.datasets import simulate
from tagthresh.methods import Hierarchical
from tagthresh.methods.hierarchical import values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def small(seed: int = 0, n_clips: int = 300, n_tags: int = 12) -> tuple[Any, Any]:
    """Labels and probabilities in float32, some tags rare."""
    rng = np.random.default_rng(seed)
    y_true = (rng.random((n_clips, n_tags)) < np.linspace(0.005, 0.3, n_tags)).astype(int)
    logits = rng.normal(size=y_true.shape) + 2.5 * y_true - 2 + rng.normal(size=n_tags)
    return y_true, (1 / (1 + np.exp(-logits))).astype(np.float32)


def fitted(y_true: Any, y_score: Any, **options: Any) -> Calibrator:
    counts = tt.Counts.from_arrays(y_true, y_score, **options)
    found = Hierarchical().fit(counts, tt.metrics.FBeta()).calibrator
    assert found is not None
    return found


def brier(y_true: Any, probability: Any) -> float:
    return float(((probability - y_true) ** 2).mean())


@pytest.mark.parametrize("seed", range(3))
def test_pooled_log_odds_vs_a_general_optimiser(seed: int) -> None:
    y_true, y_score = small(seed)
    binned = Binned.from_counts(tt.Counts.from_arrays(y_true, y_score)).around(700)
    x = np.repeat((binned.edge[:-1] + binned.edge[1:]) / 2, 1)
    known, positive = (-np.diff(mass.total) for mass in (binned.accepted, binned.tp))
    powers = np.stack([x**0, x, x**2], axis=1)

    def loss(at: Any) -> float:
        z = powers @ at
        return float(known @ np.logaddexp(0, z) - positive @ z + PRECISION @ at**2 / 2)

    a, b, bend = minimize(loss, [0.0, 1.0, 0.0], tol=1e-10).x
    rising = b + 2 * bend * x > 0.05
    wanted = np.polynomial.Polynomial([a, b, bend])(binned.edge)
    found = pooled_log_odds(binned)
    slopes = np.diff(found), np.diff(wanted)
    np.testing.assert_allclose(slopes[0][rising], slopes[1][rising], atol=2e-4)
    np.testing.assert_allclose(np.diff(found)[~rising], 0.0005, rtol=1e-6)
    assert np.interp(0, binned.edge, found) == pytest.approx(a, abs=1e-3)


@given(cases())
def test_any_case_gives_rising_probabilities(case: Case) -> None:
    counts = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)
    found = Hierarchical().fit(counts, tt.metrics.FBeta()).calibrator
    if not counts.positive.mass.any():
        assert found is None
        return
    assert found is not None
    assert (np.diff(found.score) >= 0).all()
    assert (np.diff(found.log_odds) > 0).all()
    assert (found.curves[:, 1] > 0).all()
    grid = np.unique(np.concatenate([case.y_score.ravel(), [-4e38, -1.0, 0.1, 4e38]]))
    probability = found.predict_proba(np.repeat(grid[:, None], len(found), axis=1))
    assert (probability >= 0).all()
    assert (probability <= 1).all()
    assert (np.diff(probability, axis=0) >= -1e-12).all()
    known = np.where(case.y_true == -1, np.nan, case.y_score)
    low, high = found.trusted.T
    assert not (low < np.nanmin(np.append(known, [[np.inf] * len(low)], axis=0), axis=0)).any()
    assert not (high > np.nanmax(np.append(known, [[-np.inf] * len(low)], axis=0), axis=0)).any()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", ["rank", "exp", "logit", "negative"])
def test_any_increasing_function_of_the_scores_moves_nothing(name: str, dtype: type) -> None:
    """Within one step of the grid, 0.01 in x, scores are told apart by their own scale."""
    y_true, given_score = small()
    y_score = given_score.astype(dtype)
    wide = y_score.astype(np.float64)
    moved = {
        "rank": np.unique(wide, return_inverse=True)[1].reshape(wide.shape).astype(np.float64),
        "exp": np.exp(20 * wide),
        "logit": logit(wide),
        "negative": -1 / (1 + wide) - 100,
    }[name]
    one, other = fitted(y_true, y_score), fitted(y_true, moved)
    np.testing.assert_array_equal(one.curves, other.curves)
    np.testing.assert_array_equal(one.log_odds, other.log_odds)
    step = np.diff(one.log_odds).max() * one.curves[:, 1]
    before, after = one.predict_proba(y_score), other.predict_proba(moved)
    assert (np.abs(logit(before) - logit(after)) <= step * 1.0001).all()
    assert np.abs(before - after).max() < 0.02
    agreed = one.is_trusted(y_score) == other.is_trusted(moved)
    assert agreed.mean() > 0.99


def test_weights_are_repetitions_and_unknown_labels_count_nowhere() -> None:
    y_true, y_score = small()
    weight = np.random.default_rng(1).integers(0, 4, len(y_true))
    weighted = fitted(y_true, y_score, sample_weight=weight)
    repeated = fitted(np.repeat(y_true, weight, axis=0), np.repeat(y_score, weight, axis=0))
    np.testing.assert_array_equal(weighted.predict_proba(y_score), repeated.predict_proba(y_score))
    np.testing.assert_array_equal(weighted.trusted, repeated.trusted)
    hidden = np.random.default_rng(5).random(y_true.shape) < 0.3
    unknown = np.where(hidden, -1, y_true)
    one, other = (
        fitted(unknown, np.where(hidden, np.float32(away), y_score)) for away in (0.999, 0.5)
    )
    np.testing.assert_array_equal(one.predict_proba(y_score), other.predict_proba(y_score))


def test_tags_never_seen_lean_on_the_others_and_are_not_trusted() -> None:
    y_true, y_score = small()
    y_true[:, 3] = 0
    y_true[:, 5] = -1
    found = fitted(y_true, y_score)
    assert np.isnan(found.trusted[[3, 5]]).all()
    assert not found.is_trusted(y_score)[:, [3, 5]].any()
    at = np.full((1, 12), 0.5)
    never, unknown = found.predict_proba(at)[0, [3, 5]]
    seen = np.delete(found.predict_proba(at)[0], [3, 5])
    assert seen.min() < unknown < seen.max()
    assert never < unknown  # its negatives speak against it


def test_a_single_clip() -> None:
    found = fitted([[1]], [[0.3]])
    np.testing.assert_array_equal(found.score, [0.3])
    low, middle, high = found.predict_proba([[0.1], [0.3], [9.0]])[:, 0]
    assert low == middle == high


def test_ties_and_scales() -> None:
    y_true, y_score = small(n_clips=2000)
    reference = brier(y_true, fitted(y_true, y_score).predict_proba(y_score))
    for score in ((y_score * 32).round() / 32, y_score * np.float32(1e38), y_score.astype("f2")):
        assert brier(y_true, fitted(y_true, score).predict_proba(score)) < 1.1 * reference


def test_true_probabilities_are_found_where_trusted() -> None:
    """On a simulation, whose probabilities are known."""
    unseen, clips = (
        simulate.audioset_shaped(1_000, random_state=1_000),
        simulate.audioset_shaped(6_000),
    )
    shape = simulate_shape()
    z = logit(unseen.scores.astype(np.float64).clip(1e-12, 1 - 1e-12))
    share = shape["positives"] / simulate.CLIPS
    true = logit(share) + (
        norm.logpdf(z, shape["pos_mean"], shape["pos_std"])
        - norm.logpdf(z, shape["neg_mean"], shape["neg_std"])
    )
    found = fitted(clips.labels, clips.scores)
    probability, trusted = found.predict_proba(unseen.scores), found.is_trusted(unseen.scores)
    odds_off = np.abs(logit(probability) - true)
    assert (odds_off[trusted] < 2 * DOUBT).mean() > 0.93
    assert probability[trusted].sum() > 0.9 * probability.sum()
    assert np.abs(probability - expit(true))[trusted].mean() < 0.007
    assert probability[trusted].sum() == pytest.approx(expit(true)[trusted].sum(), rel=0.02)


def simulate_shape() -> dict[str, Any]:
    from importlib import resources

    with (resources.files("tagthresh.datasets") / "data" / simulate.SHAPE).open("rb") as file:
        return dict(np.load(file, allow_pickle=False))


def test_trust_vs_the_variance_at_every_score() -> None:
    y_true, y_score = small(n_clips=120)
    counts = tt.Counts.from_arrays(y_true, y_score)
    found = fitted(y_true, y_score)
    assert 0 < np.isfinite(found.trusted[:, 0]).sum() < 12
    binned = Binned.from_counts(counts)
    value = values(binned, tt.metrics.FBeta())
    best = np.flatnonzero(value == value.max())
    binned = binned.around(int(best[len(best) // 2]))
    z = pooled_log_odds(binned)
    cells = Cells.from_binned(binned)
    middle = np.interp(cells.x, binned.edge, z)
    cells = Cells(cells.n_tags, cells.tag, middle, cells.positive, cells.known)
    at, guess = np.tile([0.0, 1.0], (12, 1)), np.diag([0.1, 0.02])
    prior = Prior(np.array([0.0, 1.0]), 10 * guess)
    for _ in range(4):
        curves = posterior(cells, prior, at, 1).steeper(0.15)
        at, prior = curves.parameters, Prior.learned(curves, guess)
    trusted = found.is_trusted(y_score)
    for tag in range(12):
        scores = y_score[:, tag]
        point = np.interp(scores.astype(float), found.score, found.log_odds)
        basis = np.stack([np.ones_like(point), point], axis=1)
        variance = np.einsum("ni,ij,nj->n", basis, curves.covariance[tag], basis)
        positive = scores[y_true[:, tag] == 1]
        lowest = positive.min() if len(positive) else np.inf
        np.testing.assert_array_equal(trusted[:, tag], (variance <= DOUBT**2) & (scores >= lowest))


@pytest.mark.parametrize("folder", ["dcase2017", "dcase2019"])
def test_better_than_scores_as_they_are(folder: str, real: Callable[[str], dict[str, Any]]) -> None:
    data = real(f"{folder}/fit.npz")
    labels, scores = data["labels"], data["scores"]
    order = np.random.default_rng(0).permutation(len(labels))
    one, other = np.array_split(order, 2)
    found = tt.reliability(labels[other], scores[other], fitted(labels[one], scores[one]))
    assert found["calibrated"].brier < 0.92 * found["raw"].brier
    assert found["calibrated"].ece < 0.6 * found["raw"].ece


def test_frames_are_matched_by_name() -> None:
    y_true, y_score = small(n_tags=3)
    found = fitted(y_true, y_score, tags=["a", "b", "c"])
    frame = pd.DataFrame(y_score[:, [2, 0, 1]], columns=["c", "a", "b"])
    wanted = found.predict_proba(y_score)
    np.testing.assert_array_equal(found.predict_proba(frame), wanted)
    np.testing.assert_array_equal(
        found.is_trusted(y_score[:, ::-1], ["c", "b", "a"]), found.is_trusted(y_score)
    )
    assert found.predict_proba(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize(
    ("y_score", "tags", "message"),
    [
        ([[0.1]], None, "y_score must have one column per tag of the calibrator; got 1 for 2"),
        ([[0.1, np.nan]], None, "y_score must be finite; got nan at clip 0, tag 'b'"),
        ([[0.1, 0.2]], ["a", "x"], "y_score must have the same tags as the rest; it lacks 'b'"),
        ([[0.1, 0.2]], "ab", "tags must be a list of names"),
    ],
)
def test_bad_scores(y_score: Any, tags: Any, message: str) -> None:
    found = fitted([[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.3]], tags=["a", "b"])
    for method in (found.predict_proba, found.is_trusted):
        with pytest.raises(InputError, match=message):
            method(y_score, tags)


def test_only_hierarchical_calibrates() -> None:
    y_true, y_score = small()
    assert tt.find_thresholds(y_true, y_score, method="exact", cv=None).calibrator is None
    solution = tt.find_thresholds(y_true, y_score, method="hierarchical", cv=None)
    assert solution.calibrator is not None
    assert len(solution.calibrator) == 12
    assert "calibrator" not in solution.to_dict()


def test_a_file_and_back(tmp_path: Path) -> None:
    y_true, y_score = small()
    y_true[:, 3] = 0
    found = fitted(y_true, y_score, tags=[f"tag {i} é" for i in range(12)])
    found.save(tmp_path / "c.json")
    again = Calibrator.load(tmp_path / "c.json")
    np.testing.assert_array_equal(found.predict_proba(y_score), again.predict_proba(y_score))
    np.testing.assert_array_equal(found.trusted, again.trusted)
    assert again.tags == found.tags
    assert again.to_dict() == found.to_dict()


def test_a_file_for_audioset_is_small(tmp_path: Path) -> None:
    clips = simulate.audioset_shaped(2_000)
    fitted(clips.labels, clips.scores, tags=clips.tags).save(tmp_path / "c.json")
    assert (tmp_path / "c.json").stat().st_size < 150_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": 2}, "schema_version must be 1; got 2"),
        ({"schema_version": True}, "schema_version must be 1; got True"),
        ({"rule": "as you like"}, "rule must be 'probability = .*; got 'as you like'"),
        ({"score": []}, "score must be a list that is not empty"),
        ({"score": [0.2, 0.1]}, "score must ascend; got 0.2 before 0.1"),
        ({"score": [0.2, "a"]}, "score must be a number; got 'a'"),
        ({"log_odds": [1.0]}, "log_odds must hold 2 numbers; got 1"),
        ({"curves": [[0.0, -1.0]]}, "curves must rise, with b above 0; got -1.0"),
        ({"curves": [[0.0]]}, r"curves must hold pairs of numbers; got \[0.0\]"),
        ({"curves": None}, "it lacks the key 'curves'"),
        ({"trusted": []}, "trusted must hold 1 ranges, one per curve"),
        ({"trusted": [[0.2, 0.1]]}, "trusted must hold ranges from low to high; got 0.2 to 0.1"),
        ({"trusted": [[0.2]]}, r"trusted must hold pairs of numbers; got \[0.2\]"),
        ({"tags": ["a", "b"]}, "tags must hold one name per tag; got 2 for 1 tags"),
        ({"prevalence": [0.1, 0.2]}, "prevalence must hold 1 numbers, one per curve; got 2"),
        ({"prevalence": [1.5]}, "prevalence must be from 0 to 1; got 1.5"),
        ({"known": [-1]}, "known must be from 0 to inf; got -1.0"),
        ({"known": ["a"]}, "known must be a number; got 'a'"),
        ({"tags": 3}, "tags must be a list that is not empty; got 3"),
    ],
)
def test_bad_files(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    one = Calibrator(np.array([0.0, 1]), np.array([-2.0, 2]), np.ones((1, 2)), np.ones((1, 2)))
    (tmp_path / "c.json").write_text(json.dumps(one.to_dict() | change))
    with pytest.raises(InputError, match=f"c.json is not a calibrator file: {message}"):
        Calibrator.load(tmp_path / "c.json")


def test_what_it_was_fitted_on_is_known() -> None:
    y_true, y_score = small()
    y_true[:, 3] = -1
    weight = np.random.default_rng(1).integers(1, 4, len(y_true))
    found = fitted(y_true, y_score, sample_weight=weight)
    assert found.known is not None
    assert found.prevalence is not None
    np.testing.assert_array_equal(found.known, weight @ (y_true != -1))
    mean = np.average(found.predict_proba(y_score), axis=0, weights=weight)
    seen = found.known > 0
    np.testing.assert_allclose(found.prevalence[seen], mean[seen], rtol=2e-3)
    assert found.prevalence[3] == pytest.approx(np.average(mean[seen]), rel=2e-3)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r".* cannot be read: No such file"):
        Calibrator.load(tmp_path / "none.json")
    for text, message in (
        ("{", "not valid JSON"),
        ("[]", r"it must hold an object; got \[\]"),
        ("{}", "schema_version must be 1; got None"),
        ('{"schema_version": 1}', "it lacks the key 'curves'"),
        ('{"score": NaN}', "NaN is not JSON"),
    ):
        (tmp_path / "c.json").write_text(text)
        with pytest.raises(InputError, match=message):
            Calibrator.load(tmp_path / "c.json")
