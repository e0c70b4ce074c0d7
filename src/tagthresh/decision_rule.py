"""The one rule by which a score is accepted, and where exactly a threshold goes.

The rule
--------
A clip gets a tag when ``score >= threshold``, compared in the type of the scores. A threshold is a
float64; for scores of a narrower type it is rounded to the nearest value of that type first. This
is what ``scores >= 0.7`` does in NumPy and in PyTorch: 0.7 accepts every float32 score that prints
as 0.7, although that score is 0.69999999 and a little. Integers are compared as float64, which
holds them: 254 is not accepted at 254.02. bfloat16, which NumPy lacks, is compared as float32,
which holds it. Rounding keeps order, so what is accepted in a wide type
is still accepted once scores are rounded to a narrower one.

Everything that compares scores with thresholds calls `accepts`, or compares with `rounded`.

Where thresholds go
-------------------
Any threshold in ``(rejected, accepted]`` gives the same decisions on the clips it was fitted on.
Files change the type of scores: a CSV holds the decimals that a float32 prints as, half the digits
are lost in float16, and a list has the exact value again. So thresholds keep away from scores.

- As a rule they lie half-way between the scores they separate, which is the least surprising choice
  for other clips too.
- Between two neighbours of the scores' type the middle would round to either. There they lie just
  above it, where all values begin that round to the accepted score.
- Where nothing is rejected they lie on the lowest value that a change of type can turn the accepted
  score into: on the score itself, or barely below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NARROWER: dict[str, tuple[type[np.floating[Any]], ...]] = {
    "float64": (np.float32, np.float16),
    "float32": (np.float16,),
    "float16": (),
}  # types that scores may be rounded to
# Share of the way from the middle to the accepted score: small, but many steps of a wider type.
PAST_MIDDLE = 2.0**-10


def rounded(thresholds: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Thresholds as the values of `dtype` that scores of that type are compared with.

    Parameters
    ----------
    thresholds : ndarray of float64
        +inf is never.
    dtype : dtype
        Float type of the scores.

    Returns
    -------
    ndarray of `dtype`
        The nearest values; never -inf, which would accept a score that is absent.

    Examples
    --------
    >>> scores = np.array([0.7, 0.3], np.float32)
    >>> scores >= rounded(np.array([0.7, 0.7]), scores.dtype)
    array([ True, False])
    """
    with np.errstate(over="ignore", under="ignore"):
        return np.maximum(thresholds, np.finfo(dtype).min).astype(dtype)


def accepts(scores: NDArray[Any], thresholds: NDArray[np.float64] | float) -> NDArray[np.bool_]:
    """Decide by the rule.

    Parameters
    ----------
    scores : ndarray of float
        Scores of any float type; -inf is a score that is absent.
    thresholds : ndarray of float64, or float
        Of a shape that goes with the scores; +inf is never.

    Examples
    --------
    >>> accepts(np.array([[0.3, 0.9]], np.float16), np.array([0.3, 0.9]))
    array([[ True,  True]])
    """
    return np.asarray(scores >= rounded(np.asarray(thresholds, np.float64), scores.dtype))


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
        The middle, or nearly so; the accepted score, or barely below it, where nothing is rejected;
        +inf where nothing is accepted.

    Examples
    --------
    >>> between(np.array([0.25, -np.inf, 0.5]), np.array([0.75, 0.5, np.inf]), np.dtype("f4"))
    array([0.5       , 0.49999999,        inf])
    """
    low, high = rejected.astype(np.float64), accepted.astype(np.float64)
    usable = np.isfinite(low) & np.isfinite(high)
    middle = np.where(usable, low, 0.0) / 2 + np.where(usable, high, 0.0) / 2
    values = np.where(usable, middle, high)
    alone = ~usable & np.isfinite(high)
    values[alone] = _lowest(high[alone].astype(dtype))
    tied = usable & ~_separates(middle, low, high, dtype)
    values[tied] = _past_middle(middle[tied], low[tied], high[tied], dtype)
    return values


def _separates(
    values: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    dtype: np.dtype[Any],
) -> NDArray[np.bool_]:
    """Whether values lie above `low` and not above `high`, and as values of `dtype` too."""
    back = rounded(values, dtype).astype(np.float64)
    return (low < values) & (values <= high) & (low < back) & (back <= high)


def _lowest(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Lowest values that scores can become, or can have been, in another type or in print."""
    values = _before_rounding(scores)
    for kind in NARROWER[scores.dtype.name]:
        size, limits = np.abs(values), np.finfo(kind)
        normal = (size >= limits.tiny) & (size <= limits.max)  # others lose more than some digits
        narrow = values[normal].astype(kind)
        values[normal] = np.minimum.reduce(
            [values[normal], narrow.astype(np.float64), printed(narrow)]
        )
    return values


def _before_rounding(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Lowest numbers that round to scores; scores of float64, and 0, are taken for exact."""
    exact = scores.astype(np.float64)
    with np.errstate(over="ignore", under="ignore"):
        below = np.nextafter(scores, np.array(-np.inf, scores.dtype)).astype(np.float64)
    if scores.dtype == np.float64:
        return exact
    return np.where((exact == 0) | np.isinf(below), exact, (below + exact) / 2)


def printed(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Values of the decimals that scores print as, in a CSV for instance.

    Examples
    --------
    >>> printed(np.array([0.7], np.float32))
    array([0.7])
    """
    return np.array([float(str(score)) for score in scores], np.float64)


def _past_middle(
    middle: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    dtype: np.dtype[Any],
) -> NDArray[np.float64]:
    """Values between neighbours that round to the higher one, and so do the decimals it prints."""
    with np.errstate(under="ignore"):
        past = middle + PAST_MIDDLE * (high - middle)
    past = np.minimum(past, printed(high.astype(dtype)))
    # Neighbours of float64 itself have nothing between them.
    return np.where(_separates(past, low, high, dtype), past, high)
