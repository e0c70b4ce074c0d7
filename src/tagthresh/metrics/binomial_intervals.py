"""Shares of clips with intervals that hold for very few clips too.

The interval is Clopper and Pearson's, from the binomial distribution: it has no width 0 where all
of three clips agree, as the bootstrap would. Clips that come in groups, or weigh unlike, tell less
than as many single ones: the number of clips is then Kish's effective number,

    1 / sum over groups of (mass of the group / mass of all)^2,

which takes the clips of a group for one. (Clopper and Pearson, "The use of confidence or fiducial
limits illustrated in the case of the binomial", Biometrika 26, 1934; Kish, Survey Sampling, 1965;
Korn and Graubard, "Confidence intervals for proportions with small expected number of positive
counts estimated from survey data", Survey Methodology 24, 1998: the two together.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from tagthresh.metrics.base import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.95


class Share(NamedTuple):
    """A share of each tag and its interval of 95 %; arrays of shape (n_tags,), NaN for no clips."""

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def share(
    part: scipy.sparse.csr_array,
    whole: scipy.sparse.csr_array,
    weight: NDArray[np.float64],
    group: NDArray[np.int64],
) -> Share:
    """Share of the clips of `whole` that are in `part` too.

    Parameters
    ----------
    part, whole : csr_array, shape (n_tags, n_clips)
        1 where a clip belongs.
    weight : ndarray of float64, shape (n_clips,)
        Weights of the clips.
    group : ndarray of int64, shape (n_clips,)
        Number of each clip's group, from 0.

    Examples
    --------
    >>> whole = scipy.sparse.csr_array([[1, 1, 1, 0]])
    >>> found = share(whole, whole, np.ones(4), np.arange(4))
    >>> float(found.value[0]), round(float(found.low[0]), 3), float(found.high[0])
    (1.0, 0.292, 1.0)
    """
    n = effective(whole, weight, group)
    value = np.where(n > 0, np.minimum(ratio(part @ weight, whole @ weight), 1), np.nan)
    return Share(value, *clopper_pearson(value * n, n))


def effective(
    clips: scipy.sparse.csr_array, weight: NDArray[np.float64], group: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Kish's effective number of clips of each tag, shape (n_tags,).

    Parameters
    ----------
    clips, weight, group
        As `whole`, `weight` and `group` of `share`.

    Examples
    --------
    >>> clips = scipy.sparse.csr_array([[1, 1, 1, 1]])
    >>> effective(clips, np.ones(4), np.array([0, 0, 1, 1]))
    array([2.])
    """
    place = np.arange(len(group)), group
    mass = clips @ scipy.sparse.csr_array((weight, place), shape=(len(group), group.max() + 1))
    total = mass.sum(axis=1)
    part = scipy.sparse.diags_array(ratio(np.ones(len(total)), total)) @ mass
    number = ratio(np.ones(len(total)), (part**2).sum(axis=1))
    return np.round(number, 9)  # whole numbers come out whole


def clopper_pearson(
    hits: NDArray[np.float64], n: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Limits for `hits` of `n` clips, which need not be whole numbers; NaN for none."""
    tail = (1 - LEVEL) / 2
    misses = n - hits
    low = np.where(hits > 0, scipy.special.betaincinv(hits, misses + 1, tail), 0.0)
    high = np.where(misses > 0, scipy.special.betaincinv(hits + 1, misses, 1 - tail), 1.0)
    none = n == 0
    return np.where(none, np.nan, low), np.where(none, np.nan, high)
