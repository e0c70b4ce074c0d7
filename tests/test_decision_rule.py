from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagthresh.decision_rule import between, rounded

FLOATS = {
    np.dtype(np.float16): st.floats(width=16, allow_nan=False, allow_infinity=False),
    np.dtype(np.float32): st.floats(width=32, allow_nan=False, allow_infinity=False),
    np.dtype(np.float64): st.floats(allow_nan=False, allow_infinity=False),
}


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
@given(data=st.data())
def test_a_threshold_separates_in_every_type_that_holds_the_scores(
    dtype: np.dtype[np.floating], data: st.DataObject
) -> None:
    pair = data.draw(st.lists(FLOATS[dtype], min_size=2, max_size=2, unique=True).map(sorted))
    low, high = np.array(pair, dtype)
    threshold = between(np.array([low]), np.array([high]), dtype)[0]
    for kind in (dtype, np.dtype(np.float64)):
        rounded = np.float64(kind.type(threshold))
        assert np.float64(low) < rounded <= np.float64(high)


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
@given(data=st.data(), threshold=st.floats(allow_nan=False))
def test_rounding_decides_as_numpy_does_with_a_python_number(
    dtype: np.dtype[np.floating], data: st.DataObject, threshold: float
) -> None:
    score = np.array(data.draw(FLOATS[dtype]), dtype)
    cut = rounded(np.array([threshold]), dtype)[0]
    assert cut.dtype == dtype
    with np.errstate(over="ignore"):
        assert bool(score >= cut) == bool(score >= threshold)
