"""``tagthresh reproduce``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tagthresh.cli import printing
from tagthresh.cli.options import Csv, Json, Latex, Markdown
from tagthresh.cli.tables import TableFiles

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


def run(
    folder: Folder,
    csv: Csv = None,
    markdown: Markdown = None,
    latex: Latex = None,
    as_json: Json = False,
) -> None:
    """Measure the table and print it."""
    from tagthresh.datasets.reproduce import WHY_RANDOM_SEARCH_DIFFERS, reproduce
    from tagthresh.report import terminal

    table_files = TableFiles(csv, markdown, latex)
    table_files.check((), as_json=as_json)
    with printing.stage("measuring") as say:
        lines = reproduce(folder, say)
    shown = terminal.reproduction(lines)
    table_files.write(_columns(lines), lambda _: [shown])
    if as_json:
        rows = [_plain(line) for line in lines]
        printing.print_json({"lines": rows, "why_random_search_differs": WHY_RANDOM_SEARCH_DIFFERS})
    else:
        console = table_files.console()
        console.print(shown)
        console.print(f"\n{WHY_RANDOM_SEARCH_DIFFERS}")
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
        "dataset": [line.dataset for line in lines],
        "method": [line.method for line in lines],
    }
    for name in ("paper", "expected", "measured", "spread"):
        figures = [getattr(line, name) for line in lines]
        for part in ("eval", "fit"):
            columns[f"{name}_{part}"] = [
                math.nan if figure is None else getattr(figure, part) for figure in figures
            ]
    return columns | {"seconds": [line.seconds for line in lines]}


def _plain(line: Line) -> dict[str, Any]:
    """Everything about a line; figures by name."""
    figures = {
        name: figure and figure._asdict()
        for name in ("paper", "expected", "measured", "spread")
        for figure in [getattr(line, name)]
    }
    return {**vars(line), **figures, "holds": line.holds}
