from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tagthresh as tt
from strategies import Case, cases, simulate
from tagthresh.evaluation.crossfit import stratified_folds


@given(cases(max_clips=12), st.integers(2, 4), st.integers(0, 3))
def test_folds_hold_every_group_once_and_are_even(case: Case, folds: int, seed: int) -> None:
    n_clips = len(case.y_score)
    unit = np.arange(n_clips) // 2
    if unit[-1] + 1 < folds:
        return
    positive = case.y_true == 1
    fold = stratified_folds(positive, unit, folds, seed)
    assert set(fold) <= set(range(folds))
    for group in range(unit[-1] + 1):
        assert len(set(fold[unit == group])) == 1
    alone = stratified_folds(positive[:, :1], np.arange(n_clips), folds, seed)
    held = np.bincount(alone[positive[:, 0]], minlength=folds)
    assert held.max() - held.min() <= 1
    sizes = np.bincount(stratified_folds(positive[:, :0], np.arange(n_clips), folds, seed))
    assert sizes.max() - sizes.min() <= 1


def test_rare_tags_are_in_every_fold() -> None:
    rng = np.random.default_rng(0)
    positive = rng.random((1000, 30)) < np.linspace(0.005, 0.3, 30)
    fold = stratified_folds(positive, np.arange(1000), 5, 0)
    held = np.array([positive[fold == k].sum(axis=0) for k in range(5)])
    assert np.ptp(held, axis=0)[:10].max() <= 2  # the rare ones, dealt first
    assert np.bincount(fold).min() > 180


def test_every_fold_is_judged_by_the_others(real: Any) -> None:
    data = real("dcase2019/fit.npz")
    labels, scores = data["labels"], data["scores"]
    expected = tt.crossfit(labels, scores, method="exact", metric="f1_macro", random_state=3)
    accepted = np.empty(scores.shape, bool)
    for k in range(10):
        held_out = expected.fold == k
        fit = tt.find_thresholds(
            labels[~held_out], scores[~held_out], method="exact", metric="f1_macro"
        )
        accepted[held_out] = fit.thresholds.predict(scores[held_out])
    by_hand = tt.evaluate(labels, accepted.astype(float), tt.Thresholds(np.full(10, 0.5)))
    assert expected.score == pytest.approx(by_hand.score("f1_macro"), abs=1e-12)
    assert expected.interval.low < expected.score < expected.interval.high


@pytest.mark.slow
def test_the_interval_covers_what_unseen_clips_show() -> None:
    """Over 100 fits, nine in ten hold the score on unseen clips; the fit score is high."""
    rng = np.random.default_rng(1)
    unseen = simulate(rng, 50_000)
    covered, off, fit_off = 0, [], []
    for seed in range(100):
        labels, scores = simulate(rng, 500)
        solution = tt.find_thresholds(labels, scores, cv=None)
        true = tt.evaluate(unseen[0], unseen[1], solution.thresholds).score()
        expected = tt.crossfit(labels, scores, n_resamples=200, random_state=seed)
        covered += expected.interval.low <= true <= expected.interval.high
        off.append(expected.score - true)
        fit_off.append(solution.score - true)
    assert covered >= 90
    assert abs(np.mean(off)) < 0.003
    assert np.mean(fit_off) > 0.01


def test_groups_stay_together_and_widen_the_interval() -> None:
    rng = np.random.default_rng(2)
    labels, scores = simulate(rng, 100)
    labels, scores = np.repeat(labels, 5, axis=0), np.repeat(scores, 5, axis=0)
    groups = np.repeat([f"site {i}" for i in range(100)], 5)
    alone, grouped = (tt.crossfit(labels, scores, groups=g) for g in (None, groups))
    assert all(len(set(grouped.fold[groups == g])) == 1 for g in set(groups))
    width = [each.interval.high - each.interval.low for each in (alone, grouped)]
    assert width[1] > 1.5 * width[0]
    assert grouped.score < alone.score  # copies of a clip in other folds give it away


def test_clips_of_no_weight_are_left_out() -> None:
    rng = np.random.default_rng(3)
    labels, scores = simulate(rng, 60)
    weight = (np.arange(60) < 40).astype(float)
    weighted = tt.crossfit(labels, scores, sample_weight=weight, groups=np.arange(60))
    shorter = tt.crossfit(labels[:40], scores[:40], groups=np.arange(40))
    assert weighted.score == pytest.approx(shorter.score)
    assert weighted.fold.tolist() == shorter.fold.tolist()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cv": 1}, "cv must be at least 2; got 1"),
        ({"cv": 5}, "cv must be at most the number of clips, 4; got 5"),
        ({"groups": [1, 2]}, "groups must hold one group per clip; got 2 for 4 clips"),
        ({"groups": ["a", "a", None, "b"]}, "name a group for every clip; got None at clip 2"),
        ({"groups": [0.0, np.nan, 1.0, 1.0]}, "got nan at clip 1"),
        ({"random_state": -1}, "random_state must be at least 0"),
        ({"groups": [0, 0, 1, 1], "cv": 3}, "number of groups, 2; got 3"),
    ],
)
def test_bad_arguments(options: Any, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.crossfit([[1], [0], [1], [0]], [[0.9], [0.2], [0.7], [0.3]], **({"cv": 2} | options))


def test_find_thresholds_says_what_to_expect() -> None:
    labels, scores = simulate(np.random.default_rng(4), 200)
    solution = tt.find_thresholds(labels, scores)
    assert solution.expected is not None
    assert solution.expected.score == tt.crossfit(labels, scores).score
    assert solution.to_dict()["expected"]["score"] == solution.expected.score
    assert "expected on unseen clips" in repr(solution)
    assert tt.find_thresholds(labels, scores, cv=None).expected is None
    assert tt.find_thresholds(labels, scores, method="random_search").expected is None
    assert tt.find_thresholds(tt.Counts.from_arrays(labels, scores)).expected is None
    groups = np.arange(200) // 10
    grouped = tt.find_thresholds(labels, scores, cv=3, groups=groups).expected
    assert grouped is not None
    assert grouped.score == tt.crossfit(labels, scores, cv=3, groups=groups).score


def test_few_clips_are_not_dealt_into_folds() -> None:
    assert tt.find_thresholds([[1], [0]], [[0.9], [0.2]]).expected is None
    with pytest.raises(tt.InputError, match="at most the number of clips, 2; got 3"):
        tt.find_thresholds([[1], [0]], [[0.9], [0.2]], cv=3)
    with pytest.raises(tt.InputError, match="cv must be at least 2; got 1"):
        tt.find_thresholds([[1], [0]], [[0.9], [0.2]], cv=1)
    with pytest.raises(tt.InputError, match="cv, bootstrap and groups need rows"):
        tt.find_thresholds(tt.Counts.from_arrays([[1], [0]], [[0.9], [0.2]]), cv=2)


def test_groups_ask_for_cross_fitting() -> None:
    labels, scores = simulate(np.random.default_rng(5), 60)
    sites = [("site", i // 20) for i in range(60)]
    expected = tt.find_thresholds(labels, scores, groups=sites).expected
    assert expected is not None
    assert len(set(expected.fold)) == 3
    with pytest.raises(tt.InputError, match="groups must name at least two groups; all clips"):
        tt.find_thresholds(labels, scores, groups=["one"] * 60)
    with pytest.raises(tt.InputError, match="cv must be an integer of at least 2"):
        tt.find_thresholds(labels, scores, cv="x")  # type: ignore[arg-type]


def test_great_groups_are_dealt_first() -> None:
    unit = np.repeat(np.arange(202), [200, 100, *[1] * 200])
    fold = stratified_folds(np.zeros((500, 1), bool), unit, 5, 0)
    assert sorted(np.bincount(fold)) == [66, 67, 67, 100, 200]
