"""One table from one or two files: scores, labels, names and weights, matched by name."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy.sparse

from tagthresh import checks
from tagthresh.checks import InputError
from tagthresh.tables.arrays import BARE, read_hdf5, read_npy, read_npz, read_torch
from tagthresh.tables.columns import read_csv, read_parquet

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tagthresh.tables.arrays import Arrays

Role = Literal["scores", "labels"]  # of a matrix without a name

_READERS: dict[str, Callable[[str], Arrays]] = {
    ".npz": read_npz,
    ".npy": read_npy,
    ".csv": read_csv,
    ".parquet": read_parquet,
    ".pt": read_torch,
    ".pth": read_torch,
    ".h5": read_hdf5,
    ".hdf5": read_hdf5,
}


@dataclass(frozen=True, eq=False)
class Table:
    """Scores of clips, with what else the files hold.

    Attributes
    ----------
    scores : ndarray or csr_array, shape (n_clips, n_tags)
        Sparse when a long table without labels leaves pairs out.
    labels : ndarray, shape (n_clips, n_tags), or None
    tags, clips : tuple of str, or None
    weights : ndarray, shape (n_clips,), or None
    """

    scores: Any
    labels: NDArray[Any] | None = None
    tags: tuple[str, ...] | None = None
    clips: tuple[str, ...] | None = None
    weights: NDArray[Any] | None = None

    def in_tag_order(self, tags: tuple[str, ...] | None, name: str) -> Table:
        """Order the columns as `tags`, where both have names; `name` is what errors call it."""
        return dataclasses.replace(
            self,
            scores=checks.align(name, self.scores, self.tags, tags),
            labels=None
            if self.labels is None
            else checks.align(name, self.labels, self.tags, tags),
            tags=self.tags and (tags or self.tags),
        )


def read(path: str, labels: str | None = None, tags: str | None = None) -> Table:
    """Read scores, and labels where there are any.

    Parameters
    ----------
    path : str
        File in one of the forms above; ``-`` is CSV on standard input.
    labels : str, optional
        File with the labels, where they are not in the first one.
    tags : str, optional
        Text file with a tag a line, for matrices without names.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        When a file cannot be read or does not hold what it should.
    """
    table = _table(path, _arrays(path, "scores"))
    if tags is not None:
        table = _with_tags(table, path, tags)
    if labels is None:
        return table
    if table.labels is not None:
        raise InputError(f"{path} holds labels already; leave out {labels}")
    return _with_labels(table, path, labels)


def read_labelled(path: str, labels: str | None = None, tags: str | None = None) -> Table:
    """Read scores and labels; without labels it is an error.

    Raises
    ------
    InputError
        As `read`, and when no file holds labels or scores are missing.
    """
    table = read(path, labels, tags)
    if table.labels is None:
        raise InputError(f"{path} holds no labels; give a second file with --labels")
    if scipy.sparse.issparse(table.scores):
        found, size = table.scores.nnz, np.prod(table.scores.shape)
        raise InputError(f"{path} must score every clip for every tag; {found} of {size} pairs")
    return table


def _with_tags(table: Table, path: str, tags: str) -> Table:
    if table.tags is not None:
        raise InputError(f"{path} names its tags already; leave out {tags}")
    try:
        # The signature, as Windows' Notepad writes it, and blanks are no part of a name.
        lines = Path(tags).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise _unreadable(tags, error) from None
    found = [line.strip() for line in lines if line.strip()]
    names = checks.tag_names(found, table.scores.shape[1], tags)
    return dataclasses.replace(table, tags=names)


def _with_labels(table: Table, path: str, labels: str) -> Table:
    arrays = _arrays(labels, "labels")
    if "labels" not in arrays:
        raise InputError(f"{labels} holds no labels; it has {', '.join(arrays)}")
    other = _table(labels, {**arrays, "scores": arrays["labels"]}, "labels")
    other = _in_order_of(table, path, other, labels)
    if other.scores.shape != table.scores.shape:
        raise InputError(
            f"{labels} must have the shape of {path}, {table.scores.shape}; "
            f"got {other.scores.shape}"
        )
    return Table(
        table.scores,
        other.scores,
        table.tags or other.tags,
        table.clips or other.clips,
        other.weights if table.weights is None else table.weights,
    )


def _in_order_of(table: Table, path: str, other: Table, labels: str) -> Table:
    """Order the tags and clips of `other` as those of `table`, where both name them."""
    matrix = checks.align(labels, other.scores, other.tags, table.tags)
    weights = other.weights
    if table.clips and other.clips and table.clips != other.clips:
        row = _rows(labels, other.clips)
        here = _rows(path, table.clips)
        for name, clips, rows in ((labels, here, row), (path, row, here)):
            lacking = next((clip for clip in clips if clip not in rows), None)
            if lacking is not None:
                raise InputError(f"{name} must hold the same clips; it lacks {lacking!r}")
        order = [row[clip] for clip in table.clips]
        matrix, weights = matrix[order], None if weights is None else weights[order]
    return dataclasses.replace(other, scores=matrix, weights=weights)


def _rows(path: str, clips: tuple[str, ...]) -> dict[str, int]:
    """Row of each clip, whose names must be distinct to be matched by."""
    rows = {clip: i for i, clip in enumerate(clips)}
    if len(rows) < len(clips):
        twice = next(clip for i, clip in enumerate(clips) if rows[clip] != i)
        raise InputError(f"{path}: clips must be distinct; {twice!r} appears more than once")
    return rows


def _table(path: str, arrays: Arrays, role: Role = "scores") -> Table:
    """Check that the arrays fit together; errors call the matrix by its role."""
    if "scores" not in arrays:
        raise InputError(f"{path} holds no scores; it has {', '.join(arrays)}")
    scores, labels, weights = arrays["scores"], arrays.get("labels"), arrays.get("weights")
    if scores.ndim != 2:
        raise InputError(f"{path}: {role} must have two dimensions (clips, tags); {scores.shape}")
    if 0 in scores.shape:
        raise InputError(f"{path} must hold at least one clip and one tag; {scores.shape}")
    if labels is not None and labels.shape != scores.shape:
        raise InputError(
            f"{path}: labels must have the shape of scores, {scores.shape}; got {labels.shape}"
        )
    n_clips, n_tags = scores.shape
    if weights is not None and weights.shape != (n_clips,):
        raise InputError(
            f"{path}: weights must hold one weight per clip; "
            f"got shape {weights.shape} for {n_clips} clips"
        )
    clips, names = (_strings(path, key, arrays.get(key)) for key in ("clips", "tags"))
    if clips is not None and len(clips) != n_clips:
        raise InputError(f"{path}: clips must name {n_clips} clips; got {len(clips)}")
    return Table(scores, labels, checks.tag_names(names, n_tags, f"{path}: tags"), clips, weights)


def _strings(path: str, key: str, values: Any) -> tuple[str, ...] | None:
    if values is None:
        return None
    return tuple(_string(path, key, value) for value in np.asarray(values).ravel())


def _string(path: str, key: str, value: object) -> str:
    try:
        text = value.decode() if isinstance(value, bytes) else str(value)
        text.encode()  # half a surrogate pair is no text, and no file could take it
    except UnicodeError:
        raise InputError(f"{path}: {key} must be in UTF-8; got {value!r}") from None
    return text


def _arrays(path: str, role: Role) -> Arrays:
    """Read the arrays of a file by our names."""
    suffix = ".csv" if path == "-" else Path(path).suffix.lower()
    if suffix not in _READERS:
        raise InputError(f"{path}: the suffix must be one of {', '.join(_READERS)}")
    try:
        if path != "-":
            with Path(path).open("rb"):
                pass  # a missing file or a folder is reported alike for every form
        arrays = _READERS[suffix](path)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - broken files make other libraries raise anything
        raise _unreadable(path, error) from None
    return {role if key == BARE else key: value for key, value in arrays.items()}


def _unreadable(path: str, error: Exception) -> InputError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    lines = reason.strip().splitlines() or [type(error).__name__]
    return InputError(f"cannot read {path}: {lines[0]}")
