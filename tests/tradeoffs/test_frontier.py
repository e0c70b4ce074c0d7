from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings

import tagthresh as tt
from strategies import Case, cases, examples
from tagthresh.counts.curve import NEVER, Curve
from tagthresh.tradeoffs.frontier import Frontier


def frontier_of(case: Case) -> Frontier:
    counts = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)
    return Frontier.from_curve(Curve.from_counts(counts))


@given(cases())
@settings(max_examples=examples(500))
def test_no_thresholds_lie_above_the_frontier_vs_brute_force(case: Case) -> None:
    frontier = frontier_of(case)
    curve = frontier.curve
    options = [
        [(0.0, 0.0), *zip(curve.accepted[a:b], curve.tp[a:b], strict=True)]
        for a, b in itertools.pairwise(curve.offset)
    ]
    reachable = np.array([np.sum(choice, axis=0) for choice in itertools.product(*options)])
    within = reachable[:, 0] <= frontier.accepted[-1]
    best = np.interp(reachable[:, 0], frontier.accepted, frontier.tp)
    assert (reachable[within, 1] <= best[within] + 1e-9).all()
    assert np.isclose(reachable[:, 1].max(), frontier.tp[-1])


@given(cases())
@settings(max_examples=examples(300))
def test_every_vertex_is_reached_by_its_cuts(case: Case) -> None:
    frontier = frontier_of(case)
    curve = frontier.curve
    for vertex in range(len(frontier.tp)):
        cuts = frontier.cuts(vertex)
        chosen = cuts[cuts != NEVER]
        assert np.isclose(curve.tp[chosen].sum(), frontier.tp[vertex])
        assert np.isclose(curve.accepted[chosen].sum(), frontier.accepted[vertex])


@given(cases())
def test_slopes_never_rise(case: Case) -> None:
    frontier = frontier_of(case)
    slope = np.diff(frontier.tp) / np.diff(frontier.accepted)
    assert (np.diff(slope) <= 1e-9).all()
