"""One table from one or two files: scores, labels, names and weights, matched by name."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scipy

from tagthresh import validation
from tagthresh.io import csv_files, memory_limit, parquet_files
from tagthresh.io.array_files import WHOLE, read_arrays, without_columns
from tagthresh.io.csv_files import is_csv
from tagthresh.io.long_tables import read_long
from tagthresh.io.read_errors import THE_FILE, check_exists, reading, wrong_suffix
from tagthresh.io.stored_names import texts
from tagthresh.io.stored_rows import BARE
from tagthresh.io.table import Reading, Table, checked_table
from tagthresh.io.text_files import read_lines
from tagthresh.io.wide_tables import read_wide
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from tagthresh.io.table import Arrays, Header

_KINDS = (*WHOLE, ".parquet", *csv_files.SUFFIXES)


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
    validation.flag("header", header)
    if not header and not any(is_csv(file) for file in (path, labels) if file):
        raise InputError("header", "must be left out, since no file is CSV", path)
    line: Header = "none" if not header else "required" if tags is None else "optional"
    how = _reading(group_column, ignore, line, memory)
    table, columns = _read(path, how)
    tags_of_both = named_tags(path, table.tags, tags, table.scores.shape[1])
    table = dataclasses.replace(table, tags=tags_of_both)
    files = path if labels is None else f"{path} or {labels}"
    if labels is not None:
        if table.labels is not None:
            raise InputError("labels", f"must be left out, since {path} holds them", labels)
        other, others = _read(labels, dataclasses.replace(how, role="labels"))
        table, columns = _joined(table, path, other, labels, group_column), columns | others
    check_ignored(files, how.ignore, columns)
    if group_column is not None and table.groups is None:
        rule = f"must be a column or an array of {files}"
        raise InputError("group_column", rule, f"{group_column!r}")
    return table


def _reading(
    group_column: str | None, ignore: Iterable[str], header: Header, memory: int | str | None
) -> Reading:
    """Check how scores are to be read."""
    if group_column is not None:
        validation.text("group_column", group_column)
    left_out = ignored_columns(ignore)
    limit = memory_limit.machine() if memory is None else memory_limit.byte_size("memory", memory)
    return Reading("scores", group_column, left_out, header, limit)


def ignored_columns(ignore: Iterable[str]) -> tuple[str, ...]:
    """Check the names of columns to leave out; a text is the name of one."""
    names = [ignore] if isinstance(ignore, str) else validation.listed("ignore", ignore, "['fold']")
    return tuple(validation.text("ignore", name) for name in names)


def check_ignored(files: str, ignore: tuple[str, ...], names: set[str]) -> None:
    """Refuse to leave out what is not there: a misspelt name would leave its column in."""
    missing = next((name for name in ignore if name not in names), None)
    if missing is not None:
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
    path: str, names: tuple[str, ...] | None, tags: str | None, n_tags: int
) -> tuple[str, ...] | None:
    """Give the names of so many tags: those in a file of scores, or in a text file, one a line."""
    if tags is None:
        return names
    if names is not None:
        raise InputError("tags", f"must be left out, since {path} names them", tags)
    return validation.tag_names(read_lines("tags", tags), n_tags, tags)


def _joined(table: Table, path: str, other: Table, labels: str, group_column: str | None) -> Table:
    """Return the table of the scores with the labels of a second file."""
    other = _in_order_of(table, path, other, labels)
    if other.scores.shape != table.scores.shape:
        rule = f"must have the shape of {path}, {table.scores.shape}"
        raise InputError(labels, rule, other.scores.shape)
    if table.groups and other.groups and table.groups != other.groups:
        raise InputError(labels, f"must have the groups of {path}; {group_column!r} differs")
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
    other = other.in_tag_order(table.tags, labels)
    if not table.clips or not other.clips:
        return other
    row_of_labels, row_of_scores = _rows(labels, other.clips), _rows(path, table.clips)
    for name, clips, rows in (
        (labels, row_of_scores, row_of_labels),
        (path, row_of_labels, row_of_scores),
    ):
        lacking = next((clip for clip in clips if clip not in rows), None)
        if lacking is not None:
            raise _lacking(name, lacking, sparse=scipy.sparse.issparse(table.scores))
    order = [row_of_labels[clip] for clip in table.clips]
    return dataclasses.replace(
        other,
        scores=other.scores[order],
        weights=None if other.weights is None else other.weights[order],
        groups=other.groups and tuple(other.groups[i] for i in order),
    )


def _lacking(name: str, clip: str, *, sparse: bool) -> InputError:
    """Say which clip a file lacks; one without a score has no row in a long table."""
    remedy = f"If nothing is detected in it, give {clip!r} one row with a low score"
    rule = f"must hold the same clips; it lacks {clip!r}"
    return InputError(name, rule, remedy=remedy if sparse else None)


def _rows(path: str, clips: tuple[str, ...]) -> dict[str, int]:
    """Row of each clip, whose names must be distinct to be matched by."""
    remedy = "Join the columns that tell them apart, such as file and start, into one: clip"
    with reading(path):
        validation.check_distinct("clips", clips, remedy)
    return {clip: i for i, clip in enumerate(clips)}


def _read(path: str, how: Reading) -> tuple[Table, set[str]]:
    """Read a file: what it is read for as scores, what else it holds, and names of its columns."""
    if not path.lower().endswith(_KINDS) and path != "-":
        raise wrong_suffix(path, _KINDS)
    with reading(path):
        if path != "-":
            check_exists(path)
        arrays, names = _arrays(path, how)
        arrays = {how.role if key == BARE else key: value for key, value in arrays.items()}
        if how.role == "labels":
            if "labels" not in arrays:
                raise InputError(THE_FILE, f"holds no labels; it has {', '.join(arrays)}")
            arrays["scores"] = arrays["labels"]
        return checked_table(arrays, how.role), set(names)


def _arrays(path: str, how: Reading) -> tuple[Arrays, Sequence[str]]:
    """Read arrays without the columns to ignore, and the names of all columns, by the suffix."""
    if not is_csv(path) and Path(path).suffix.lower() != ".parquet":
        arrays = read_arrays(path, how)
        names = texts("tags", arrays.get("tags")) or ()
        return without_columns(arrays, names, how.ignore), names
    if not is_csv(path):
        table = parquet_files.read_table(path, how.memory)
        return _from_columns(table, how), table.column_names
    table, named = csv_files.read_table(path, how)
    arrays = _from_columns(_without_index(table), how)
    if not named:
        del arrays["tags"]  # numbers of columns are no names
    return arrays, table.column_names


def _without_index(table: pa.Table) -> pa.Table:
    """Take a first column without a name, an index, for the clips where no other column is."""
    first, *others = table.column_names
    if first:
        return table
    return table.select(others) if "clip" in others else table.rename_columns(["clip", *others])


def _from_columns(table: pa.Table, how: Reading) -> Arrays:
    """Read a long table (clip, tag, score), or a wide one with a column per tag."""
    names = [name for name in table.column_names if name not in how.ignore]
    validation.tag_names(names, len(names), "column names")
    is_long = {"clip", "tag"} <= set(names)
    return (read_long if is_long else read_wide)(table.select(names), how)
