"""CSV as a table of Arrow's: text with commas, or with tabs in .tsv, packed or not."""

from __future__ import annotations

import gzip
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from tagthresh import process
from tagthresh.io import csv_header, memory_limit, separators
from tagthresh.io.column_values import first_column, is_numeric
from tagthresh.io.guard import THE_FILE
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from tagthresh.io.table import Reading

SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
OTHERS = frozenset("\t;")  # in the name of an only column, they are separators
HEXADECIMAL = re.compile(rb"[\t,\n\r\" ][+-]?0[xX]")
PART = 1 << 24  # bytes that are read at a time
BLOCK = 1 << 20  # bytes that Arrow parses at a time; a line must fit in
LARGEST_BLOCK = (1 << 31) - 1
LINES_IN_BLOCK = 16  # or there would be a block for every line, of many columns


def is_delimited(path: str) -> bool:
    """Whether a path is that of CSV: by its suffix, or standard input."""
    return path == "-" or path.lower().endswith(SUFFIXES)


def read_table(path: str, reading: Reading) -> tuple[pa.Table, bool]:
    """Read the columns of a file, and whether its first line names them.

    The first column, and those that hold names, are text exactly as it stands in the file, unless
    every value of the first is a number. Columns of a file without a header are called 1, 2, ...
    """
    data = _content(path, reading.memory)
    separator = _separator(path, data)
    cells = separators.rows(data, separator)
    if not cells:
        raise ValueError("it is empty")
    named = csv_header.is_named(cells[0], reading)
    names = cells[0] if named else [str(i + 1) for i in range(len(cells[0]))]
    csv_header.check_names(names)
    if len(names) == 1:
        data = data.strip(b"\r\n")  # between lines of one column, an empty one is an empty cell
    table = _parsed(data, separator, names, reading, named=named)
    return _typed(table), named


def _parsed(
    data: bytes, separator: str, names: list[str], reading: Reading, *, named: bool
) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    texts = {names[0], "clip", "tag", reading.group_column or ""}
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
        separators.check_rest(data)
        raise
    if table.column_names != names:
        raise InputError("the header", "must be one line of CSV", names[:3])
    if HEXADECIMAL.search(data):
        text = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        _check_decimal(table, csv.read_csv(pa.BufferReader(data), read, parse, text))
    return table


def _check_decimal(table: pa.Table, written: pa.Table) -> None:
    """Refuse hexadecimal numbers, which Arrow reads without a word."""
    for name in table.column_names:
        if not is_numeric(table[name]):
            continue
        for cell in written[name].to_pylist():
            if cell and HEXADECIMAL.match(f",{cell}".encode()):
                raise InputError(f"column {name!r}", "must hold decimal numbers", repr(cell))


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


def _block(data: bytes) -> int:
    """Return how many bytes to parse at a time, so that every line fits in."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    longest = int(np.diff(ends, prepend=-1, append=len(data)).max())
    if longest >= LARGEST_BLOCK:
        rule = f"must be shorter than {memory_limit.words(LARGEST_BLOCK)}"
        raise InputError("a line", rule, memory_limit.words(longest))
    return min(max(BLOCK, LINES_IN_BLOCK * longest), LARGEST_BLOCK)


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
