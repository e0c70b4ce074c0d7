"""F-beta of every tag, shrunk over tags, against a loop and against what it must do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagthresh.methods.shrunken_fbeta import LEAST, RIDGE, WORTH, Reached, shrunk

TAGS = st.lists(
    st.tuples(
        st.integers(0, 30),  # positives
        st.floats(0, 1),  # share of them hit
        st.integers(0, 50),  # false positives
        st.integers(0, 500),  # known negatives
    ),
    min_size=1,
    max_size=12,
).filter(lambda tags: any(positives for positives, *_ in tags))


def reached(tags: list[tuple[int, float, int, int]], beta2: float) -> Reached:
    positives, share, false, negatives = (
        np.array(column, float) for column in zip(*tags, strict=True)
    )
    hits = share * positives
    known = positives + np.maximum(negatives, false)
    return Reached(hits, hits + false + beta2 * positives, positives, known)


def by_loops(at: Reached, beta2: float) -> list[float]:
    """Compute the formulae of the module, one tag after another."""
    worth, labelled = WORTH * (1 + beta2), [float(known) > 0 for known in at.known]
    rows = list(zip(*(column.tolist() for column in at), labelled, strict=True))
    weight = [whole / (whole + worth) if p > 0 else 0.0 for _, whole, p, _, _ in rows]
    rate = [hits / whole if whole > 0 else 0.0 for hits, whole, *_ in rows]
    x = [math.log(max(p, 0.5) / n) if known else 0.0 for _, _, p, n, known in rows]
    mean = math.fsum(w * r for w, r in zip(weight, rate, strict=True)) / math.fsum(weight)
    centre = math.fsum(w * place for w, place in zip(weight, x, strict=True)) / math.fsum(weight)
    off = [place - centre if row[-1] else 0.0 for place, row in zip(x, rows, strict=True)]
    both = list(zip(weight, off, rate, strict=True))
    slope = sum(w * d * (r - mean) for w, d, r in both) / (
        sum(w * d * d for w, d, _ in both) + RIDGE
    )
    line = [mean + max(slope, 0.0) * d for d in off]
    line = [min(max(value, LEAST * mean), 1 / (1 + beta2)) for value in line]
    return [(row[0] + worth * m) / (row[1] + worth) for row, m in zip(rows, line, strict=True)]


@given(tags=TAGS, beta2=st.sampled_from([0.25, 1.0, 4.0]))
def test_is_what_a_loop_over_the_formulae_gives(
    tags: list[tuple[int, float, int, int]], beta2: float
) -> None:
    at = reached(tags, beta2)
    np.testing.assert_allclose(shrunk(at, beta2), by_loops(at, beta2), rtol=1e-9, atol=1e-12)


@given(tags=TAGS, beta2=st.sampled_from([0.25, 1.0, 4.0]))
def test_is_the_f_of_something(tags: list[tuple[int, float, int, int]], beta2: float) -> None:
    found = (1 + beta2) * shrunk(reached(tags, beta2), beta2)
    assert np.all((found >= 0) & (found <= 1 + 1e-12))


def test_a_tag_without_positives_takes_the_word_of_the_others() -> None:
    others = [(20, 0.5, 10, 400)] * 30
    found = 2 * shrunk(reached([*others, (0, 0.0, 0, 420)], 1.0), 1.0)
    assert found[0] == pytest.approx(0.5, abs=0.01)
    assert found[-1] == pytest.approx(0.5, abs=0.03)


def test_a_tag_with_many_positives_keeps_its_own() -> None:
    others = [(20, 0.5, 10, 400)] * 30
    found = 2 * shrunk(reached([*others, (3000, 0.9, 300, 4000)], 1.0), 1.0)
    assert found[-1] == pytest.approx(0.9, abs=0.01)


def test_the_line_rises_with_prevalence_where_f_does() -> None:
    tags = [(2**k, 0.1 * k, 2 ** max(k - 1, 0), 2000) for k in range(1, 9)]
    found = shrunk(reached([*tags, (0, 0.0, 0, 2000)], 1.0), 1.0)
    assert found[-1] < found[:-1].min() + 0.01


def test_a_tag_without_labels_gets_the_mean() -> None:
    tags = [(2**k, 0.1 * k, 2 ** max(k - 1, 0), 2000) for k in range(1, 9)]
    at = reached([*tags, (0, 0.0, 0, 0)], 1.0)
    weight = at.whole[:-1] / (at.whole[:-1] + 2 * WORTH)
    mean = np.average(at.hits[:-1] / at.whole[:-1], weights=weight)
    assert shrunk(at, 1.0)[-1] == pytest.approx(mean)
