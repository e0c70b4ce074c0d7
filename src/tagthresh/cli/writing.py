"""Files that a command writes: checked before any work, and never in place of a file it reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh import InputError, io
from tagthresh.cli import printing
from tagthresh.io.atomic import replacing
from tagthresh.report import plot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.figure import Figure

    from tagthresh import Thresholds

    Outputs = Mapping[str, tuple[str | None, Sequence[str]]]

# Suffixes that an option takes; with "-" it prints, too.
THRESHOLDS = (".json", "-")
TABLE = (".csv", ".parquet", "-")
PICTURE = plot.SUFFIXES


def check(
    outputs: Outputs,
    inputs: Iterable[str | None],
    *,
    as_json: bool = False,
    excel_safe: bool = False,
) -> None:
    """Check the files to write, given with their suffixes by option, before any work."""
    paths = {option: path for option, (path, _) in outputs.items() if path is not None}
    printed = [f"{option} -" for option, path in paths.items() if path == "-" in outputs[option][1]]
    printed += ["--json"] if as_json else []
    if len(printed) > 1:
        rule = "both print to standard output; leave out one"
        raise InputError(f"{printed[0]} and {printed[1]}", rule)
    if excel_safe:
        _check_csv(next(option for option, (_, kind) in outputs.items() if kind == TABLE), paths)
    names = [name for name in inputs if name is not None]
    for option, path in paths.items():
        if f"{option} -" not in printed:
            _check_path(option, path, outputs[option][1], names)
    _check_apart({option: path for option, path in paths.items() if path != "-"})


def _check_csv(option: str, paths: Mapping[str, str]) -> None:
    """Check that there is a CSV file to be made safe in a spreadsheet."""
    path = paths.get(option)
    if path is None or (path != "-" and Path(path).suffix.lower() != ".csv"):
        got = "none" if path is None else f"{option} {path}"
        remedy = f"Give {option} FILE.csv"
        raise InputError("--excel-safe", "needs a CSV file to write", got, remedy=remedy)


def _check_path(option: str, path: str, kinds: Sequence[str], inputs: Iterable[str]) -> None:
    """Check the suffix of a file to write, and that it is no file to read."""
    suffixes = [suffix for suffix in kinds if suffix != "-"]
    if Path(path).suffix.lower() not in suffixes:
        raise InputError(f"{option} {path}: the suffix", f"must be one of {', '.join(suffixes)}")
    for name in inputs:
        if _same_file(path, name):
            raise InputError(f"{option} {path}", f"must not overwrite the input {name}")


def _check_apart(paths: Mapping[str, str]) -> None:
    """Check that no two files to write are one."""
    written: dict[str, str] = {}
    for option, path in paths.items():
        other = written.setdefault(os.path.realpath(path), option)
        if other != option:
            raise InputError(f"{other} and {option}", "must be two files", f"{path} for both")


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


def write_text(path: str, text: str) -> None:
    """Write a text to a file, or print it."""
    if path == "-":
        print(text, end="", flush=True)
        return
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    printing.wrote(path)


def write_picture(path: str, figure: Figure) -> None:
    """Draw a picture to a file."""
    plot.save(figure, path)
    printing.wrote(path)
