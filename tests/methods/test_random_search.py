"""The random search against its form of one proposal at a time, and the paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from oracles_paper import CASES, METRICS, figures, published, random_search
from tagthresh import InputError
from tagthresh.methods import RandomSearch
from tagthresh.metrics import FBeta

METHODS = [
    RandomSearch(rounds=3, proposals=40),
    RandomSearch(rounds=3, proposals=40, joint=True, random_state=1),
    RandomSearch(rounds=2, proposals=1, step=1.0, spread=0.1, start=0.5, random_state=2),
    RandomSearch(rounds=0),
]


@pytest.mark.parametrize("method", METHODS, ids=str)
@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("case", CASES)
def test_vs_one_by_one(case: str, metric: FBeta, method: RandomSearch) -> None:
    data = CASES[case]
    fit = method.fit(data.counts, metric)
    np.testing.assert_array_equal(fit.values, random_search(data, metric, method))


@pytest.mark.parametrize("joint", [False, True])
def test_seed(*, joint: bool) -> None:
    counts = CASES["plain"].counts
    first, again, other = (
        RandomSearch(rounds=3, joint=joint, random_state=seed).fit(counts, FBeta())
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first.values, again.values)
    assert (first.values != other.values).any()
    assert first.statistics["accepted"] > 0


@pytest.mark.parametrize(
    ("folder", "start", "joint", "evaluation", "fit"),
    [
        ("dcase2017", 0.3, False, (61.6, 62.8), (64.1, 64.4)),
        ("dcase2017", 0.3, True, (58.7, 63.7), (59.0, 63.9)),
        ("dcase2019", 0.5, False, (72.4, 72.7), (73.1, 73.3)),
        ("dcase2019", 0.5, True, (69.0, 72.7), (72.1, 73.6)),
    ],
)
def test_paper(
    *,
    folder: str,
    start: float,
    joint: bool,
    evaluation: tuple[float, float],
    fit: tuple[float, float],
) -> None:
    # The ranges are those of 200 seeds.
    data, unseen = published(folder, "fit"), published(folder, "eval")
    for seed in range(10):
        method = RandomSearch(start=start, joint=joint, random_state=seed)
        found = figures(data, unseen, method.fit(data.counts, FBeta()).values)
        for value, (low, high) in zip(found, (evaluation, fit), strict=True):
            assert low <= value <= high


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("rounds", -1, "rounds must be at least 0; got -1"),
        ("proposals", 0, "proposals must be at least 1; got 0"),
        ("step", 0, "step must be above 0; got 0"),
        ("spread", 0, "spread must be above 0; got 0"),
        ("start", None, "start must be a number; got None"),
        ("joint", 1, "joint must be True or False; got 1"),
        ("random_state", -1, "random_state must be at least 0; got -1"),
    ],
)
def test_options(option: str, value: Any, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        RandomSearch(**{option: value})
