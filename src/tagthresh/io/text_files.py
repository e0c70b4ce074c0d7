"""Small files of text, read strictly: rows of CSV by the names of their columns, and lines."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from tagthresh.io.read_errors import THE_FILE, reading
from tagthresh.validation import InputError, check_distinct, file_path

if TYPE_CHECKING:
    import os


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
