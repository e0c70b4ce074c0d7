"""``tagthresh adapt``."""

from __future__ import annotations

from typing import Annotated

import typer

from tagthresh import Calibrator, Thresholds, adapt
from tagthresh.cli import printing, writing
from tagthresh.cli.options import FILES, Fitted, NewThresholds
from tagthresh.cli.reading import ScoreFiles
from tagthresh.cli.results import TagResults
from tagthresh.formatting import plural

SHORT = "Move thresholds to clips with other prevalences, without their labels."
HELP = (
    "Move thresholds to clips among which tags are rarer or more common than among those fitted on."
    "\n\nThe scores alone tell how common each tag is now (docs/shift.md)." + FILES
)
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh fit dev.npz --calibrator calibrator.json\n"
    "  tagthresh adapt scores.npz -o adapted.json\n"
    "  tagthresh adapt scores.csv -t thresholds.json -c calibrator.json -o new.json\n"
    "  tagthresh adapt scores.npy --tags tags.txt --rows 0\n"
    "  tagthresh adapt recordings.csv --group-column recording --json\n"
    "  tagthresh apply scores.npz -t adapted.json\n"
    "  tagthresh adapt scores.npz --csv tags.csv --excel-safe\n"
    "  tagthresh adapt scores.npz --markdown tags.md --latex tags.tex\n"
    "  tagthresh adapt folds.csv --ignore fold\n"
    "  tagthresh adapt bare_scores.csv --no-header --tags tags.txt --memory 2GB"
)
Curves = Annotated[
    str,
    typer.Option(
        "-c",
        "--calibrator",
        metavar="JSON",
        help="Calibrator fitted on the same clips as the thresholds, by fit --calibrator.",
    ),
]


def run(
    files: ScoreFiles,
    results: TagResults,
    thresholds: Fitted = "thresholds.json",
    calibrator: Curves = "calibrator.json",
    output: NewThresholds = "adapted.json",
) -> None:
    """Adapt and write the thresholds."""
    from tagthresh.report import terminal

    inputs = (*files.inputs, thresholds, calibrator)
    results.check(inputs, {"-o": (output, writing.THRESHOLDS)})
    fitted, curves = Thresholds.load(thresholds), Calibrator.load(calibrator)
    table = files.read_scores()
    with files.named_in_errors(table):
        scores = curves.aligned(table.scores, table.tags)
    with printing.stage("adapting"):
        result = adapt(scores, fitted, calibrator=curves)
    writing.write_thresholds(result.thresholds, output)
    change = f"{100 * result.before:.2f} % before, {100 * result.after:.2f} % after"
    printing.note(f"{result.metric} to expect on these {plural(result.n_clips, 'clip')}: {change}")
    results.give(
        result.table,
        lambda rows: [terminal.adaptation(result, rows)],
        lambda: result.to_dict() | {"output": output},
        output=output,
    )
