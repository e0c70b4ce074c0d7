"""Holm's procedure over tags: the level that each may spend for all promises to hold at once.

Every tag gets an equal share of the risk; a tag that has passed its last cut can do no more wrong,
so its share goes to the others (Holm, "A simple sequentially rejective multiple test
procedure", Scandinavian Journal of Statistics 6(2), 1979). Tags with so few clips that they could
not pass at that level cost nothing (Tarone, "A modified Bonferroni method for discrete data",
Biometrics 46(2), 1990). Proof in ``docs/guarantees.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.tradeoffs.floor_tests.base import Floor


def holm(floor: Floor, risk: float) -> float:
    """Level at which to run each tag so that all keep the floor with a probability of 1 - risk."""
    smallest = floor.least**floor.trials
    waiting = np.ones(len(smallest), bool)
    while True:
        level = risk / able(smallest[waiting], risk)
        whole = floor.passed(level).whole
        if whole.all() or not (whole & waiting).any():
            return level
        waiting &= ~whole


def able(smallest: NDArray[np.float64], risk: float) -> int:
    """Smallest m, at least 1, such that at most m tags can pass at level ``risk / m``.

    Parameters
    ----------
    smallest : ndarray of float64, shape (n_tags,)
        Smallest p-value that a tag can have.
    risk : float
        To be shared among those that can pass.

    Examples
    --------
    >>> able(np.array([0.001, 0.02, 0.03, 0.04]), 0.05)
    2
    """
    m = np.arange(1, len(smallest) + 1)
    next_smallest = np.append(np.sort(smallest)[1:], np.inf)
    return int(m[next_smallest > risk / m][0])
