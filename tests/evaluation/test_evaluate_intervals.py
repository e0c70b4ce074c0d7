"""Intervals of an evaluation, against a loop that resamples the arrays and asks scikit-learn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse
from sklearn import metrics as sk

import tagthresh as tt
from tagthresh.evaluation.bootstrap import drawn, interval

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(0)
N_CLIPS, N_TAGS, CUT = 60, 4, 0.6
Y_TRUE = (RNG.random((N_CLIPS, N_TAGS)) < [0.5, 0.3, 0.2, 0.1]).astype(int)
Y_SCORE = RNG.random((N_CLIPS, N_TAGS)) * 0.7 + 0.3 * Y_TRUE
SITE = np.repeat(np.arange(12), 5)
SITES = [f"site {number}" for number in SITE]
ORACLES: dict[str, Callable[..., float]] = {
    "f1_micro": lambda y, p: sk.f1_score(y, p, average="micro", zero_division=0),
    "f1_macro": lambda y, p: sk.f1_score(y, p, average="macro", zero_division=0),
    "f1_weighted": lambda y, p: sk.f1_score(y, p, average="weighted", zero_division=0),
    "f1_samples": lambda y, p: sk.f1_score(y, p, average="samples", zero_division=0),
    "f2_macro": lambda y, p: sk.fbeta_score(y, p, beta=2, average="macro", zero_division=0),
    "precision_micro": lambda y, p: sk.precision_score(y, p, average="micro", zero_division=0),
    "recall_macro": lambda y, p: sk.recall_score(y, p, average="macro", zero_division=0),
    "jaccard_macro": lambda y, p: sk.jaccard_score(y, p, average="macro", zero_division=0),
    "jaccard_samples": lambda y, p: sk.jaccard_score(y, p, average="samples", zero_division=0),
}


def evaluated(**options: Any) -> Any:
    return tt.evaluate(Y_TRUE, Y_SCORE, CUT, n_resamples=100, **options)


def resampled(name: str, group: Any, level: float, seed: int) -> tuple[float, float]:
    """Draw the clips of groups again and again, and score what comes."""
    n_groups = group.max() + 1
    scores = []
    for times in drawn(n_groups, 100, seed):
        for column in times.T.astype(int):
            rows = np.repeat(np.arange(N_CLIPS), column[group])
            scores.append(ORACLES[name](Y_TRUE[rows], Y_SCORE[rows] >= CUT))
    score = ORACLES[name](Y_TRUE, Y_SCORE >= CUT)
    return interval(score, np.array(scores), n_groups, (0.0, 1.0), level)


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize(("groups", "level", "seed"), [(None, 0.95, 0), (SITES, 0.8, 3)])
def test_intervals_are_those_of_resampled_arrays(
    name: str, groups: Any, level: float, seed: int
) -> None:
    group = np.arange(N_CLIPS) if groups is None else SITE
    found = evaluated(groups=groups, ci=level, random_state=seed).interval(name)
    np.testing.assert_allclose(found, resampled(name, group, level, seed), atol=1e-12)


def test_several_intervals_are_those_of_each() -> None:
    evaluation = evaluated()
    goals: list[Any] = [*ORACLES, tt.metrics.Cost(miss=2), tt.metrics.FBeta(0.5, average="macro")]
    assert evaluation.intervals(goals) == [evaluation.interval(goal) for goal in goals]
    assert evaluation.intervals([]) == []


def test_a_metric_is_a_name_an_object_or_a_function() -> None:
    def f1(tp: Any, fp: Any, fn: Any, tn: Any) -> Any:  # noqa: ARG001
        return tt.metrics.ratio(2 * tp, 2 * tp + fp + fn)

    evaluation = evaluated()
    named = evaluation.interval("f1_macro")
    assert evaluation.interval(tt.metrics.FBeta(average="macro")) == named
    function = evaluation.interval(tt.metrics.FunctionMetric(f1, average="macro"))
    assert function == pytest.approx(named)


@pytest.mark.parametrize("name", ORACLES)
def test_higher_levels_hold_lower_ones_and_the_score(name: str) -> None:
    ends = [evaluated(ci=level).interval(name) for level in (0.5, 0.8, 0.95, 0.99)]
    score = evaluated().score(name)
    for inner, outer in pairwise(ends):
        assert inner is not None
        assert outer is not None
        assert outer.low <= inner.low <= score <= inner.high <= outer.high


@pytest.mark.parametrize("name", ORACLES)
def test_clips_of_a_group_count_as_one(name: str) -> None:
    twice = np.repeat(np.arange(N_CLIPS), 2)
    alone = evaluated().interval(name)
    together: Any = tt.evaluate(Y_TRUE[twice], Y_SCORE[twice], CUT, groups=twice, n_resamples=100)
    np.testing.assert_allclose(together.interval(name), alone, atol=1e-12)


@pytest.mark.parametrize("name", ORACLES)
def test_weights_are_repetitions(name: str) -> None:
    weight = np.random.default_rng(1).integers(1, 4, N_CLIPS)
    rows = np.repeat(np.arange(N_CLIPS), weight)
    weighted = evaluated(sample_weight=weight).interval(name)
    repeated: Any = tt.evaluate(Y_TRUE[rows], Y_SCORE[rows], CUT, groups=rows, n_resamples=100)
    np.testing.assert_allclose(weighted, repeated.interval(name), atol=1e-12)


def test_unknown_labels_count_nowhere() -> None:
    unknown = np.random.default_rng(2).random(Y_TRUE.shape) < 0.3
    partly = tt.evaluate(np.where(unknown, -1, Y_TRUE), Y_SCORE, CUT, n_resamples=100)
    weighted = evaluated(sample_weight=1.0 - unknown)
    assert partly.interval("f1_macro") == pytest.approx(weighted.interval("f1_macro"))
    assert partly.interval("f1_macro") != evaluated().interval("f1_macro")


def test_intervals_are_of_the_decisions_judged() -> None:
    names = ["a", "b", "c", "d"]
    ontology = tt.Ontology.from_pairs([("a", "b"), ("b", None), ("c", None), ("d", None)])
    judged = evaluated(ontology=ontology, tags=names)
    accepted = ontology.consistent(Y_SCORE >= CUT, names)
    direct = tt.evaluate(Y_TRUE, accepted.astype(float), 0.5, tags=names, n_resamples=100)
    assert judged.interval("f1_micro") == direct.interval("f1_micro")


def test_the_scores_are_let_go() -> None:
    resampling = evaluated().resampling
    assert resampling is not None
    assert resampling.data.scores.base is not Y_SCORE
    assert resampling.data.scores.strides == (0, 0)


@pytest.mark.parametrize(
    "given",
    [
        (tt.Counts.from_arrays(Y_TRUE, Y_SCORE), None),
        (tt.Shards.from_arrays(Y_TRUE, Y_SCORE), None),
        (Y_TRUE, scipy.sparse.csr_array(Y_SCORE)),
    ],
)
def test_no_interval_without_rows(given: tuple[Any, Any]) -> None:
    evaluation = tt.evaluate(given[0], given[1], CUT)
    assert evaluation.interval() is None
    assert set(evaluation.to_dict()["intervals"].values()) == {None}
    with pytest.raises(tt.InputError, match="groups needs rows of dense scores"):
        tt.evaluate(given[0], given[1], CUT, groups=SITES)


def test_no_interval_where_none_is_asked_for() -> None:
    assert evaluated(ci=None).intervals(["f1_micro", "f1_samples"]) == [None, None]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ci": 95}, "ci must be above 0 and below 1; got 95"),
        ({"ci": 0}, "ci must be above 0 and below 1; got 0"),
        ({"ci": "0.95"}, "ci must be a number"),
        ({"ci": True}, "ci must be a number"),
        ({"n_resamples": 0}, "n_resamples must be at least 1; got 0"),
        ({"random_state": -1}, "random_state must be at least 0; got -1"),
        ({"groups": SITES[:-1]}, "must have one row per clip|groups must hold one group per clip"),
        ({"groups": ["a"] * N_CLIPS}, "groups must name at least two groups"),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.evaluate(Y_TRUE, Y_SCORE, CUT, **options)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["f1_micro", "f1_macro", "precision_micro", "recall_weighted"])
def test_intervals_hold_the_true_score(name: str) -> None:
    """Of 400 simulated data sets, 95 in 100 intervals should hold what all clips would show."""
    rng = np.random.default_rng(5)

    def clips(n_clips: int) -> tuple[Any, Any]:
        y_true = rng.random((n_clips, 5)) < [0.4, 0.3, 0.2, 0.1, 0.05]
        return y_true, rng.normal(size=y_true.shape) + 1.5 * y_true

    truth = tt.evaluate(*clips(1_000_000), 0.8, ci=None).score(name)
    ends = [tt.evaluate(*clips(300), 0.8, n_resamples=400).interval(name) for _ in range(400)]
    held = sum(end is not None and end.low <= truth <= end.high for end in ends)
    assert 0.91 * 400 <= held <= 0.985 * 400
