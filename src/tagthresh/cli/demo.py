"""``tagthresh demo``."""

from __future__ import annotations

from typing import Annotated

import typer

from tagthresh.cli import printing
from tagthresh.cli.options import Json, NewThresholds
from tagthresh.cli.reading import checked_output

SHORT = "Choose thresholds on real clips and judge them on others."
Files = Annotated[
    str | None,
    typer.Option(
        "--files",
        metavar="FOLDER",
        help="Write the clips into a new or an empty folder instead, in every form that the "
        "documentation uses, to try its commands on.",
    ),
]
HELP = "Choose thresholds on half of some real clips and judge them on the other half."
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh demo && cat thresholds.json\n"
    "  tagthresh demo -o demo.json --json\n"
    "  tagthresh demo --files demo"
)


def run(
    output: NewThresholds = "thresholds.json", files: Files = None, as_json: Json = False
) -> None:
    """Run the main job on packaged data."""
    if files is not None:
        _write(files, as_json)
        return
    from tagthresh.datasets import demo as example
    from tagthresh.report import terminal

    printing.one_result("-o", output, as_json)
    checked_output("-o", output, (".json",), ())
    outcomes = example.run()
    best = outcomes[-1]
    printing.save(best.solution.thresholds, output)
    if as_json:
        methods = {o.name: {"fit": o.solution.score, "unseen": o.unseen.score()} for o in outcomes}
        printing.print_json({"methods": methods, "output": output})
    else:
        console = printing.tables_console(stderr=output == "-")
        console.print(example.ABOUT + "\n", highlight=False)
        console.print(terminal.outcomes(outcomes))
        console.print(terminal.gains(outcomes[0], best))
    printing.note("next: tagthresh fit --help")


def _write(folder: str, as_json: bool) -> None:
    """Write the demo's data in every form."""
    from tagthresh.datasets.demo_files import write_demo

    with printing.stage(f"writing {folder}"):
        names = write_demo(folder)
    printing.wrote(folder)
    if as_json:
        printing.print_json({"output": folder, "files": names})
    else:
        print("\n".join(names))
    printing.note(f"next: cd {folder} && tagthresh fit dev.npz")
