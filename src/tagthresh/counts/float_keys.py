"""Integers that sort as scores do: the bits of a float, those of a negative one mirrored.

A key has as many bits as its score, 0.0 and -0.0 have the same one, and integers are sorted,
searched and counted faster than floats, above all those of 16 bits.
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
    bits = scores.view(f"i{scores.itemsize}")
    return np.where(bits < 0, np.iinfo(bits.dtype).min - bits, bits)


def scores(key: NDArray[Any]) -> NDArray[Any]:
    """Scores of keys.

    Examples
    --------
    >>> scores(np.array([-15872, 0, 16640], np.int16))
    array([-1.5,  0. ,  2.5], dtype=float16)
    """
    bits = np.where(key < 0, np.iinfo(key.dtype).min - key, key)
    return bits.view(f"f{key.itemsize}")


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
