"""Tallies: per tag, the distinct scores of some clips and how many clips have each.

Everything stored is an integer or a score as it came, so that tallies of disjoint clips add up to
the bit. Weighted clips are distinguished by score and weight, for the same reason: weights are
summed only when masses are asked for, in an order that the data fix.

Of sparse scores most are absent: below every score and every threshold, so that no cut reaches
them. A tag's absent scores are one entry (one for each weight), at `ABSENT`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh.counts.slices import run_ends, run_starts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


ABSENT = -np.inf


class Group(NamedTuple):
    """The part of a tally that belongs to one tag."""

    score: NDArray[Any]
    above: NDArray[Any]
    weight: NDArray[np.float64] | None


def grouped(
    score: NDArray[Any],
    weight: NDArray[np.float64] | None,
    count: NDArray[np.int64] | None,
    n_clips: int,
) -> Group:
    """Group entries in any order, each standing for `count` clips (1 by default)."""
    if weight is None and count is None:
        score = np.sort(score)
    else:
        order = np.lexsort((score,) if weight is None else (weight, score))
        score, weight = score[order], None if weight is None else weight[order]
        count = None if count is None else count[order]
    new = run_starts(score, weight)
    kind = np.min_scalar_type(n_clips)
    if count is None:
        tail = np.arange(len(score), 0, -1, dtype=kind)
    else:
        tail = np.cumsum(count[::-1])[::-1].astype(kind)
    score = score[new]
    score += score.dtype.type(0)  # makes -0.0 the 0.0 that it equals
    return Group(score, tail[new], None if weight is None else weight[new])


class Entries(NamedTuple):
    """Scores of any tags in any order, each of some clips; arrays of shape (n_entries,)."""

    tag: NDArray[np.int64]
    score: NDArray[Any]
    weight: NDArray[np.float64] | None
    clips: NDArray[np.int64]

    @classmethod
    def ordered(cls, parts: Iterable[Entries]) -> tuple[Entries, NDArray[np.int64]]:
        """Order entries by tag, score and weight; with where a run of equal ones begins."""
        columns: list[Any] = [
            None if part[0] is None else np.concatenate(part) for part in zip(*parts, strict=True)
        ]
        tag, score, weight, _ = columns
        order = np.lexsort([key for key in (weight, score, tag) if key is not None])
        columns = [None if column is None else column[order] for column in columns]
        entries = cls(*columns)
        starts = run_starts(entries.tag, entries.score, entries.weight)
        return entries, np.flatnonzero(starts)


def _parts(values: NDArray[Any], ends: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """Cut up into the parts of the tags; ``ends[c]`` is where tag c begins."""
    return tuple(values[start:stop] for start, stop in pairwise(ends.tolist()))


@dataclass(frozen=True, eq=False)
class Tally:
    """How many clips have a score at or above each distinct one; a tuple item a tag.

    Attributes
    ----------
    score : tuple of ndarray of float, each of shape (n_entries,)
        Distinct scores, ascending; where clips are weighted, distinct pairs of score and weight.
    above : tuple of ndarray of unsigned int, each of shape (n_entries,)
        Number of clips at this entry and the ones behind it.
    weight : tuple of ndarray of float64, each of shape (n_entries,), or None
        Weight of the clips at each entry, ascending within a score; None when all weigh 1.
    """

    score: tuple[NDArray[Any], ...]
    above: tuple[NDArray[Any], ...]
    weight: tuple[NDArray[np.float64], ...] | None

    @classmethod
    def from_groups(cls, groups: Iterable[Group]) -> Tally:
        """Tally of tags in order."""
        score, above, weight = zip(*groups, strict=True)
        return cls(score, above, None if weight[0] is None else weight)

    @classmethod
    def from_entries(cls, parts: Iterable[Entries], n_tags: int, n_clips: int) -> Tally:
        """Tally of many tags with few entries each, all at once."""
        (tag, score, weight, clips), first = Entries.ordered(parts)
        # The tail of all entries, less that of the tags that follow.
        tail = np.append(np.cumsum(clips[::-1])[::-1], 0)
        above = tail[first] - tail[np.searchsorted(tag, tag[first], side="right")]
        ends = np.searchsorted(tag[first], np.arange(n_tags + 1))
        zero = score.dtype.type(0)  # as in `grouped`
        return cls(
            _parts(score[first] + zero, ends),
            _parts(above.astype(np.min_scalar_type(n_clips)), ends),
            None if weight is None else _parts(weight[first], ends),
        )

    @classmethod
    def side_by_side(cls, tallies: Iterable[Tally]) -> Tally:
        """Tally of the tags of all tallies in turn, none of them weighted."""
        parts = [(tally.score, tally.above) for tally in tallies]
        score, above = (tuple(chain.from_iterable(part)) for part in zip(*parts, strict=True))
        return cls(score, above, None)

    @cached_property
    def lowest(self) -> NDArray[np.float64]:
        """Lowest score of each tag, those absent left out, shape (n_tags,); +inf where none is."""
        present = (score[np.searchsorted(score, ABSENT, side="right") :] for score in self.score)
        return np.array([score[0] if len(score) else np.inf for score in present], np.float64)

    @cached_property
    def complete(self) -> bool:
        """Whether no score is absent."""
        return all(len(score) == 0 or score[0] != ABSENT for score in self.score)

    @cached_property
    def clips(self) -> NDArray[np.int64]:
        """Number of clips of each tag, shape (n_tags,)."""
        return np.array([above[0] if len(above) else 0 for above in self.above], np.int64)

    def count(self, tag: int) -> NDArray[np.int64]:
        """Clips at each entry of a tag."""
        above = np.append(self.above[tag], 0).astype(np.int64)
        return above[:-1] - above[1:]

    def clip_scores(self, tag: int, start: int, stop: int) -> NDArray[Any]:
        """Score of every clip at the entries from `start` to `stop` of a tag, ascending."""
        score = self.score[tag][start:stop]
        above = np.append(self.above[tag][start : stop + 1], 0)
        return np.repeat(score, (above[:-1] - above[1:])[: len(score)])

    def tail(self, tag: int) -> NDArray[Any]:
        """Mass of a tag at or above each entry."""
        if self.weight is None:
            return self.above[tag]
        return np.cumsum((self.count(tag) * self.weight[tag])[::-1])[::-1]

    def down_to(self, edges: NDArray[Any]) -> Tally:
        """Move every score down to the edge at or below it; clips must not be weighted.

        Parameters
        ----------
        edges : ndarray of float, shape (n_edges,)
            Ascending; no score is below the first one.
        """
        ends = np.flatnonzero(run_ends(edges))  # one of those that are equal
        groups = []
        for score, above in zip(self.score, self.above, strict=True):
            reached = np.append(above, 0).take(score.searchsorted(edges[ends]))
            kept = run_ends(reached) & (reached > 0)
            groups.append(Group(edges[ends[kept]], reached[kept].astype(above.dtype), None))
        return Tally.from_groups(groups)

    def pooled(self) -> Tally:
        """Tally of all tags taken for one."""
        score = np.concatenate(self.score)
        count = np.concatenate([self.count(tag) for tag in range(len(self.score))])
        n_clips = int(count.sum())
        # One clip an entry: sorting them is faster than moving counts along, if they are not many.
        if self.weight is None and self.complete:
            return Tally.from_groups([grouped(np.repeat(score, count), None, None, n_clips)])
        weight = None if self.weight is None else np.concatenate(self.weight)
        return Tally.from_groups([grouped(score, weight, count, n_clips)])

    @cached_property
    def mass(self) -> NDArray[np.float64]:
        """Total mass of each tag, shape (n_tags,)."""
        tails = (self.tail(tag) for tag in range(len(self.score)))
        return np.array([tail[0] if len(tail) else 0.0 for tail in tails], np.float64)

    @cached_property
    def effective(self) -> NDArray[np.float64]:
        """Kish's effective number of clips of each tag, shape (n_tags,): (sum w)^2 / sum w^2."""
        if self.weight is None:
            return self.mass
        parts = enumerate(zip(self.weight, self.mass, strict=True))
        squares = [np.sum(self.count(tag) * (weight / mass) ** 2) for tag, (weight, mass) in parts]
        number = np.array([1 / square if square else 0.0 for square in squares])
        return np.round(number, 9)  # whole numbers come out whole

    def accepted(self, tag: int, thresholds: NDArray[Any]) -> NDArray[np.float64]:
        """Mass of a tag at or above each of `thresholds`."""
        place = self.score[tag].searchsorted(thresholds)
        mass = np.zeros(place.shape)
        within = place < len(self.score[tag])
        mass[within] = self.tail(tag)[place[within]]
        return mass


def merged(a: Tally, b: Tally, position: NDArray[np.int64], n_clips: int) -> Tally:
    """Tally two disjoint sets of clips; tag c of `a` is tag ``position[c]`` of `b`."""
    weighted = a.weight is not None or b.weight is not None
    groups = []
    for tag, other in enumerate(position):
        score = np.concatenate([a.score[tag], b.score[other]])
        count = np.concatenate([a.count(tag), b.count(other)])
        weight = np.concatenate([_weight(a, tag), _weight(b, other)]) if weighted else None
        groups.append(grouped(score, weight, count, n_clips))
    return Tally.from_groups(groups)


def remaining(a: Tally, b: Tally, n_clips: int) -> Tally:
    """Tally the clips of `a` less those of `b`, which are among them; tags in the same order."""
    kind = np.min_scalar_type(n_clips)

    def group(tag: int) -> Group:
        above, weight = a.above[tag], None if a.weight is None else a.weight[tag]
        # Up to the place of an entry of `b`, as many clips go as `b` has there and above.
        up_to = np.diff(_places(a, b, tag), prepend=-1, append=len(above) - 1)
        left = above - np.repeat(np.append(b.above[tag], 0).astype(above.dtype), up_to)
        kept = np.flatnonzero(run_ends(left) & (left > 0))
        weight = None if weight is None else weight.take(kept)
        return Group(a.score[tag].take(kept), left.take(kept).astype(kind), weight)

    return Tally.from_groups(map(group, range(len(a.score))))


def _places(a: Tally, b: Tally, tag: int) -> NDArray[np.int64]:
    """Places of the entries of `b` among those of `a`, which hold them."""
    if a.weight is None or b.weight is None:
        return a.score[tag].searchsorted(b.score[tag])
    score, weight = (
        np.concatenate(parts)
        for parts in ((a.score[tag], b.score[tag]), (a.weight[tag], b.weight[tag]))
    )
    order = np.lexsort((weight, score))  # stable: of two equal entries that of `a` comes first
    of_a = order < len(a.score[tag])
    return np.asarray(np.cumsum(of_a)[~of_a] - 1)


def _weight(tally: Tally, tag: int) -> NDArray[np.float64]:
    return np.ones(len(tally.score[tag])) if tally.weight is None else tally.weight[tag]
