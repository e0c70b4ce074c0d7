"""Limits within which the threshold of each tag must lie.

A threshold outside of them stands for the nearest one inside. What a tag accepts at its highest
allowed threshold it accepts in any case, which the totals of all tags feel: solvers take it into
account from the start, rather than move thresholds afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh.counts.rounding import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Limits(NamedTuple):
    """Lowest and highest threshold of each tag, arrays of float64 of shape (n_tags,).

    A fixed threshold is both; -inf and +inf are no limit.

    Examples
    --------
    >>> limits = Limits(np.array([0.1, 0.2]), np.array([0.5, 0.2]))
    >>> limits.nearest(np.array([[0.7, 0.3], [0.4, 0.9]]).T)
    array([[0.5, 0.4],
           [0.2, 0.2]])
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def none(cls, n_tags: int) -> Limits:
        """Allow everything."""
        return cls(np.full(n_tags, -np.inf), np.full(n_tags, np.inf))

    def nearest(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Nearest allowed thresholds; values of shape (n_tags,) or (n_tags, n_cuts)."""
        shape = (-1,) + (1,) * (values.ndim - 1)
        return np.clip(values, self.low.reshape(shape), self.high.reshape(shape))

    def within(self, scores: NDArray[Any]) -> NDArray[Any]:
        """Scores, shape (n_clips, n_tags), that any threshold sees as the nearest allowed one does.

        +inf where every allowed threshold accepts, -inf where none does.
        """
        lowest, highest = (rounded(end, scores.dtype) for end in self)
        within = np.where(scores >= highest, np.inf, scores)
        return np.where(scores < lowest, -np.inf, within)
