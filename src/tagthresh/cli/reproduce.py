"""``tagthresh reproduce``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tagthresh.cli import printing
from tagthresh.cli.options import Json

if TYPE_CHECKING:
    from tagthresh.datasets.reproduce import Line

SHORT = "Measure Table 2 of the SGL-Thresh paper again."
HELP = "Measure Table 2 of the SGL-Thresh paper beside its own figures; exit 1 if one is off."
EPILOG = (
    "The authors' predictions: git clone https://github.com/topel/sglthresh\n\n"
    "\b\nExamples:\n"
    "  tagthresh reproduce sglthresh/datasets\n"
    "  tagthresh reproduce sglthresh/datasets --json > table.json"
)
Folder = Annotated[
    str,
    typer.Argument(metavar="DATASETS", help="Folder with dcase2017, dcase2019, audioset."),
]


def run(folder: Folder, as_json: Json = False) -> None:
    """Measure the table and print it."""
    from tagthresh.datasets.reproduce import WHY_RANDOM_SEARCH_DIFFERS, reproduce
    from tagthresh.report import terminal

    with printing.stage("measuring") as say:
        lines = reproduce(folder, say)
    if as_json:
        rows = [_plain(line) for line in lines]
        printing.print_json({"lines": rows, "why_random_search_differs": WHY_RANDOM_SEARCH_DIFFERS})
    else:
        console = printing.tables_console()
        console.print(terminal.reproduction(lines, console.width))
        console.print(f"\n{WHY_RANDOM_SEARCH_DIFFERS}")
    off = [line for line in lines if not line.holds]
    for line in off:
        printing.note(
            f"tagthresh: {line.dataset}, {line.method}: expected {line.expected}, "
            f"measured {line.measured}"
        )
    if off:
        raise typer.Exit(1)


def _plain(line: Line) -> dict[str, Any]:
    """Everything about a line; figures by name."""
    figures = {
        name: figure and figure._asdict()
        for name in ("paper", "expected", "measured", "spread")
        for figure in [getattr(line, name)]
    }
    return {**vars(line), **figures, "holds": line.holds}
