"""Keys sort as scores do, and give them back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagthresh.counts.float_keys import keys, scores

TYPES = [np.float16, np.float32, np.float64]


@pytest.mark.parametrize("dtype", TYPES)
def test_keys_sort_as_scores(dtype: Any) -> None:
    limits = np.finfo(dtype)
    values = [-np.inf, limits.min, -1.5, -limits.smallest_subnormal, 0.0, 1e-3, limits.max, np.inf]
    found = keys(np.array(values, dtype))
    assert found.itemsize == np.dtype(dtype).itemsize
    assert (np.diff(found.astype(object)) > 0).all()


@pytest.mark.parametrize("dtype", TYPES)
def test_scores_come_back(dtype: Any) -> None:
    values = np.random.default_rng(0).normal(size=1000).astype(dtype)
    assert scores(keys(values)).tobytes() == values.tobytes()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_any_two_keys_are_in_the_order_of_their_scores(pair: list[float]) -> None:
    values = np.array(pair)
    key = keys(values)
    assert (key[0] < key[1]) == (pair[0] < pair[1])
    assert (key[0] == key[1]) == (pair[0] == pair[1])
    np.testing.assert_array_equal(scores(key), values)


@pytest.mark.parametrize("dtype", TYPES)
def test_both_zeros_are_one(dtype: Any) -> None:
    found = scores(keys(np.array([-0.0, 0.0], dtype)))
    assert not np.signbit(found).any()
