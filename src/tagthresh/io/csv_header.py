"""The first line of CSV: names of columns, or numbers where there is no header.

A header holds only numbers when every cell after a first text is a number, true, false or empty.
Such a line names tags in one case: its first column is called ``clip`` or has no name, and all
other cells are distinct whole numbers, the ids of tags. Anything else may be the first clip, and
nothing but the caller can tell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tagthresh.io.column_values import NULLS, TRUTH
from tagthresh.validation import InputError, check_distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tagthresh.io.table import Reading

ID = re.compile(r"\d+")
FIRST = {"", "clip"}  # what the first column of a header of ids is called


def check_names(names: Sequence[str]) -> None:
    """Refuse a header that names two columns alike, or one of several not at all."""
    check_distinct("column names", names)
    for number, name in enumerate(names):
        if number and not name.strip():
            rule = f"must not be empty; column {number} of {len(names)} has none"
            raise InputError("column names", rule)


def is_named(cells: Sequence[str], reading: Reading) -> bool:
    """Whether the first line names the columns.

    Raises
    ------
    InputError
        When it holds numbers, and nothing says whether they are a clip.
    """
    if reading.header == "none":
        return False
    left_out = {"weight", reading.group_column, *reading.ignore}
    cells = [cell for cell in cells if cell not in left_out]
    if not _holds_numbers(cells):
        return True
    if reading.header == "optional" and not _is_count(cells):
        return False
    shown = ", ".join([cell for cell in cells if _is_value(cell)][:3])
    remedy = "If it is the first clip, give --no-header or --tags FILE"
    if all(ID.fullmatch(cell) for cell in cells if _is_value(cell)):
        remedy += "; if they are ids of tags, call the first column clip"
    rule = f"must name the tags; it holds numbers ({shown})"
    raise InputError("the header", rule, remedy=remedy)


def _holds_numbers(cells: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in cells]
    text_first = bool(cells) and not _is_value(cells[0])
    rest = [cell for cell in (cells[1:] if text_first else cells) if cell not in NULLS]
    if not rest or not all(_is_value(cell) for cell in rest):
        return False
    names_ids = text_first and cells[0] in FIRST and all(map(ID.fullmatch, cells[1:]))
    return not (names_ids and len(set(rest)) == len(rest))


def _is_count(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2 and so on, as pandas numbers columns without names."""
    return len(cells) > 2 and list(cells) == [str(i) for i in range(len(cells))]


def _is_value(cell: str) -> bool:
    cell = cell.strip()
    if cell.lower() in TRUTH:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True
