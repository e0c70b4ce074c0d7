"""Binomial tests, sequences of cuts, and Holm's procedure, one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom, binomtest

import oracles
import tagthresh as tt
from strategies import Case, cases, examples
from tagthresh.tradeoffs.floor_tests import PrecisionFloor, RecallFloor
from tagthresh.tradeoffs.floor_tests.base import most_passing
from tagthresh.tradeoffs.floor_tests.binomial import anytime_p_value, fewest, p_value, share_to_pass
from tagthresh.tradeoffs.floor_tests.precision import MAIN, accepted_needed, lowest_accepted, ranks

LEAST = st.sampled_from([0.05, 0.3, 0.5, 0.8, 0.9, 0.99])
LEVELS = st.sampled_from([0.5, 0.3, 0.1, 0.05, 1e-4])


def one_tag(y_true: object, y_score: object) -> tt.Counts:
    return tt.Counts.from_arrays(np.array(y_true)[:, None], np.array(y_score)[:, None])


@given(st.integers(0, 60), st.integers(0, 60), LEAST)
def test_p_value_vs_scipy(one: int, other: int, least: float) -> None:
    successes, trials = sorted((one, other))
    found = p_value(np.array([float(successes)]), np.array([float(trials)]), least)[0]
    assert found == pytest.approx(binom.sf(successes - 1, trials, least), rel=1e-9)


def test_a_test_passes_where_the_clopper_pearson_bound_is_above_the_floor() -> None:
    for successes in range(31):
        found = binomtest(successes, 30, alternative="greater")
        bound = found.proportion_ci(0.95, "exact").low
        passes = p_value(np.array([float(successes)]), np.array([30.0]), 0.8)[0] <= 0.05
        assert passes == (bound >= 0.8)


@given(LEAST, LEVELS)
def test_fewest_is_the_first_that_can_pass(least: float, level: float) -> None:
    n = fewest(least, level)
    assert least**n <= level * (1 + 1e-12)
    assert least ** (n - 1) > level * (1 - 1e-12)


@given(st.integers(1, 80), st.integers(0, 80), LEAST)
def test_anytime_p_value_vs_integration(trials: int, failures: int, least: float) -> None:
    successes = trials - min(failures, trials)

    def likelihood_ratio(share: float) -> float:
        misses = trials - successes
        return float((share / least) ** successes * ((1 - share) / (1 - least)) ** misses)

    mean = quad(likelihood_ratio, least, 1, epsrel=1e-10)[0] / (1 - least)
    wanted = min(1.0, 1 / mean) if successes > least * trials else 1.0
    found = anytime_p_value(np.array([float(successes)]), np.array([trials]), least)[0]
    assert found == pytest.approx(wanted, rel=1e-6)
    assert found >= binom.sf(successes - 1, trials, least) * (1 - 1e-9)  # its price


@pytest.mark.slow
@pytest.mark.parametrize("least", [0.5, 0.9])
def test_anytime_p_value_holds_at_all_numbers_of_trials_at_once(least: float) -> None:
    rng = np.random.default_rng(0)
    trials = np.arange(1.0, 1001)
    successes = np.cumsum(rng.random((2000, 1000)) < least, axis=1).astype(float)
    ever = (anytime_p_value(successes, trials, least) <= 0.1).any(axis=1).mean()
    assert 0.03 < ever <= 0.1


def test_huge_numbers_of_clips_do_not_overflow() -> None:
    trials = np.array([1e7, 1e7, 1e7, 1e7])
    successes = np.array([0.0, 9e6, 9.1e6, 1e7])
    found = anytime_p_value(successes, trials, 0.9)
    assert found[0] == found[1] == 1
    assert found[2] == found[3] == 0
    assert p_value(successes, trials, 0.9) == pytest.approx([1, 0.5, 0, 0], abs=1e-3)


@pytest.mark.parametrize("least", [0.5, 0.8, 0.95])
def test_share_to_pass_vs_every_number_of_successes(least: float) -> None:
    trials = np.array([1, 5, 20, 100, 400])
    for n, share in zip(trials, share_to_pass(trials, least, 0.05), strict=True):
        hits = np.arange(n + 1.0)
        passing = hits[anytime_p_value(hits, np.full(n + 1, n), least) <= 0.05]
        chance = binom.sf(passing.min() - 1, n, share) if passing.size else 0.8
        assert chance == pytest.approx(0.8)
        assert passing.size or share == 1


@pytest.mark.parametrize(("least", "precision"), [(0.8, 0.9), (0.9, 0.96), (0.8, 0.995)])
def test_the_clips_needed_pass_with_the_chance_they_are_for(least: float, precision: float) -> None:
    n = int(accepted_needed(np.array([precision]), least, 0.05)[0])
    rng = np.random.default_rng(0)
    y_true = rng.random((n, 500)) < precision  # all accepted clips, best first
    scores = np.repeat(np.arange(n, 0.0, -1)[:, None], 500, axis=1)
    feasible = PrecisionFloor(tt.Counts.from_arrays(y_true, scores), least).passed(0.05).feasible
    assert 0.75 < feasible.mean() < 0.95


@given(cases(weighted=False), st.integers(0, 7))
def test_ranks_split_no_ties(case: Case, rank: int) -> None:
    counts = tt.Counts.from_arrays(case.y_true, case.y_score)
    accepted = lowest_accepted(counts, np.array([rank]))[:, 0]
    for tag, lowest in enumerate(accepted):
        known = np.sort(case.y_score[case.y_true[:, tag] >= 0, tag].astype(float))[::-1]
        rejected = known[rank] if rank < len(known) else -np.inf
        assert (known >= lowest).sum() == (known > rejected).sum() <= max(rank, 0)


@given(st.integers(1, 10**6))
def test_ranks_rise_from_one_to_the_last(most: int) -> None:
    found = ranks(most)
    assert (found[0], found[-1]) == (1, most)
    assert (np.diff(found) > 0).all()
    assert (found[1:] <= 1.1 * found[:-1] + 1.5).all()


@given(cases(max_clips=14, weighted=False), LEAST, LEVELS)
@settings(max_examples=examples(200))
def test_precision_vs_plain_sequences(case: Case, least: float, level: float) -> None:
    counts = tt.Counts.from_arrays(case.y_true, case.y_score)
    found = PrecisionFloor(counts, least).passed(level)
    for tag in range(counts.n_tags):
        wanted = oracles.promised_precision(
            *(case.y_true[:, tag], case.y_score[:, tag]), least, (MAIN * level, level)
        )
        assert found.accepted[tag] == wanted
        assert found.feasible[tag] == np.isfinite(wanted)


@given(cases(max_clips=14, weighted=False), LEAST, LEVELS)
def test_recall_vs_every_cut(case: Case, least: float, level: float) -> None:
    counts = tt.Counts.from_arrays(case.y_true, case.y_score)
    found = RecallFloor(counts, least).passed(level)
    for tag in range(counts.n_tags):
        positives = case.y_score[case.y_true[:, tag] == 1, tag].astype(float)
        passing = [
            cut
            for cut in positives
            if binom.sf((positives >= cut).sum() - 1, len(positives), least) <= level
        ]
        assert found.accepted[tag] == max(passing, default=np.inf)


@pytest.mark.parametrize("kind", [PrecisionFloor, RecallFloor])
@pytest.mark.parametrize("least", [0.5, 0.8, 0.9])
def test_a_higher_level_passes_no_less(
    kind: type[PrecisionFloor | RecallFloor], least: float
) -> None:
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 400, (300, 300)) / 400
    floor = kind(tt.Counts.from_arrays(rng.random(scores.shape) < scores**0.4, scores), least)
    found = [floor.passed(level) for level in np.geomspace(1e-6, 0.5, 60)]
    for one, other in itertools.pairwise(found):
        assert (other.feasible >= one.feasible).all()
        assert (other.whole >= one.whole).all()
        if kind is PrecisionFloor:
            assert (other.accepted <= one.accepted).all()
        else:
            assert (other.accepted >= one.accepted)[one.feasible].all()


@given(st.lists(st.sampled_from([1e-6, 1e-3, 0.01, 0.02, 0.04, 0.5, 1.0]), min_size=1))
def test_most_passing_vs_every_number(smallest: list[float]) -> None:
    found = most_passing(np.array(smallest), 0.05)
    fits = [m for m in range(1, 99) if sum(p <= 0.05 / m for p in smallest) <= m]
    assert found == fits[0]


def test_holm_hands_on_the_share_of_a_tag_that_passes_whole() -> None:
    n = 200
    y_true = np.ones((n, 3), int)  # the first tag: every cut passes
    y_true[:, 1:] = np.arange(n)[:, None] < 100
    scores = np.repeat(np.arange(n, 0.0, -1)[:, None], 3, axis=1)
    for tags, level in (([0, 1, 2], 0.03), ([0], 0.06), ([1, 2], 0.03)):
        counts = tt.Counts.from_arrays(y_true[:, tags], scores[:, tags])
        assert PrecisionFloor(counts, 0.8).joint_level(0.06) == level


def test_tags_that_cannot_pass_cost_the_others_nothing() -> None:
    y_true = np.full((40, 50), -1)
    y_true[:, 0] = 1
    y_true[:2, 1:] = 1  # two clips each: 0.81 is their smallest p-value
    counts = tt.Counts.from_arrays(y_true, np.ones(y_true.shape), positive_only=True)
    floor = RecallFloor(counts, 0.9)
    assert floor.joint_level(0.05) == 0.05
    assert floor.passed(0.05).feasible.tolist() == [True] + [False] * 49


def test_a_sequence_starts_again_after_its_first_failure() -> None:
    # The highest scores are not the surest.
    y_true = np.ones(400, int)
    y_true[[1, 3, 5]] = 0
    floor = PrecisionFloor(one_tag(y_true, np.arange(400, 0.0, -1)), 0.9)
    assert floor.p_value[0, floor.ranks < 35].min() > 0.05
    assert floor.passed(0.05).accepted[0] == 1
