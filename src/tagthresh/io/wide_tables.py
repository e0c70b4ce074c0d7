"""Wide tables: a column for every tag, and before them the names of the clips.

Columns of numbers that are no tags, such as ids of clips, times and folds, are refused where they
can be distinguished from scores and labels.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.io.columns import groups, is_numeric, no_numbers, numbers, texts
from tagthresh.io.stored_rows import BARE
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from tagthresh.io.table import Arrays, Reading, Role

# What people and programs call a column of ids.
IDS = re.compile(r"(?i:unnamed: 0|index|f(ile)?_?name|(.*[ _-])?ids?)|[a-z]+I[dD]")
LABELS = (-1, 0, 1)


def read_wide(table: pa.Table, reading: Reading) -> Arrays:
    """Return the matrix of clips and tags, and their names.

    Columns of text are errors; so is a first one of ids, where nothing else names the clips, and so
    are labels that are something else than 0, 1 and unknown.
    """
    names, group = list(table.column_names), reading.group_column
    arrays: Arrays = {}
    if group is not None and group in names:
        arrays["groups"] = groups(group, table[group]).to_pylist()
        if group != "clip":
            names.remove(group)
    clip = clip_column(table.select(names))
    if clip is not None:
        arrays["clips"] = texts(clip, table[clip]).to_pylist()
        names.remove(clip)
    if "weight" in names:
        arrays["weights"] = numbers(table, "weight")
        names.remove("weight")
    _check_numeric(table, names, group)
    if names:
        matrix = np.stack([numbers(table, name) for name in names], axis=1)
        clips = arrays.get("clips")
        if clips is None and _are_ids(matrix, names, reading.role):
            raise _no_name(names[0], matrix[:, 0])
        if reading.role == "labels":
            _check_labels(matrix, names, clips)
        arrays[BARE] = matrix
    return {**arrays, "tags": names}


def clip_column(table: pa.Table) -> str | None:
    """Find the column of a wide table that names the clips."""
    names = table.column_names
    if "clip" in names:
        return "clip"
    return names[0] if names and not is_numeric(table[names[0]]) else None


def _check_numeric(table: pa.Table, names: list[str], group_column: str | None) -> None:
    """Refuse a column of text, which may be the one of the groups under another name."""
    text = next((name for name in names if not is_numeric(table[name])), None)
    if text is None:
        return
    error = no_numbers(text, table[text])
    if group_column is not None and group_column not in table.column_names:
        hint = validation.nearest(group_column, table.column_names)
        argument = f"no column is called {group_column!r}{hint}, and {error.argument}"
        raise InputError(argument, error.rule, error.value)
    raise error


def _are_ids(matrix: NDArray[Any], names: list[str], role: Role) -> bool:
    """Whether whole numbers in the first column can hardly be scores, or labels."""
    first, others = matrix[:, 0], matrix[:, 1:]
    if not (first == np.floor(first)).all() or np.isin(first, LABELS).all():
        return False
    if role == "labels" or IDS.fullmatch(names[0]):
        return True
    return bool(others.size) and not (others == np.floor(others)).all()


def _no_name(name: str, ids: NDArray[Any]) -> InputError:
    """Say what a first column of whole numbers may be."""
    first = next(value for value in ids if value not in LABELS)
    remedy = f"; if it is neither, --ignore {name!r}"
    rule = f"holds {first:.0f}: if it names the clips, call it clip{remedy}"
    return InputError(f"column {name!r}", rule)


def _check_labels(matrix: NDArray[Any], names: list[str], clips: Sequence[str] | None) -> None:
    wrong = ~(np.isin(matrix, LABELS) | np.isnan(matrix))
    if wrong.any():
        clip, column = np.unravel_index(wrong.argmax(), wrong.shape)
        name, remedy = names[column], "If it is no tag, leave it out:"
        if clips is not None and len(set(clips)) < len(clips):
            remedy = (
                "If it tells clips of the same name apart, join both into one column called clip;"
            )
            remedy += " if it is no tag,"
        rule = "must hold labels: 0, 1 or unknown (-1 or empty)"
        place = Place(clip=int(clip), clip_name=None if clips is None else clips[clip])
        remedy += f" --ignore {name!r}"
        raise InputError(f"column {name!r}", rule, matrix[clip, column], place, remedy)
