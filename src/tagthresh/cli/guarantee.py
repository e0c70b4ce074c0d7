"""``tagthresh guarantee``."""

from __future__ import annotations

from typing import Annotated

import typer

from tagthresh import InputError, guarantee
from tagthresh.cli import printing, writing
from tagthresh.cli.options import FILES, NewThresholds, real
from tagthresh.cli.reading import LabelledFiles
from tagthresh.cli.results import TagResults
from tagthresh.formatting import plural
from tagthresh.tradeoffs.guarantee import Guarantee
from tagthresh.validation import share

SHORT = "Find thresholds that keep a precision or a recall on new clips."
HELP = (
    SHORT
    + """


Each tag gets the threshold with the highest recall that keeps its precision above --precision, or
with the highest precision that keeps its recall above --recall, with the confidence asked for. Tags
for which the labelled clips are too few are never given, or always. See docs/guarantees.md.
"""
    + FILES
)
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh guarantee dev.npz --precision 0.9\n"
    "  tagthresh guarantee dev.npz --recall 0.8 --confidence 0.99 --jointly\n"
    "  tagthresh guarantee scores.csv --labels labels.csv \\\n"
    "      --precision 0.8 -o sure.json\n"
    "  tagthresh guarantee scores.npy --labels labels.npy --tags tags.txt \\\n"
    "      --recall 0.9 --json\n"
    "  tagthresh guarantee folds.csv --labels labels.csv --ignore fold \\\n"
    "      --precision 0.8\n"
    "  tagthresh guarantee bare_scores.csv --labels bare_labels.csv \\\n"
    "      --no-header --recall 0.9\n"
    "  tagthresh guarantee dev.csv --precision 0.8 --memory 2GB --rows 0\n"
    "  tagthresh guarantee dev.npz --precision 0.8 --csv tags.csv --excel-safe\n"
    "  tagthresh guarantee dev.npz --precision 0.8 --markdown tags.md \\\n"
    "      --latex tags.tex\n"
    "  tagthresh guarantee scores.csv --labels found.csv --positive-only \\\n"
    "      --recall 0.8"
)
Precision = Annotated[
    float | None,
    typer.Option(
        "--precision",
        metavar="SHARE",
        parser=real,
        help="Least precision of each tag on new clips; recall is maximised.",
    ),
]
Recall = Annotated[
    float | None,
    typer.Option(
        "--recall",
        metavar="SHARE",
        parser=real,
        help="Least recall of each tag on new clips; precision is maximised.",
    ),
]
Confidence = Annotated[
    float,
    typer.Option(
        "--confidence",
        metavar="SHARE",
        parser=real,
        help="Probability that a tag keeps its guarantee.",
    ),
]
Jointly = Annotated[
    bool,
    typer.Option("--jointly", help="Make it the probability that all tags keep theirs."),
]


def run(
    files: LabelledFiles,
    results: TagResults,
    precision: Precision = None,
    recall: Recall = None,
    confidence: Confidence = 0.95,
    jointly: Jointly = False,
    output: NewThresholds = "thresholds.json",
) -> None:
    """Find thresholds with a guarantee, write them and list the tags."""
    from tagthresh.report import terminal

    _check_shares(precision, recall, confidence)
    results.check(files.inputs, {"-o": (output, writing.THRESHOLDS)})
    counts = files.read_counts()
    with files.named_in_errors(), printing.stage("finding thresholds"):
        result = guarantee(
            counts, precision=precision, recall=recall, confidence=confidence, jointly=jointly
        )
    writing.write_thresholds(result.thresholds, output)
    printing.note(_summary(result))
    results.give(
        result.table,
        lambda rows: [terminal.guarantee(result, rows)],
        lambda: result.to_dict() | {"output": output},
        output=output,
    )


def _check_shares(precision: float | None, recall: float | None, confidence: float) -> None:
    """Check what is asked for before any file is read, with errors that name the options."""
    floors = {"--precision": precision, "--recall": recall}
    asked = {option: floor for option, floor in floors.items() if floor is not None}
    if len(asked) != 1:
        shown = " ".join(f"{option} {floor:g}" for option, floor in asked.items())
        got = shown or "neither"
        raise InputError("exactly one of --precision and --recall", "must be given", got)
    for option, value in {**asked, "--confidence": confidence}.items():
        share(option, value)


def _summary(result: Guarantee) -> str:
    """Say how many tags get the guarantee, and what becomes of the others."""
    feasible, n_tags = result.feasible.sum(), len(result.feasible)
    fate = "never given" if result.metric == "precision" else "given to every clip fitted on"
    others = f"; the others are {fate}" if feasible < n_tags else ""
    return f"{result.promise}: {feasible} of {plural(n_tags, 'tag')}{others}"
