"""CSV as a table of Arrow's: text with commas, or with tabs in .tsv, packed or not."""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from tagthresh import process
from tagthresh.io import csv_header, memory_limit, separators
from tagthresh.io.column_values import first_column, is_numeric
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    import pyarrow as pa

    from tagthresh.io.read_options import Reading

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
    cells = separators.rows(path, data, separator)
    if not cells:
        raise InputError(path, "cannot be read: it is empty")
    named = csv_header.is_named(path, cells[0], reading)
    names = cells[0] if named else [str(i + 1) for i in range(len(cells[0]))]
    csv_header.check_distinct(path, names)
    if len(names) == 1:
        data = data.strip(b"\r\n")  # between lines of one column, an empty one is an empty cell
    table = _parsed(path, data, separator, names, reading, named=named)
    return _typed(path, table), named


def _parsed(
    path: str, data: bytes, separator: str, names: list[str], reading: Reading, *, named: bool
) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    texts = {names[0], "clip", "tag", reading.group_column or ""}
    read = csv.ReadOptions(column_names=None if named else names, block_size=_block(path, data))
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
        separators.check_rest(path, data)
        raise
    if table.column_names != names:
        raise InputError("the header", "must be one line of CSV", names[:3], Place(file=path))
    if HEXADECIMAL.search(data):
        _check_decimal(
            path, table, csv.read_csv(pa.BufferReader(data), read, parse, _as_text(names))
        )
    return table


def _as_text(names: list[str]) -> Any:
    """Return options by which Arrow leaves all cells as they stand."""
    import pyarrow as pa
    from pyarrow import csv

    return csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))


def _check_decimal(path: str, table: pa.Table, written: pa.Table) -> None:
    """Refuse hexadecimal numbers, which Arrow reads without a word."""
    for name in table.column_names:
        if not is_numeric(table[name]):
            continue
        for cell in written[name].to_pylist():
            if cell and HEXADECIMAL.match(f",{cell}".encode()):
                rule = "must hold decimal numbers"
                raise InputError(f"column {name!r}", rule, repr(cell), Place(file=path))


def _content(path: str, limit: int) -> bytes:
    """Return the bytes of a file, unpacked, as long as they are within the limit."""
    if path == "-":
        data = _at_most(sys.stdin.buffer, limit)
    elif path.lower().endswith(".gz"):
        with gzip.open(path) as file:
            data = _at_most(file, limit)
    else:
        with Path(path).open("rb") as file:
            data = _at_most(file, limit)
    memory_limit.check(path, limit, len(data), "the first bytes of its text")
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


def _block(path: str, data: bytes) -> int:
    """Return how many bytes to parse at a time, so that every line fits in."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    longest = int(np.diff(ends, prepend=-1, append=len(data)).max())
    if longest >= LARGEST_BLOCK:
        rule = f"must be shorter than {memory_limit.words(LARGEST_BLOCK)}"
        raise InputError("a line", rule, memory_limit.words(longest), Place(file=path))
    return min(max(BLOCK, LINES_IN_BLOCK * longest), LARGEST_BLOCK)


def _typed(path: str, table: pa.Table) -> pa.Table:
    """Give a first column of numbers its type."""
    first = table.column_names[0]
    is_long = "score" in table.column_names or "label" in table.column_names
    if first not in {"clip", ""} and not (first == "tag" and is_long):
        table = table.set_column(0, first, first_column(table[0]))
    if table.num_columns == 1 and (set(first) & OTHERS or not is_numeric(table[0])):
        raise InputError(path, "must have more than one column, between commas", repr(first))
    return table
