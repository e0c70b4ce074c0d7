"""Scores, with labels or without, in files that are read in parts: one file, or many."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.io.array_files import IN_PARTS, column_names, opened
from tagthresh.io.read import named_tags
from tagthresh.io.read_errors import reading
from tagthresh.io.stored_names import arrow_texts, texts
from tagthresh.io.stored_rows import BARE
from tagthresh.io.table import check_matrix
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from tagthresh.io.stored_rows import Rows
    from tagthresh.validation import Tags

PART = 1 << 22  # bytes of scores that are read at a time: about what a cache holds


@dataclass(frozen=True)
class ArrayFile:
    """A file that is read in parts, without the columns called as in `ignore`; errors name it."""

    path: str
    ignore: tuple[str, ...] = ()

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """Arrays by our names for them; ``tags`` are texts."""
        return opened(self.path, self.ignore)

    def matrix(self, role: str) -> Rows:
        """Scores, or labels, under their name or none."""
        matrix: Rows | None = self.arrays.get(role, self.arrays.get(BARE))
        if matrix is None:
            raise InputError(self.path, f"holds no {role}; it has {', '.join(self.arrays)}")
        with reading(self.path):
            check_matrix(role, matrix)
        return matrix

    def tags(self, n_tags: int) -> Tags | None:
        """Names of so many columns, where they have any."""
        with reading(self.path):
            return validation.tag_names(self.arrays.get("tags"), n_tags)

    def clips(self) -> tuple[str, ...] | None:
        """Names of all clips, where they have any."""
        with reading(self.path):
            clips = self.arrays.get("clips")
            return texts("clips", None if clips is None else clips[:])


@dataclass(frozen=True)
class ScoreFile:
    """One file of scores, and the names of its clips and tags where it has any."""

    path: str
    scores: Rows
    clips: Rows | None
    tags: Tags | None

    @classmethod
    def at(cls, path: str, tags: str | None = None) -> ScoreFile:
        """Open a file; `tags` is a text file with a tag a line, for matrices without names."""
        file = ArrayFile(path)
        scores, clips = file.matrix("scores"), file.arrays.get("clips")
        n_clips, n_tags = scores.shape
        if clips is not None and clips.shape != (n_clips,):
            got = f"shape {clips.shape}"
            raise InputError("clips", f"must name {n_clips} clips", got, Place(file=path))
        if clips is not None and clips.block >= n_clips:
            clips = clips[:]  # which would be unpacked as a whole for every part
        return cls(path, scores, clips, named_tags(path, file.tags(n_tags), tags, n_tags))

    @property
    def n_clips(self) -> int:
        """Number of clips."""
        return self.scores.shape[0]

    def parts(self) -> Iterator[slice]:
        """Clips to read at a time, whole blocks of what is stored in blocks."""
        block = getattr(self.scores, "block", 1)
        height = PART // (self.scores.dtype.itemsize * self.scores.shape[1])
        height = max(1, height // block) * block
        for start in range(0, self.n_clips, height):
            yield slice(start, min(start + height, self.n_clips))

    def read(self, rows: slice) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """Scores of some clips, and their names where they have any."""
        names = None if self.clips is None else np.asarray(self.clips[rows])
        return np.asarray(self.scores[rows]), names

    def texts(self, names: NDArray[Any]) -> pa.Array:
        """Names of clips as Arrow's texts."""
        with reading(self.path):
            return arrow_texts("clips", names)


def find_scores(path: str, tags: str | None = None) -> list[ScoreFile]:
    """Open the files that a path stands for: a file, a folder, or a pattern."""
    return [ScoreFile.at(file, tags) for file in expanded(path)]


@dataclass(frozen=True)
class Shard:
    """One file of scores, with its labels in it or in a second one, without columns to ignore."""

    path: str
    labels_path: str | None = None
    ignore: tuple[str, ...] = ()

    @cached_property
    def _files(self) -> tuple[ArrayFile, ArrayFile]:
        """The file of the scores, and that of the labels."""
        scores = labels = ArrayFile(self.path, self.ignore)
        if self.labels_path is not None:
            labels = ArrayFile(self.labels_path, self.ignore)
        for file in (scores, labels):
            if "weights" in file.arrays:
                raise InputError(file.path, "holds weights; clips read in parts cannot be weighted")
        return scores, labels

    @cached_property
    def scores(self) -> Rows:
        """Scores, of shape (n_clips, n_tags)."""
        return self._files[0].matrix("scores")

    @cached_property
    def labels(self) -> Rows:
        """Labels, of the shape of the scores."""
        scores, others = self._files
        if others is not scores and "labels" in scores.arrays:
            raise InputError(self.path, f"holds labels already; leave out {others.path}")
        if not others.arrays.keys() & ({"labels"} if others is scores else {"labels", BARE}):
            raise InputError(others.path, "holds no labels; give a second file with them")
        labels = others.matrix("labels")
        if labels.shape != self.scores.shape:
            rule = f"must hold labels of the shape of the scores, {self.scores.shape}"
            raise InputError(others.path, rule, labels.shape)
        both = others is not scores and all("clips" in file.arrays for file in self._files)
        if both and scores.clips() != others.clips():
            rule = f"must hold the clips of {self.path} in the same order, to be read in parts"
            raise InputError(others.path, rule)
        return labels

    def column_names(self) -> set[str]:
        """Names of the columns of both files, be they tags or not."""
        return set().union(*(column_names(path) for path in (self.path, self.labels_path) if path))

    @property
    def tags(self) -> Tags | None:
        """Names of the columns of the scores, else of the labels."""
        of_scores, of_labels = self._tags
        return of_scores or of_labels

    @cached_property
    def _tags(self) -> list[Tags | None]:
        """Names in the file of the scores, and in that of the labels."""
        return [file.tags(self.scores.shape[1]) for file in self._files]

    def read(self, rows: slice) -> tuple[Any, Any]:
        """Labels and scores of some clips, the labels in the order of the scores' tags."""
        labels = np.asarray(self.labels[rows])
        if self.labels_path is not None:
            of_scores, of_labels = self._tags
            labels = validation.align(self.labels_path, labels, of_labels, of_scores)
        return labels, np.asarray(self.scores[rows])


def find_shards(
    scores: str, labels: str | None = None, ignore: tuple[str, ...] = ()
) -> list[Shard]:
    """Find the files that paths stand for: as many of labels as of scores, in the same order."""
    paths = expanded(validation.file_path("scores", scores))
    if labels is None:
        return [Shard(path, None, ignore) for path in paths]
    others = expanded(validation.file_path("labels", labels))
    if len(others) != len(paths):
        got = f"{len(others)} for {len(paths)}"
        raise InputError(labels, f"must be one file for each of {scores}", got)
    return [Shard(*pair, ignore) for pair in zip(paths, others, strict=True)]


def is_many(path: str) -> bool:
    """Whether a path stands for several files, or can only be read in parts."""
    folder = Path(path).is_dir() or _is_zarr(path)
    return folder or (glob.has_magic(path) and not Path(path).exists())


def expanded(path: str) -> list[str]:
    """Give the files that a file, a folder or a pattern stands for, in the order of their names."""
    if not is_many(path) or _is_zarr(path):
        return [path]
    pattern = os.path.join(glob.escape(path), "*") if Path(path).is_dir() else path  # noqa: PTH118
    files = [name for name in _matching(pattern) if Path(name).suffix.lower() in IN_PARTS]
    if not files:
        kinds = ", ".join(IN_PARTS)
        raise InputError(path, f"must match files of scores ({kinds}); it matches none")
    return sorted(files)


def _matching(pattern: str) -> list[str]:
    """Find what a pattern stands for, its suffix in capitals too; hidden files only by a dot."""
    stem, suffix = os.path.splitext(pattern)  # noqa: PTH122 - a Path would alter the pattern
    if not glob.has_magic(suffix):
        suffix = "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in suffix)
    return glob.glob(stem + suffix)  # noqa: PTH207 - a pattern may begin at the root


def _is_zarr(path: str) -> bool:
    return Path(path).suffix.lower() == ".zarr"
