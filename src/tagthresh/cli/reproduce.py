"""``tagthresh reproduce``."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from tagthresh.cli import streams
from tagthresh.cli.options import Json

SHORT = "Measure Table 2 of the SGL-Thresh paper again."
HELP = "Measure Table 2 of the SGL-Thresh paper beside its own figures; exit 1 if one is off."
EPILOG = (
    "\b\nThe authors' predictions:\n"
    "  git clone https://github.com/topel/sglthresh\n"
    "  tagthresh reproduce sglthresh/datasets\n\n"
    "Example: tagthresh reproduce sglthresh/datasets --json > table.json"
)
Folder = Annotated[
    str,
    typer.Argument(metavar="DATASETS", help="Folder with dcase2017, dcase2019, audioset."),
]


def run(folder: Folder, as_json: Json = False) -> None:
    """Measure the table and print it."""
    from tagthresh.report import terminal
    from tagthresh.reproduce import WHY_RANDOM_SEARCH_DIFFERS, reproduce

    with streams.stage("measuring") as say:
        lines = reproduce(folder, say)
    if as_json:
        rows = [dataclasses.asdict(line) | {"holds": line.holds} for line in lines]
        streams.print_json({"lines": rows, "why_random_search_differs": WHY_RANDOM_SEARCH_DIFFERS})
    else:
        console = streams.tables_console()
        console.print(terminal.reproduction(lines, console.width))
        console.print(f"\n{WHY_RANDOM_SEARCH_DIFFERS}")
    if not all(line.holds for line in lines):
        streams.note("tagthresh: a deterministic figure is off")
        raise typer.Exit(1)
