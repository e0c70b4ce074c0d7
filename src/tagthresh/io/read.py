"""One table from one or two files: scores, labels, names and weights, matched by name."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from tagthresh import validation
from tagthresh.io.array_files import BARE, read_hdf5, read_npy, read_npz, read_torch
from tagthresh.io.column_files import read_csv, read_parquet
from tagthresh.io.table import Table, aligned_weights, checked_table
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tagthresh.io.array_files import Arrays
    from tagthresh.io.table import Role

_READERS: dict[str, Callable[[str, str | None], Arrays]] = {
    ".npz": read_npz,
    ".npy": read_npy,
    ".csv": read_csv,
    ".parquet": read_parquet,
    ".pt": read_torch,
    ".pth": read_torch,
    ".h5": read_hdf5,
    ".hdf5": read_hdf5,
}


def read(
    path: str,
    labels: str | None = None,
    tags: str | None = None,
    *,
    group_column: str | None = None,
) -> Table:
    """Read scores, and labels where there are any.

    Parameters
    ----------
    path : str
        File in one of the forms above; ``-`` is CSV on standard input.
    labels : str, optional
        File with the labels, where they are not in the first one.
    tags : str, optional
        Text file with a tag a line, for matrices without names.
    group_column : str, optional
        Name of the column, or array, that holds the recording or site of each clip, in either file.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        When a file cannot be read or does not hold what it should.
    """
    if labels is not None:
        validation.file_path("labels", labels)
    if group_column is not None:
        validation.text("group_column", group_column)
    table = checked_table(path, _arrays(path, "scores", group_column))
    names = named_tags(path, table.tags, tags, table.scores.shape[1])
    table = dataclasses.replace(table, tags=names)
    if labels is not None:
        if table.labels is not None:
            raise InputError(f"labels must be left out, since {path} holds them; got {labels}")
        table = _with_labels(table, path, labels, group_column)
    if group_column is not None and table.groups is None:
        files = path if labels is None else f"{path} or {labels}"
        raise InputError(
            f"group_column must be a column or an array of {files}; got {group_column!r}"
        )
    return table


def read_labelled(
    path: str,
    labels: str | None = None,
    tags: str | None = None,
    *,
    group_column: str | None = None,
) -> Table:
    """Read scores and labels; without labels it is an error.

    Parameters
    ----------
    path, labels, tags, group_column
        As for `read`.

    Raises
    ------
    InputError
        As `read`, and when no file holds labels or scores are missing.
    """
    table = read(path, labels, tags, group_column=group_column)
    if table.labels is None:
        raise InputError(f"{path} holds no labels; give a second file with them")
    return table


def named_tags(
    path: str, own: tuple[str, ...] | None, tags: str | None, n_tags: int
) -> tuple[str, ...] | None:
    """Give the names of so many tags: a file's own, or those in a text file, one a line.

    Parameters
    ----------
    path : str
        The file of the scores.
    own : tuple of str, or None
        Names in it.
    tags : str or None
        The text file.

    Raises
    ------
    InputError
        When both name them, or the text file cannot be read or does not hold so many names.
    """
    if tags is None:
        return own
    if own is not None:
        raise InputError(f"tags must be left out, since {path} names them; got {tags}")
    validation.file_path("tags", tags)
    try:
        # The signature, as Windows' Notepad writes it, and blanks are no part of a name.
        lines = Path(tags).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise _unreadable(tags, error) from None
    found = [line.strip() for line in lines if line.strip()]
    return validation.tag_names(found, n_tags, tags)


def _with_labels(table: Table, path: str, labels: str, group_column: str | None) -> Table:
    arrays = _arrays(labels, "labels", group_column)
    if "labels" not in arrays:
        raise InputError(f"{labels} holds no labels; it has {', '.join(arrays)}")
    other = checked_table(labels, {**arrays, "scores": arrays["labels"]}, "labels")
    other = _in_order_of(table, path, other, labels)
    if other.scores.shape != table.scores.shape:
        raise InputError(
            f"{labels} must have the shape of {path}, {table.scores.shape}; "
            f"got {other.scores.shape}"
        )
    if table.groups and other.groups and table.groups != other.groups:
        raise InputError(f"{labels} must have the groups of {path}; {group_column!r} differs")
    return Table(
        table.scores,
        other.scores,
        table.tags or other.tags,
        table.clips or other.clips,
        other.weights if table.weights is None else table.weights,
        table.groups or other.groups,
    )


def _in_order_of(table: Table, path: str, other: Table, labels: str) -> Table:
    """Order the tags and clips of `other` as those of `table`, where both name them."""
    matrix = validation.align(labels, other.scores, other.tags, table.tags)
    weights, groups = aligned_weights(labels, other, table.tags), other.groups
    if table.clips and other.clips:
        row, here = _rows(labels, other.clips), _rows(path, table.clips)
        for name, clips, rows in ((labels, here, row), (path, row, here)):
            lacking = next((clip for clip in clips if clip not in rows), None)
            if lacking is not None:
                raise InputError(f"{name} must hold the same clips; it lacks {lacking!r}")
        order = [row[clip] for clip in table.clips]
        matrix, weights = matrix[order], None if weights is None else weights[order]
        groups = groups and tuple(groups[i] for i in order)
    return dataclasses.replace(other, scores=matrix, weights=weights, groups=groups)


def _rows(path: str, clips: tuple[str, ...]) -> dict[str, int]:
    """Row of each clip, whose names must be distinct to be matched by."""
    rows = {clip: i for i, clip in enumerate(clips)}
    if len(rows) < len(clips):
        twice = next(clip for i, clip in enumerate(clips) if rows[clip] != i)
        raise InputError(f"{path}: clips must be distinct; {twice!r} appears more than once")
    return rows


def _arrays(path: str, role: Role, group_column: str | None) -> Arrays:
    """Read the arrays of a file by our names."""
    validation.file_path("path", path)
    suffix = ".csv" if path == "-" else Path(path).suffix.lower()
    if suffix not in _READERS:
        raise InputError(f"{path}: the suffix must be one of {', '.join(_READERS)}")
    try:
        if path != "-":
            with Path(path).open("rb"):
                pass  # a missing file or a folder is reported alike for every form
        arrays = _READERS[suffix](path, group_column)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - broken files make other libraries raise anything
        raise _unreadable(path, error) from None
    return {role if key == BARE else key: value for key, value in arrays.items()}


def _unreadable(path: str, error: Exception) -> InputError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    lines = reason.strip().splitlines() or [type(error).__name__]
    return InputError(f"cannot read {path}: {lines[0]}")
