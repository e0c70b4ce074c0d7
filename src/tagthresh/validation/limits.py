"""Thresholds, and the limits within which they must lie.

A threshold outside its limits stands for the nearest one inside. What a tag accepts at its highest
allowed threshold it accepts in any case, and the totals of all tags feel that: solvers take it into
account from the start, rather than move thresholds afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh.decision_rule import rounded
from tagthresh.validation.arrays import numbers
from tagthresh.validation.errors import InputError, Place, described
from tagthresh.validation.options import finite_number
from tagthresh.validation.tags import Tags, nearest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Limits(NamedTuple):
    """Lowest and highest threshold of each tag, arrays of float64 of shape (n_tags,).

    A fixed threshold is both; -inf and +inf are no limit.

    Examples
    --------
    >>> limits = Limits(np.array([0.1, 0.2]), np.array([0.5, 0.2]))
    >>> limits.nearest(np.array([[0.7, 0.3], [0.4, 0.9]]).T)
    array([[0.5, 0.4],
           [0.2, 0.2]])
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def none(cls, n_tags: int) -> Limits:
        """Allow everything."""
        return cls(np.full(n_tags, -np.inf), np.full(n_tags, np.inf))

    def nearest(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Nearest allowed thresholds; values of shape (n_tags,) or (n_tags, n_cuts)."""
        shape = (-1,) + (1,) * (values.ndim - 1)
        return np.clip(values, self.low.reshape(shape), self.high.reshape(shape))

    def within(self, scores: NDArray[Any]) -> NDArray[Any]:
        """Scores, shape (n_clips, n_tags), that any threshold sees as the nearest allowed one does.

        +inf where every allowed threshold accepts, -inf where none does.
        """
        lowest, highest = (rounded(end, scores.dtype) for end in self)
        within = np.where(scores >= highest, np.inf, scores)
        return np.where(scores < lowest, -np.inf, within)


def threshold_values(values: ArrayLike) -> NDArray[np.float64]:
    """Check one threshold per tag: a number, or +inf for "never"."""
    array = numbers("values", values).astype(np.float64)
    if array.ndim != 1 or array.size == 0:
        raise InputError("values", "must hold one threshold per tag", f"shape {array.shape}")
    bad = np.isnan(array) | (array == -np.inf)
    if bad.any():
        got = f"{array[bad][0]} at tag {bad.argmax()}"
        raise InputError("values", "must be numbers, +inf for never", got)
    return array


def limits(fixed: object, bounds: object, tags: Tags | None, n_tags: int) -> Limits | None:
    """Check fixed thresholds and bounds of thresholds; None where there are none."""
    if fixed is None and bounds is None:
        return None
    place = {name: i for i, name in enumerate(tags or map(str, range(n_tags)))}
    allowed = Limits.none(n_tags)
    values = {} if fixed is None else _by_tag("fixed", fixed, place)
    if bounds is not None and not isinstance(bounds, Mapping):
        allowed.low[:], allowed.high[:] = _pair("bounds", bounds)
    for tag, pair in _by_tag("bounds", bounds, place).items():
        if tag in values:
            raise InputError("fixed and bounds", f"must not name the same tag; both name {tag!r}")
        allowed.low[place[tag]], allowed.high[place[tag]] = _pair(f"bounds of {tag!r}", pair)
    for tag, value in values.items():
        number = np.inf if value is None else finite_number(f"fixed threshold of {tag!r}", value)
        allowed.low[place[tag]] = allowed.high[place[tag]] = number
    return allowed


def _by_tag(name: str, by_tag: object, place: Mapping[str, int]) -> Mapping[str, object]:
    """Check that a mapping names tags; bounds of all tags are no mapping."""
    if not isinstance(by_tag, Mapping):
        if name == "bounds":
            return {}
        raise InputError(name, "must give values by tag", described(by_tag))
    for tag in by_tag:
        if tag not in place:
            rule = f"is called {described(tag)}{nearest(tag, place)}"
            raise InputError("no tag", rule, place=Place(file=name))
    return by_tag


def _pair(name: str, pair: object) -> tuple[float, float]:
    """Check a lowest and a highest threshold; None is no limit."""
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise InputError(name, "must be (lowest, highest)", described(pair))
    low = -np.inf if pair[0] is None else finite_number(f"{name}, the lowest,", pair[0])
    high = np.inf if pair[1] is None else finite_number(f"{name}, the highest,", pair[1])
    if low > high:
        raise InputError(name, "must be in order, lowest first", f"{pair!r}")
    return low, high
