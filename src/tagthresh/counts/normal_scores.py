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
- Absent scores (`tagthresh.counts.score_counts`) tie below all others. Their clips count at their
  x, but an edge that accepts them is no threshold: the lowest one above them stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy

from tagthresh.counts.counts import Confusion, confusion
from tagthresh.counts.score_counts import ABSENT
from tagthresh.counts.step_functions import StepFunctions
from tagthresh.decision_rule import between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.counts.score_counts import Tally

STEP = 0.01
REACH = 6.0  # one score in 10^9 is further out; it is taken to lie here
PART = 1 << 20  # scores sorted at a time: bounds the memory
THIN = 64  # one score in so many tells where parts end
EDGES = np.arange(-round(REACH / STEP), round(REACH / STEP) + 1, dtype=np.float64) * STEP


@dataclass(frozen=True, eq=False)
class Coordinate:
    """Where the edges lie among the scores.

    Attributes
    ----------
    threshold : ndarray of float64, shape (n_edges,)
        The threshold that each edge stands for; +inf where no score is at or above it.
    reached : ndarray of float, shape (n_edges,)
        Lowest score at or above each edge.
    lowest : int
        Place of the lowest edge that is a threshold; above 0 where scores are absent.
    """

    threshold: NDArray[np.float64]
    reached: NDArray[Any]
    lowest: int

    @classmethod
    def from_counts(cls, counts: Counts) -> Coordinate:
        """Lay it through the scores of all tags; at least one clip must be known."""
        rejected, reached = _at_edges(counts.known)
        lowest = int(np.searchsorted(reached, ABSENT, side="right"))
        threshold = between(rejected, reached, counts.dtype)
        threshold[:lowest] = threshold[lowest]
        return cls(threshold, reached, lowest)


def along_coordinate(counts: Counts) -> Counts:
    """Lay a coordinate through the known scores of counts that have none yet."""
    if counts.coordinate is not None or not counts.known.clips.any():
        return counts
    return replace(counts, coordinate=Coordinate.from_counts(counts))


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
    tp, accepted : StepFunctions
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
    tp: StepFunctions
    accepted: StepFunctions
    lowest: int = 0

    @classmethod
    def from_counts(cls, counts: Counts) -> Binned:
        """Count along the coordinate that the counts have, or else along that of their scores."""
        along = counts.coordinate or Coordinate.from_counts(counts)
        tp, accepted = (
            StepFunctions.from_tally(tally, along.reached)
            for tally in (counts.positive, counts.known)
        )
        return cls(EDGES, along.threshold, tp, accepted, along.lowest)

    @property
    def positives(self) -> NDArray[np.float64]:
        """Mass of positives of each tag, shape (n_tags,)."""
        return self.tp.at(0)

    def around(self, place: int) -> Binned:
        """Count x from the edge at a place."""
        return replace(self, edge=self.edge - self.edge[place])

    def pooled(self) -> Binned:
        """Take all tags for one."""
        tp, accepted = (
            StepFunctions.from_rows(mass.total[None]) for mass in (self.tp, self.accepted)
        )
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


def ranks_at_edges(total: int) -> NDArray[np.int64]:
    """Ranks, from 0, of the scores that edges lie next to, among so many; shape (n_edges,).

    Together with the positives they are all the scores that the coordinate rests on.
    """
    return np.clip(np.ceil(_targets(total)), 1, total).astype(np.int64) - 1


def _targets(total: float) -> NDArray[np.float64]:
    """Mass below each edge, shape (n_edges,)."""
    target = np.asarray(total * scipy.special.ndtr(EDGES))
    target[0], target[-1] = 0.0, np.inf  # the first edge accepts everything, the last one nothing
    return target


class _Part(NamedTuple):
    """Scores of all tags in a range, and those next to it.

    Attributes
    ----------
    score : ndarray of float, shape (n_scores,)
        Ascending.
    below : ndarray of float64, shape (n_scores + 1,)
        Mass below each score of the range, and in the end.
    end : float
        Mass below the end of the range; +inf for the last one.
    """

    score: NDArray[Any]
    below: NDArray[np.float64]
    end: float


def _at_edges(tally: Tally) -> tuple[NDArray[Any], NDArray[Any]]:
    """Highest score below each edge, lowest one at or above it; -inf, +inf where there is none."""
    mostly_distinct = tally.clips.sum() < 2 * sum(map(len, tally.score))
    if tally.weight is None and tally.complete and mostly_distinct:
        total, parts = float(tally.clips.sum()), _ranked(tally)
    else:
        total, parts = _weighed(tally)
    target = _targets(total)
    rejected, lowest = np.empty((2, len(target)), tally.score[0].dtype)
    done = 0
    for part in parts:
        edges = slice(done, done := int(np.searchsorted(target, part.end, side="right")))
        rejected[edges], lowest[edges] = _neighbours(part, target[edges])
    return rejected, lowest


def _neighbours(part: _Part, target: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Highest score of less mass below it than each target, lowest one of as much or more."""
    score, below, _ = part
    at = score[np.clip(np.searchsorted(below, target), 1, len(score)) - 1]
    # Ties move together: the rank of a score is that of the middle of its mass.
    first, last = (np.searchsorted(score, at, side=side) for side in ("left", "right"))
    start = np.where((below[first] + below[last]) / 2 >= target, first, last)
    rejected = np.where(start > 0, score[start - 1], -np.inf)
    return rejected, np.where(start < len(score), score[start % len(score)], np.inf)


def _weighed(tally: Tally) -> tuple[float, Iterator[_Part]]:
    """Mass of all scores, and one part."""
    score = np.concatenate(tally.score)
    mass = np.concatenate([tally.count(tag) for tag in range(len(tally.score))])
    if tally.weight is not None:
        mass = mass * np.concatenate(tally.weight)
    # By mass too, so that sums do not depend on the order of tags.
    order = np.lexsort((mass, score))
    below = np.concatenate([[0.0], np.cumsum(mass[order])])
    return below[-1], iter([_Part(score[order], below, np.inf)])


def _ranked(tally: Tally) -> Iterator[_Part]:
    """Parts of about `PART` scores each, where every clip weighs 1 and no score is absent."""
    thinned = np.sort(np.concatenate([score[::THIN] for score in tally.score]))
    parts = 1 + int(tally.clips.sum()) // PART
    inner = thinned[np.arange(1, parts) * len(thinned) // parts]
    ends = np.array([-np.inf, *inner, np.inf], thinned.dtype)
    place = np.array([score.searchsorted(ends) for score in tally.score])
    below = 0
    for k in range(parts):
        # One score of each tag before and behind the range: among them are the nearest to it.
        starts, stops = np.maximum(place[:, k] - 1, 0), place[:, k + 1] + 1
        bounds = enumerate(zip(starts, stops, strict=True))
        score = np.sort(
            np.concatenate([tally.clip_scores(tag, *entries) for tag, entries in bounds])
        )
        first, last = score.searchsorted(ends[k : k + 2])
        start, below = below - first, below + last - first
        rank = np.arange(start, start + len(score) + 1, dtype=np.float64)
        yield _Part(score, rank, np.inf if k == parts - 1 else below)
