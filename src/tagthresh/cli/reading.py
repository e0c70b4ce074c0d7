"""Files in and out: read with errors that name the file, and never overwritten by a result."""

from __future__ import annotations

import dataclasses
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.cli import parsing
from tagthresh.cli.printing import stage
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tagthresh.io import Table
    from tagthresh.thresholds.ontology import Ontology
    from tagthresh.thresholds.thresholds import Thresholds
    from tagthresh.validation import Tags

WORDS = {"y_true": "labels", "y_score": "scores", "sample_weight": "weights"}
OPTIONS = {
    "tags": "--tags",
    "group_column": "--group-column",
    "ignore": "--ignore",
    "header": "--no-header",
    "memory": "--memory",
}


def reading(
    group_column: str | None,
    ignore: Sequence[str] | None,
    no_header: bool,
    memory: str | None,
) -> dict[str, Any]:
    """Return the arguments of `tagthresh.io.read` that options give."""
    from tagthresh.io.memory_limit import byte_size

    return {
        "group_column": group_column,
        "ignore": ignore or (),
        "header": not no_header,
        "memory": None if memory is None else byte_size("--memory", memory),
    }


def read(
    file: str,
    tags: str | None,
    how: Mapping[str, Any],
    labels: str | None = None,
    option: str = "--labels",
) -> Table:
    """Read scores, and show that it takes its time; `option` gives a file of labels."""
    from tagthresh import io

    with parsing.renamed(**OPTIONS, labels=option), stage(f"reading {file}"):
        return io.read(file, labels, tags, **how)


def scores(file: str, tags: str | None, how: Mapping[str, Any]) -> Table:
    """Read scores, and leave labels aside."""
    return read(file, tags, how).without_labels()


def labelled(
    file: str,
    labels: str | None,
    tags: str | None,
    how: Mapping[str, Any],
    option: str = "--labels",
) -> Table:
    """Read scores and labels."""
    table = read(file, tags, how, labels, option)
    if table.labels is None:
        raise InputError(file, f"holds no labels; give a second file with {option}")
    return table


def checked(
    file: str,
    labels: str | None,
    tags: str | None,
    how: Mapping[str, Any],
    ontology_file: str | None = None,
    *,
    option: str = "--labels",
    positive_only: bool = False,
) -> Table:
    """Read a file and check it by itself: later errors could not tell which one they are in."""
    from tagthresh.counts import sparse

    table = labelled(file, labels, tags, how, option)
    if ontology_file is not None:
        table = closed(table, ontology(ontology_file, table.tags), file, labels)
    with blamed(table, file, labels):
        given = table.labels, table.scores, table.tags, table.weights
        sparse.labelled(*given, positive_only=positive_only)
    return table


def ontology(path: str, tags: Tags | None, thresholds: Thresholds | None = None) -> Ontology:
    """Read an ontology, and check that it knows the tags."""
    from tagthresh import Ontology

    found = Ontology.from_file(path)
    try:
        found.check((thresholds and thresholds.tags) or tags)
    except InputError as error:
        raise error.located(file=path) from None
    return found


def closed(table: Table, found: Ontology, file: str, labels: str | None) -> Table:
    """Close the labels upwards."""
    with blamed(table, file, labels):
        return dataclasses.replace(table, labels=found.close_labels(table.labels, table.tags))


@contextmanager
def blamed(table: Table, file: str, labels: str | None = None) -> Iterator[None]:
    """Let an error in the data name the file and the clip, and labels and scores as files do."""
    try:
        yield
    except InputError as error:
        named = [name for name in (file, labels) if name]
        files = {"y_true": named[-1], "sample_weight": " and ".join(named)}
        raise error.located(
            argument=WORDS.get(error.argument),
            file=files.get(error.argument, file),
            clips=table.clips,
        ) from None


def checked_output(
    option: str,
    path: str | None,
    suffixes: Sequence[str],
    inputs: Iterable[str | None],
    *,
    printed: bool = True,
) -> None:
    """Check a file to write before any work: its suffix, and that it is no file to read.

    `printed` tells whether - prints it.
    """
    if path is None or (printed and path == "-"):
        return
    if Path(path).suffix.lower() not in suffixes:
        raise InputError(f"{option} {path}: the suffix", f"must be one of {', '.join(suffixes)}")
    for name in inputs:
        if name is not None and _same(path, name):
            raise InputError(f"{option} {path}", f"must not overwrite the input {name}")


def checked_excel_safe(option: str, path: str | None, *, excel_safe: bool) -> None:
    """Check that what is to be safe in a spreadsheet is CSV."""
    if excel_safe and (path is None or (path != "-" and Path(path).suffix.lower() != ".csv")):
        got = "none" if path is None else f"{option} {path}"
        raise InputError(
            "--excel-safe", "needs a CSV file to write", got, None, f"Give {option} FILE.csv"
        )


def checked_apart(**outputs: str | None) -> None:
    """Check that no two files to write are one."""
    written: dict[str, str] = {}
    for name, path in outputs.items():
        if path is None or path == "-":
            continue
        option = f"--{name}"
        other = written.setdefault(os.path.realpath(path), option)
        if other != option:
            raise InputError(f"{other} and {option}", "must be two files", f"{path} for both")


def _same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile("/dev/stdin" if other == "-" else other)
    except OSError:
        return False  # one of them does not exist
