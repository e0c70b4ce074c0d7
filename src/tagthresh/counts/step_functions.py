"""Step functions: what each tag accepts at every edge of a grid, stored where it changes.

A tag with few scores accepts the same at most edges. Rows of all edges are made for some tags at a
time, so that memory grows with the steps rather than with tags times edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.slices import blocks, run_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tagthresh.counts.score_counts import Tally

TAGS_AT_A_TIME = 64  # bounds the memory, and fits a cache


@dataclass(frozen=True, eq=False)
class StepFunctions:
    """Masses that fall from edge to edge.

    Attributes
    ----------
    n_tags, n_edges : int
        Number of tags and of edges.
    last : ndarray of int64, shape (n_steps,)
        Last edge of each step, ascending: the number of the tag times n_edges, plus the edge's.
        The last edge of every tag is one.
    mass : ndarray of float64, shape (n_steps,)
        Mass at the edges of the step.

    Examples
    --------
    >>> masses = StepFunctions.from_rows(np.array([[3.0, 3.0, 1.0], [2.0, 2.0, 2.0]]))
    >>> masses.last, masses.mass
    (array([1, 2, 5]), array([3., 1., 2.]))
    >>> masses.at(np.array([2, 0])), masses.total
    (array([1., 2.]), array([5., 5., 3.]))
    """

    n_tags: int
    n_edges: int
    last: NDArray[np.int64]
    mass: NDArray[np.float64]

    @classmethod
    def from_rows(cls, rows: NDArray[np.float64]) -> StepFunctions:
        """Keep what changes of masses of shape (n_tags, n_edges)."""
        ends = run_ends(rows.T).T
        n_tags, n_edges = rows.shape
        return cls(n_tags, n_edges, np.flatnonzero(ends), rows[ends])

    @classmethod
    def from_tally(cls, tally: Tally, lowest: NDArray[Any]) -> StepFunctions:
        """Masses at or above the score that each edge stands for, shape (n_edges,)."""
        n_tags, n_edges = len(tally.score), len(lowest)
        last, mass = [], []
        for tags in blocks(n_tags, TAGS_AT_A_TIME):
            rows = [tally.accepted(tag, lowest) for tag in range(tags.start, tags.stop)]
            block = cls.from_rows(np.array(rows))
            last.append(block.last + tags.start * n_edges)
            mass.append(block.mass)
        return cls(n_tags, n_edges, np.concatenate(last), np.concatenate(mass))

    def rows(self, tags: slice) -> NDArray[np.float64]:
        """Masses of some tags at every edge."""
        start, stop = tags.start * self.n_edges, tags.stop * self.n_edges
        steps = slice(*np.searchsorted(self.last, [start, stop]))
        width = np.diff(self.last[steps], prepend=start - 1)
        return np.repeat(self.mass[steps], width).reshape(-1, self.n_edges)

    def blocks(self) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Tags and their rows, some at a time."""
        for tags in blocks(self.n_tags, TAGS_AT_A_TIME):
            yield tags, self.rows(tags)

    def at(self, edge: NDArray[np.int64] | int) -> NDArray[np.float64]:
        """Mass of each tag at an edge, the same for all or one each; shape (n_tags,)."""
        wanted = np.arange(self.n_tags) * self.n_edges + edge
        return np.asarray(self.mass[np.searchsorted(self.last, wanted)])

    @property
    def total(self) -> NDArray[np.float64]:
        """Sum over tags at each edge, shape (n_edges,)."""
        total = np.zeros(self.n_edges)
        for _, rows in self.blocks():
            total = added(total, rows)
        return total


def added(total: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add rows one after another: the same to the bit, however many come at a time."""
    return np.asarray(np.concatenate([total[None], rows]).sum(axis=0))
