"""Adapted thresholds: where nothing shifted, where prevalences did, and what is refused."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from scipy.stats import norm

import tagthresh as tt
from strategies import Case, cases
from tagthresh import InputError
from tagthresh.calibration.label_shift import GRID, NewClips, learned_shifts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tagthresh.calibration.adapt import Adaptation

MOST = np.log(4)
N_TAGS = 30
MEAN = np.linspace(1.5, 3.5, N_TAGS)  # of the logits of positives; negatives have mean 0
PREVALENCE = np.geomspace(0.01, 0.3, N_TAGS)


def draw(prevalence: Any, n_clips: int, random: np.random.Generator) -> tuple[Any, Any]:
    """Labels and scores; the densities of positives and negatives are always the same."""
    label = random.random((n_clips, len(prevalence))) < prevalence
    return label.astype(int), expit(random.normal(size=label.shape) + label * MEAN - 3)


def f1(thresholds: tt.Thresholds, prevalence: Any, *, macro: bool = False) -> float:
    """F1 on the population."""
    cut = logit(np.clip(thresholds.values, 1e-12, 1 - 1e-12)) + 3
    tp, fp = prevalence * norm.sf(cut - MEAN), (1 - prevalence) * norm.sf(cut)
    each = np.array([2 * tp, tp + fp + prevalence])
    top, bottom = each if macro else each.sum(axis=1, keepdims=True)
    return float(np.mean(top / bottom))


def fit(seed: int = 0, **options: Any) -> tuple[tt.Solution, np.random.Generator]:
    random = np.random.default_rng(seed)
    clips = draw(PREVALENCE, 3000, random)
    return tt.find_thresholds(*clips, cv=None, bootstrap=None, **options), random


def adapt(solution: tt.Solution, y_score: Any, **options: Any) -> Adaptation:
    assert solution.calibrator is not None
    return tt.adapt(y_score, solution.thresholds, calibrator=solution.calibrator, **options)


@pytest.mark.parametrize("seed", range(4))
def test_where_nothing_shifted_thresholds_stay(seed: int) -> None:
    solution, random = fit(seed)
    adapted = adapt(solution, draw(PREVALENCE, 2000, random)[1])
    assert adapted.verdicts["unclear"] >= N_TAGS - 2
    before, after = (f1(each, PREVALENCE) for each in (solution.thresholds, adapted.thresholds))
    assert abs(before - after) < 0.004


@pytest.mark.parametrize("method", ["hierarchical", "exact", "sgl"])
def test_clips_fitted_on_show_no_shift(method: str) -> None:
    """By any method the cuts move on from where they were."""
    random = np.random.default_rng(0)
    y_true, y_score = draw(PREVALENCE, 1000, random)
    curves = tt.find_thresholds(y_true, y_score, cv=None, bootstrap=None).calibrator
    assert curves is not None
    thresholds = tt.find_thresholds(y_true, y_score, method=method, cv=None).thresholds
    adapted = tt.adapt(y_score, thresholds, calibrator=curves)
    assert adapted.verdicts == {"more common": 0, "rarer": 0, "unclear": N_TAGS}
    np.testing.assert_allclose(adapted.thresholds.values, thresholds.values, atol=2e-3)
    assert adapted.before == pytest.approx(adapted.after, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("average", ["micro", "macro"])
@pytest.mark.parametrize("factor", [0.25, 4.0, "each"])
def test_with_other_prevalences_adapted_thresholds_win(factor: Any, average: str) -> None:
    gains, shares = [], []
    for seed in range(3):
        solution, random = fit(seed, metric=f"f1_{average}")
        moved = random.uniform(-MOST, MOST, N_TAGS) if factor == "each" else np.log(factor)
        prevalence = expit(logit(PREVALENCE) + moved)
        labels, scores = draw(prevalence, 3000, random)
        adapted = adapt(solution, scores)
        refitted = tt.find_thresholds(labels, scores, metric=f"f1_{average}", cv=None)
        old, new, oracle = (
            f1(each, prevalence, macro=average == "macro")
            for each in (solution.thresholds, adapted.thresholds, refitted.thresholds)
        )
        gains.append(new - old)
        shares.append((new - old) / (oracle - old))
    assert min(gains) > 0.005
    assert np.mean(shares) > 0.6  # of what labels of the new clips would gain


def test_intervals_hold_the_shift() -> None:
    held = []
    for seed in range(4):
        solution, random = fit(seed)
        moved = random.normal(0, 0.7, N_TAGS)
        prevalence = expit(logit(PREVALENCE) + moved)
        found = adapt(solution, draw(prevalence, 3000, random)[1]).table
        ends = [logit(found[end]) - logit(found["prevalence_old"]) for end in ("low", "high")]
        held.append((ends[0] <= moved) & (moved <= ends[1]))
    assert np.mean(held) > 0.85


@pytest.mark.parametrize("prevalence", [0.02, 0.3])
def test_one_tag_vs_the_fixed_point_of_saerens(prevalence: float) -> None:
    """A single tag is its own prior: the mean of the new probabilities is the prevalence."""
    random = np.random.default_rng(0)
    label = random.random(20_000) < 2 * prevalence
    log_odds = 2.5 * random.normal(size=label.size) + np.where(label, 3.125, -3.125)
    log_odds += logit(prevalence)  # two normals this far apart have a log-odds of slope 1
    found = learned_shifts(
        NewClips.from_log_odds(log_odds[:, None], np.array([prevalence])), np.ones(1)
    )
    now = prevalence
    for _ in range(1000):
        now = expit(log_odds + logit(now) - logit(prevalence)).mean()
    assert found.shift.tolist() == pytest.approx([logit(now) - logit(prevalence)], abs=2e-3)
    assert abs(now - 2 * prevalence) < 4 * found.sd[0] * now


def test_the_shift_vs_a_general_optimiser() -> None:
    random = np.random.default_rng(3)
    log_odds = random.normal(-2, 1.5, (500, 1))
    new = NewClips.from_log_odds(log_odds, np.array([0.2]))
    found = learned_shifts(new, np.array([0.5]))

    def loss(shift: float) -> float:
        """Negative log-likelihood; the mean of the prior of a single tag is its own shift."""
        likelihood = np.logaddexp(0, GRID + shift) - np.log1p(0.2 * np.expm1(shift))
        return -float(0.5 * new.mass[0] @ likelihood)

    wanted = minimize_scalar(loss, bracket=(-1, 1), tol=1e-10)
    assert found.shift.tolist() == pytest.approx([wanted.x], abs=0.02)
    step = 1e-3
    bend = loss(wanted.x - step) - 2 * wanted.fun + loss(wanted.x + step)
    assert found.sd[0] ** -2 == pytest.approx(bend / step**2, rel=0.05)


@settings(max_examples=30)
@given(cases(max_clips=8))
def test_any_case_gives_thresholds_in_the_unit_of_the_scores(case: Case) -> None:
    assume((case.y_true == 1).any())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        solution = tt.find_thresholds(
            case.y_true, case.y_score, sample_weight=case.weight, cv=None, bootstrap=None
        )
    assume(solution.calibrator is not None)
    adapted = adapt(solution, case.y_score)
    found, old = adapted.table, solution.thresholds.values
    values = adapted.thresholds.values
    assert not np.isnan(values).any()
    np.testing.assert_array_equal(np.isinf(values), np.isinf(old))
    assert (
        (found["low"] <= found["prevalence_new"]) & (found["prevalence_new"] <= found["high"])
    ).all()
    assert (found["low"] >= 0).all()
    assert (found["high"] <= 1).all()
    assert 0 <= adapted.before <= 1
    assert 0 <= adapted.after <= 1
    json.dumps(adapted.to_dict(), allow_nan=False)


def test_names_match_columns_and_hand_made_thresholds_stay() -> None:
    random = np.random.default_rng(0)
    names = [f"tag {i}" for i in range(N_TAGS)]
    y_true, y_score = draw(PREVALENCE, 1000, random)
    solution = tt.find_thresholds(y_true, y_score, tags=names, cv=None, bootstrap=None)
    solution = replace(
        solution, thresholds=solution.thresholds.override({"tag 3": 0.4, "tag 5": None})
    )
    new = draw(expit(logit(PREVALENCE) + MOST), 1000, random)[1]
    adapted = adapt(solution, new, tags=names)
    assert [adapted.thresholds.values[tag] for tag in (3, 5)] == [0.4, np.inf]
    assert [adapted.table["kept"][tag] for tag in (3, 5, 6)] == ["set by hand", "set by hand", ""]
    assert set(adapted.thresholds.overrides) == {"tag 3", "tag 5"}
    turned = pd.DataFrame(new[:, ::-1], columns=names[::-1])
    np.testing.assert_array_equal(
        adapt(solution, turned).thresholds.values, adapted.thresholds.values
    )
    assert adapted.thresholds.tags == tuple(names)


def test_limits_of_the_fit_are_kept() -> None:
    solution, random = fit(fixed={"3": 0.4}, bounds=(None, 0.3))
    new = draw(expit(logit(PREVALENCE) - MOST), 2000, random)[1]  # rarer: higher thresholds
    adapted, free = adapt(solution, new), adapt(fit()[0], new)
    assert (adapted.thresholds.values[3], adapted.table["kept"][3]) == (0.4, "fixed")
    others = np.arange(N_TAGS) != 3
    assert adapted.thresholds.values[others].max() == 0.3
    assert free.thresholds.values[others].max() > 0.3


def test_the_origin_survives_the_file(tmp_path: Path) -> None:
    solution, random = fit()
    adapted = adapt(solution, draw(PREVALENCE, 500, random)[1])
    adapted.thresholds.save(tmp_path / "t.json")
    origin = tt.Thresholds.load(tmp_path / "t.json").origin
    assert origin is not None
    assert origin.method["name"] == "adapt"
    assert origin.method["fitted"]["name"] == "hierarchical"
    assert (origin.clips, origin.score) == (500, adapted.after)
    expected = 500 * adapted.table["prevalence_new"]
    np.testing.assert_allclose(origin.positives, expected, rtol=0.5)  # leans on the other tags
    with pytest.raises(InputError, match="thresholds that were adapted already"):
        adapt(replace(solution, thresholds=adapted.thresholds), draw(PREVALENCE, 5, random)[1])


def test_a_calibrator_from_a_file_gives_the_same(tmp_path: Path) -> None:
    solution, random = fit()
    new = draw(PREVALENCE, 500, random)[1]
    assert solution.calibrator is not None
    solution.calibrator.save(tmp_path / "c.json")
    other = tt.adapt(new, solution.thresholds, calibrator=tt.Calibrator.load(tmp_path / "c.json"))
    np.testing.assert_array_equal(other.thresholds.values, adapt(solution, new).thresholds.values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: replace(s, thresholds="0.5"), "thresholds must be Thresholds, .* got '0.5'"),
        (lambda s: replace(s, thresholds=0.5), "thresholds must come from a fit"),
        (
            lambda s: replace(s, thresholds=tt.Thresholds([0.5] * N_TAGS)),
            "thresholds must come from a fit",
        ),
        (lambda s: replace(s, thresholds=replace_metric(s, "recall_micro")), "got recall_micro"),
        (lambda s: replace(s, thresholds=replace_metric(s, "f1_samples")), "got f1_samples"),
        (
            lambda s: replace(s, calibrator=replace(s.calibrator, known=None)),
            "calibrator must record the prevalences",
        ),
    ],
)
def test_what_cannot_be_adapted(change: Callable[[Any], Any], message: str) -> None:
    solution, random = fit()
    with pytest.raises(InputError, match=message):
        adapt(change(solution), draw(PREVALENCE, 5, random)[1])


def replace_metric(solution: tt.Solution, metric: str) -> tt.Thresholds:
    origin = solution.thresholds.origin
    assert origin is not None
    return tt.Thresholds(solution.thresholds.values, None, replace(origin, metric=metric))


def test_bad_scores_are_told() -> None:
    solution, random = fit()
    new = draw(PREVALENCE, 5, random)[1]
    with pytest.raises(InputError, match=r"calibrator must be Calibrator, .*; got None"):
        tt.adapt(new, solution.thresholds, calibrator=None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="y_score must hold at least one clip"):
        adapt(solution, new[:0])
    with pytest.raises(
        InputError, match="y_score must have one column per tag of the calibrator; got 2 for 30"
    ):
        adapt(solution, new[:, :2])
    new[1, 2] = np.nan
    with pytest.raises(InputError, match="y_score must be finite; got nan at clip 1, tag 2"):
        adapt(solution, new)
