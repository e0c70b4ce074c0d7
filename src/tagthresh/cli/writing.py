"""Files that a command writes: checked before any work, and never in place of a file it reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh import InputError, io
from tagthresh.cli import printing
from tagthresh.report import plot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.figure import Figure

    from tagthresh import Thresholds

TABLES = (".csv", ".parquet")


def check_thresholds(path: str | None, inputs: Iterable[str | None], *, as_json: bool) -> None:
    """Check ``-o``, the file of thresholds."""
    check_printed("-o", path, as_json=as_json)
    check("-o", path, (".json",), inputs, printed=True)


def check_table(
    option: str,
    path: str | None,
    inputs: Iterable[str | None],
    *,
    as_json: bool,
    excel_safe: bool = False,
) -> None:
    """Check the file of a table, and that it is CSV where it is to be safe in a spreadsheet."""
    check_printed(option, path, as_json=as_json)
    if excel_safe and (path is None or (path != "-" and Path(path).suffix.lower() != ".csv")):
        got = "none" if path is None else f"{option} {path}"
        raise InputError(
            "--excel-safe", "needs a CSV file to write", got, remedy=f"Give {option} FILE.csv"
        )
    check(option, path, TABLES, inputs, printed=True)


def check_picture(option: str, path: str | None, inputs: Iterable[str | None]) -> None:
    """Check the file of a picture."""
    check(option, path, plot.SUFFIXES, inputs)


def check(
    option: str,
    path: str | None,
    suffixes: Sequence[str],
    inputs: Iterable[str | None],
    *,
    printed: bool = False,
) -> None:
    """Check a file to write: its suffix, and that it is no file to read.

    `printed` tells whether ``-`` prints it.
    """
    if path is None or (printed and path == "-"):
        return
    if Path(path).suffix.lower() not in suffixes:
        raise InputError(f"{option} {path}: the suffix", f"must be one of {', '.join(suffixes)}")
    for name in inputs:
        if name is not None and _same_file(path, name):
            raise InputError(f"{option} {path}", f"must not overwrite the input {name}")


def check_apart(**outputs: str | None) -> None:
    """Check that no two files to write are one."""
    written: dict[str, str] = {}
    for name, path in outputs.items():
        if path is None or path == "-":
            continue
        option = f"--{name}"
        other = written.setdefault(os.path.realpath(path), option)
        if other != option:
            raise InputError(f"{other} and {option}", "must be two files", f"{path} for both")


def check_printed(option: str, path: str | None, *, as_json: bool) -> None:
    """Refuse to mix a file that is printed with the JSON result."""
    if path == "-" and as_json:
        raise InputError(f"{option} - and --json", "both print to standard output; leave out one")


def _same_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile("/dev/stdin" if other == "-" else other)
    except OSError:
        return False  # one of them does not exist


def write_thresholds(thresholds: Thresholds, path: str) -> None:
    """Write thresholds to a file, or print them."""
    if path == "-":
        printing.print_json(thresholds.to_dict())
    else:
        thresholds.save(path)
        printing.wrote(path)


def write_table(path: str, columns: Mapping[str, Any], *, excel_safe: bool = False) -> None:
    """Write a table to a file, or print it."""
    io.write_columns(path, columns, excel_safe=excel_safe)
    printing.wrote(path)


def write_picture(path: str, figure: Figure) -> None:
    """Draw a picture to a file."""
    plot.save(figure, path)
    printing.wrote(path)
