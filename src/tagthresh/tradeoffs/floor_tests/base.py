"""What a floor is: at a given level it says, for each tag, how far its cuts pass their tests.

A test of one cut has the null hypothesis that precision or recall there is below the floor. Run at
level a, the probability that the chosen cut of a given tag breaks the floor is at most a; a higher
level passes no less. `tagthresh.tradeoffs.floor_tests.holm` needs nothing else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
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
        Whether the loosest does (for recall, the strictest): nothing is left to gain.
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
    def otherwise(self) -> NDArray[np.float64]:
        """Return the lowest score accepted for a tag without a passing cut, shape (n_tags,)."""

    @abstractmethod
    def needed(self, level: float) -> NDArray[np.float64]:
        """Clips that a tag would need to pass, shape (n_tags,); +inf where none would do."""
