"""``tagthresh compare-thresholds``."""

from __future__ import annotations

from typing import Annotated

import typer

import tagthresh as tt
from tagthresh.cli import errors, parsing, printing, writing
from tagthresh.cli.options import (
    FILES,
    Csv,
    ExcelSafe,
    Groups,
    Ignore,
    Json,
    LabelledFile,
    Labels,
    Latex,
    Markdown,
    Memory,
    NoHeader,
    PositiveOnly,
    Rows,
    Tags,
)
from tagthresh.cli.reading import ClipFiles
from tagthresh.cli.tables import TableFiles
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
        help="What to judge by: one that each tag has by itself and of which more is better, with "
        "an average (micro, macro or weighted), such as f1_micro or jaccard_macro.",
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
    file: LabelledFile,
    labels: Labels = None,
    tags: Tags = None,
    group_column: Groups = None,
    ignore: Ignore = None,
    no_header: NoHeader = False,
    memory: Memory = None,
    positive_only: PositiveOnly = False,
    metric: Metric = "f1_micro",
    rows: Rows = 20,
    csv: Csv = None,
    markdown: Markdown = None,
    latex: Latex = None,
    excel_safe: ExcelSafe = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Compare two threshold files and print what changes."""
    from tagthresh.report import terminal

    inputs = (old, new, file, labels, tags)
    table_files = TableFiles(csv, markdown, latex, excel_safe)
    table_files.check(inputs, as_json=as_json)
    writing.check_picture("--plot", plot, inputs)
    goal, before, after = parsing.metric(metric), tt.Thresholds.load(old), tt.Thresholds.load(new)
    files = ClipFiles(file, labels, tags, group_column, ignore, no_header, memory, positive_only)
    table = files.read_checked()
    names = {"old": old, "new": new, "groups": f"{file}: groups"}
    with errors.renamed(**names, metric="--metric"), printing.stage("comparing"):
        result = tt.compare_thresholds(
            *(table.labels, table.scores, before, after),
            metric=goal,
            tags=table.tags,
            sample_weight=table.weights,
            groups=table.groups,
            positive_only=positive_only,
        )

    def drawn(rows: int) -> list[terminal.Table]:
        return [terminal.thresholds_by_tag(result, rows), terminal.thresholds_in_all(result)]

    table_files.write(result.table, drawn)
    if plot is not None:
        writing.write_picture(plot, pictures.thresholds_by_tag(result, rows))
    for name in result.same_clips:
        printing.note(printing.SAME_CLIPS.format(f"{name} was"))
    if as_json:
        printing.print_json(result.to_dict())
        return
    table_files.console().print(*drawn(rows))
