"""Columns of numbers that are no tags: ids of clips, times, folds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tagthresh.io.table import Role

# What people and programs call a column of ids.
NAMES = re.compile(r"(?i:unnamed: 0|index|f(ile)?_?name|(.*[ _-])?ids?)|[a-z]+I[dD]")
LABELS = (-1, 0, 1)


def check(
    path: str, matrix: NDArray[Any], names: list[str], clips: Sequence[str] | None, role: Role
) -> None:
    """Refuse a wide table that has a column which is no tag.

    Raises
    ------
    InputError
        When the first column holds ids, where nothing else names the clips; when labels are
        something else than 0, 1 and unknown.
    """
    if clips is None and _are_ids(matrix, names, role):
        first = next(value for value in matrix[:, 0] if value not in LABELS)
        remedy = f"; if it is neither names nor a tag, --ignore {names[0]!r}"
        rule = f"holds {first:.0f}: if it names the clips, call it clip{remedy}"
        raise InputError(f"column {names[0]!r}", rule, place=Place(file=path))
    if role == "labels":
        _check_labels(path, matrix, names, clips)


def _are_ids(matrix: NDArray[Any], names: list[str], role: Role) -> bool:
    """Whether whole numbers in the first column can hardly be scores, or labels."""
    first, others = matrix[:, 0], matrix[:, 1:]
    if not (first == np.floor(first)).all() or np.isin(first, LABELS).all():
        return False
    if role == "labels" or NAMES.fullmatch(names[0]):
        return True
    return bool(others.size) and not (others == np.floor(others)).all()


def _check_labels(
    path: str, matrix: NDArray[Any], names: list[str], clips: Sequence[str] | None
) -> None:
    wrong = ~(np.isin(matrix, LABELS) | np.isnan(matrix))
    if wrong.any():
        clip, column = np.unravel_index(wrong.argmax(), wrong.shape)
        name, remedy = names[column], "If it is no tag, leave it out:"
        if clips is not None and len(set(clips)) < len(clips):
            remedy = "If it tells clips of one name apart, join both columns into one called clip;"
            remedy += " if it is no tag,"
        raise InputError(
            f"column {name!r}",
            "must hold labels: 0, 1 or unknown (-1 or empty)",
            matrix[clip, column],
            Place(path, int(clip), None if clips is None else clips[clip]),
            f"{remedy} --ignore {name!r}",
        )
