"""What files hold: scores, and labels, names, weights and groups where there are any."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.io.stored_names import texts
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.io.array_files import Arrays

Role = Literal["scores", "labels"]  # of a matrix without a name
MISSING = {"", "nan", "None"}  # what NaN and None are as text


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
        """Leave out the labels; a pair of which nothing is known then has no score."""
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
        return dataclasses.replace(
            self,
            scores=validation.align(name, self.scores, self.tags, tags),
            labels=None
            if self.labels is None
            else validation.align(name, self.labels, self.tags, tags),
            weights=aligned_weights(name, self, tags),
            tags=self.tags and (tags or self.tags),
        )


def aligned_weights(name: str, table: Table, tags: tuple[str, ...] | None) -> NDArray[Any] | None:
    """Weights of a table, those of pairs in the order of `tags`."""
    if table.weights is None or table.weights.ndim == 1:
        return table.weights
    return np.asarray(validation.align(name, table.weights, table.tags, tags))


def check_numbers(path: str, name: str, dtype: np.dtype[Any]) -> None:
    """Check that a matrix of a file holds real numbers that a float64 can hold."""
    try:
        validation.check_type(name, dtype)
    except InputError as error:
        raise error.located(file=path) from None


def checked_table(path: str, arrays: Arrays, role: Role = "scores") -> Table:
    """Check that the arrays fit together; errors call the matrix by its role."""
    if "scores" not in arrays:
        raise InputError(path, f"holds no scores; it has {', '.join(arrays)}")
    scores, labels, weights = arrays["scores"], arrays.get("labels"), arrays.get("weights")
    if scores.ndim != 2:
        raise InputError(
            role, "must have two dimensions (clips, tags)", scores.shape, Place(file=path)
        )
    if 0 in scores.shape:
        raise InputError(path, "must hold at least one clip and one tag", scores.shape)
    check_numbers(path, role, scores.dtype)
    if labels is not None:
        check_numbers(path, "labels", labels.dtype)
    if labels is not None and labels.shape != scores.shape:
        raise InputError(
            "labels",
            f"must have the shape of scores, {scores.shape}",
            labels.shape,
            Place(file=path),
        )
    n_clips, n_tags = scores.shape
    if weights is not None and weights.shape not in {(n_clips,), (n_clips, n_tags)}:
        raise InputError(
            "weights",
            "must hold one weight per clip, or per pair",
            f"shape {weights.shape} for {n_clips} clips",
            Place(file=path),
        )
    clips, names = (strings(path, key, arrays.get(key)) for key in ("clips", "tags"))
    if clips is not None and len(clips) != n_clips:
        raise InputError("clips", f"must name {n_clips} clips", len(clips), Place(file=path))
    tags = validation.tag_names(names, n_tags, f"{path}: tags")
    return Table(scores, labels, tags, clips, weights, _groups(path, arrays, n_clips))


def _groups(path: str, arrays: Arrays, n_clips: int) -> tuple[str, ...] | None:
    """Group of each clip, none of them missing."""
    groups = strings(path, "groups", arrays.get("groups"))
    if groups is None:
        return None
    if len(groups) != n_clips:
        raise InputError(
            "groups", "must hold one per clip", f"{len(groups)} for {n_clips}", Place(file=path)
        )
    missing = next((clip for clip, group in enumerate(groups) if group in MISSING), None)
    if missing is not None:
        raise InputError(
            "groups",
            "must name a group for every clip",
            f"{groups[missing]!r} at clip {missing}",
            Place(file=path),
        )
    return groups


def strings(path: str, key: str, values: Any) -> tuple[str, ...] | None:
    """Texts of an array of names; None where there is none."""
    if values is None:
        return None
    return tuple(texts(path, key, values))
