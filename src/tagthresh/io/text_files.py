"""Small files of text, read strictly: JSON, rows by the names of their columns, lines."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.io.guard import THE_FILE, reading
from tagthresh.validation import InputError, check_distinct, file_path, repeated

if TYPE_CHECKING:
    import os

LONGEST_INTEGER = 1000  # digits


def read_json(path: str | os.PathLike[str], kind: str) -> Any:
    """Read a JSON file; `kind` is what the error of another file says that it is not.

    Raises
    ------
    InputError
        When it cannot be read, is not JSON, which has no NaN and no infinity, or has a key twice.
    """
    file_path("path", path)
    with reading(path):
        content = Path(path).read_bytes()
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_constant=_no_constant,
            parse_int=_integer,
            object_pairs_hook=_distinct,
        )
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(path, f"is not {kind}: not valid JSON ({error})") from None


def read_rows(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Read the rows of a CSV file in UTF-8, by the names of its columns; what is left out is "".

    Raises
    ------
    InputError
        When it cannot be read, two columns have one name, or a row has more entries than there are
        columns.
    """
    file_path("path", path)
    with reading(path), Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="")
        rows = list(reader)
        check_distinct("column names", reader.fieldnames or ())
        for row in rows:
            if None in row:  # where DictReader puts what has no column
                got = ", ".join(map(str, row.values()))
                raise InputError(THE_FILE, "must have as many cells in each row as columns", got)
    return rows


def read_lines(name: str, path: str | os.PathLike[str]) -> list[str]:
    """Read the lines of a file in UTF-8 that are not empty; `name` is that of the argument.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    file_path(name, path)
    with reading(path):
        # The signature, as Windows' Notepad writes it, and blanks are no part of a name.
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON; never is null")


def _integer(text: str) -> int | float:
    """Read an integer; one that no float can hold as infinite, for which Python may refuse it."""
    return int(text) if len(text) < LONGEST_INTEGER else float(text)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object whose keys differ: of two, JSON would take the last without a word."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError(f"the key {repeated([key for key, _ in pairs])!r} appears more than once")
    return content
