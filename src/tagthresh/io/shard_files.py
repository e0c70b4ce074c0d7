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
from tagthresh.io.array_files import BARE
from tagthresh.io.lazy_matrix import SUFFIXES, column_names, opened
from tagthresh.io.table import check_numbers, strings
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from tagthresh.io.lazy_matrix import Rows
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
    def _files(self) -> tuple[dict[str, Any], dict[str, Any]]:
        scores = opened(self.path, self.ignore)
        files = scores, scores
        if self.labels_path is not None:
            files = scores, opened(self.labels_path, self.ignore)
        for path, found in zip((self.path, self.labels_path or self.path), files, strict=True):
            if "weights" in found:
                raise InputError(path, "holds weights; clips read in parts cannot be weighted")
        return files

    @cached_property
    def scores(self) -> Rows:
        """Scores, of shape (n_clips, n_tags)."""
        return _matrix(self.path, self._files[0], "scores")

    @cached_property
    def labels(self) -> Rows:
        """Labels, of the shape of the scores."""
        path, found = self.labels_path or self.path, self._files[1]
        if self.labels_path is not None and "labels" in self._files[0]:
            raise InputError(self.path, f"holds labels already; leave out {self.labels_path}")
        if not found.keys() & ({"labels"} if self.labels_path is None else {"labels", BARE}):
            raise InputError(path, "holds no labels; give a second file with them")
        labels = _matrix(path, found, "labels")
        if labels.shape != self.scores.shape:
            raise InputError(
                path,
                f"must hold labels of the shape of the scores, {self.scores.shape}",
                labels.shape,
            )
        _check_clips(self, *self._files)
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
        n_tags, paths = self.scores.shape[1], (self.path, self.labels_path or self.path)
        return [
            validation.tag_names(strings(path, "tags", found.get("tags")), n_tags, f"{path}: tags")
            for path, found in zip(paths, self._files, strict=True)
        ]

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
        raise InputError(
            labels, f"must be one file for each of {scores}", f"{len(others)} for {len(paths)}"
        )
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
    found = [name for name in _matching(pattern) if Path(name).suffix.lower() in SUFFIXES]
    if not found:
        kinds = ", ".join(SUFFIXES)
        raise InputError(path, f"must stand for files of scores ({kinds}); there are none")
    return sorted(found)


def _matching(pattern: str) -> list[str]:
    """Find what a pattern stands for, its suffix in capitals too; hidden files only by a dot."""
    stem, suffix = os.path.splitext(pattern)  # noqa: PTH122 - a Path would alter the pattern
    if not glob.has_magic(suffix):
        suffix = "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in suffix)
    return glob.glob(stem + suffix)  # noqa: PTH207 - a pattern may begin at the root


def _is_zarr(path: str) -> bool:
    return Path(path).suffix.lower() == ".zarr"


def _matrix(path: str, found: dict[str, Any], role: str) -> Rows:
    """Scores, or labels, under their name or none."""
    matrix: Rows | None = found.get(role, found.get(BARE))
    if matrix is None:
        raise InputError(path, f"holds no {role}; it has {', '.join(found)}")
    if len(matrix.shape) != 2 or 0 in matrix.shape:
        raise InputError(
            role,
            "must have two dimensions (clips, tags), none of them 0",
            matrix.shape,
            Place(file=path),
        )
    check_numbers(path, role, matrix.dtype)
    return matrix


def _check_clips(shard: Shard, scores: dict[str, Any], labels: dict[str, Any]) -> None:
    """Check that both files name the same clips in the same order, where both name them."""
    named = [each.get("clips") for each in (scores, labels)]
    if shard.labels_path is None or any(each is None for each in named):
        return
    clips, others = (strings(shard.path, "clips", each[:]) for each in named if each is not None)
    if clips != others:
        raise InputError(
            shard.labels_path,
            (f"must hold the clips of {shard.path} in the same order, to be read in parts"),
        )
