"""Drift: against SciPy's tests, false alarms where nothing changed, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy.special import expit
from scipy.stats import fisher_exact, ks_2samp, ttest_ind

import tagthresh as tt
from strategies import Case, cases
from tagthresh import InputError
from tagthresh.evaluation.drift import fisher, kolmogorov_smirnov, student
from tagthresh.evaluation.profile import POINTS, above

if TYPE_CHECKING:
    from pathlib import Path

N_TAGS = 40
PREVALENCE = np.geomspace(0.003, 0.3, N_TAGS)


def draw(n_clips: int, random: np.random.Generator, prevalence: Any = PREVALENCE) -> Any:
    """Labels and scores."""
    label = random.random((n_clips, N_TAGS)) < prevalence
    return label.astype(int), expit(random.normal(size=label.shape) + 2.5 * label - 3)


def profile(random: np.random.Generator, n_clips: int = 1000) -> tt.Profile:
    labels, scores = draw(n_clips, random)
    cuts = tt.Thresholds(np.full(N_TAGS, 0.3), [f"tag {i}" for i in range(N_TAGS)])
    assert labels.any()
    return tt.Profile.from_scores(scores, cuts)


def test_fisher_vs_scipy() -> None:
    random = np.random.default_rng(0)
    given_then, given_now = random.integers(0, 30, (2, 50))
    clips = 200, 90
    found = fisher((given_then, given_now), clips)
    for i, (then, now) in enumerate(zip(given_then, given_now, strict=True)):
        square = [[now, clips[1] - now], [then, clips[0] - then]]
        tails = [fisher_exact(square, way).pvalue for way in ("less", "greater")]
        assert found[i] == pytest.approx(min(1, 2 * min(tails)), rel=1e-9)


@pytest.mark.parametrize("sizes", [(300, 80), (1000, 1000)])
def test_scores_vs_scipy(sizes: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    then, now = (
        random.normal(size=(n, 5)) + shift for n, shift in zip(sizes, (0, 0.2), strict=True)
    )
    for tag in range(5):
        wanted = ks_2samp(then[:, tag], now[:, tag], method="asymp")
        every = np.sort(then[:, tag])[None]
        shares = (
            (sizes[0] - np.arange(sizes[0])) / sizes[0],
            above(now[:, [tag]], every)[0] / sizes[1],
        )
        distance = np.abs(shares[0] - shares[1]).max()
        assert distance == pytest.approx(wanted.statistic, abs=1.01 / min(sizes))
        found = kolmogorov_smirnov(np.array([wanted.statistic]), sizes)
        assert found.tolist() == pytest.approx([wanted.pvalue], rel=1e-9)


def test_tags_a_clip_vs_scipy() -> None:
    random = np.random.default_rng(2)
    then, now = random.poisson(2, 300), random.poisson(2.3, 90)
    told = [(float(each.mean()), float(each.std(ddof=1))) for each in (then, now)]
    found = student((told[0], told[1]), (300, 90))
    assert found.tolist() == pytest.approx([ttest_ind(then, now).pvalue], rel=1e-9)


def test_the_distance_is_that_of_all_scores_within_a_step() -> None:
    random = np.random.default_rng(3)
    then, now = random.normal(size=(2, 2000, 3)) + np.array([[[0, 0, 0]], [[0, 0.3, 1]]])
    found = tt.drift(now, tt.Profile.from_scores(then, tt.Thresholds([0.0] * 3))).table["distance"]
    for tag in range(3):
        whole = ks_2samp(then[:, tag], now[:, tag]).statistic
        assert whole - 1 / POINTS <= found[tag] <= whole + 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("method", ["exact", "hierarchical"])
def test_false_alarms_are_rare_where_nothing_changed(method: str) -> None:
    """Thresholds are fitted on the clips of the profile, as in use."""
    alarms, significant = [], []
    for seed in range(40):
        random = np.random.default_rng(seed)
        labels, scores = draw(400, random)
        labels[0] = 1  # every tag is seen
        thresholds = tt.find_thresholds(
            labels, scores, method=method, cv=None, bootstrap=None
        ).thresholds
        found = tt.drift(draw(400, random)[1], tt.Profile.from_scores(scores, thresholds))
        alarms.append(found.drifted)
        significant.append(min(*found.table["p_rate"], *found.table["p_scores"]) <= 0.05)
    # 7 or more of 40 at a rate of 5 % have a chance of 0.3 %.
    assert sum(significant) <= 6
    assert sum(alarms) <= sum(significant) + 2


def test_changes_are_told_and_named() -> None:
    random = np.random.default_rng(0)
    before = profile(random)
    labels, scores = draw(1000, random, PREVALENCE * np.where(np.arange(N_TAGS) < 35, 1, 2))
    assert labels.any()
    scores[:, 3] = scores[:, 3] ** 1.3  # lower, still mostly far from the threshold
    found = tt.drift(scores, before)
    assert found.drifted
    assert [found.table["verdict"][tag] for tag in (3, 36, 38)] == [
        *("other scores", "more often", "more often")
    ]
    assert found.verdicts["same"] >= 32
    assert found.per_clip.verdict == "more often"
    assert found.per_clip.new == pytest.approx((scores >= 0.3).sum(axis=1).mean())


def test_what_no_tag_shows_all_together_do() -> None:
    random = np.random.default_rng(0)
    before = profile(random)
    found = tt.drift(draw(300, random, PREVALENCE * 1.6)[1], before)
    assert found.verdicts["more often"] <= 5
    assert found.per_clip.verdict == "more often"


def test_a_change_that_is_small_is_not_told() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=(200_000, 2))
    found = tt.drift(scores + 0.05, tt.Profile.from_scores(scores, tt.Thresholds([1.0, 1.0])))
    assert (found.table["p_rate"] < 1e-6).all()
    assert not found.drifted


@settings(max_examples=40)
@given(cases(max_clips=8), cases(max_clips=8))
def test_any_clips_can_be_compared(first: Case, second: Case) -> None:
    n_tags = min(first.y_score.shape[1], second.y_score.shape[1])
    then, now = (each.y_score[:, :n_tags] for each in (first, second))
    thresholds = tt.Thresholds([0.25, np.inf, -3e38][:n_tags])
    found = tt.drift(now, tt.Profile.from_scores(then, thresholds))
    for name in ("rate_old", "rate_new", "distance", "p_rate", "p_scores"):
        assert (found.table[name] >= 0).all()
        assert (found.table[name] <= 1).all()
    np.testing.assert_array_equal(found.table["rate_new"], (now >= thresholds.values).mean(axis=0))
    json.dumps(found.to_dict(), allow_nan=False)
    same = tt.drift(then, tt.Profile.from_scores(then, thresholds))
    assert not same.drifted
    assert not same.table["distance"].any()


def test_names_match_columns() -> None:
    random = np.random.default_rng(0)
    before = profile(random)
    scores = draw(100, random)[1]
    frame = pd.DataFrame(scores[:, ::-1], columns=before.thresholds.names[::-1])
    one, other = tt.drift(frame, before), tt.drift(scores, before, tags=before.thresholds.tags)
    assert one.to_dict() == other.to_dict()


def test_the_profile_survives_the_file(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    before = profile(random)
    before.save(tmp_path / "p.json")
    again = tt.Profile.load(tmp_path / "p.json")
    assert again.to_dict() == before.to_dict()
    scores = draw(100, random)[1].astype(np.float32)
    assert tt.drift(scores, again).to_dict() == tt.drift(scores, before).to_dict()
    assert repr(again) == "Profile(40 tags, 1000 clips)"
    never = tt.Profile.from_scores([[0.1, 0.2]], tt.Thresholds([0.5, np.inf]))
    never.save(tmp_path / "p.json")
    assert tt.Profile.load(tmp_path / "p.json").thresholds.values.tolist() == [0.5, np.inf]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": 2}, "schema_version must be 1; got 2"),
        ({"clips": 0}, "clips must be at least 1; got 0"),
        ({"clips": 2.5}, "clips must be an integer; got 2.5"),
        ({"thresholds": 3}, "thresholds must be a list; got 3"),
        ({"thresholds": ["a", 1]}, "thresholds must be a number; got 'a' at entry 0"),
        ({"tags": ["a"]}, "tags must hold one name per tag; got 1 for 2 tags"),
        ({"given": [1]}, r"given must have the shape \(2,\); got \(1,\)"),
        ({"given": [1, 900]}, "given must be from 0 to 3 clips; got 1, 900"),
        ({"given": [1, 0.5]}, "given must be an integer; got 0.5 at entry 1"),
        ({"score": [[1.0], [2.0, 3.0]]}, "score must be lists of numbers"),
        ({"score": "a"}, "score must be lists of numbers; got 'a'"),
        ({"above": [[1], [1]]}, r"above must have the shape \(2, 32\); got \(2, 1\)"),
        ({"per_clip": [1.0]}, r"per_clip must have the shape \(2,\); got \(1,\)"),
        ({"per_clip": [-1.0, 0]}, "per_clip must be a mean and standard deviation; got -1.0"),
    ],
)
def test_bad_files(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    one = tt.Profile.from_scores([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], tt.Thresholds([0.5, 0.5]))
    (tmp_path / "p.json").write_text(json.dumps(one.to_dict() | change))
    with pytest.raises(InputError, match=f"p.json is not a profile: {message}"):
        tt.Profile.load(tmp_path / "p.json")
    (tmp_path / "p.json").write_text("[]")
    with pytest.raises(InputError, match="it must hold an object"):
        tt.Profile.load(tmp_path / "p.json")
    (tmp_path / "p.json").write_text('{"schema_version": 1}')
    with pytest.raises(InputError, match="it lacks the key 'above'"):
        tt.Profile.load(tmp_path / "p.json")


def test_bad_scores_are_told() -> None:
    random = np.random.default_rng(0)
    before, scores = profile(random), draw(5, random)[1]
    with pytest.raises(InputError, match=r"profile must be Profile, .* got None"):
        tt.drift(scores, None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="y_score must hold at least one clip"):
        tt.drift(scores[:0], before)
    with pytest.raises(InputError, match="y_score must hold at least one clip"):
        tt.Profile.from_scores(scores[:0], before.thresholds)
    with pytest.raises(InputError, match="y_score must have one column per threshold; got 2"):
        tt.drift(scores[:, :2], before)
    scores[1, 2] = np.nan
    with pytest.raises(InputError, match="y_score must be finite; got nan at clip 1, tag 'tag 2'"):
        tt.drift(scores, before)


@pytest.mark.parametrize("spread", [5e-324, 1e-300, 1e-160, 1e-30, 0.0])
def test_a_spread_of_almost_nothing_is_no_error(spread: float) -> None:
    scores = np.full((50, 2), 0.7)
    profile = tt.Profile.from_scores(scores, [0.5, 0.5])
    same = replace(profile, per_clip=(2.0, spread))
    assert tt.drift(scores, same).per_clip.verdict == "same"
    other = replace(profile, per_clip=(0.5, spread))
    assert tt.drift(scores, other).per_clip.verdict == "more often"
