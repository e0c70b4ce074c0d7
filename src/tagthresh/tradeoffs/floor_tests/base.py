"""A floor on precision or recall: which cuts of each tag pass its tests, at which level.

A test of one cut has the null hypothesis that precision or recall there is below the floor. Run at
level a, the probability that the chosen cut of a given tag breaks the floor is at most a. A higher
level passes no less.

For all promises to hold at once, the risk is shared among the tags by Holm's procedure. Every tag
gets an equal share. A tag that has passed its last cut can do no more wrong, so its share goes to
the others (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
Statistics 6(2), 1979). Tags with so few clips that they cannot pass at that level cost nothing
(Tarone, "A modified Bonferroni method for discrete data", Biometrics 46(2), 1990). The proof is in
``docs/guarantees.md``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Passed(NamedTuple):
    """What passes, arrays of shape (n_tags,).

    Attributes
    ----------
    accepted : ndarray of float64
        Lowest score accepted at the chosen cut; +inf where no cut passes.
    feasible : ndarray of bool
        Whether a cut passes.
    whole : ndarray of bool
        Whether the loosest cut passes (for recall, the strictest): nothing is left to gain.
    """

    accepted: NDArray[np.float64]
    feasible: NDArray[np.bool_]
    whole: NDArray[np.bool_]


class Floor(ABC):
    """Tests of all tags.

    Attributes
    ----------
    least : float
        The floor, in (0, 1).
    trials : ndarray of float64, shape (n_tags,)
        Most clips that a test of a tag can count.
    """

    least: float
    trials: NDArray[np.float64]

    @abstractmethod
    def passed(self, level: float) -> Passed:
        """Choose the most useful cut of each tag that passes."""

    @abstractmethod
    def fallback(self) -> NDArray[np.float64]:
        """Lowest score accepted for a tag without a cut that passes, shape (n_tags,)."""

    @abstractmethod
    def needed(self, level: float) -> NDArray[np.float64]:
        """Clips that a tag would need to pass, shape (n_tags,); +inf where none would do."""

    def joint_level(self, risk: float) -> float:
        """Level of each tag's tests at which all tags keep the floor with probability 1 - risk."""
        smallest = self.least**self.trials
        waiting = np.ones(len(smallest), bool)
        while True:
            level = risk / most_passing(smallest[waiting], risk)
            whole = self.passed(level).whole
            if whole.all() or not (whole & waiting).any():
                return level
            waiting &= ~whole


def most_passing(smallest: NDArray[np.float64], risk: float) -> int:
    """Smallest m, at least 1, such that at most m tags can pass at level ``risk / m``.

    Parameters
    ----------
    smallest : ndarray of float64, shape (n_tags,)
        Smallest p-value that a tag can have.
    risk : float
        To be shared among the tags that can pass.

    Examples
    --------
    >>> most_passing(np.array([0.001, 0.02, 0.03, 0.04]), 0.05)
    2
    """
    m = np.arange(1, len(smallest) + 1)
    next_smallest = np.append(np.sort(smallest)[1:], np.inf)
    return int(m[next_smallest > risk / m][0])
