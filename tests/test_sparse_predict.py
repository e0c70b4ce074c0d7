"""Sparse decisions: every format, entries stored twice, and no copy where there is none to make."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy

import tagthresh as tt

FORMATS = ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"]
THRESHOLDS = tt.Thresholds([0.5, 0.2, np.inf, -1.0])


def drawn(seed: int) -> Any:
    """Entries of which many are stored twice or three times."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, (30, 4), size=(90, 2)).T
    return scipy.sparse.coo_array((rng.normal(0.2, 0.3, 90), tuple(place)), shape=(30, 4))


def stored_twice(form: str) -> Any:
    """.3 and .3 at one place, in a format that can hold both."""
    data, zero = np.array([0.3, 0.3]), np.zeros(2, int)
    if form == "coo":
        return scipy.sparse.coo_array((data, (zero, zero)), shape=(1, 4))
    if form == "bsr":
        blocks = np.zeros((2, 1, 2))
        blocks[:, 0, 0] = data
        return scipy.sparse.bsr_array((blocks, zero, np.array([0, 2])), shape=(1, 4))
    ends = np.array([0, 2]) if form == "csr" else np.array([0, 2, 2, 2, 2])
    kind = getattr(scipy.sparse, f"{form}_array")
    return kind((data, zero, ends), shape=(1, 4))


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr"])
def test_entries_stored_twice_add_up(form: str) -> None:
    given = stored_twice(form)
    assert THRESHOLDS.predict(given).toarray().tolist() == [[True, False, False, False]]
    assert given.nnz >= 2  # what was given is left as it was


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("seed", range(5))
def test_every_format_vs_dense(form: str, seed: int) -> None:
    given = drawn(seed).asformat(form)
    dense = given.toarray()
    absent = ~drawn(seed).tocsr().astype(bool).toarray() if form == "dia" else dense == 0
    wanted = (dense >= THRESHOLDS.values) & ~absent
    np.testing.assert_array_equal(THRESHOLDS.predict(given).toarray(), wanted)


def test_columns_of_a_sparse_matrix_are_matched_by_name() -> None:
    thresholds = tt.Thresholds([0.5, 0.2, np.inf, -1.0], list("abcd"))
    given = drawn(3)
    wanted = thresholds.predict(given).toarray()
    moved = thresholds.predict(given.tocsc()[:, [3, 1, 0, 2]], list("dbac"))
    np.testing.assert_array_equal(moved.toarray(), wanted)


@pytest.mark.parametrize("form", ["csr", "csc"])
def test_a_canonical_matrix_is_not_copied(form: str) -> None:
    from tagthresh import validation

    given = drawn(1).asformat(form)
    given.sum_duplicates()
    assert validation.summed("y_score", given) is given


def test_the_first_score_that_is_not_finite_is_named() -> None:
    given = scipy.sparse.csr_array(np.array([[0.0, 0.3], [np.inf, 0.0]]))
    with pytest.raises(tt.InputError, match="must be finite; got inf at clip 1, tag 'a'"):
        tt.Thresholds([0.1, 0.2], ["a", "b"]).predict(given)
