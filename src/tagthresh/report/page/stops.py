"""Stops: places of a tag's threshold at which its counts are known, few enough to mail.

A page that moves thresholds cannot hold every score of 20,000 clips for 527 tags. It holds stops:
per tag, thresholds in ascending order with TP and accepted mass at each, exactly as `Counts` has
them, and moves thresholds from stop to stop. So every figure it shows is exact.

Where a tag has few distinct scores, each is a stop. Where it has many, the stops are

- the cuts on the hull of the tag's curve, which make up the frontier
  (`tagthresh.tradeoffs.frontier`);
- cuts at positives, evenly thinned;
- cuts at the 1st, 2nd, 3rd, ... score from the top, in steps that grow with the rank;
- the thresholds that the page starts from, and "never".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.decision_rule import between, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.tradeoffs.frontier import Frontier

TOTAL = 160_000  # stops of all tags together: some megabytes in a page
FEWEST, MOST = 100, 2000  # of a tag, but for those of the frontier and of starting points


@dataclass(frozen=True, eq=False)
class Stops:
    """Stops of each tag, tag after tag, thresholds ascending.

    Attributes
    ----------
    offset : ndarray of int64, shape (n_tags + 1,)
        Tag c owns stops ``offset[c]`` to ``offset[c + 1] - 1``; the last of them is never, +inf.
    value : ndarray of float64, shape (n_stops,)
        Thresholds.
    tp, accepted : ndarray of float64, shape (n_stops,)
        Mass of positives and of all known clips at or above each.

    Examples
    --------
    >>> import tagthresh as tt
    >>> frontier = tt.Frontier.from_arrays([[1], [0], [1]], [[0.9], [0.2], [0.4]])
    >>> stops = Stops.from_frontier(frontier, np.array([[0.5]]))
    >>> stops.value.round(2), stops.tp
    (array([0.2 , 0.3 , 0.5 , 0.65,  inf]), array([2., 2., 1., 1., 0.]))
    """

    offset: NDArray[np.int64]
    value: NDArray[np.float64]
    tp: NDArray[np.float64]
    accepted: NDArray[np.float64]

    @classmethod
    def from_frontier(cls, frontier: Frontier, starts: NDArray[np.float64]) -> Stops:
        """Choose stops among the cuts of the counts behind a frontier.

        Parameters
        ----------
        frontier : Frontier
            Its cuts are stops.
        starts : ndarray of float64, shape (n_starts, n_tags)
            Thresholds that are stops as they are.
        """
        counts = frontier.curve.counts
        most = min(max(TOTAL // counts.n_tags, FEWEST), MOST)
        hulls = _by_tag(frontier)
        never = np.full((1, counts.n_tags), np.inf)
        given = np.concatenate([starts, never])
        value = [
            np.unique(np.concatenate([_cuts(counts, tag, hulls[tag], most), given[:, tag]]))
            for tag in range(counts.n_tags)
        ]
        places = list(enumerate(rounded(each, counts.dtype) for each in value))
        return cls(
            np.cumsum([0, *map(len, value)]),
            np.concatenate(value),
            np.concatenate([counts.positive.accepted(*place) for place in places]),
            np.concatenate([counts.known.accepted(*place) for place in places]),
        )

    def at(self, thresholds: NDArray[np.float64]) -> NDArray[np.int64]:
        """Place of each tag's threshold, which is one of its stops, shape (n_tags,)."""
        parts = zip(pairwise(self.offset), thresholds, strict=True)
        places = [a + np.searchsorted(self.value[a:b], value) for (a, b), value in parts]
        return np.asarray(places, np.int64)

    def reached(self, scores: NDArray[Any], tags: NDArray[np.int64]) -> NDArray[np.float64]:
        """Scores as float64 that are at or above the very stops that accept them.

        A page compares as float64. A stop of 0.7 accepts the float32 score 0.69999999, so that
        score becomes 0.7.

        Parameters
        ----------
        scores : ndarray of float, shape (n_scores,)
            Of the type that was counted.
        tags : ndarray of int64, shape (n_scores,)
        """
        reached = scores.astype(np.float64)
        for tag, (start, stop) in enumerate(pairwise(self.offset)):
            own, value = tags == tag, np.append(-np.inf, self.value[start:stop])
            place = np.searchsorted(rounded(value[1:], scores.dtype), scores[own], side="right")
            reached[own] = np.maximum(reached[own], value[place])
        return reached

    def path(self, frontier: Frontier) -> NDArray[np.int64]:
        """Stop that each edge of the frontier moves its tag to, in the order of the edges."""
        found = np.empty(len(frontier.cut), np.int64)
        tags = frontier.curve.tag[frontier.cut]
        for tag, hull in enumerate(_by_tag(frontier)):
            start, stop = self.offset[tag : tag + 2]
            value = _placed(frontier.curve.counts, tag, hull)
            found[tags == tag] = start + np.searchsorted(self.value[start:stop], value)
        return found


def _by_tag(frontier: Frontier) -> list[NDArray[np.float64]]:
    """Lowest accepted scores at the edges of each tag, in the order of the edges."""
    tag = frontier.curve.tag[frontier.cut]
    order = np.argsort(tag, kind="stable")
    ends = np.searchsorted(tag[order], np.arange(1, frontier.curve.counts.n_tags))
    return np.split(frontier.curve.score[frontier.cut][order], ends)


def _placed(counts: Counts, tag: int, accepted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thresholds that accept given scores of a tag and those above."""
    scores = np.unique(counts.known.score[tag])
    below = np.searchsorted(scores, accepted) - 1
    rejected = np.where(below < 0, -np.inf, scores[np.maximum(below, 0)])
    return between(rejected, accepted, counts.dtype)


def _cuts(counts: Counts, tag: int, hull: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Thresholds at chosen scores of a tag, about `most` beside those of its hull."""
    scores = np.unique(counts.known.score[tag])
    if len(scores) > most:
        ranks = np.unique(np.geomspace(1, len(scores), most // 2).round().astype(int))
        positives = np.unique(counts.positive.score[tag])
        thin = np.linspace(0, len(positives) - 1, min(most // 2, len(positives))).round()
        scores = np.concatenate([scores[-ranks], positives[thin.astype(int)], hull])
    return _placed(counts, tag, scores)
