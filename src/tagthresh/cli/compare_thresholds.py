"""``tagthresh compare-thresholds``."""

from __future__ import annotations

from typing import Annotated

import typer

import tagthresh as tt
from tagthresh.cli import errors, parsing, printing, writing
from tagthresh.cli.options import FILES
from tagthresh.cli.reading import GroupedFiles
from tagthresh.cli.results import TagResults
from tagthresh.report import plot as pictures

SHORT = "Judge two threshold files on the same clips, tag by tag."
HELP = SHORT + " Differences are new less old." + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh compare-thresholds old.json new.json eval.npz\n"
    "  tagthresh compare-thresholds old.json new.json eval.npz --csv tags.csv \\\n"
    "      --excel-safe\n"
    "  tagthresh compare-thresholds old.json new.json eval.npz \\\n"
    "      --markdown tags.md --latex tags.tex\n"
    "  tagthresh compare-thresholds old.json new.json recordings.csv \\\n"
    "      --labels labels.csv --group-column recording\n"
    "  tagthresh compare-thresholds old.json new.json eval.npz \\\n"
    "      --metric f1_macro --rows 0 --csv tags.csv --plot tags.png\n"
    "  tagthresh compare-thresholds old.json new.json scores.npy \\\n"
    "      --labels labels.npy --tags tags.txt --positive-only --json\n"
    "  tagthresh compare-thresholds old.json new.json folds.csv \\\n"
    "      --labels labels.csv --ignore fold\n"
    "  tagthresh compare-thresholds old.json new.json bare_scores.csv \\\n"
    "      --labels bare_labels.csv --tags tags.txt --no-header --memory 2GB"
)
Old = Annotated[str, typer.Argument(metavar="OLD", help="Thresholds, as fit writes them.")]
New = Annotated[str, typer.Argument(metavar="NEW", help="Thresholds to compare with them.")]
Metric = Annotated[
    str,
    typer.Option(
        "--metric",
        metavar="NAME",
        help="What to judge by: a metric that each tag has by itself and that is better the "
        "higher it is, with an average (micro, macro or weighted), such as f1_micro.",
    ),
]
Plot = Annotated[
    str | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="Draw differences with intervals of the tags shown (.png, .svg or .pdf).",
    ),
]


def run(
    old: Old,
    new: New,
    files: GroupedFiles,
    results: TagResults,
    metric: Metric = "f1_micro",
    plot: Plot = None,
) -> None:
    """Compare two threshold files and print what changes."""
    from tagthresh.report import terminal

    results.check((old, new, *files.inputs), {"--plot": (plot, writing.PICTURE)})
    goal, before, after = parsing.metric(metric), tt.Thresholds.load(old), tt.Thresholds.load(new)
    table = files.read_checked()
    names = {"old": old, "new": new, "groups": f"{files.file}: groups"}
    with errors.renamed(**names, metric="--metric"), printing.stage("comparing"):
        result = tt.compare_thresholds(
            *(table.labels, table.scores, before, after),
            metric=goal,
            tags=table.tags,
            sample_weight=table.weights,
            groups=table.groups,
            positive_only=files.positive_only,
        )
    for name in result.same_clips:
        printing.note(printing.SAME_CLIPS.format(f"{name} was"))
    results.give(
        result.table,
        lambda rows: [terminal.thresholds_by_tag(result, rows), terminal.thresholds_in_all(result)],
        result.to_dict,
        picture=(plot, lambda: pictures.thresholds_by_tag(result, results.rows)),
    )
