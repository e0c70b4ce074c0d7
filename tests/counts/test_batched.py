"""Confusions of many thresholds at once."""

from __future__ import annotations

import numpy as np
import pytest

from oracles_paper import CASES
from tagthresh.counts.batched import Lookup


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("shape", [(), (1,), (50,)])
def test_lookup_vs_counts(case: str, shape: tuple[int, ...]) -> None:
    counts = CASES[case].counts
    random = np.random.default_rng(0)
    cuts = np.round(random.normal(0.3, 0.3, (counts.n_tags, *shape)), 1)
    cuts.flat[0], cuts.flat[-1] = np.inf, -np.inf
    for found, expected in zip(
        Lookup.from_counts(counts).confusion(cuts), counts.confusion(cuts), strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_lookup_at_the_scores_vs_counts() -> None:
    data = CASES["ties"]
    cuts = data.y_score.T.astype(np.float64)
    found = Lookup.from_counts(data.counts).confusion(cuts)
    np.testing.assert_array_equal(found.tp, data.counts.confusion(cuts).tp)
