"""Arguments in the wrong type, shape or range, and the right ones in another container."""

from __future__ import annotations

import decimal
import fractions
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import scipy
import torch

from fuzz.content import one_of
from fuzz.odd_files import odd_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

ANYTHING: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 3, 10**400, 2**63, -(2**63), 2**31, 0.5, 1e-300, 1e300, -0.0),
    *(float("nan"), float("inf"), float("-inf"), 1j, "", "abc", "10", "nan", "\x1b[2J", "\ud800"),
    *(
        "a" * 5000,
        "a\nb",
        b"x",
        [],
        {},
        (),
        set(),
        [None],
        ["a"],
        [[]],
        [[["x"]]],
        [1, 2],
        (0.1, 0.9),
    ),
    *(
        {"a": 1},
        {None: 1},
        {"a": float("nan")},
        object(),
        int,
        len,
        range(3),
        slice(2),
        ...,
        Path("x"),
    ),
    *(decimal.Decimal("0.5"), fractions.Fraction(1, 2), np.float32(0.5), np.int64(3), np.True_),
    *(np.array(0.5), np.array(None), np.array([]), np.zeros((2, 0)), np.datetime64("2020"), pd.NA),
    *(
        np.array("a"),
        np.zeros(2, "V4"),
        pd.Series([1, 2]),
        torch.tensor(0.5),
        "1e400GB",
        "0",
        "-1GB",
    ),
)


def same_matrix(rng: Generator, value: Any, tags: list[str]) -> Any:
    """Put a matrix into another container that means the same."""
    array = np.asarray(value)
    ways: tuple[Callable[[], Any], ...] = (
        array.tolist,
        lambda: np.asfortranarray(array),
        lambda: np.repeat(array, 2, axis=0)[::2],
        lambda: pd.DataFrame(array, columns=tags),
        lambda: pl.DataFrame({tag: array[:, i].tolist() for i, tag in enumerate(tags)}),
        lambda: torch.from_numpy(array.copy()),
        lambda: np.ma.masked_array(array),
        lambda: array.astype("f8"),
        lambda: [tuple(row) for row in array.tolist()],
        lambda: pd.DataFrame(array, columns=tags)[tags[::-1]],
    )
    return one_of(rng, ways)()


def _with(value: Any, number: float) -> Any:
    array = np.array(value, float)
    array.flat[0] = number
    return array


def _frame(value: Any, columns: Any, index: Any = None) -> Any:
    return pd.DataFrame(np.asarray(value), columns=columns, index=index)


def odd_matrix(rng: Generator, value: Any) -> Any:
    """Give a matrix another shape, type or container, or values beyond the rule."""
    array = np.asarray(value)
    n, k = array.shape
    ways: tuple[Callable[[], Any], ...] = (
        lambda: odd_array(rng, array),
        lambda: odd_array(rng, array),
        lambda: array[:, :, None],
        lambda: array[0],
        lambda: array[:, :-1],
        lambda: array[:0],
        lambda: array[:1],
        lambda: array.astype(object),
        lambda: array.astype(str),
        lambda: array.astype(complex),
        lambda: array.astype(np.longdouble),
        lambda: array.astype("M8[s]"),
        lambda: _with(array, one_of(rng, (np.nan, np.inf, -np.inf, 1e308, 2, -1, 0.5, -7))),
        lambda: np.ma.masked_array(array, rng.random(array.shape) < 0.3),
        lambda: np.asmatrix(array),
        lambda: scipy.sparse.csr_array(array.astype(float)),
        lambda: scipy.sparse.coo_array(array.astype(float)),
        lambda: scipy.sparse.dia_matrix(array.astype(float)),
        lambda: scipy.sparse.csr_array(([0.3, 0.3], ([0, 0], [0, 0])), array.shape),
        lambda: _frame(array, range(k)),
        lambda: _frame(array, list(range(k))[::-1]),
        lambda: _frame(array, ["a"] * k),
        lambda: _frame(array, [("a", i) for i in range(k)]),
        lambda: _frame(array, pd.MultiIndex.from_product([["a"], range(k)])),
        lambda: _frame(array, ["collect", "column_names", "index", "shape", "T"][:k]),
        lambda: _frame(array, None, rng.permutation(n)),
        lambda: _frame(array, None).astype("category"),
        lambda: _frame(array, None).astype("Float64"),
        lambda: pl.DataFrame(array.tolist(), orient="row"),
        lambda: torch.tensor(array.tolist()).float().requires_grad_(),
        lambda: torch.tensor(array.tolist()).to(torch.bfloat16),
        lambda: torch.tensor(array.tolist()).to_sparse(),
        lambda: [array, array],
        lambda: [row[: i + 1] for i, row in enumerate(array.tolist())],
        lambda: iter(array.tolist()),
        lambda: {"a": array},
        lambda: np.array([[10**30] * k] * n, object),
        lambda: np.broadcast_to(array[:1], (n, k)),
    )
    return one_of(rng, ways)()


def odd_names(rng: Generator, value: Any) -> Any:
    """Give names that are not distinct, not texts, or not as many."""
    names = list(value)
    ways = (
        [names[0]] * len(names),
        names[:-1],
        [*names, "more"],
        ["", *names[1:]],
        ["\x1b[2J", *names[1:]],
        ["\ud800", *names[1:]],
        [None, *names[1:]],
        list(range(len(names))),
        [f"${name}$" for name in names],
        np.array(names),
        np.array(names, object),
        pd.Index(names),
        iter(names),
        "".join(names),
        names[::-1],
        dict.fromkeys(names),
        ["x" * 10_000, *names[1:]],
    )
    return one_of(rng, ways)


def odd_weights(rng: Generator, value: Any) -> Any:
    """Give weights of the wrong number, sign, size or type."""
    array = np.array(value, float)
    low, high = array.copy(), array.copy()
    low[0], high[0] = 1e-300, 1e300
    both = low.copy()
    both[-1] = 1e300
    ways = (
        -array,
        array[:-1],
        np.zeros_like(array),
        low,
        high,
        both,
        array * 5e-324,
        array * 1e308,
        np.where(array > 1, np.nan, array),
        np.where(array > 1, np.inf, array),
        array.astype(str),
        array.astype(complex),
        array[:, None],
        np.ones((len(array), 3)),
        np.ma.masked_array(array, array > 1),
        pd.Series(array),
        array.tolist(),
        torch.tensor(array),
    )
    return one_of(rng, ways)


def odd(rng: Generator, name: str, value: Any) -> Any:
    """Put something odd in place of an argument, by what it is."""
    if rng.random() < 0.35:
        return one_of(rng, ANYTHING)
    if name in {"y_true", "y_score", "decisions"}:
        return odd_matrix(rng, value)
    if name in {"tags", "clips"} and value is not None:
        return odd_names(rng, value)
    if name == "sample_weight" and value is not None:
        return odd_weights(rng, value)
    return one_of(rng, ANYTHING)
