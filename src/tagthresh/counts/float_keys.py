"""Integers that sort as scores do: the bits of a float, those of a negative one mirrored.

A key has as many bits as its score, 0.0 and -0.0 have the same one, and integers are sorted,
searched and counted faster than floats, above all those of 16 bits.

A float is stored as its sign, its exponent and its digits, from the first bit to the last. Read as
a signed integer, positive floats are therefore in order already. A negative one is its size plus
the sign bit, which is the least integer: the larger the size, the larger the integer, where it
should be the smaller. Taken from the least integer, it is minus the size. In float16:

    score    bits              as an integer    key
     2.5     0 10000 0100000000         16640     16640
     1.5     0 01111 1000000000         15872     15872
     0.0     0 00000 0000000000             0         0
    -0.0     1 00000 0000000000        -32768         0 = -32768 - (-32768)
    -1.5     1 01111 1000000000        -16896    -15872 = -32768 - (-16896)
    -2.5     1 10000 0100000000        -16128    -16640 = -32768 - (-16128)

Mirrored once more, a key gives the bits back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def keys(scores: NDArray[Any]) -> NDArray[Any]:
    """Keys of scores: signed integers of their width.

    Examples
    --------
    >>> keys(np.array([-1.5, -0.0, 0.0, 2.5], np.float16))
    array([-15872,      0,      0,  16640], dtype=int16)
    """
    return _mirrored(scores.view(f"i{scores.itemsize}"))


def scores(key: NDArray[Any]) -> NDArray[Any]:
    """Scores of keys.

    Examples
    --------
    >>> scores(np.array([-15872, 0, 16640], np.int16))
    array([-1.5,  0. ,  2.5], dtype=float16)
    """
    return _mirrored(key).view(f"f{key.itemsize}")


def ascending(key: NDArray[Any]) -> NDArray[Any]:
    """Sort keys; those of 16 bits by digits, which NumPy does for a stable sort and is faster.

    Examples
    --------
    >>> ascending(np.array([3, -2, 1], np.int16))
    array([-2,  1,  3], dtype=int16)
    """
    return np.sort(key, kind="stable" if key.itemsize == 2 else None)


def _mirrored(bits: NDArray[Any]) -> NDArray[Any]:
    """Turn the order of negative integers around; twice leaves them as they were."""
    return np.where(bits < 0, np.iinfo(bits.dtype).min - bits, bits)


def comparable(values: NDArray[Any], cuts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Arrays that compare as scores and cuts do: integers for float16, which NumPy compares slowly.

    Examples
    --------
    >>> values, cuts = comparable(np.array([-1.5, -0.0, 2.5], np.float16), np.zeros(1, np.float16))
    >>> values >= cuts
    array([False,  True,  True])
    """
    if values.dtype != np.float16:
        return values, cuts
    if (cuts > 0).all():  # what is negative has negative bits: they need not be mirrored
        return values.view(np.int16), cuts.view(np.int16)
    return keys(values), keys(cuts)
