"""Counts: per tag, the distinct scores of known and of positive clips, and how many of each.

Every metric of thresholds that is a function of per-tag TP, FP, FN and TN needs nothing else, so no
solver sees scores and labels again. Counts of disjoint sets of clips add up with `+`, to the bit:
what is stored are integers, the number of clips with a given score (and, where clips are weighted,
a given weight); weights are summed only when masses are asked for, in an order that the data fix.

Conventions
-----------
- A clip is accepted when ``score >= threshold``.
- The mass of a set of clips is the sum of their weights, their number where nothing is weighted.
- Unknown labels and clips of weight 0 are not counted at all.
- -0.0 is stored as 0.0.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh import checks
from tagthresh.placement import round_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.checks import LabelledScores

BLOCK_BYTES = 1 << 20  # scores that one thread sorts at a time: fits its cache, bounds the memory


class Confusion(NamedTuple):
    """True and false positives and negatives: masses, float64, all of one shape."""

    tp: NDArray[np.float64]
    fp: NDArray[np.float64]
    fn: NDArray[np.float64]
    tn: NDArray[np.float64]


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

    def count(self, tag: int) -> NDArray[np.int64]:
        """Clips at each entry of a tag."""
        above = np.append(self.above[tag], 0).astype(np.int64)
        return above[:-1] - above[1:]

    def tail(self, tag: int) -> NDArray[Any]:
        """Mass of a tag at or above each entry."""
        if self.weight is None:
            return self.above[tag]
        return np.cumsum((self.count(tag) * self.weight[tag])[::-1])[::-1]

    @cached_property
    def mass(self) -> NDArray[np.float64]:
        """Total mass of each tag, shape (n_tags,)."""
        tails = (self.tail(tag) for tag in range(len(self.score)))
        return np.array([tail[0] if len(tail) else 0.0 for tail in tails], np.float64)

    def accepted(self, tag: int, thresholds: NDArray[Any]) -> NDArray[np.float64]:
        """Mass of a tag at or above each of `thresholds`."""
        place = np.searchsorted(self.score[tag], thresholds)
        mass = np.zeros(place.shape)
        some = place < len(self.score[tag])
        mass[some] = self.tail(tag)[place[some]]
        return mass


@dataclass(frozen=True, eq=False)
class Counts:
    """What thresholds are chosen and judged on; built with `from_arrays`, merged with `+`.

    Attributes
    ----------
    n_clips : int
        Clips counted (those of weight 0 left out).
    known, positive : Tally
        The scores of clips whose label is known, and of those among them that are positive.
    tags : tuple of str, or None
        Names of the tags.

    Examples
    --------
    >>> first = Counts.from_arrays([[1], [0]], [[0.9], [0.2]], tags=["Dog"])
    >>> second = Counts.from_arrays([[1], [0]], [[0.6], [0.4]], tags=["Dog"])
    >>> both = first + second
    >>> both.n_clips
    4
    >>> both.confusion([0.5]).tp
    array([2.])
    """

    n_clips: int
    known: Tally
    positive: Tally
    tags: tuple[str, ...] | None = None

    @classmethod
    def from_arrays(
        cls,
        y_true: object,
        y_score: object,
        *,
        tags: Sequence[str] | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Counts:
        """Count labels and scores.

        Parameters
        ----------
        y_true : array-like or data frame, shape (n_clips, n_tags)
            1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere.
        y_score : array-like or data frame, shape (n_clips, n_tags)
            Finite scores of any scale, float16 to float64 or integers.
        tags : sequence of str, optional
            Names of the tags; by default the column names of a data frame, else none.
        sample_weight : array-like, shape (n_clips,), optional
            Weights of the clips, at least 0; 1 by default.

        Returns
        -------
        Counts

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.checks`.

        Examples
        --------
        >>> counts = Counts.from_arrays([[1, 0], [0, 1]], [[2.5, -1.0], [0.5, 3.0]])
        >>> counts.confusion([1.0, 1.0])
        Confusion(tp=array([1., 1.]), fp=array([0., 0.]), fn=array([0., 0.]), tn=array([1., 1.]))
        """
        data = checks.labelled_scores(y_true, y_score, tags, sample_weight)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            parts = pool.map(lambda block: _count_block(data, block), _blocks(data))
            groups = [group for part in parts for group in part]
        known, positive = (_tally(each) for each in zip(*groups, strict=True))
        return cls(len(data.scores), known, positive, data.tags)

    @property
    def n_tags(self) -> int:
        """Number of tags."""
        return len(self.known.score)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Float type of the scores."""
        return self.known.score[0].dtype

    def name(self, tag: int) -> str:
        """Name of a tag; its position where tags have no names."""
        return self.tags[tag] if self.tags else str(tag)

    def confusion(self, thresholds: ArrayLike) -> Confusion:
        """Count true and false positives and negatives at given thresholds.

        Parameters
        ----------
        thresholds : array-like, shape (n_tags,) or (n_tags, n_cuts)
            One threshold per tag, or several; +inf accepts nothing.

        Returns
        -------
        Confusion
            Masses of the shape of `thresholds`.
        """
        cuts = round_up(np.asarray(thresholds, dtype=np.float64), self.dtype)
        tp, accepted = np.empty(cuts.shape), np.empty(cuts.shape)
        for tag in range(self.n_tags):
            tp[tag] = self.positive.accepted(tag, cuts[tag])
            accepted[tag] = self.known.accepted(tag, cuts[tag])
        shape = (-1,) + (1,) * (cuts.ndim - 1)
        return confusion(
            tp, accepted, self.positive.mass.reshape(shape), self.known.mass.reshape(shape)
        )

    def highest_rejected(self, lowest_accepted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Highest known score of each tag below its lowest accepted one; -inf where there is none.

        Parameters
        ----------
        lowest_accepted : ndarray of float64, shape (n_tags,)
            +inf where nothing is accepted.
        """
        highest = np.full(self.n_tags, -np.inf)
        for tag, accepted in enumerate(lowest_accepted.astype(self.dtype)):
            scores = self.known.score[tag]
            below = np.searchsorted(scores, accepted)
            if below > 0:
                highest[tag] = scores[below - 1]
        return highest

    def __add__(self, other: Counts) -> Counts:
        """Add up two disjoint sets of clips; tags are matched by name where both have names."""
        if not isinstance(other, Counts):
            return NotImplemented
        if other.n_tags != self.n_tags:
            raise checks.InputError(
                f"counts must have the same tags to be added; got {self.n_tags} and {other.n_tags}"
            )
        position = checks.align("counts", np.arange(other.n_tags)[None], other.tags, self.tags)[0]
        n_clips = self.n_clips + other.n_clips
        known = _merged(self.known, other.known, position, n_clips)
        positive = _merged(self.positive, other.positive, position, n_clips)
        return Counts(n_clips, known, positive, self.tags or other.tags)


def confusion(
    tp: NDArray[np.float64],
    accepted: NDArray[np.float64],
    positives: NDArray[np.float64],
    known: NDArray[np.float64],
) -> Confusion:
    """Confusion from TP, accepted mass K, positive mass P and known mass N."""
    # Weighted masses are sums of floats in two different orders: a difference that is 0 in exact
    # arithmetic may come out at minus one rounding error.
    fp = np.maximum(accepted - tp, 0.0)
    fn = np.maximum(positives - tp, 0.0)
    return Confusion(tp, fp, fn, np.maximum(known - tp - fp - fn, 0.0))


def _blocks(data: LabelledScores) -> Iterator[slice]:
    n_clips, n_tags = data.scores.shape
    width = max(1, BLOCK_BYTES // (n_clips * data.scores.itemsize))
    for start in range(0, n_tags, width):
        yield slice(start, min(start + width, n_tags))


def _count_block(data: LabelledScores, block: slice) -> list[tuple[_Group, _Group]]:
    """Known and positive clips of each tag of a block."""
    dtype, n_clips = data.scores.dtype, len(data.scores)
    # float16 has no fast sort of its own; float32 holds its values exactly.
    columns = np.array(data.scores[:, block].T, np.result_type(dtype, np.float32), order="C")
    positive = np.array(data.positive[:, block].T, order="C")
    known = None if data.known is None else np.array(data.known[:, block].T, order="C")
    groups = []
    for i, column in enumerate(columns):
        positives = _chosen(column, positive[i], data.weight, n_clips)
        everything = _chosen(column, None if known is None else known[i], data.weight, n_clips)
        groups.append((everything.astype(dtype), positives.astype(dtype)))
    return groups


def _chosen(
    column: NDArray[Any],
    chosen: NDArray[np.bool_] | None,
    weight: NDArray[np.float64] | None,
    n_clips: int,
) -> _Group:
    """Group of the chosen clips of one tag; of all its clips for None."""
    if chosen is not None:
        clips = np.flatnonzero(chosen)
        column, weight = column[clips], None if weight is None else weight[clips]
    return _grouped(column, weight, None, n_clips)


def _merged(a: Tally, b: Tally, position: NDArray[np.int64], n_clips: int) -> Tally:
    """Tally of both; tag c of `a` is tag ``position[c]`` of `b`."""
    weighted = a.weight is not None or b.weight is not None
    groups = []
    for tag, other in enumerate(position):
        score = np.concatenate([a.score[tag], b.score[other]])
        count = np.concatenate([a.count(tag), b.count(other)])
        weight = np.concatenate([_weight(a, tag), _weight(b, other)]) if weighted else None
        groups.append(_grouped(score, weight, count, n_clips))
    return _tally(groups)


def _weight(tally: Tally, tag: int) -> NDArray[np.float64]:
    return np.ones(len(tally.score[tag])) if tally.weight is None else tally.weight[tag]


class _Group(NamedTuple):
    """The part of a tally that belongs to one tag."""

    score: NDArray[Any]
    above: NDArray[Any]
    weight: NDArray[np.float64] | None

    def astype(self, dtype: np.dtype[Any]) -> _Group:
        return self._replace(score=self.score.astype(dtype, copy=False))


def _tally(groups: Iterable[_Group]) -> Tally:
    score, above, weight = zip(*groups, strict=True)
    return Tally(score, above, None if weight[0] is None else weight)


def _grouped(
    score: NDArray[Any],
    weight: NDArray[np.float64] | None,
    count: NDArray[np.int64] | None,
    n_clips: int,
) -> _Group:
    """Group entries in any order, each standing for `count` clips (1 by default)."""
    if weight is None and count is None:
        score = np.sort(score)
    else:
        order = np.lexsort((score,) if weight is None else (weight, score))
        score, weight = score[order], None if weight is None else weight[order]
        count = None if count is None else count[order]
    new = np.ones(len(score), bool)
    np.not_equal(score[1:], score[:-1], out=new[1:])
    if weight is not None:
        new[1:] |= weight[1:] != weight[:-1]
    tail = np.arange(len(score), 0, -1) if count is None else np.cumsum(count[::-1])[::-1]
    above = tail.astype(np.min_scalar_type(n_clips))[new]
    zero = score.dtype.type(0)  # added, it makes -0.0 the 0.0 that it equals
    return _Group(score[new] + zero, above, None if weight is None else weight[new])
