"""Scores of given ranks: those of the sorted array, whatever the parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import SCORES
from tagthresh.counts.streaming import quantiles as module
from tagthresh.counts.streaming.quantiles import Ranks

TYPES = [np.float16, np.float32, np.float64]


def found(parts: list[Any], wanted: Any) -> tuple[Any, int]:
    """Scores found in parts, and the number of passes."""
    search, passes = Ranks.start(parts[0].dtype), 0
    while not search.complete:
        for part in parts:
            search.update(part)
        search = search.narrowed(wanted)
        passes += 1
    return search.scores, passes


@given(
    st.sampled_from(TYPES),
    st.sampled_from(sorted(SCORES)).flatmap(lambda kind: st.lists(SCORES[kind], min_size=1)),
    st.data(),
)
def test_ranks_are_those_of_the_sorted_scores(dtype: Any, values: list[float], data: Any) -> None:
    with np.errstate(over="ignore"):
        scores = np.array(values).astype(dtype)
    wanted = np.array(data.draw(st.lists(st.integers(0, len(scores) - 1), min_size=1)))
    cut = data.draw(st.integers(0, len(scores)))
    result, _ = found([scores[cut:], scores[:cut]], wanted)
    assert (result == np.unique(np.sort(scores)[wanted])).all()


@pytest.mark.parametrize(("dtype", "passes"), [*zip(TYPES, [1, 2, 4], strict=True)])
def test_number_of_passes(dtype: Any, passes: int) -> None:
    scores = np.random.default_rng(0).normal(size=1000).astype(dtype)
    wanted = np.arange(0, 1000, 7)
    result, taken = found([scores[:300], scores[300:]], wanted)
    assert taken == passes
    assert (result == np.sort(scores)[wanted]).all()


def test_blocks_and_blanks_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 64)
    scores = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    wanted, search = np.array([10, 990]), Ranks.start(scores.dtype)
    while not search.complete:
        one, other = search.blank(), search.blank()
        one.update(scores[:700])
        other.update(scores[700:])
        search = (one + other).narrowed(wanted)
    assert (search.scores == np.sort(scores)[wanted]).all()
