"""What files hold: scores, and labels, names, weights and groups where there are any."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.io.read_errors import THE_FILE
from tagthresh.io.stored_names import texts
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays = dict[str, Any]
Role = Literal["scores", "labels"]  # of a matrix without a name
Header = Literal["required", "optional", "none"]
MISSING = {"", "nan", "None"}  # what NaN and None are as text


@dataclass(frozen=True)
class Reading:
    """How the files of a table are to be read."""

    role: Role  # what a wide table holds
    group_column: str | None  # with the recording or site of each clip
    ignore: tuple[str, ...]  # columns to leave out
    header: Header  # must the first line of CSV name columns, or may it be a clip of numbers
    memory: int  # bytes that the arrays may take


@dataclass(frozen=True, eq=False)
class Table:
    """Scores of clips, with what else the files hold.

    Attributes
    ----------
    scores : ndarray or csr_array, shape (n_clips, n_tags)
        Sparse when a long table without labels leaves pairs out, or the file holds it sparse.
    labels : ndarray or csr_array, shape (n_clips, n_tags), or None
    tags, clips : tuple of str, or None
    weights : ndarray, shape (n_clips,) or (n_clips, n_tags), or None
    groups : tuple of str, or None
        Recording or site of each clip.
    """

    scores: Any
    labels: Any = None
    tags: tuple[str, ...] | None = None
    clips: tuple[str, ...] | None = None
    weights: NDArray[Any] | None = None
    groups: tuple[str, ...] | None = None

    def without_labels(self) -> Table:
        """Leave out the labels; a pair without score and label then has no score."""
        if self.labels is None or scipy.sparse.issparse(self.scores):
            return dataclasses.replace(self, labels=None)
        absent = np.isnan(self.scores) & np.isnan(self.labels)
        if not absent.any():
            return dataclasses.replace(self, labels=None)
        row, column = np.nonzero(~absent)
        pairs = self.scores[row, column], (row, column)
        scores = scipy.sparse.csr_array(pairs, shape=self.scores.shape)
        return dataclasses.replace(self, scores=scores, labels=None)

    def in_tag_order(self, tags: tuple[str, ...] | None, name: str) -> Table:
        """Order the columns as `tags`, where both have names; `name` is what errors call it."""

        def aligned(matrix: Any) -> Any:
            is_matrix = matrix is not None and matrix.ndim == 2
            return validation.align(name, matrix, self.tags, tags) if is_matrix else matrix

        return dataclasses.replace(
            self,
            scores=aligned(self.scores),
            labels=aligned(self.labels),
            weights=aligned(self.weights),
            tags=self.tags and (tags or self.tags),
        )


def check_matrix(role: str, matrix: Any) -> None:
    """Check that there are clips and tags, and real numbers that a float64 can hold."""
    validation.check_shape(role, matrix.shape)
    validation.check_type(role, matrix.dtype)


def checked_table(arrays: Arrays, role: Role = "scores") -> Table:
    """Check that the arrays of a file fit together; errors call the matrix by its role."""
    if "scores" not in arrays:
        raise InputError(THE_FILE, f"holds no scores; it has {', '.join(arrays)}")
    scores, labels, weights = arrays["scores"], arrays.get("labels"), arrays.get("weights")
    check_matrix(role, scores)
    if labels is not None:
        validation.check_type("labels", labels.dtype)
        if labels.shape != scores.shape:
            rule = f"must have the shape of scores, {scores.shape}"
            raise InputError("labels", rule, labels.shape)
    n_clips, n_tags = scores.shape
    if weights is not None and weights.shape not in {(n_clips,), (n_clips, n_tags)}:
        got = f"shape {weights.shape} for {n_clips} clips"
        raise InputError("weights", "must hold one weight per clip, or per pair", got)
    clips, names, groups = (texts(key, arrays.get(key)) for key in ("clips", "tags", "groups"))
    if clips is not None and len(clips) != n_clips:
        raise InputError("clips", f"must name {n_clips} clips", len(clips))
    _check_groups(groups, n_clips)
    return Table(scores, labels, validation.tag_names(names, n_tags), clips, weights, groups)


def _check_groups(groups: tuple[str, ...] | None, n_clips: int) -> None:
    """Check that every clip has a group."""
    if groups is None:
        return
    if len(groups) != n_clips:
        raise InputError("groups", "must hold one group per clip", f"{len(groups)} for {n_clips}")
    missing = next((clip for clip, group in enumerate(groups) if group in MISSING), None)
    if missing is not None:
        rule, got = "must name a group for every clip", f"{groups[missing]!r}"
        raise InputError("groups", rule, got, Place(clip=missing))
