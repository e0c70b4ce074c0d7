"""Exact tests of a share: the successes among n independent trials are binomial."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

POWER = 0.8  # chance to pass that a number of needed clips is to give


def p_value(
    successes: NDArray[np.float64], trials: NDArray[np.float64], least: float
) -> NDArray[np.float64]:
    """Chance of so many successes or more where the share is `least`; at most that below it.

    It is at most a when the lower Clopper-Pearson bound at confidence 1 - a is at least `least`.

    Examples
    --------
    >>> p_value(np.array([10.0, 9.0, 0.0]), np.array([10.0, 10.0, 0.0]), 0.5) * 1024
    array([   1.,   11., 1024.])
    """
    # The binomial tail is a beta integral, which has a limit only at 0 successes.
    some = np.maximum(successes, 1.0)
    tail = betainc(some, np.maximum(trials - some, 0.0) + 1, least)
    return np.where(successes > 0, tail, 1.0)


def fewest(least: float, level: float) -> int:
    """Fewest trials that can pass: all successes, n >= log(level) / log(least).

    Examples
    --------
    >>> fewest(0.9, 0.05), round(0.9**28, 3), round(0.9**29, 3)
    (29, 0.052, 0.047)
    """
    return math.ceil(math.log(level) / math.log(least))


def trials_needed(share: NDArray[np.float64], least: float, level: float) -> NDArray[np.float64]:
    """Trials that pass with a chance of `POWER` where the share is `share`; +inf for none.

    The usual normal approximation of the sample size of a test of one share, and at least `fewest`.

    Examples
    --------
    >>> trials_needed(np.array([0.85, 0.95, 1.0]), 0.9, 0.05).round()
    array([ inf, 184.,  29.])
    """
    above = np.maximum(share - least, 0.0)
    at_floor = -ndtri(level) * math.sqrt(least * (1 - least))
    spread = at_floor + ndtri(POWER) * np.sqrt(share * (1 - share))
    with np.errstate(divide="ignore"):
        return np.maximum((spread / above) ** 2, fewest(least, level))
