"""Counts of more clips than fit into memory, from several passes over them in parts.

A method that cuts next to positives only (exact), or next to given quantiles of all scores too
(hierarchical), needs no other score by itself. The first pass collects the positives, and the
quantiles are searched for (`tagthresh.counts.streaming.quantiles`); the last one counts the clips
between these (`tagthresh.counts.streaming.between_cuts`). Exact needs two passes; hierarchical two
for scores of 16 bits, three for 32, and five for 64 and for integers.

What is added up are integers, and extremes do not depend on order either: any parts, in any order,
counted by one process or by many, end in the same counts. Thresholds found on them are, to the bit,
those found on counts of all clips at once. Memory grows with the number of distinct scores of
positives.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.counts.counts import Counts
from tagthresh.counts.normal_scores import ranks_at_edges
from tagthresh.counts.score_counts import Entries, Tally
from tagthresh.counts.streaming.between_cuts import Intervals
from tagthresh.counts.streaming.quantiles import Ranks
from tagthresh.decision_rule import rounded
from tagthresh.validation import Signs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tagthresh.validation import LabelledScores, Tags

RANKS = ("rank", "cell", "prefix", "count")  # of what a file holds of them, besides the tables
INTERVALS = ("offset", "kept", "at", "after", "low", "high")
WAITING = 1 << 20  # positives that are put in order at a time


@dataclass
class Census:
    """Passes over clips in parts, and what they have found so far.

    Every clip is to be counted once a pass: ``update`` with all parts, then ``advance``, until it
    says that there is nothing left to do.

    Attributes
    ----------
    n_tags : int
        Number of tags.
    dtype : dtype
        Float type of the scores.
    tags : tuple of str, or None
        Names of the tags.
    at : sequence of ndarray of float64, each of shape (n_tags,)
        Thresholds at which counts must be exact, besides those next to positives and quantiles.
    ranks : Ranks or None
        The search for the quantiles; None where they are not needed.
    n_clips : int
        Clips counted in the first pass.
    positives : list of Entries
        The positives, found in the first pass.
    intervals : Intervals or None
        The counts of the last pass; None before.
    signs : Signs or None
        What all clips show of being no labels or no scores, found in the first pass.

    Examples
    --------
    >>> import tagthresh as tt
    >>> from tagthresh.counts.sparse import labelled
    >>> fit, unseen = tt.datasets.load_demo()
    >>> census = Census.start(10, fit.scores.dtype, quantiles=True)
    >>> working = True
    >>> while working:
    ...     for rows in (slice(200), slice(200, None)):
    ...         census.update(labelled(fit.labels[rows], fit.scores[rows], None, None))
    ...     working = census.advance()
    >>> in_memory = tt.find_thresholds(fit.labels, fit.scores, cv=None)
    >>> in_parts = tt.find_thresholds(census.counts())
    >>> bool((in_memory.thresholds.values == in_parts.thresholds.values).all())
    True
    """

    n_tags: int
    dtype: np.dtype[Any]
    tags: Tags | None = None
    at: Sequence[NDArray[np.float64]] = ()
    ranks: Ranks | None = None
    n_clips: int = 0
    positives: list[Entries] = field(default_factory=list)
    intervals: Intervals | None = None
    signs: Signs | None = None

    @classmethod
    def start(
        cls,
        n_tags: int,
        dtype: np.dtype[Any],
        tags: Tags | None = None,
        at: Sequence[NDArray[np.float64]] = (),
        *,
        quantiles: bool,
    ) -> Census:
        """Census before the first pass."""
        return cls(n_tags, dtype, tags, at, Ranks.start(dtype) if quantiles else None)

    @property
    def step(self) -> str:
        """What the pass under way is for, in a word."""
        if self.intervals is not None:
            return "counting"
        return "positives" if self._is_first else "quantiles"

    @property
    def _is_first(self) -> bool:
        return self.intervals is None and (self.ranks is None or not self.ranks.tables)

    def update(self, data: LabelledScores) -> None:
        """Count some clips, without weights, in the pass under way."""
        scores = data.scores.astype(self.dtype, copy=False)
        if self.intervals is not None:
            self.intervals.update(replace(data, scores=scores))
            return
        if self._is_first:
            self.n_clips += len(scores)
            self.positives.append(_positives(data.positive, scores))
            self.signs = _sum(self.signs, Signs.of(data.positive, data.known, scores))
            waiting = sum(len(part.tag) for part in self.positives[1:])
            if waiting > max(WAITING, len(self.positives[0].tag)):
                self._settle()
        if self.ranks is not None:
            self.ranks.update(scores.ravel() if data.known is None else scores[data.known])

    def _settle(self) -> None:
        """Make one entry a distinct score of all positives."""
        parts = zip(*((part.tag, part.score, part.count) for part in self.positives), strict=True)
        tag, score, count = map(np.concatenate, parts)
        whole = Entries(tag, score, None, count).ordered()
        first = np.flatnonzero(whole.starts())
        count = np.add.reduceat(whole.count, first) if len(first) else count
        self.positives = [Entries(whole.tag[first], whole.score[first], None, count)]

    def advance(self) -> bool:
        """End a pass; False when it was the last one."""
        if self.intervals is not None:
            return False
        if self._is_first:
            self._settle()
            if not len(self.positives[0].tag):
                self.ranks = None  # nothing will be accepted, and perhaps nothing is known
        if self.ranks is not None:
            self.ranks = self.ranks.narrowed(ranks_at_edges(self.ranks.total))
        if self.ranks is None or self.ranks.complete:
            self.intervals = Intervals.between(self._kept())
        return True

    def _kept(self) -> list[NDArray[Any]]:
        """Scores of each tag that thresholds may lie next to."""
        positives = self.positives[0]
        ends = np.searchsorted(positives.tag, np.arange(1, self.n_tags))
        shared = [] if self.ranks is None else [self.ranks.scores]
        at = np.array([rounded(values, self.dtype) for values in self.at], self.dtype)
        at = at.reshape(-1, self.n_tags)
        return [
            np.concatenate([scores, *shared, at[:, tag]])
            for tag, scores in enumerate(np.split(positives.score, ends))
        ]

    def counts(self) -> Counts:
        """Give counts on which `exact`, or `hierarchical` with quantiles, finds the same as on all.

        Other thresholds than those may accept a little more on them than they do on the clips.
        """
        if self.intervals is None:
            raise RuntimeError("counts are known after the last pass")
        positive = Tally.from_entries(self.positives[0], self.n_tags, self.n_clips)
        return Counts(self.n_clips, self.intervals.tally(self.n_clips), positive, self.tags)

    @property
    def n_bytes(self) -> int:
        """Memory that the pass under way takes, without that of the clips."""
        return sum(values.nbytes for values in self.to_arrays().values())

    def to_arrays(self) -> dict[str, Any]:
        """Lay out all that has been found, for a file."""
        arrays: dict[str, Any] = {"n_clips": np.array(self.n_clips)}
        if self.positives:
            self._settle()
            arrays |= _named("positives", self.positives[0], ("tag", "score", "count"))
        if self.signs is not None:
            arrays |= {f"signs_{name}": np.array(value) for name, value in vars(self.signs).items()}
        if self.ranks is not None:
            arrays |= _named("ranks", self.ranks, RANKS)
            arrays |= {f"table_{i}": table for i, table in enumerate(self.ranks.tables)}
        if self.intervals is not None:
            arrays |= _named("intervals", self.intervals, INTERVALS)
        return arrays

    @classmethod
    def from_arrays(cls, start: Census, arrays: Mapping[str, Any]) -> Census:
        """Go on from what `to_arrays` gave; `start` is the census before its first pass."""
        census = replace(start, n_clips=int(arrays["n_clips"]))
        if "positives_tag" in arrays:
            tag, score, n = (arrays[f"positives_{name}"] for name in ("tag", "score", "count"))
            census.positives = [Entries(tag, score, None, n)]
        elif census.n_clips:
            raise KeyError("positives_tag")
        if "signs_same" in arrays:
            census.signs = Signs.from_arrays(arrays, "signs_")
        if start.ranks is not None:
            names = sorted(name for name in arrays if name.startswith("table_"))
            tables = tuple(arrays[name] for name in names)
            fields = {name: arrays[f"ranks_{name}"] for name in RANKS if f"ranks_{name}" in arrays}
            searched = bool(fields or tables)  # not so where there is no positive
            census.ranks = replace(start.ranks, tables=tables, **fields) if searched else None
        if "intervals_kept" in arrays:
            census.intervals = Intervals(*(arrays[f"intervals_{name}"] for name in INTERVALS))
        return census

    def blank(self) -> Census:
        """Begin the same pass with nothing counted, for another process to be added with `+`."""
        ranks = None if self.ranks is None else self.ranks.blank()
        intervals = None if self.intervals is None else self.intervals.blank()
        return replace(self, n_clips=0, positives=[], ranks=ranks, intervals=intervals, signs=None)

    def __add__(self, other: Census) -> Census:
        """Add up what two disjoint sets of clips gave in the same pass."""
        both = replace(
            self,
            n_clips=self.n_clips + other.n_clips,
            positives=self.positives + other.positives,
            ranks=_sum(self.ranks, other.ranks),
            intervals=_sum(self.intervals, other.intervals),
            signs=_sum(self.signs, other.signs),
        )
        if both.intervals is None and len(both.positives) > 1:
            both._settle()
        return both


def _sum(a: Any, b: Any) -> Any:
    """Sum of two, or the one that is not None."""
    return b if a is None else a if b is None else a + b


def _positives(positive: NDArray[np.bool_], scores: NDArray[Any]) -> Entries:
    """One entry for each positive."""
    place = np.flatnonzero(positive)
    ones = np.ones(len(place), np.int64)
    return Entries(place % scores.shape[1], scores.ravel()[place], None, ones)


def _named(prefix: str, source: object, names: Sequence[str]) -> dict[str, Any]:
    """Arrays of an object, None left out, by names that begin alike."""
    values = {f"{prefix}_{name}": getattr(source, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}
