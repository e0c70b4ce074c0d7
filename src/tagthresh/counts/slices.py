"""Where sorted and long arrays are cut: at runs of equal keys, and into blocks of bounded size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def run_starts(first: NDArray[Any], *others: NDArray[Any] | None) -> NDArray[np.bool_]:
    """Tell which entries begin a run: those that differ from the one before in some key.

    Parameters
    ----------
    first, *others : ndarray, all of one shape, or None
        Keys; equal entries stand together along the first axis, as after sorting by these keys.

    Examples
    --------
    >>> tag, score = np.array([0, 0, 0, 1]), np.array([0.2, 0.7, 0.7, 0.7])
    >>> run_starts(tag, score)
    array([ True,  True, False,  True])
    """
    starts = np.ones_like(first, bool)
    np.not_equal(first[1:], first[:-1], out=starts[1:])
    for key in others:
        if key is not None:
            starts[1:] |= key[1:] != key[:-1]
    return starts


def run_ends(key: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which entries end a run: those that differ from the next one.

    Examples
    --------
    >>> run_ends(np.array([0.2, 0.7, 0.7, 0.9]))
    array([ True, False,  True,  True])
    """
    return run_starts(key[::-1])[::-1]


def blocks(length: int, width: int) -> Iterator[slice]:
    """Slices of `width` entries, at least 1, that together cover `length`; the last may be shorter.

    Examples
    --------
    >>> list(blocks(5, 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    width = max(1, width)
    for start in range(0, length, width):
        yield slice(start, min(start + width, length))
