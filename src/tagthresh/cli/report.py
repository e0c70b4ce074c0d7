"""``tagthresh report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import tagthresh as tt
from tagthresh.cli import printing, writing
from tagthresh.cli.options import FILES
from tagthresh.cli.reading import GroupedFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT = "Make a page on which thresholds are looked at, moved and saved."
HELP = (
    SHORT
    + """


One HTML file for any browser: it holds all of its data and asks nothing of any network. Of clips
whose names are addresses of sound files, as seen from its folder, it plays those one wants to hear.
"""
    + FILES
)
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh report eval.npz\n"
    "  tagthresh report eval.npz -t thresholds.json -o report.html\n"
    "  tagthresh report eval.npz -t new.json -t old.json --title 'Old and new'\n"
    "  tagthresh report scores.npy --labels labels.npy --tags tags.txt \\\n"
    "      --calibrator calibrator.json\n"
    "  tagthresh report recordings.csv --labels labels.csv --group-column recording\n"
    "  tagthresh report eval.npz --plot frontier.svg\n"
    "  tagthresh report folds.csv --labels labels.csv --ignore fold\n"
    "  tagthresh report bare_scores.csv --labels bare_labels.csv --no-header \\\n"
    "      --tags tags.txt --memory 2GB\n"
    "  tagthresh report scores.csv --labels found.csv --positive-only"
)
ThresholdFiles = Annotated[
    list[str] | None,
    typer.Option(
        "-t",
        "--thresholds",
        metavar="JSON",
        help="Thresholds to show, thresholds.json by default; may be repeated: others are there to "
        "compare with and to begin from.",
    ),
]
Output = Annotated[
    str, typer.Option("-o", "--output", metavar="HTML", help="Where to write the page.")
]
Calibrated = Annotated[
    str | None,
    typer.Option(
        "--calibrator",
        metavar="JSON",
        help="Show reliability curves of this calibrator's probabilities, not of the scores.",
    ),
]
Plot = Annotated[
    str | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="Draw the frontier too, with the thresholds on it (.png, .svg or .pdf).",
    ),
]
Title = Annotated[
    str | None,
    typer.Option("--title", metavar="TEXT", help="Title of the page; FILE's name by default."),
]


def run(
    files: GroupedFiles,
    thresholds: ThresholdFiles = None,
    calibrator: Calibrated = None,
    title: Title = None,
    output: Output = "report.html",
    plot: Plot = None,
) -> None:
    """Make the page."""
    paths = thresholds or ["thresholds.json"]
    outputs = {"-o": (output, (".html", ".htm")), "--plot": (plot, writing.PICTURE)}
    writing.check(outputs, (*files.inputs, calibrator, *paths))
    if title is not None and not title.strip():
        raise tt.InputError("--title", "must not be empty", "none")
    sets = _named(paths)
    first, *others = sets.items()
    curves = None if calibrator is None else tt.Calibrator.load(calibrator)
    table = files.read_checked()
    with printing.stage("making the page"):
        page = tt.report(
            *(table.labels, table.scores, first[1]),
            tags=table.tags,
            sample_weight=table.weights,
            groups=table.groups,
            clips=table.clips,
            name=first[0],
            others=dict(others),
            calibrator=curves,
            title=title or Path(files.file).name,
            positive_only=files.positive_only,
        )
        page.save(output)
    printing.wrote(output)
    if plot is not None:
        _draw(table, sets, plot)


def _draw(table: tt.io.Table, sets: dict[str, tt.Thresholds], path: str) -> None:
    """Draw the frontier with every set of thresholds."""
    counts = tt.Counts.from_arrays(
        *(table.labels, table.scores),
        tags=table.tags,
        sample_weight=table.weights,
        positive_only=True,  # as checked before
    )
    shown = tt.displays.FrontierDisplay.from_predictions(counts, None, sets)
    writing.write_picture(path, shown.figure_)


def _named(paths: Sequence[str]) -> dict[str, tt.Thresholds]:
    """Thresholds by the name of their file, or by its path where names repeat."""
    names = [Path(path).name for path in paths]
    if len(set(paths)) < len(paths):
        raise tt.InputError("-t", "must name different files", ", ".join(paths))
    keys = names if len(set(names)) == len(names) else paths
    return {key: tt.Thresholds.load(path) for key, path in zip(keys, paths, strict=True)}
