"""What makes a file something else than CSV: another separator, encoding or a comment."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING

from tagthresh.io.read_errors import THE_FILE
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
LINES = 20  # that are looked at
HEAD = 1 << 16  # bytes in which text has no NUL
NUMBER = re.compile(r"\s*([+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?|nan|inf|)\s*", re.IGNORECASE)
MARKS = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
)
REMEDIES = {"gzip": "Let its name end in .gz", "zip": "Save the sheet as CSV in UTF-8"}


def rows(data: bytes, separator: str) -> list[list[str]]:
    """Return the cells of the first lines that are not empty.

    Text that is not in UTF-8, begins with a comment or has another separator is an error.
    """
    lines = _first_lines(data)
    tables = {mark: _cells(lines, mark) for mark in NAMES}
    cells = tables[separator]
    if lines and lines[0].startswith("#") and cells[0][0] != "#":  # which is a name by itself
        rule = "must be the header; it is a comment"
        remedy = "Delete the lines that begin with #, or the # if the header does"
        raise InputError("the first line", rule, _start(lines[0]), remedy=remedy)
    for other in NAMES:
        if other != separator and _fits_better(tables[other], cells):
            raise _other(lines[0], separator, other, tables[other])
    return cells


def check_rest(data: bytes) -> None:
    """Refuse text that is not in UTF-8 throughout."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_utf8(data, error.start) from None


def _first_lines(data: bytes) -> list[str]:
    """Return lines that are not empty, from the start."""
    for mark, kind in MARKS:
        if data.startswith(mark):
            raise _encoding(kind)
    if b"\0" in data[:HEAD]:
        raise _encoding("UTF-16 or binary")
    with io.BytesIO(data) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        try:
            lines = list(islice((line for line in text if line.strip("\r\n")), LINES))
        except UnicodeDecodeError:
            check_rest(data)
            raise
    return lines


def _encoding(kind: str) -> InputError:
    remedy = REMEDIES.get(kind, f"Save it in UTF-8, as iconv -f {kind[:6]} -t UTF-8 does")
    return InputError(THE_FILE, "must be text in UTF-8", kind, remedy=remedy)


def _no_utf8(data: bytes, start: int) -> InputError:
    line, byte = data.count(b"\n", 0, start), data[start]
    rule = f"must be text in UTF-8; byte 0x{byte:02x} of line {line} is not (Latin-1?)"
    remedy = "Save it in UTF-8, as iconv -f LATIN1 -t UTF-8 does"
    return InputError(THE_FILE, rule, remedy=remedy)


def _cells(lines: Sequence[str], separator: str) -> list[list[str]]:
    limit = csv.field_size_limit(sum(map(len, lines)) + 1)
    try:
        return list(csv.reader(lines, delimiter=separator))
    finally:
        csv.field_size_limit(limit)


def _fits_better(others: list[list[str]], cells: list[list[str]]) -> bool:
    """Whether another separator cuts a file into columns of numbers, or alone into columns."""
    if not _is_even(others) or not _is_even(cells):
        return _is_even(others)
    numeric = len(others) > 1 and all(NUMBER.fullmatch(x) for row in others[1:] for x in row[-1:])
    return numeric and _n_texts(others) <= _n_texts(cells)


def _is_even(cells: list[list[str]]) -> bool:
    """Whether every row has as many cells, more than one."""
    return len({len(row) for row in cells}) == 1 and len(cells[0]) > 1


def _n_texts(cells: list[list[str]]) -> int:
    """Cells below the header that are no numbers."""
    return sum(not NUMBER.fullmatch(x) for row in cells[1:] for x in row)


def _other(line: str, separator: str, other: str, cells: list[list[str]]) -> InputError:
    """Say which separator a file has instead, and whether its decimals have commas."""
    decimal = any("," in x and NUMBER.fullmatch(x) for row in cells[1:] for x in row)
    both = points = ""
    if decimal and other != ",":
        both, points = " and decimal commas", ", and decimals with points"
    suffix = {"\t": ", or let its name end in .tsv", ",": ", or let its name end in .csv"}
    rule = f"must be {NAMES[separator]}; the file has {NAMES[other]}{both}"
    remedy = f"Write it with {NAMES[separator]}{points}{suffix.get(other, '')}"
    return InputError("the separator", rule, _start(line), remedy=remedy)


def _start(line: str) -> str:
    return repr(line.strip("\r\n"))
