"""What a page knows of each tag agrees with the counts it comes from."""

from __future__ import annotations

import base64
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from scipy.special import expit, logit

import tagthresh as tt
from strategies import Case, cases
from tagthresh import validation
from tagthresh.evaluation.probabilities import curves
from tagthresh.report.page import stops as stops_module
from tagthresh.report.page.content import packed
from tagthresh.report.page.examples import examples
from tagthresh.report.page.histograms import BINS, histograms
from tagthresh.report.page.stops import Stops
from tagthresh.tradeoffs.frontier import Frontier


def frontier_of(case: Case) -> Frontier:
    return Frontier.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)


@given(cases())
def test_stops_have_the_figures_of_their_thresholds(case: Case) -> None:
    frontier = frontier_of(case)
    counts = frontier.curve.counts
    starts = np.array([[0.25] * counts.n_tags, [-np.inf] * counts.n_tags])
    stops = Stops.from_frontier(frontier, starts)
    for tag, (start, end) in enumerate(pairwise(stops.offset)):
        value = stops.value[start:end]
        assert (np.diff(value) > 0).all()
        assert value[-1] == np.inf
        found = counts.confusion(np.tile(value, (counts.n_tags, 1)))
        assert (stops.tp[start:end] == found.tp[tag]).all()
        known = np.searchsorted(np.unique(counts.known.score[tag]), value)
        assert set(known) == set(range(len(np.unique(counts.known.score[tag])) + 1))
    for row in starts:
        assert (stops.value[stops.at(row)] == row).all()


@given(cases())
def test_the_path_leads_along_the_frontier(case: Case) -> None:
    frontier = frontier_of(case)
    n_tags = frontier.curve.counts.n_tags
    stops = Stops.from_frontier(frontier, np.full((1, n_tags), 0.25))
    now = stops.offset[1:] - 1  # never
    for vertex, place in enumerate(stops.path(frontier), start=1):
        tag = np.searchsorted(stops.offset, place, side="right") - 1
        now[tag] = place
        assert stops.tp[now].sum() == pytest.approx(frontier.tp[vertex], rel=1e-12, abs=1e-12)
        assert stops.accepted[now].sum() == pytest.approx(frontier.accepted[vertex], rel=1e-12)


def test_few_stops_of_many_scores_hold_the_frontier_and_the_top(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stops_module, "TOTAL", 100)
    monkeypatch.setattr(stops_module, "FEWEST", 50)
    rng = np.random.default_rng(0)
    labels = rng.random((5000, 3)) < [0.3, 0.001, 0]
    scores = rng.normal(size=labels.shape) + labels
    frontier = Frontier.from_arrays(labels, scores)
    stops = Stops.from_frontier(frontier, np.zeros((1, 3)))
    sizes = np.diff(stops.offset)
    edges = np.bincount(frontier.curve.tag[frontier.cut], minlength=3)
    assert (sizes <= 50 + edges + 2).all()
    path = stops.path(frontier)
    assert len(set(path.tolist())) == len(frontier.cut)
    for start, end in pairwise(stops.offset):
        assert set(range(1, 4)) <= set(stops.accepted[start:end])


@given(cases(weighted=False))
def test_bins_hold_every_known_clip_once(case: Case) -> None:
    counts = tt.Counts.from_arrays(case.y_true, case.y_score)
    bins = histograms(counts)
    assert bins["positive"].sum(axis=1) == pytest.approx(counts.positive.mass)
    assert (bins["positive"] + bins["negative"]).sum(axis=1) == pytest.approx(counts.known.mass)
    known = case.y_score[case.y_true >= 0]
    assert bins["log_odds"] == ((known >= 0) & (known <= 1)).all()
    assert (bins["low"] < bins["high"]).all()


def test_bins_are_those_of_numpy_on_the_axis_of_log_odds() -> None:
    rng = np.random.default_rng(2)
    scores = expit(rng.normal(size=(500, 1)))
    labels = rng.random((500, 1)) < scores
    weight = rng.random(500)
    counts = tt.Counts.from_arrays(labels, scores, sample_weight=weight)
    bins, chosen = histograms(counts), labels[:, 0]
    expected, _ = np.histogram(
        logit(scores[chosen, 0]), BINS, (bins["low"][0], bins["high"][0]), weights=weight[chosen]
    )
    assert bins["positive"][0] == pytest.approx(expected)


@given(cases())
def test_examples_lie_nearest_to_the_threshold(case: Case) -> None:
    data = validation.labelled_scores(case.y_true, case.y_score, None, case.weight)
    thresholds = np.full(data.scores.shape[1], 0.25)
    found = examples(data, thresholds)
    for tag, (start, end) in enumerate(pairwise(found["offset"])):
        clips = found["clip"][start:end]
        known = np.ones(len(data.scores), bool) if data.known is None else data.known[:, tag]
        assert sorted(clips) == np.flatnonzero(known).tolist()  # so few that all are kept
        assert (found["score"][start:end] == data.scores[clips, tag]).all()
        assert (np.diff(found["score"][start:end]) <= 0).all()
        assert (found["positive"][start:end] == data.positive[clips, tag]).all()


def test_examples_of_many_clips_are_the_nearest_and_some_of_every_rank() -> None:
    scores = np.random.default_rng(3).permutation(10_000)[:, None] / 10_000
    data = validation.labelled_scores(np.zeros(scores.shape), scores)
    found = examples(data, np.array([0.5]))
    assert len(found["clip"]) < 100
    kept = set((10_000 * found["score"]).round().astype(int).tolist())
    assert set(range(4988, 5012)) <= kept
    assert {9999, 9998, 0} <= kept


def test_curves_are_those_of_each_tag_alone() -> None:
    fit, _ = tt.datasets.load_demo()
    found = curves(validation.labelled_scores(fit.labels, fit.scores), bins=7)
    for tag, curve in enumerate(found):
        alone = tt.evaluate_probabilities(fit.labels[:, [tag]], fit.scores[:, [tag]], bins=7).curve
        for one, other in zip(curve, alone, strict=True):
            assert (one == other).all()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, False], "u1"),
        ([0, 256], "u2"),
        ([0.0, 65536.0], "u4"),
        ([-1.0, 2.0], "f8"),
        ([0.5], "f8"),
        ([np.inf], "f8"),
        ([2.0**32], "f8"),
        ([], "u1"),
        (np.array([0.5], np.float32), "f4"),
    ],
)
def test_arrays_are_packed_and_lose_nothing(values: list[float], kind: str) -> None:
    found = packed(np.asarray(values))
    assert found["type"] == kind
    read = np.frombuffer(base64.b64decode(found["data"]), f"<{kind}")
    assert read.tolist() == np.asarray(values).tolist()
