"""``tagthresh reproduce``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tagthresh.cli import printing
from tagthresh.cli.results import Results

if TYPE_CHECKING:
    from tagthresh.datasets.reproduce import Line

SHORT = "Measure Table 2 of the SGL-Thresh paper again."
HELP = "Measure Table 2 of the SGL-Thresh paper beside its own figures; exit 1 if one is off."
EPILOG = (
    "The authors' predictions: git clone https://github.com/topel/sglthresh\n\n"
    "\b\nExamples:\n"
    "  tagthresh reproduce sglthresh/datasets\n"
    "  tagthresh reproduce sglthresh/datasets --json > table.json\n"
    "  tagthresh reproduce sglthresh/datasets --csv table.csv --markdown table.md \\\n"
    "      --latex table.tex"
)
Folder = Annotated[
    str,
    typer.Argument(metavar="DATASETS", help="Folder with dcase2017, dcase2019, audioset."),
]
FIGURES = ("paper", "expected", "measured", "spread")


def run(folder: Folder, results: Results) -> None:
    """Measure the table and print it."""
    from tagthresh.datasets.reproduce import WHY_RANDOM_SEARCH_DIFFERS as WHY
    from tagthresh.datasets.reproduce import reproduce
    from tagthresh.report import terminal

    results.check(())
    with printing.stage("measuring") as say:
        lines = reproduce(folder, say)
    results.give(
        _columns(lines),
        lambda _: [terminal.reproduction(lines), f"\n{WHY}"],
        lambda: {"lines": [_plain(line) for line in lines], "why_random_search_differs": WHY},
    )
    off = [line for line in lines if not line.holds]
    for line in off:
        printing.note(
            f"tagthresh: {line.dataset}, {line.method}: expected {line.expected}, "
            f"measured {line.measured}"
        )
    if off:
        raise typer.Exit(1)


def _columns(lines: list[Line]) -> dict[str, list[Any]]:
    """Columns of all lines, with figures of the clips judged on and of those fitted on."""
    columns: dict[str, list[Any]] = {
        name: [getattr(line, name) for line in lines] for name in ("dataset", "method")
    }
    for name in FIGURES:
        for part in ("eval", "fit"):
            columns[f"{name}_{part}"] = [
                getattr(getattr(line, name), part, math.nan) for line in lines
            ]
    return columns | {"seconds": [line.seconds for line in lines]}


def _plain(line: Line) -> dict[str, Any]:
    """Everything about a line; figures by name."""
    figures = {name: (found := getattr(line, name)) and found._asdict() for name in FIGURES}
    return {**vars(line), **figures, "holds": line.holds}
