"""Where exactly a threshold goes: half-way between the scores it separates.

Any threshold in ``(rejected, accepted]`` gives the same decisions on the clips it was fitted on.
The middle is the least surprising choice for other clips, makes ``>=`` and ``>`` agree, and, where
it survives rounding to the type of the scores, lets it be compared in that type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def between(
    rejected: NDArray[Any], accepted: NDArray[Any], dtype: np.dtype[Any]
) -> NDArray[np.float64]:
    """Threshold between the highest rejected and the lowest accepted score of each tag.

    Parameters
    ----------
    rejected, accepted : ndarray of float, shape (n_tags,)
        -inf where nothing is rejected, +inf where nothing is accepted; rejected < accepted.
    dtype : dtype
        Float type of the scores.

    Returns
    -------
    ndarray of float64, shape (n_tags,)
        The middle. Where nothing is rejected, or the middle rounds to `rejected` in `dtype` (the
        two are neighbours in it), the accepted score itself; +inf where nothing is accepted.

    Examples
    --------
    >>> between(np.array([0.25, -np.inf, 0.5]), np.array([0.75, 0.5, np.inf]), np.dtype("f4"))
    array([0.5, 0.5, inf])
    """
    low, high = rejected.astype(np.float64), accepted.astype(np.float64)
    usable = np.isfinite(low) & np.isfinite(high)
    middle = np.where(usable, low, 0.0) / 2 + np.where(usable, high, 0.0) / 2
    rounded = middle.astype(dtype).astype(np.float64)
    safe = usable & (low < middle) & (low < rounded) & (rounded <= high)
    return np.where(safe, middle, high)


def round_up(thresholds: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Smallest values of `dtype` at or above `thresholds`.

    For every score of that type, ``score >= threshold`` and ``score >= round_up(threshold)`` are
    the same decision, and the second needs no conversion of the scores.

    Examples
    --------
    >>> bool(round_up(np.array([0.1]), np.dtype("f4"))[0] >= 0.1)
    True
    """
    with np.errstate(over="ignore"):
        rounded = thresholds.astype(dtype)
    below = rounded.astype(np.float64) < thresholds
    return np.where(below, np.nextafter(rounded, np.array(np.inf, dtype)), rounded)
