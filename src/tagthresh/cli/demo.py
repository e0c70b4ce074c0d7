"""``tagthresh demo``."""

from __future__ import annotations

from typing import Annotated

import typer

from tagthresh.cli import printing, writing
from tagthresh.cli.options import NewThresholds
from tagthresh.cli.results import Results
from tagthresh.datasets import demo
from tagthresh.datasets.demo_files import write_demo

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


def run(results: Results, output: NewThresholds = "thresholds.json", files: Files = None) -> None:
    """Run the main job on packaged data."""
    results.check((), {"-o": (output, writing.THRESHOLDS)})
    if files is not None:
        _write(files, as_json=results.as_json)
        return
    from tagthresh.report import terminal

    outcomes = demo.run()
    by_name = {outcome.name: outcome for outcome in outcomes}
    shared, best = by_name["best shared"], by_name["hierarchical"]
    writing.write_thresholds(best.solution.thresholds, output)
    training = [outcome.solution.score for outcome in outcomes]
    new = [outcome.unseen.score() for outcome in outcomes]
    scores = zip(by_name, training, new, strict=True)
    reading = READING.format(
        low=demo.median_positive_score(),
        best=100 * best.unseen.score(),
        shared=100 * shared.unseen.score(),
    )
    results.give(
        {"thresholds": list(by_name), "f1_micro_training": training, "f1_micro_new": new},
        lambda _: [
            f"{demo.ABOUT}\n",
            terminal.outcomes(outcomes),
            reading,
            terminal.gains(shared, best),
            NEXT,
        ],
        lambda: {
            "methods": {name: {"fit": fit, "unseen": unseen} for name, fit, unseen in scores},
            "output": output,
        },
        output=output,
    )


def _write(folder: str, *, as_json: bool) -> None:
    """Write the demo's data in every form."""
    with printing.stage(f"writing {folder}"):
        names = write_demo(folder)
    printing.wrote(folder)
    if as_json:
        printing.print_json({"output": folder, "files": names})
    else:
        print("\n".join(names))
    printing.note(f"next: cd {folder} && tagthresh fit dev.npz")
