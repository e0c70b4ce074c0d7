"""Counts: per tag, the distinct scores of known and of positive clips, and how many of each.

Every metric of thresholds that is a function of per-tag TP, FP, FN and TN needs nothing else, so no
solver sees scores and labels again. Counts of disjoint sets of clips add up with `+`, to the bit:
what is stored are integers, the number of clips with a given score (and, where clips are weighted,
a given weight); weights are summed only when masses are asked for, in an order that the data fix.

Conventions
-----------
- A clip is accepted when ``score >= threshold``, by the rule of `tagthresh.decision_rule`.
- The mass of a set of clips is the sum of their weights, their number where nothing is weighted.
- Unknown labels and clips of weight 0 are not counted at all.
- -0.0 is stored as 0.0.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh import validation
from tagthresh.counts.score_counts import Group, Tally, grouped, merged, remaining
from tagthresh.counts.slices import blocks
from tagthresh.counts.sparse import Pairs, labelled
from tagthresh.decision_rule import between, rounded
from tagthresh.formatting import plural
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.counts.normal_scores import Coordinate
    from tagthresh.counts.streaming.interval_counts import ScoreCells
    from tagthresh.validation import LabelledScores
    from tagthresh.validation.limits import Limits

BLOCK_BYTES = 1 << 20  # scores that one thread sorts at a time: fits its cache, bounds the memory
ROUNDING = 1e-14  # of a mass: what is less is the error of a sum


class Confusion(NamedTuple):
    """True and false positives and negatives: masses, float64, all of one shape."""

    tp: NDArray[np.float64]
    fp: NDArray[np.float64]
    fn: NDArray[np.float64]
    tn: NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
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
    limits : Limits or None
        Of the thresholds to be found on these counts; set by `find_thresholds`.
    cells : ScoreCells or None
        Where scores are known up to a cell of a grid only, the cells; set by `GridCounts`.
    coordinate : Coordinate or None
        The coordinate to be laid through the scores, where it is that of other clips too; set by
        `tagthresh.crossfit`.

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
    limits: Limits | None = None
    cells: ScoreCells | None = None
    coordinate: Coordinate | None = None

    @classmethod
    def from_arrays(
        cls,
        y_true: object,
        y_score: object,
        *,
        tags: Sequence[str] | None = None,
        sample_weight: ArrayLike | None = None,
        ignore: Sequence[str] = (),
        positive_only: bool = False,
    ) -> Counts:
        """Count labels and scores.

        Parameters
        ----------
        y_true : array-like, data frame or sparse matrix, shape (n_clips, n_tags)
            1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere. Not
            stored is 0.
        y_score : array-like, data frame or sparse matrix, shape (n_clips, n_tags)
            Finite scores of any scale, float16 to float64 or integers. In a sparse matrix a score
            that is not stored is below every threshold.
        tags : sequence of str, optional
            Names of the tags; by default the column names of a data frame, else none.
        sample_weight : array-like, shape (n_clips,) or (n_clips, n_tags), optional
            Weights of the clips, or of pairs of clip and tag, at least 0; 1 by default.
        ignore : sequence of str, optional
            Names of columns of data frames that are no tags and are left out.
        positive_only : bool, default False
            Whether labels may hold 1 and unknown and no 0 at all, which is an error otherwise.

        Returns
        -------
        Counts

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.validation`.

        Examples
        --------
        >>> counts = Counts.from_arrays([[1, 0], [0, 1]], [[2.5, -1.0], [0.5, 3.0]])
        >>> counts.confusion([1.0, 1.0])
        Confusion(tp=array([1., 1.]), fp=array([0., 0.]), fn=array([0., 0.]), tn=array([1., 1.]))
        """
        options: Any = {"ignore": ignore, "positive_only": positive_only}
        return cls.from_checked(labelled(y_true, y_score, tags, sample_weight, **options))

    @classmethod
    def from_checked(cls, data: LabelledScores | Pairs) -> Counts:
        """Count labels and scores that have been checked."""
        if isinstance(data, Pairs):
            return cls._from_pairs(data)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            n_clips, n_tags = data.scores.shape
            width = BLOCK_BYTES // (n_clips * data.scores.itemsize)
            parts = pool.map(lambda tags: _count_tags(data, tags), blocks(n_tags, width))
            groups = [group for part in parts for group in part]
        known, positive = map(Tally.from_groups, zip(*groups, strict=True))
        return cls(len(data.scores), known, positive, data.tags, data.limits)

    @classmethod
    def _from_pairs(cls, pairs: Pairs) -> Counts:
        parts = [pairs.entries(pairs.known), pairs.rest()], [pairs.entries(pairs.positive)]
        known, positive = (Tally.from_entries(part, pairs.n_tags, pairs.n_clips) for part in parts)
        return cls(pairs.n_clips, known, positive, pairs.tags)

    def __repr__(self) -> str:
        size = f"{plural(self.n_clips, 'clip')} x {plural(self.n_tags, 'tag')}"
        return f"Counts({size}, {self.dtype})"

    @property
    def n_tags(self) -> int:
        """Number of tags."""
        return len(self.known.score)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Float type of the scores."""
        return self.known.score[0].dtype

    @property
    def presence_only(self) -> NDArray[np.bool_]:
        """Whether a tag has known positives and no known negative, shape (n_tags,)."""
        positive = self.positive.clips
        return np.asarray((positive > 0) & (positive == self.known.clips))

    @property
    def complete(self) -> bool:
        """Whether every label is known, and a clip weighs the same for every tag.

        Only then do counts tell how many tags there are per clip: scores of unknown labels are not
        counted, and labels that are known are seldom a fair draw of all.
        """
        mass = self.known.mass
        same = np.isclose(mass, mass[0], rtol=1e-9, atol=0)
        return bool(same.all() and (self.known.clips == self.n_clips).all())

    def name(self, tag: int) -> str:
        """Name of a tag; its position where tags have no names."""
        return self.tags[tag] if self.tags else str(tag)

    def confusion(self, thresholds: ArrayLike) -> Confusion:
        """Count true and false positives and negatives at given thresholds, moved within limits.

        Parameters
        ----------
        thresholds : array-like, shape (n_tags,) or (n_tags, n_cuts), or Thresholds
            One threshold per tag, or several; +inf accepts nothing. Thresholds are matched by tag.

        Returns
        -------
        Confusion
            Masses of the shape of `thresholds`.

        Raises
        ------
        InputError
            When there is not one row per tag, or a threshold is NaN.

        Examples
        --------
        >>> counts = Counts.from_arrays([[1], [0]], [[0.9], [0.2]])
        >>> counts.confusion([[0.5, 0.1]]).fp
        array([[0., 1.]])
        """
        if hasattr(thresholds, "in_order"):
            thresholds = thresholds.in_order(self.tags, self.n_tags)
        values = np.asarray(validation.numbers("thresholds", thresholds), np.float64)
        if values.ndim not in {1, 2} or len(values) != self.n_tags:
            raise InputError(
                "thresholds", f"must have one row for each of {self.n_tags} tags", values.shape
            )
        if np.isnan(values).any():
            raise InputError("thresholds", "must be numbers", "nan")
        cuts = rounded(self.limited(values), self.dtype)
        tp, accepted = np.empty(cuts.shape), np.empty(cuts.shape)
        for tag in range(self.n_tags):
            tp[tag] = self.positive.accepted(tag, cuts[tag])
            accepted[tag] = self.known.accepted(tag, cuts[tag])
        return self.confusion_from(tp, accepted)

    def confusion_from(self, tp: NDArray[np.float64], accepted: NDArray[np.float64]) -> Confusion:
        """Confusion from TP and accepted mass of every tag, shape (n_tags,) or (n_tags, n_cuts)."""
        shape = (-1,) + (1,) * (tp.ndim - 1)
        positives, known = self.positive.mass.reshape(shape), self.known.mass.reshape(shape)
        return confusion(tp, accepted, positives, known)

    def limited(self, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Nearest thresholds that the limits allow, shape (n_tags,) or (n_tags, n_cuts)."""
        return thresholds if self.limits is None else self.limits.nearest(thresholds)

    def highest_rejected(self, lowest_accepted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Highest known score of each tag below its lowest accepted one; -inf where there is none.

        Of scores known up to a cell, the highest that there may be.

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
        return highest if self.cells is None else self.cells.highest(highest)

    def thresholds_for(self, lowest_accepted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Thresholds half-way below the lowest accepted score of each tag, or nearly so.

        Parameters
        ----------
        lowest_accepted : ndarray of float64, shape (n_tags,)
            +inf where nothing is accepted.
        """
        return between(self.highest_rejected(lowest_accepted), lowest_accepted, self.dtype)

    def placed(self, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Thresholds, moved where it is not known what they accept: out of cells, upwards."""
        return thresholds if self.cells is None else self.cells.outside(thresholds)

    @property
    def optimistic(self) -> Counts:
        """Counts on which some thresholds do at least as well as any on the clips.

        They are these very counts where scores are known.
        """
        return self if self.cells is None else replace(self.cells.optimistic, limits=self.limits)

    def at_edges(self) -> Counts:
        """Know scores up to the edges of the coordinate, if there is one: it needs no more."""
        if self.coordinate is None or self.known.weight is not None:
            return self
        return replace(self, known=self.known.down_to(self.coordinate.reached))

    def pooled(self) -> Counts:
        """Take all tags for one."""
        return Counts(self.n_clips * self.n_tags, self.known.pooled(), self.positive.pooled())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of what was counted: the same for the same clips in any order and split.

        It covers the number of clips, the tags, the type of the scores, how many clips of each tag
        are known, and the scores and weights of its positives; those of its negatives it does not:
        they are nearly all there is.
        """
        positive = self.positive
        entries = [len(score) for score in positive.score]
        head = self.n_clips, self.tags, self.dtype.str, self.known.clips.tolist(), entries
        digest = hashlib.sha256(repr(head).encode())
        for parts in (positive.score, positive.above, positive.weight or ()):
            for part in parts:
                digest.update(part.data)
        return f"sha256:{digest.hexdigest()}"

    def __sub__(self, other: Counts) -> Counts:
        """Take away clips that were counted, with the same tags in the same order, to the bit.

        Examples
        --------
        >>> first = Counts.from_arrays([[1], [0]], [[0.9], [0.2]])
        >>> second = Counts.from_arrays([[1], [0]], [[0.6], [0.4]])
        >>> (first + second - second).fingerprint == first.fingerprint
        True
        """
        if not isinstance(other, Counts):
            return NotImplemented
        n_clips = self.n_clips - other.n_clips
        known, positive = (
            remaining(whole, part, n_clips)
            for whole, part in ((self.known, other.known), (self.positive, other.positive))
        )
        return replace(self, n_clips=n_clips, known=known, positive=positive)

    def __radd__(self, other: object) -> Counts:
        """Start a sum: ``sum(parts)`` begins with 0."""
        return self if other == 0 else NotImplemented

    def __add__(self, other: Counts) -> Counts:
        """Add up two disjoint sets of clips; tags are matched by name where both have names."""
        if not isinstance(other, Counts):
            return NotImplemented
        if self.cells is not None or other.cells is not None:  # two grids may have other cells
            raise InputError("counts of a grid", "must be added as GridCounts", "their Counts")
        if other.n_tags != self.n_tags:
            raise InputError(
                "counts", "must have the same tags to be added", f"{self.n_tags} and {other.n_tags}"
            )
        tags = validation.numbered(self.tags, other.tags)
        others = validation.numbered(other.tags, self.tags)
        position = validation.align("counts", np.arange(other.n_tags)[None], others, tags)[0]
        n_clips = self.n_clips + other.n_clips
        known = merged(self.known, other.known, position, n_clips)
        positive = merged(self.positive, other.positive, position, n_clips)
        return Counts(n_clips, known, positive, tags or others)


def confusion(
    tp: NDArray[np.float64],
    accepted: NDArray[np.float64],
    positives: NDArray[np.float64],
    known: NDArray[np.float64],
) -> Confusion:
    """Confusion from TP, accepted mass K, positive mass P and known mass N."""
    fp, fn = _rest(accepted, tp), _rest(positives, tp)
    return Confusion(tp, fp, fn, _rest(known, tp + fp + fn))


def _rest(whole: NDArray[np.float64], part: NDArray[np.float64]) -> NDArray[np.float64]:
    """Difference of masses, at least 0."""
    # Weighted masses are sums of floats in two different orders: a difference that is 0 in exact
    # arithmetic may come out as a rounding error, which a metric with a root would blow up.
    rest = whole - part
    return np.where(rest > ROUNDING * whole, rest, 0.0)


def _count_tags(data: LabelledScores, tags: slice) -> list[tuple[Group, Group]]:
    """Known and positive clips of some tags."""
    dtype, n_clips = data.scores.dtype, len(data.scores)
    # float16 has no fast sort of its own; float32 holds its values exactly.
    columns = np.array(data.scores[:, tags].T, np.result_type(dtype, np.float32), order="C")
    positive = np.array(data.positive[:, tags].T, order="C")
    known = None if data.known is None else np.array(data.known[:, tags].T, order="C")

    def group(i: int, chosen: NDArray[np.bool_] | None) -> Group:
        """Group the chosen clips of a tag; all its clips for None."""
        score = columns[i]
        weight = data.weight if data.pair_weight is None else data.pair_weight[:, tags.start + i]
        if chosen is not None:
            clips = np.flatnonzero(chosen)
            score, weight = score[clips], None if weight is None else weight[clips]
        entries = grouped(score, weight, None, n_clips)
        return entries._replace(score=entries.score.astype(dtype, copy=False))

    tag_known = [None] * len(columns) if known is None else known
    return [(group(i, tag_known[i]), group(i, positive[i])) for i in range(len(columns))]
