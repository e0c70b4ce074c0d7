"""Arrays as plain Python values for JSON, which has no NaN and no infinity: both become None."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable


def plain(values: Iterable[Any]) -> list[Any]:
    """List the values.

    Examples
    --------
    >>> plain(np.array([0.5, np.inf, np.nan]))
    [0.5, None, None]
    """
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    return [None if isinstance(v, float) and not math.isfinite(v) else v for v in listed]
