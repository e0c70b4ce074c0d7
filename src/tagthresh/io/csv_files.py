"""CSV as a table of Arrow's: text with commas, or with tabs in .tsv, packed or not.

The first line names the columns, or holds numbers where there is no header. It holds only numbers
when every cell after a first text is a number, true, false or empty. Such a line names tags in one
case: its first column is called ``clip`` or has no name, and all other cells are distinct whole
numbers, the ids of tags. Anything else may be the first clip, and nothing but the caller can tell.
"""

from __future__ import annotations

import gzip
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from tagthresh import process
from tagthresh.io import csv_dialect, memory_limit
from tagthresh.io.columns import NULLS, first_column, is_numeric
from tagthresh.io.read_errors import THE_FILE
from tagthresh.validation import InputError, check_distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from tagthresh.io.table import Reading

SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
OTHERS = frozenset("\t;")  # in the name of an only column, they are separators
HEXADECIMAL = re.compile(rb"[\t,\n\r\" ][+-]?0[xX]")
PART = 1 << 24  # bytes that are read at a time
BLOCK = 1 << 20  # bytes that Arrow parses at a time; a line must fit in
LARGEST_BLOCK = (1 << 31) - 1
LINES_IN_BLOCK = 16  # or there would be a block for every line, of many columns
ID = re.compile(r"\d+")


def is_csv(path: str) -> bool:
    """Whether a path is that of CSV: by its suffix, or standard input."""
    return path == "-" or path.lower().endswith(SUFFIXES)


def read_table(path: str, how: Reading) -> tuple[pa.Table, bool]:
    """Read the columns of a file, and whether its first line names them.

    The first column, and those that hold names, are text exactly as it stands in the file, unless
    every value of the first is a number. Columns of a file without a header are called 1, 2, ...
    """
    data = _content(path, how.memory)
    separator = _separator(path, data)
    cells = csv_dialect.rows(data, separator)
    if not cells:
        raise ValueError("it is empty")
    named = _is_header(cells[0], how)
    names = cells[0] if named else [str(i + 1) for i in range(len(cells[0]))]
    _check_names(names)
    if len(names) == 1:
        data = data.strip(b"\r\n")  # between lines of one column, an empty one is an empty cell
    table = _parsed(data, separator, names, how.group_column, named=named)
    return _typed(table), named


def _content(path: str, limit: int) -> bytes:
    """Return the bytes of a file, unpacked, as long as they are within the limit."""
    packed = path.lower().endswith(".gz")
    with (
        nullcontext(sys.stdin.buffer)
        if path == "-"
        else gzip.open(path)
        if packed
        else Path(path).open("rb")
    ) as file:
        data = _at_most(file, limit)
    memory_limit.check(limit, len(data), "the first bytes of its text")
    return data


def _at_most(file: IO[bytes] | gzip.GzipFile, limit: int) -> bytes:
    """Read up to one byte beyond the limit; a single read would allocate all that it allows."""
    parts, size = [], 0
    while size <= limit and (part := file.read(min(PART, limit + 1 - size))):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _separator(path: str, data: bytes) -> str:
    """Return what separates cells, which the suffix tells; .txt has tabs where its header does."""
    stem = path.lower().removesuffix(".gz")
    if stem.endswith(".txt"):
        return "\t" if b"\t" in data[: data.find(b"\n")] else ","
    return "\t" if stem.endswith(".tsv") else ","


def _is_header(cells: Sequence[str], how: Reading) -> bool:
    """Whether the first line names the columns; numbers which may be a clip are an error."""
    if how.header == "none":
        return False
    left_out = {"weight", how.group_column, *how.ignore}
    cells = [cell for cell in cells if cell not in left_out]
    is_count = len(cells) > 2 and cells == [str(i) for i in range(len(cells))]  # as pandas does
    cells = [cell.strip() for cell in cells]
    if not _holds_numbers(cells):
        return True
    if how.header == "optional" and not is_count:
        return False
    values = [cell for cell in cells if _is_value(cell)]
    remedy = "If it is the first clip, give --no-header or --tags FILE"
    if all(map(ID.fullmatch, values)):
        remedy += "; if they are ids of tags, call the first column clip"
    rule = f"must name the tags; it holds numbers ({', '.join(values[:3])})"
    raise InputError("the header", rule, remedy=remedy)


def _holds_numbers(cells: list[str]) -> bool:
    text_first = bool(cells) and not _is_value(cells[0])
    rest = [cell for cell in (cells[1:] if text_first else cells) if cell not in NULLS]
    if not rest or not all(map(_is_value, rest)):
        return False
    names_ids = text_first and cells[0] in {"", "clip"} and all(map(ID.fullmatch, cells[1:]))
    return not (names_ids and len(set(rest)) == len(rest))


def _is_value(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell.lower() in {"true", "false"}
    return True


def _check_names(names: Sequence[str]) -> None:
    """Refuse a header that names two columns alike, or one of several not at all."""
    check_distinct("column names", names)
    for number, name in enumerate(names):
        if number and not name.strip():
            rule = f"must not be empty; column {number} of {len(names)} has none"
            raise InputError("column names", rule)


def _parsed(
    data: bytes, separator: str, names: list[str], group_column: str | None, *, named: bool
) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    texts = {names[0], "clip", "tag", group_column or ""}
    read = csv.ReadOptions(column_names=None if named else names, block_size=_block(data))
    parse = csv.ParseOptions(
        delimiter=separator,
        newlines_in_values=b'"' in data,  # they might lie on the edge of a block
        ignore_empty_lines=len(names) > 1,
    )
    convert = csv.ConvertOptions(column_types=dict.fromkeys(texts, pa.string()))
    if process.is_command():
        # Arrow's own handlers lose a signal that comes together with an error.
        pa.enable_signal_handlers(False)  # noqa: FBT003
    try:
        table = csv.read_csv(pa.BufferReader(data), read, parse, convert)
    except pa.ArrowInvalid:
        csv_dialect.check_rest(data)
        raise
    if table.column_names != names:
        raise InputError("the header", "must be one line of CSV", names[:3])
    if HEXADECIMAL.search(data):
        text = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        _check_decimal(table, csv.read_csv(pa.BufferReader(data), read, parse, text))
    return table


def _block(data: bytes) -> int:
    """Return how many bytes to parse at a time, so that every line fits in."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    longest = int(np.diff(ends, prepend=-1, append=len(data)).max())
    if longest >= LARGEST_BLOCK:
        rule = f"must be shorter than {memory_limit.words(LARGEST_BLOCK)}"
        raise InputError("a line", rule, memory_limit.words(longest))
    return min(max(BLOCK, LINES_IN_BLOCK * longest), LARGEST_BLOCK)


def _check_decimal(table: pa.Table, written: pa.Table) -> None:
    """Refuse hexadecimal numbers, which Arrow reads without a word."""
    for name in table.column_names:
        if not is_numeric(table[name]):
            continue
        for cell in written[name].to_pylist():
            if cell and HEXADECIMAL.match(f",{cell}".encode()):
                raise InputError(f"column {name!r}", "must hold decimal numbers", repr(cell))


def _typed(table: pa.Table) -> pa.Table:
    """Give a first column of numbers its type."""
    first = table.column_names[0]
    is_long = "score" in table.column_names or "label" in table.column_names
    if first not in {"clip", ""} and not (first == "tag" and is_long):
        table = table.set_column(0, first, first_column(table[0]))
    if table.num_columns == 1 and (set(first) & OTHERS or not is_numeric(table[0])):
        rule = f"has one column of text, {first!r}"
        raise InputError(THE_FILE, rule, remedy="Is its separator a comma?")
    return table
