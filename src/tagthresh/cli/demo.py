"""``tagthresh demo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tagthresh.cli import printing, writing
from tagthresh.cli.options import Csv, Json, Latex, Markdown, NewThresholds
from tagthresh.cli.tables import TableFiles
from tagthresh.datasets import demo
from tagthresh.datasets.demo_files import write_demo

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT = "Choose thresholds on real clips and judge them on others."
READING = """
best shared   the best single threshold for all tags
exact         one threshold per tag, provably the best on the training clips
hierarchical  one threshold per tag, chosen to hold on new clips: the default
default 0.5   finds almost nothing here. Averaging over frames pulls the scores
              down: half of the clips with a tag score below {low:.3f} for it.

On new clips, thresholds per tag reach {best:.2f} %, and a shared one reaches {shared:.2f} %.
"""
NEXT = """
Next: tagthresh demo --files demo         write these clips as files
      tagthresh fit demo/dev.npz          choose one threshold per tag
      tagthresh evaluate demo/eval.npz    judge them on the new clips
      tagthresh report demo/eval.npz      make a page to see and change them"""
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
    "  tagthresh demo --csv methods.csv --markdown demo.md --latex demo.tex\n"
    "  tagthresh demo --files demo"
)


def run(
    output: NewThresholds = "thresholds.json",
    files: Files = None,
    csv: Csv = None,
    markdown: Markdown = None,
    latex: Latex = None,
    as_json: Json = False,
) -> None:
    """Run the main job on packaged data."""
    if files is not None:
        _write(files, as_json)
        return
    from tagthresh.report import terminal

    writing.check_thresholds(output, (), as_json=as_json)
    table_files = TableFiles(csv, markdown, latex)
    table_files.check((), as_json=as_json, output=output)
    outcomes = demo.run()
    by_name = {outcome.name: outcome for outcome in outcomes}
    shared, best = by_name["best shared"], by_name["hierarchical"]
    writing.write_thresholds(best.solution.thresholds, output)
    methods, gains = terminal.outcomes(outcomes), terminal.gains(shared, best)
    table_files.write(_columns(outcomes), lambda _: [methods, gains])
    if as_json:
        scores = {o.name: {"fit": o.solution.score, "unseen": o.unseen.score()} for o in outcomes}
        printing.print_json({"methods": scores, "output": output})
    else:
        console = table_files.console(stderr=output == "-")
        console.print(demo.ABOUT + "\n", highlight=False)
        console.print(methods)
        low = demo.median_positive_score()
        reached = {name: 100 * by_name[name].unseen.score() for name in by_name}
        shown = READING.format(low=low, best=reached[best.name], shared=reached[shared.name])
        console.print(shown, highlight=False)
        console.print(gains)
        console.print(NEXT, highlight=False)


def _columns(outcomes: Sequence[demo.Outcome]) -> dict[str, Any]:
    """Micro-F1 of every method, on training clips and on new ones."""
    return {
        "thresholds": [outcome.name for outcome in outcomes],
        "f1_micro_training": [outcome.solution.score for outcome in outcomes],
        "f1_micro_new": [outcome.unseen.score() for outcome in outcomes],
    }


def _write(folder: str, as_json: bool) -> None:
    """Write the demo's data in every form."""
    with printing.stage(f"writing {folder}"):
        names = write_demo(folder)
    printing.wrote(folder)
    if as_json:
        printing.print_json({"output": folder, "files": names})
    else:
        print("\n".join(names))
    printing.note(f"next: cd {folder} && tagthresh fit dev.npz")
