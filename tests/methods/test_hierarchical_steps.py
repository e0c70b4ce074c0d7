"""Each step of hierarchical calibration, alone, against a slow form or a known truth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata

import tagthresh as tt
from strategies import Case, cases
from tagthresh.calibration.hierarchical_logistic import (
    Cells,
    Curves,
    pooled_curve,
    posterior,
)
from tagthresh.calibration.normal_prior import Prior
from tagthresh.counts import normal_scores
from tagthresh.counts.normal_scores import EDGES, REACH, STEP, Binned
from tagthresh.counts.step_functions import StepFunctions
from tagthresh.methods import hierarchical as steps

CLIPS, TAGS = 4_000, 40


def drawn(seed: int = 0) -> tuple[Any, Any, Any]:
    """Labels, coordinates and true (a, b) of logistic tags, x standard normal."""
    rng = np.random.default_rng(seed)
    true = rng.multivariate_normal([-2.0, 3.0], [[0.5, 0.1], [0.1, 0.2]], TAGS)
    x = rng.standard_normal((CLIPS, TAGS))
    return (rng.random(x.shape) < expit(true[:, 0] + true[:, 1] * x)).astype(int), x, true


def cells_of(y_true: Any, x: Any) -> Cells:
    """One cell a clip."""
    tag, order = np.divmod(np.arange(y_true.size), len(y_true))
    return Cells(y_true.shape[1], tag, x[order, tag], 1.0 * y_true[order, tag], np.ones(x.size))


def every_edge(binned: Binned) -> tuple[Any, Any]:
    """Masses of positive and of known clips of each tag at each edge."""
    (_, tp, accepted), *more = binned.blocks()
    assert not more
    return tp, accepted


@given(cases())
def test_coordinate_vs_ranks(case: Case) -> None:
    weight = np.ones(len(case.y_true)) if case.weight is None else case.weight
    known = (case.y_true >= 0) & (weight > 0)[:, None]
    if not known.any():
        return
    counts = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)
    binned = Binned.from_counts(counts)
    tp, accepted = every_edge(binned)
    mass = np.broadcast_to(weight[:, None], known.shape)
    scores, total = case.y_score[known], mass[known].sum()
    for place in range(0, len(EDGES), 97):
        for tag in range(counts.n_tags):
            own = known[:, tag]
            rank = np.array(
                [
                    (mass[known] * ((scores < s) + 0.5 * (scores == s))).sum() / total
                    for s in case.y_score[own, tag]
                ]
            )
            above = ndtri(rank) >= EDGES[place] - 1e-9
            close = np.abs(ndtri(rank) - EDGES[place]) < 1e-9
            if not close.any() and place > 0:
                assert accepted[tag, place] == pytest.approx(weight[own][above].sum())
                positive = case.y_true[own, tag] == 1
                assert tp[tag, place] == pytest.approx(weight[own][above & positive].sum())


@given(cases(max_clips=20, weighted=False), st.integers(1, 9), st.integers(1, 3))
def test_scores_ranked_in_parts_vs_all_at_once(case: Case, part: int, thin: int) -> None:
    counts = tt.Counts.from_arrays(case.y_true, case.y_score)
    if counts.known.mass.sum() == 0:
        return
    wanted = Binned.from_counts(counts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(normal_scores, "PART", part)
        patch.setattr(normal_scores, "THIN", thin)
        found = Binned.from_counts(counts)
    np.testing.assert_array_equal(found.threshold, wanted.threshold)
    for one, other in zip(every_edge(found), every_edge(wanted), strict=True):
        np.testing.assert_array_equal(one, other)


@given(cases())
def test_what_lies_beyond_an_edge_is_what_its_threshold_accepts(case: Case) -> None:
    counts = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)
    if counts.known.mass.sum() == 0:
        return
    binned = Binned.from_counts(counts)
    tp, accepted = every_edge(binned)
    found = counts.confusion(np.broadcast_to(binned.threshold, tp.shape))
    np.testing.assert_array_equal(found.tp, tp)
    np.testing.assert_allclose(found.tp + found.fp, accepted, rtol=1e-12)
    np.testing.assert_array_equal(binned.positives, counts.positive.mass)
    assert (binned.threshold[1:] >= binned.threshold[:-1]).all()
    assert binned.threshold[-1] == np.inf


def test_coordinate_of_many_scores_vs_scipy() -> None:
    scores = np.random.default_rng(0).gamma(1.0, size=(500, 7)).round(2)
    binned = Binned.from_counts(tt.Counts.from_arrays(np.ones_like(scores, int), scores))
    x = ndtri((rankdata(scores, axis=None).reshape(scores.shape) - 0.5) / scores.size)
    expected = (x[:, :, None] >= EDGES[1:-1]).sum(axis=0)
    np.testing.assert_array_equal(every_edge(binned)[1][:, 1:-1], expected)


def test_edges() -> None:
    binned = Binned.from_counts(tt.Counts.from_arrays([[1], [0]], [[0.9], [0.2]]))
    assert len(EDGES) == 2 * round(REACH / STEP) + 1
    np.testing.assert_array_equal(binned.at(EDGES), np.arange(len(EDGES)))
    np.testing.assert_array_equal(binned.at(np.array([-99.0, 99.0])), [0, len(EDGES) - 1])
    around = binned.around(700)
    assert around.edge[700] == 0
    np.testing.assert_array_equal(around.at(EDGES - EDGES[700]), np.arange(len(EDGES)))


def test_posterior_vs_scipy_minimise() -> None:
    y_true, x, _ = drawn()
    y_true, x = y_true[:60], x[:60]
    prior = Prior(np.array([-1.5, 2.0]), np.array([[0.6, 0.2], [0.2, 0.3]]))
    centre, width = np.linspace(-1, 1, TAGS), np.linspace(0.5, 3, TAGS)
    local = cells_of(y_true, x).near(centre, width)
    found = posterior(local, prior, np.tile(prior.mean, (TAGS, 1)), 20)
    for tag in range(0, TAGS, 7):
        far = np.abs(x[:, tag] - centre[tag]) >= 3.2 * width[tag]
        weight = np.where(far, 0, np.exp(-(((x[:, tag] - centre[tag]) / width[tag]) ** 2) / 2))

        def loss(at: Any, tag: int = tag, weight: Any = weight) -> float:
            log_odds, off = at[0] + at[1] * x[:, tag], at - prior.mean
            fit = weight * (np.logaddexp(0, log_odds) - y_true[:, tag] * log_odds)
            return float(fit.sum() + off @ np.linalg.solve(prior.covariance, off) / 2)

        best = minimize(loss, prior.mean, method="BFGS", tol=1e-9)
        np.testing.assert_allclose(found.parameters[tag], best.x, atol=1e-5)
        point = np.stack([np.ones(60), x[:, tag]])
        slope = weight * expit(best.x @ point) * expit(-best.x @ point)
        curvature = (slope * point) @ point.T + np.linalg.inv(prior.covariance)
        np.testing.assert_allclose(found.covariance[tag], np.linalg.inv(curvature), rtol=1e-4)


def test_em_finds_the_tags_and_their_prior() -> None:
    y_true, x, true = drawn()
    cells, guess = cells_of(y_true, x), np.diag([0.1, 0.1])
    curves = Curves(np.tile([0.0, 1.0], (TAGS, 1)), np.zeros((TAGS, 2, 2)))
    prior = Prior(np.array([0.0, 1.0]), 10 * guess)
    moved = []
    for _ in range(30):
        curves = posterior(cells, prior, curves.parameters, 4)
        learned = Prior.learned(curves, guess)
        moved.append(np.abs(learned.covariance - prior.covariance).max())
        prior = learned
    assert moved[-1] < 1e-6
    assert np.abs(curves.parameters - true).mean() < 0.12
    np.testing.assert_allclose(prior.mean, true.mean(axis=0), atol=0.1)
    np.testing.assert_allclose(prior.covariance, np.cov(true.T), atol=0.1)


def test_a_tag_without_clips_has_the_prior() -> None:
    cells = Cells(2, np.array([1]), np.array([0.3]), np.ones(1), np.ones(1))
    prior = Prior(np.array([-1.0, 2.0]), np.array([[0.6, 0.2], [0.2, 0.3]]))
    curves = posterior(cells, prior, np.tile([0.0, 1.0], (2, 1)), 20)
    np.testing.assert_allclose(curves.parameters[0], prior.mean)
    np.testing.assert_allclose(curves.covariance[0], prior.covariance)
    assert curves.parameters[1, 0] > prior.mean[0]


def test_pooled_curve_of_calibrated_scores() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((20_000, 10))
    y_true = (rng.random(x.shape) < expit(-2 + 3 * x)).astype(int)
    binned = Binned.from_counts(tt.Counts.from_arrays(y_true, np.exp(x)))
    place = int(binned.at(np.array(0.5)))
    np.testing.assert_allclose(pooled_curve(binned.around(place)), [-0.5, 3.0], atol=0.1)


def test_cut_without_doubt_is_the_crossing() -> None:
    at = np.array([[-1.0, 2.0], [0.5, 0.5]])
    curves = Curves(at, np.zeros((2, 2, 2)))
    for cut in (curves.cut(logit(0.3)), curves.cut_in_doubt(logit(0.3))):
        np.testing.assert_allclose(expit(at[:, 0] + at[:, 1] * cut), 0.3)


def test_cut_with_doubt_vs_sampled_curves() -> None:
    at, covariance = np.array([-1.0, 2.0]), np.array([[0.5, 0.1], [0.1, 0.2]])
    cut = Curves(at[None], covariance[None]).cut_in_doubt(logit(0.3))[0]
    assert cut < (logit(0.3) + 1) / 2  # doubt pulls a probability below a half up to it
    sampled = np.random.default_rng(0).multivariate_normal(at, covariance, 200_000)
    assert expit(sampled @ [1.0, cut]).mean() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_calibrated_tags_are_cut_at_f_over_1_plus_beta2(beta: float) -> None:
    rng = np.random.default_rng(2)
    score = expit(2 * rng.standard_normal((20_000, 8)) - 2)
    y_true = (rng.random(score.shape) < score).astype(int)
    metric = tt.metrics.FBeta(beta)
    method = tt.methods.Hierarchical(polish=False)
    solution = tt.find_thresholds(y_true, score, metric=metric, method=method)
    np.testing.assert_allclose(
        solution.thresholds.values, solution.score / (1 + beta**2), atol=0.035
    )


def test_curves_rise() -> None:
    curves = Curves(np.array([[1.0, -2.0], [3.0, 4.0]]), np.zeros((2, 2, 2))).steeper(0.5)
    np.testing.assert_array_equal(curves.parameters, [[1.0, 0.5], [3.0, 4.0]])


def test_polish_vs_a_sum_over_edges() -> None:
    rng = np.random.default_rng(3)
    y_true, score = rng.integers(0, 2, (30, 2)), rng.random((30, 2))
    binned = Binned.from_counts(tt.Counts.from_arrays(y_true, score))
    curves = Curves(np.array([[0.0, 2.0], [0.0, 0.1]]), np.zeros((2, 2, 2)))
    prior = Prior(np.zeros(2), np.eye(2))
    state = steps._State(curves, prior, np.array([0.2, -0.4]), np.array([0.3, 0.4]))  # noqa: SLF001
    found = steps._polished(state, binned, 1.5)  # noqa: SLF001
    tp, accepted = every_edge(binned)
    for tag, steepness in enumerate([2.0, 0.45]):
        top = bottom = 0.0
        for place, x in enumerate(binned.edge):
            gain = tp[tag, place] - state.wanted[tag] * accepted[tag, place]
            off = (x - state.cut[tag]) * steepness / 0.3
            weight = np.exp(0.5 * gain - off**2 / 2)
            top, bottom = top + weight * x, bottom + weight
        assert found[tag] == pytest.approx(top / bottom)


def test_polish_leaves_a_cut_that_gains_nothing() -> None:
    binned = Binned.from_counts(tt.Counts.from_arrays([[0], [0]], [[0.2], [0.1]]))
    nothing = StepFunctions.from_rows(np.zeros((1, len(EDGES))))
    flat = replace(binned, tp=nothing, accepted=nothing)
    curves = Curves(np.array([[0.0, 2.0]]), np.zeros((1, 2, 2)))
    state = steps._State(curves, Prior(np.zeros(2), np.eye(2)), np.array([0.2]), np.array([0.4]))  # noqa: SLF001
    assert steps._polished(state, flat, 2.0) == pytest.approx([0.2])  # noqa: SLF001
