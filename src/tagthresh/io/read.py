"""One table from one or two files: scores, labels, names and weights, matched by name."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.io import declared_sizes
from tagthresh.io import memory_limit as bytes_allowed
from tagthresh.io.array_files import BARE, read_hdf5, read_npy, read_npz, read_torch
from tagthresh.io.column_files import FOUND, read_csv, read_parquet
from tagthresh.io.delimited import SUFFIXES, is_delimited
from tagthresh.io.guard import reading
from tagthresh.io.read_options import Reading
from tagthresh.io.table import Table, aligned_weights, checked_table, strings
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tagthresh.io.array_files import Arrays
    from tagthresh.io.read_options import Header

_READERS: dict[str, Callable[[str, str | None], Arrays]] = {
    ".npz": read_npz,
    ".npy": read_npy,
    ".pt": read_torch,
    ".pth": read_torch,
    ".h5": read_hdf5,
    ".hdf5": read_hdf5,
}
_KINDS = ", ".join((*_READERS, ".parquet", *SUFFIXES))


def read(
    path: str,
    labels: str | None = None,
    tags: str | None = None,
    *,
    group_column: str | None = None,
    ignore: Iterable[str] = (),
    header: bool = True,
    memory: int | str | None = None,
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
    ignore : iterable of str, default ()
        Columns that are no tags, such as ``fold``; each must be in one of the files.
    header : bool, default True
        Whether the first line of CSV names the columns. Without a header, tags are those of `tags`
        or have no names.
    memory : int or str, optional
        Bytes, or a size such as "2GB", that the arrays of a file may take; a quarter of this
        machine's memory by default.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        When a file cannot be read, needs more memory or does not hold what it should.
    """
    path = validation.file_path("path", path)
    if labels is not None:
        labels = validation.file_path("labels", labels)
    if group_column is not None:
        validation.text("group_column", group_column)
    validation.flag("header", header)
    if not header and not any(is_delimited(file) for file in (path, labels) if file):
        raise InputError("header", "must be left out, since no file is CSV", path)
    limit = bytes_allowed.machine() if memory is None else bytes_allowed.byte_size("memory", memory)
    line: Header = "required" if tags is None else "optional"
    left_out = ignored_columns(ignore)
    how = Reading("scores", group_column, left_out, line if header else "none", limit)
    arrays, columns = _arrays(path, how)
    table = checked_table(path, arrays)
    table = dataclasses.replace(
        table, tags=named_tags(path, table.tags, tags, table.scores.shape[1])
    )
    if labels is not None:
        if table.labels is not None:
            raise InputError("labels", f"must be left out, since {path} holds them", labels)
        table, others = _with_labels(table, path, labels, how)
        columns |= others
    check_ignored(path, labels, left_out, columns)
    if group_column is not None and table.groups is None:
        files = path if labels is None else f"{path} or {labels}"
        raise InputError(
            "group_column", f"must be a column or an array of {files}", f"{group_column!r}"
        )
    return table


def ignored_columns(ignore: Iterable[str]) -> tuple[str, ...]:
    """Check the names of columns to leave out; a text is the name of one."""
    if isinstance(ignore, str):
        return (ignore,)
    names = validation.listed("ignore", ignore, "['fold']")
    return tuple(validation.text("ignore", name) for name in names)


def check_ignored(path: str, labels: str | None, ignore: tuple[str, ...], names: set[str]) -> None:
    """Refuse to leave out what is not there: a misspelt name would leave its column in."""
    missing = next((name for name in ignore if name not in names), None)
    if missing is not None:
        files = path if labels is None else f"{path} or {labels}"
        hint = validation.nearest(missing, names)
        raise InputError("ignore", f"must name a column of {files}", f"{missing!r}{hint}")


def read_labelled(
    path: str, labels: str | None = None, tags: str | None = None, **options: Any
) -> Table:
    """Read scores and labels; without labels it is an error.

    Parameters
    ----------
    path, labels, tags
        As for `read`.
    **options
        The other arguments of `read`.

    Raises
    ------
    InputError
        As `read`, and when no file holds labels or scores are missing.
    """
    table = read(path, labels, tags, **options)
    if table.labels is None:
        raise InputError(path, "holds no labels; give a second file with them")
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
        raise InputError("tags", f"must be left out, since {path} names them", tags)
    validation.file_path("tags", tags)
    with reading(tags):
        # The signature, as Windows' Notepad writes it, and blanks are no part of a name.
        lines = Path(tags).read_text(encoding="utf-8-sig").splitlines()
    found = [line.strip() for line in lines if line.strip()]
    return validation.tag_names(found, n_tags, tags)


def _with_labels(table: Table, path: str, labels: str, how: Reading) -> tuple[Table, set[str]]:
    """Return the table with the labels of a second file, and the names of its columns."""
    arrays, names = _arrays(labels, dataclasses.replace(how, role="labels"))
    if "labels" not in arrays:
        raise InputError(labels, f"holds no labels; it has {', '.join(arrays)}")
    other = checked_table(labels, {**arrays, "scores": arrays["labels"]}, "labels")
    other = _in_order_of(table, path, other, labels)
    if other.scores.shape != table.scores.shape:
        raise InputError(
            labels, f"must have the shape of {path}, {table.scores.shape}", other.scores.shape
        )
    if table.groups and other.groups and table.groups != other.groups:
        raise InputError(labels, f"must have the groups of {path}; {how.group_column!r} differs")
    joined = Table(
        table.scores,
        other.scores,
        table.tags or other.tags,
        table.clips or other.clips,
        other.weights if table.weights is None else table.weights,
        table.groups or other.groups,
    )
    return joined, names


def _in_order_of(table: Table, path: str, other: Table, labels: str) -> Table:
    """Order the tags and clips of `other` as those of `table`, where both name them."""
    matrix = validation.align(labels, other.scores, other.tags, table.tags)
    weights, groups = aligned_weights(labels, other, table.tags), other.groups
    if table.clips and other.clips:
        row, here = _rows(labels, other.clips), _rows(path, table.clips)
        for name, clips, rows in ((labels, here, row), (path, row, here)):
            lacking = next((clip for clip in clips if clip not in rows), None)
            if lacking is not None:
                raise _lacking(name, lacking, sparse=scipy.sparse.issparse(table.scores))
        order = [row[clip] for clip in table.clips]
        matrix, weights = matrix[order], None if weights is None else weights[order]
        groups = groups and tuple(groups[i] for i in order)
    return dataclasses.replace(other, scores=matrix, weights=weights, groups=groups)


def _lacking(name: str, clip: str, *, sparse: bool) -> InputError:
    """Say which clip a file lacks; one without a score has no row in a long table."""
    remedy = f"If nothing is detected in it, give {clip!r} one row with a low score"
    rule = f"must hold the same clips; it lacks {clip!r}"
    return InputError(name, rule, remedy=remedy if sparse else None)


def _rows(path: str, clips: tuple[str, ...]) -> dict[str, int]:
    """Row of each clip, whose names must be distinct to be matched by."""
    rows = {clip: i for i, clip in enumerate(clips)}
    if len(rows) < len(clips):
        twice = next(clip for i, clip in enumerate(clips) if rows[clip] != i)
        rule = f"must be distinct; {twice!r} appears more than once"
        remedy = "Join the columns that tell them apart, such as file and start, into one: clip"
        raise InputError("clips", rule, place=Place(file=path), remedy=remedy)
    return rows


def _arrays(path: str, how: Reading) -> tuple[Arrays, set[str]]:
    """Read the arrays of a file by our names, and the names of its columns."""
    if not is_delimited(path) and Path(path).suffix.lower() not in {*_READERS, ".parquet"}:
        raise InputError("the suffix", f"must be one of {_KINDS}", place=Place(file=path))
    with reading(path):
        if path != "-":
            with Path(path).open("rb"):
                pass  # a missing file or a folder is reported alike for every form
        arrays = _read_as(path, how)
    arrays = {how.role if key == BARE else key: value for key, value in arrays.items()}
    columns = arrays.pop(FOUND, None)
    if columns is None:
        return _without(path, arrays, how.ignore)
    return arrays, set(columns)


def _read_as(path: str, how: Reading) -> Arrays:
    """Read a file in the form that its suffix tells."""
    if is_delimited(path):
        return read_csv(path, how)
    suffix = Path(path).suffix.lower()
    if suffix == ".parquet":
        return read_parquet(path, how)
    declared_sizes.check(path, how.memory)
    return _READERS[suffix](path, how.group_column)


def _without(path: str, arrays: Arrays, ignore: tuple[str, ...]) -> tuple[Arrays, set[str]]:
    """Leave tags out of arrays, and give the names that they had."""
    names = strings(path, "tags", arrays.get("tags")) or ()
    kept = [i for i, name in enumerate(names) if name not in ignore]
    if len(kept) == len(names):
        return arrays, set(names)
    cut = {
        key: value[..., kept] if np.ndim(value) == 2 and value.shape[1] == len(names) else value
        for key, value in arrays.items()
    }
    return {**cut, "tags": [names[i] for i in kept]}, set(names)
