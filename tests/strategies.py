"""Generated cases: ties, empty tags, unknown labels, weights, single clips, extreme scores."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

FEWER = 10  # of the examples of a long test, `make test` tries one in so many


def examples(number: int) -> int:
    """Say how many examples to try: all where they are new ones, few where they are fixed."""
    return max(50, number // FEWER) if settings().derandomize else number


class Case(NamedTuple):
    """Labels (1, 0, -1 unknown), scores and clip weights."""

    y_true: Any
    y_score: Any
    weight: Any


SCORES = {  # never 1: a column could be that of its labels by chance, which is refused
    "ties": st.sampled_from([-1.0, 0.0, 0.25, 0.5]),
    "many": st.integers(-50, 50).filter(lambda i: i != 16).map(lambda i: i / 16),
    "extreme": st.sampled_from([-3e38, -1e-38, -0.0, 0.0, 1e-45, 2.0, 2.0000002, 3e38]),
}
WEIGHTS = st.sampled_from([0.0, 0.1, 0.3, 1.0, 2.0, 1e-3, 1e3, 1 / 3])


@st.composite
def cases(
    draw: st.DrawFn, max_clips: int = 6, max_tags: int = 3, *, weighted: bool | None = None
) -> Case:
    """Draw a small case; `weighted` forces weights in or out."""
    shape = draw(st.integers(1, max_clips)), draw(st.integers(1, max_tags))
    elements = SCORES[draw(st.sampled_from(sorted(SCORES)))]
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    y_score = draw(hnp.arrays(np.float64, shape, elements=elements)).astype(dtype)
    labels = st.sampled_from(draw(st.sampled_from([(0, 1), (0, 1, -1), (0, 0, 1), (0,), (1,)])))
    y_true = draw(hnp.arrays(np.int8, shape, elements=labels))
    if not (y_true == 0).any() and (y_true == 1).any():
        y_true[y_true == -1] = 0  # labels of 1 and unknown alone are refused
    weight = None
    if draw(st.booleans()) if weighted is None else weighted:
        weight = draw(hnp.arrays(np.float64, shape[0], elements=WEIGHTS))
        weight[draw(st.integers(0, shape[0] - 1))] = 1.0  # at least one clip counts
    return Case(y_true, y_score, weight)


def simulate(rng: np.random.Generator, n_clips: int) -> Any:
    """Draw clips of twelve tags, rare to common."""
    rates = np.geomspace(0.02, 0.2, 12)
    labels = (rng.random((n_clips, 12)) < rates).astype(np.uint8)
    return labels, rng.normal(size=labels.shape) + 2.0 * labels + np.arange(12) / 6
