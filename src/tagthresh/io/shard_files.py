"""Labels and scores in files that are read in parts: one file, or many."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.io.array_files import IN_PARTS, ArrayFile, column_names
from tagthresh.io.stored_rows import BARE
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from tagthresh.io.stored_rows import Rows
    from tagthresh.validation import Tags


@dataclass(frozen=True)
class Shard:
    """One file of scores, with its labels in it or in a second one.

    Attributes
    ----------
    path : str
        Where the scores are.
    labels_path : str or None
        Where the labels are, if not in the first file.
    ignore : tuple of str
        Columns to leave out.
    """

    path: str
    labels_path: str | None = None
    ignore: tuple[str, ...] = ()

    @cached_property
    def _files(self) -> tuple[ArrayFile, ArrayFile]:
        """The file of the scores, and that of the labels."""
        scores = ArrayFile.at(self.path, self.ignore)
        files = scores, scores
        if self.labels_path is not None:
            files = scores, ArrayFile.at(self.labels_path, self.ignore)
        for file in files:
            if "weights" in file.arrays:
                raise InputError(file.path, "holds weights; clips read in parts cannot be weighted")
        return files

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
    """Find the files that a path stands for.

    Parameters
    ----------
    scores : str
        A file, a folder of files, or a pattern such as ``scores/*.npz``; in the order of their
        names.
    labels : str, optional
        The same for the labels, where they are in files of their own: as many, in the same order.
    ignore : tuple of str
        Columns to leave out.

    Raises
    ------
    InputError
        When there is no such file, or not one of labels for each of scores.
    """
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
    """Give the files that a path stands for, in the order of their names."""
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
