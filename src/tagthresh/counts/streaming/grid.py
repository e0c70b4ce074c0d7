"""Counts in one pass over clips in any order and any parts, in memory that does not grow.

The numbers of the type float64 are put into cells, blocks of neighbours: an octave, from a power of
2 to the next, has as many cells as any other, so the width of a cell is a fixed share of the scores
in it, at every scale of probabilities or logits. At first the share is 2^-28, and scores of type
float32 or narrower have a cell each. When more entries are in use than there is room for, cells
are joined two by two, as often as it takes.

An entry is a cell that holds positives, or negatives, of one tag, with their number and their
highest, or lowest, score. How many there are at each width of cells is a matter of the clips alone,
and grows with them. So the width in the end, numbers and extremes, and with them the whole state
and every threshold, are the same to the bit however the clips were split and ordered.

Thresholds are best on the clips up to a gap that `solution.certificate.gap` bounds
(`tagthresh.counts.streaming.interval_counts`). As long as scores have a cell each, nothing is lost:
the counts and the thresholds are those of `Counts`.

A file is an .npz that holds the settled state and its digest, without pickled objects.
"""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.counts import float_keys
from tagthresh.counts.slices import blocks, run_starts
from tagthresh.counts.streaming.grid_cells import (
    KEY_BITS,
    MOST_TAGS,
    NOTHING,
    PLACE_BITS,
    ZERO,
    Cells,
    check_cells,
    concatenated,
    cut,
    merged,
)
from tagthresh.counts.streaming.interval_counts import CellEntries, Spans, counts_in_cells
from tagthresh.formatting import plural
from tagthresh.io import npz
from tagthresh.io.atomic import replacing
from tagthresh.io.read_errors import reading
from tagthresh.validation import InputError, LabelledScores

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts

SCHEMA_VERSION = 2  # files of version 1 have no digest
CELLS = 1 << 14  # entries a tag
BLOCK = 1 << 20  # scores put into cells at a time: bounds the memory
PARTS = 64  # of the tags: the entries of one are merged at a time, which needs little memory

# How many of the last bits of float64 are 0 in the numbers of a type.
SPARE = {np.dtype(np.float16): 42, np.dtype(np.float32): 29, np.dtype(np.float64): 0}
EXTREMES: dict[str, np.ufunc] = {"positive": np.maximum, "negative": np.minimum}


class GridCounts:
    """Counts that are fed in parts, in constant memory.

    Clips cannot be weighted: sums of weights would depend on the order of the clips.

    Parameters
    ----------
    tags : sequence of str, optional
        Names of the tags; by default the column names of the first data frame, else none.
    cells : int, default 16384
        Room, in entries a tag on average: cells that hold positives and cells that hold negatives.
        At least 4. An entry takes 24 bytes, so the state takes at most 24 * cells * n_tags bytes;
        working on it takes about as much again.

    Attributes
    ----------
    n_clips : int
        Clips counted.
    tags : tuple of str, or None
        Names of the tags.

    Raises
    ------
    InputError
        When an argument breaks its rule.

    Examples
    --------
    >>> import tagthresh as tt
    >>> grid = tt.GridCounts(tags=["Dog", "Rain"])
    >>> grid.update([[1, 0], [1, 1]], [[0.9, 0.1], [0.3, 0.4]])
    >>> grid.update([[0, 0], [0, 1]], [[0.2, 0.2], [0.1, 0.3]])
    >>> solution = tt.find_thresholds(grid, method="exact")
    >>> solution.score, solution.certificate.gap
    (1.0, 0.0)
    """

    def __init__(self, tags: Sequence[str] | None = None, *, cells: int = CELLS) -> None:
        self.cells = validation.whole_number("cells", cells, 4)
        names = None if tags is None else validation.listed("tags", tags, "['Dog', 'Rain']")
        self.tags = None if names is None else validation.tag_names(names, len(names))
        self._n_tags = None if self.tags is None else len(self.tags)
        self.reset()

    def reset(self) -> None:
        """Forget all clips; the tags stay."""
        self.n_clips = 0
        self._dtype = np.dtype(np.float16)
        self._joined = 0  # times that cells were joined
        self._merged = {side: [NOTHING] * PARTS for side in EXTREMES}
        self._waiting: dict[str, list[Cells]] = {side: [] for side in EXTREMES}

    def __repr__(self) -> str:
        state = self._settled()
        n_entries = sum(len(cells.code) for cells in state.values())
        size = f"{plural(self.n_clips, 'clip')} x {plural(self._n_tags or 0, 'tag')}"
        return f"GridCounts({size}, {n_entries} entries)"

    def update(self, y_true: object, y_score: object) -> None:
        """Count more clips.

        Parameters
        ----------
        y_true : array-like or data frame, shape (n_clips, n_tags)
            1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere.
        y_score : array-like or data frame, shape (n_clips, n_tags)
            Finite scores of any scale, float16 to float64 or integers.

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.validation`, or the tags differ from those
            of earlier clips; nothing is counted then.
        """
        data, _ = validation.labelled_part(y_true, y_score, self.tags)
        self._agree(data.scores.shape[1], data.tags)
        self.n_clips += len(data.scores)
        self._dtype = np.result_type(self._dtype, data.scores.dtype)
        for rows in blocks(len(data.scores), BLOCK // data.scores.shape[1]):
            self._add(data, rows)

    def _agree(self, n_tags: int, tags: tuple[str, ...] | None) -> None:
        """Check that tags are those of earlier clips, and keep their names."""
        if self._n_tags not in {None, n_tags}:
            raise InputError("y_score", f"must have {self._n_tags} tags, as before", n_tags)
        if n_tags > MOST_TAGS:
            raise InputError("y_score", f"must have at most {MOST_TAGS} tags", n_tags)
        renamed = self._n_tags is not None and validation.numbered(self.tags, tags) != self.tags
        if renamed and tags != tuple(map(str, range(n_tags))):
            raise InputError("y_score", "must have its columns in order, 0, 1, ..., as before")
        self._n_tags, self.tags = n_tags, self.tags or tags

    def _add(self, data: LabelledScores, rows: slice) -> None:
        """Put some clips into cells."""
        key, positive = float_keys.keys(data.scores[rows].astype(np.float64)), data.positive[rows]
        negative = ~positive if data.known is None else ~positive & data.known[rows]
        tag = np.arange(key.shape[1]) << PLACE_BITS
        code = tag + (key >> KEY_BITS) + ZERO
        for side, chosen in zip(EXTREMES, (positive, negative), strict=True):
            self._wait(side, Cells(code[chosen], key[chosen], np.ones(chosen.sum(), np.int64)))
        if _n_entries(self._waiting) > max(BLOCK, _n_entries(self._merged) // 4):
            self._settle()

    def _wait(self, side: str, cells: Cells) -> None:
        """Let entries in any order wait to be merged with the others."""
        self._waiting[side].append(merged(cells, self._joined, EXTREMES[side]))

    def _settled(self) -> dict[str, Cells]:
        """Entries by side, all merged."""
        self._settle()
        return {side: concatenated(parts) for side, parts in self._merged.items()}

    def _settle(self) -> None:
        """Merge the entries that wait with the others, and join cells until all fit."""
        if not any(self._waiting.values()):
            return
        self._merge()
        room = self.cells * (self._n_tags or 0)
        if self._n_joined(self._joined) > room:
            widths = range(PLACE_BITS)
            self._joined = bisect_left(widths, -room, key=lambda joined: -self._n_joined(joined))
            self._merge()

    def _merge(self) -> None:
        """Make one entry per cell, part after part."""
        ends = self._tags_per_part * np.arange(1, PARTS) << PLACE_BITS
        for side, parts in self._merged.items():
            waiting = [cut(cells, ends) for cells in self._waiting[side]]
            self._waiting[side] = []
            for i, cells in enumerate(zip(parts, *waiting, strict=True)):
                parts[i] = merged(concatenated(cells), self._joined, EXTREMES[side])

    @property
    def _tags_per_part(self) -> int:
        return -(-(self._n_tags or 1) // PARTS)

    def _n_joined(self, joined: int) -> int:
        """Count the entries there would be, had cells been joined so many times."""
        codes = (cells.code >> joined for parts in self._merged.values() for cells in parts)
        return sum(int(np.count_nonzero(run_starts(code))) for code in codes)

    def counts(self) -> Counts:
        """Give counts in which each score is known up to its cell.

        Every function that takes `Counts` takes them; `find_thresholds` takes the grid itself too.

        Raises
        ------
        InputError
            When no clip has been counted.

        Examples
        --------
        >>> grid = GridCounts()
        >>> grid.update([[1], [0]], [[0.9], [0.2]])
        >>> grid.counts()
        Counts(2 clips x 1 tag, float64)
        """
        if not self.n_clips:
            raise InputError("GridCounts", "must hold clips; call update with some first")
        self._settle()
        codes = (cells.code for parts in self._merged.values() for cells in parts)
        places = [np.unique(code & (1 << PLACE_BITS) - 1) for code in codes]
        spans = self._spans(np.unique(np.concatenate(places)))
        return counts_in_cells(self.n_clips, self._parts(), spans, self.tags)

    def _parts(self) -> Iterator[tuple[int, tuple[CellEntries, CellEntries]]]:
        """Give the number of tags of each part, and its positives and negatives."""
        n_tags, width = self._n_tags or 0, self._tags_per_part
        for i, start in enumerate(range(0, n_tags, width)):
            positive, negative = (self._scored(parts[i], start) for parts in self._merged.values())
            yield min(width, n_tags - start), (positive, negative)

    def _spans(self, place: NDArray[np.int64]) -> Spans:
        """Lowest and highest score that cells can hold."""
        ends = np.finfo(self._dtype)
        limits = float_keys.keys(np.array([ends.min, ends.max], np.float64))
        bits = KEY_BITS + self._joined
        low = (place - ZERO) << KEY_BITS
        high = low if bits <= SPARE[self._dtype] else low + ((1 << bits) - 1)
        return Spans(*(float_keys.scores(key.clip(*limits)) for key in (low, high)))

    def _scored(self, cells: Cells, start: int) -> CellEntries:
        """Entries with tags, counted from `start`, and scores in place of codes and keys."""
        tag, place = np.divmod(cells.code, 1 << PLACE_BITS)
        low, extreme = self._spans(place).low, float_keys.scores(cells.extreme)
        dtype = self._dtype
        return CellEntries(tag - start, low.astype(dtype), extreme.astype(dtype), cells.clips)

    def __radd__(self, other: object) -> GridCounts:
        """Start a sum: ``sum(grids)`` begins with 0."""
        return self if other == 0 else NotImplemented

    def __add__(self, other: GridCounts) -> GridCounts:
        """Add up two disjoint sets of clips; tags are matched by name where both have names."""
        if not isinstance(other, GridCounts):
            return NotImplemented
        if other.cells != self.cells:
            raise InputError(
                "grids", "must have the same cells to be added", f"{self.cells} and {other.cells}"
            )
        both = GridCounts(self.tags or other.tags, cells=self.cells)
        for grid in (self, other):
            both._take(grid)
        return both

    def _take(self, other: GridCounts) -> None:
        """Count the clips of another grid."""
        if other._n_tags is None:
            return
        self._agree(other._n_tags, self.tags or other.tags)
        names = validation.numbered(other.tags, self.tags)
        order = validation.align("counts", np.arange(other._n_tags)[None], names, self.tags)[0]
        new_tag = np.argsort(order)
        self.n_clips += other.n_clips
        self._dtype = np.result_type(self._dtype, other._dtype)
        state = other._settled()
        self._joined = max(self._joined, other._joined)
        for side, cells in state.items():
            tag, place = np.divmod(cells.code, 1 << PLACE_BITS)
            self._wait(side, cells._replace(code=(new_tag[tag] << PLACE_BITS) + place))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to an .npz file, whole or not at all.

        Raises
        ------
        InputError
            When the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> grid = GridCounts()
        >>> grid.update([[1], [0]], [[0.9], [0.2]])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     grid.save(f"{folder}/grid.npz")
        ...     GridCounts.load(f"{folder}/grid.npz")
        GridCounts(2 clips x 1 tag, 2 entries)
        """
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **npz.sealed(self._content()))  # type: ignore[arg-type]

    def _content(self) -> dict[str, Any]:
        """Lay out what a file holds."""
        state = self._settled()
        return {
            "schema_version": SCHEMA_VERSION,
            "tags": np.array(self.tags or (), np.str_),
            "n_tags": self._n_tags or 0,
            "n_clips": self.n_clips,
            "cells": self.cells,
            "joined": self._joined,
            "dtype": self._dtype.name,
            **{
                f"{side}_{name}": values
                for side, cells in state.items()
                for name, values in cells._asdict().items()
            },
        }

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> GridCounts:
        """Read what `save` wrote, to go on counting.

        Raises
        ------
        InputError
            When the file cannot be read or is not what it should be.
        """
        validation.file_path("path", path)
        with reading(path), Path(path).open("rb"):
            pass
        try:
            return cls._restored(npz.arrays(path))
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
            raise InputError(path, f"is not a grid file: {error}") from None

    @classmethod
    def _restored(cls, arrays: dict[str, Any]) -> GridCounts:
        """Make a grid of the arrays of a file, which are checked."""
        version = arrays["schema_version"].item()
        if version not in {1, SCHEMA_VERSION}:
            raise InputError("schema_version", f"must be 1 or {SCHEMA_VERSION}", f"{version!r}")
        if version == SCHEMA_VERSION:
            npz.check_seal(arrays)
        grid = cls(arrays["tags"].tolist() or None, cells=arrays["cells"].item())
        grid._n_tags = validation.whole_number("n_tags", arrays["n_tags"].item(), 0) or None
        if grid.tags and len(grid.tags) != grid._n_tags:
            raise InputError("tags", f"must hold {grid._n_tags} names", len(grid.tags))
        grid.n_clips = validation.whole_number("n_clips", arrays["n_clips"].item(), 0)
        grid._joined = validation.whole_number("joined", arrays["joined"].item(), 0)
        grid._dtype = np.dtype(arrays["dtype"].item())
        if grid._dtype not in SPARE or grid._joined >= PLACE_BITS:
            raise InputError("dtype and joined", "must be in range", grid._dtype)
        for side in EXTREMES:
            cells = Cells(*(arrays[f"{side}_{name}"] for name in Cells._fields))
            check_cells(side, cells, grid._n_tags or 0)
            grid._waiting[side].append(cells)
        return grid


def _n_entries(state: dict[str, list[Cells]]) -> int:
    return sum(len(cells.code) for parts in state.values() for cells in parts)
