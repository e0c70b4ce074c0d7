"""Arrays and tables as plain values for JSON, which has no NaN and no infinity: None for both.

And numbers of things as plain words.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def plain(values: Iterable[Any]) -> list[Any]:
    """List the values.

    Examples
    --------
    >>> plain(np.array([0.5, np.inf, np.nan]))
    [0.5, None, None]
    """
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    return [None if isinstance(v, float) and not math.isfinite(v) else v for v in listed]


def table(columns: Mapping[str, Iterable[Any]]) -> list[dict[str, Any]]:
    """List the rows of a table given by its columns.

    Examples
    --------
    >>> table({"tag": ["Dog", "Rain"], "threshold": np.array([0.5, np.inf])})
    [{'tag': 'Dog', 'threshold': 0.5}, {'tag': 'Rain', 'threshold': None}]
    """
    listed = [plain(column) for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*listed, strict=True)]


def plural(count: int, noun: str) -> str:
    """Count things.

    Examples
    --------
    >>> plural(1, "clip"), plural(2, "clip")
    ('1 clip', '2 clips')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
