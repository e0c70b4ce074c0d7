"""Exact tests of a share: the successes among n independent trials are binomial."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import NDArray

POWER = 0.8  # chance to pass that a number of clips needed is to give


def p_value(
    successes: NDArray[np.float64], trials: NDArray[np.float64], least: float
) -> NDArray[np.float64]:
    """Chance of so many successes or more where the share is `least`; at most that below it.

    It is at most a when the lower Clopper-Pearson bound at confidence 1 - a is at least `least`.

    Examples
    --------
    >>> p_value(np.array([10.0, 9.0, 0.0]), np.array([10.0, 10.0, 0.0]), 0.5).round(4)
    array([0.001 , 0.0107, 1.    ])
    """
    # The binomial tail is a beta integral, which has a limit only at 0 successes.
    hits = np.maximum(successes, 1.0)
    tail = scipy.special.betainc(hits, np.maximum(trials - hits, 0.0) + 1, least)
    return np.where(successes > 0, tail, 1.0)


def fewest(least: float, level: float) -> int:
    """Fewest trials that can pass: all successes, n >= log(level) / log(least).

    Examples
    --------
    >>> fewest(0.9, 0.05), round(0.9**28, 3), round(0.9**29, 3)
    (29, 0.052, 0.047)
    """
    return math.ceil(math.log(level) / math.log(least))


def anytime_p_value(
    successes: NDArray[np.float64], trials: NDArray[Any], least: float
) -> NDArray[np.float64]:
    """P-value that holds at all numbers of trials at once, at the price of being larger.

    Over a sequence of trials with the share `least`, it ever falls to a or below with a probability
    of at most a. It is 1 over the likelihood ratio of a share drawn evenly from (`least`, 1), a
    martingale (Robbins, "Statistical methods related to the law of the iterated logarithm", Annals
    of Mathematical Statistics 41(5), 1970). It is 1 where the share seen is below `least`.

    Examples
    --------
    >>> anytime_p_value(np.array([10.0, 20.0, 40.0]), np.array([10.0, 20.0, 80.0]), 0.5).round(4)
    array([0.0054, 0.    , 1.    ])
    """
    failures = trials - successes
    above = successes > least * trials
    hits, misses = np.where(above, successes, 1.0), np.where(above, failures, 0.0)
    evidence = (
        scipy.special.betaln(hits + 1, misses + 1)
        + np.log(scipy.special.betainc(misses + 1, hits + 1, 1 - least) / (1 - least))
        - hits * math.log(least)
        - misses * math.log1p(-least)
    )
    return np.where(above, np.exp(np.minimum(-evidence, 0.0)), 1.0)


def share_to_pass(trials: NDArray[np.int64], least: float, level: float) -> NDArray[np.float64]:
    """Share at which `anytime_p_value` is at most `level` with a chance of `POWER`; 1 for none.

    Examples
    --------
    >>> share_to_pass(np.array([10, 100, 1000]), 0.5, 0.05).round(3)
    array([0.978, 0.684, 0.566])
    """
    low, high = np.floor(least * trials), trials + 1.0  # too few successes; enough, or too many
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        passes = anytime_p_value(middle, trials, least) <= level
        low, high = np.where(passes, low, middle), np.where(passes, middle, high)
    can_pass = high <= trials
    successes = np.where(can_pass, high, trials)
    return np.where(
        can_pass, scipy.special.betaincinv(successes, trials - successes + 1, POWER), 1.0
    )
