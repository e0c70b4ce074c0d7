"""A coordinate that no rescaling of the scores changes, and the masses of each tag along it.

The coordinate of a score is the normal quantile of its rank among the scores of all tags,

    x(s) = Phi^-1((mass below s + half of the mass at s) / total mass)

so that scores bunched near 0 or 1 are spread out, and any strictly increasing function of the
scores leaves x as it was, to the bit. It is cut up by a fixed grid of edges, `STEP` apart. Every
edge is also a threshold, the lowest score at or above it, so what lies beyond an edge is counted
exactly: a cut moves by at most half a step to the nearest edge, and nothing else is lost.

Conventions
-----------
- Only clips with a known label count, each with its weight.
- ``x >= edge`` accepts; beyond the last score, an edge accepts nothing.
- Absent scores (`tagthresh.tally`) tie below all others. Their clips count at their x, but an edge
  that accepts them is no threshold: the lowest one above them stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from tagthresh.counts import Confusion, confusion
from tagthresh.placement import between
from tagthresh.stairs import Stairs
from tagthresh.tally import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tagthresh.counts import Counts
    from tagthresh.tally import Tally

STEP = 0.01
REACH = 6.0  # one score in 10^9 is further out; it is taken to lie here
EDGES = np.arange(-round(REACH / STEP), round(REACH / STEP) + 1, dtype=np.float64) * STEP


@dataclass(frozen=True, eq=False)
class Binned:
    """Masses of every tag at every edge of the coordinate.

    Attributes
    ----------
    edge : ndarray of float64, shape (n_edges,)
        Ascending, `STEP` apart.
    threshold : ndarray of float64, shape (n_edges,)
        The threshold, in the unit of the scores, that each edge stands for; +inf where no score is
        at or above it.
    tp, accepted : Stairs
        Mass of positives and of all known clips of each tag at or above each edge.
    lowest : int
        Place of the lowest edge that is a threshold; above 0 where scores are absent.

    Examples
    --------
    >>> import tagthresh as tt
    >>> counts = tt.Counts.from_arrays([[1], [0], [0]], [[0.9], [0.2], [0.1]])
    >>> binned = Binned.from_counts(counts)
    >>> place = binned.at(np.array([-0.5, 0.5]))
    >>> binned.threshold[place].round(2)
    array([0.15, 0.55])
    >>> [(binned.tp.at(edge), binned.accepted.at(edge)) for edge in place]
    [(array([1.]), array([2.])), (array([1.]), array([1.]))]
    """

    edge: NDArray[np.float64]
    threshold: NDArray[np.float64]
    tp: Stairs
    accepted: Stairs
    lowest: int = 0

    @classmethod
    def from_counts(cls, counts: Counts) -> Binned:
        """Lay the coordinate through the scores of all tags; at least one clip must be known."""
        rejected, lowest = _at_edges(*_pooled(counts.known))
        tp, accepted = (
            Stairs.from_tally(tally, lowest) for tally in (counts.positive, counts.known)
        )
        first = int(np.searchsorted(lowest, ABSENT, side="right"))
        threshold = between(rejected, lowest, counts.dtype)
        threshold[:first] = threshold[first]
        return cls(EDGES, threshold, tp, accepted, first)

    @property
    def positives(self) -> NDArray[np.float64]:
        """Mass of positives of each tag, shape (n_tags,)."""
        return self.tp.at(0)

    def around(self, place: int) -> Binned:
        """Count x from the edge at a place."""
        return replace(self, edge=self.edge - self.edge[place])

    def pooled(self) -> Binned:
        """Take all tags for one."""
        tp, accepted = (Stairs.from_rows(mass.total[None]) for mass in (self.tp, self.accepted))
        return replace(self, tp=tp, accepted=accepted)

    def at(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """Place of the edge nearest to each of `x`, any shape, among those that are thresholds."""
        place = np.rint((x - self.edge[0]) / STEP)
        return np.asarray(np.clip(place, self.lowest, len(self.edge) - 1), np.int64)

    def confusion(self, place: NDArray[np.int64]) -> Confusion:
        """Confusion of each tag at an edge of its own, given by its place."""
        at = self.tp.at(place), self.accepted.at(place)
        return confusion(*at, self.positives, self.accepted.at(0))

    def blocks(self) -> Iterator[tuple[slice, NDArray[np.float64], NDArray[np.float64]]]:
        """Tags with their `tp` and `accepted` at every edge, some tags at a time."""
        for (tags, tp), (_, accepted) in zip(self.tp.blocks(), self.accepted.blocks(), strict=True):
            yield tags, tp, accepted


def _pooled(tally: Tally) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
    """Scores of all tags, ascending; the mass below each and in all, None for one clip each."""
    tags = range(len(tally.score))
    end = np.cumsum([tally.count(tag).sum() for tag in tags])
    if tally.weight is None and tally.complete and end[-1] < 2 * sum(map(len, tally.score)):
        score = np.empty(end[-1], tally.score[0].dtype)  # filled tag by tag: half the memory
        for tag, part in enumerate(np.split(score, end[:-1])):
            part[:] = np.repeat(tally.score[tag], tally.count(tag))
        score.sort()
        return score, None
    score = np.concatenate(tally.score)
    mass = np.concatenate([tally.count(tag) for tag in tags])
    if tally.weight is not None:
        mass = mass * np.concatenate(tally.weight)
    order = np.lexsort(
        (mass, score)
    )  # by mass too, so that sums do not depend on the order of tags
    return score[order], np.concatenate([[0.0], np.cumsum(mass[order])])


def ranks_at_edges(total: int) -> NDArray[np.int64]:
    """Ranks, from 0, of the scores that edges lie next to, among so many; shape (n_edges,).

    Together with the positives they are all the scores that the coordinate rests on.
    """
    return np.clip(np.ceil(_targets(total)), 1, total).astype(np.int64) - 1


def _targets(total: float) -> NDArray[np.float64]:
    """Mass below each edge, shape (n_edges,)."""
    target = np.asarray(total * ndtr(EDGES))
    target[0], target[-1] = 0.0, np.inf  # the first edge accepts everything, the last one nothing
    return target


def _at_edges(
    score: NDArray[Any], below: NDArray[np.float64] | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Highest score below each edge, lowest one at or above it; -inf, +inf where there is none."""
    total = len(score) if below is None else below[-1]
    target = _targets(total)
    upto = np.ceil(target) if below is None else np.searchsorted(below, target)
    at = score[np.clip(upto, 1, len(score)).astype(np.int64) - 1]
    # Ties move together: the rank of a score is that of the middle of its mass.
    first, last = (np.searchsorted(score, at, side=side) for side in ("left", "right"))
    middle = (first + last) / 2 if below is None else (below[first] + below[last]) / 2
    start = np.where(middle >= target, first, last)
    rejected = np.where(start > 0, score[start - 1], -np.inf)
    return rejected, np.where(start < len(score), score[start % len(score)], np.inf)
