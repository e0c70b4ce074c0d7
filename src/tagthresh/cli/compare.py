"""``tagthresh compare``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh.cli import parsing, printing, reading
from tagthresh.cli.options import (
    TABLES,
    Costs,
    Csv,
    ExcelSafe,
    Groups,
    Ignore,
    Json,
    Memory,
    Metric,
    NoHeader,
    PositiveOnly,
    Tags,
)

if TYPE_CHECKING:
    from tagthresh.compare import Comparison

METHODS = ("constant", "shared", "sgl", "exact", "hierarchical")  # compared by default
SHORT = "Fit several methods on some clips, judge them on others."
HELP = "Fit several methods on some clips, judge them on others, with bootstrap intervals."
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh compare dev.npz eval.npz\n"
    "  tagthresh compare dev.npz eval.npz --methods constant:value=0.3,shared,exact\n"
    "  tagthresh compare dev.npz eval.npz --metric jaccard_macro --methods exact\n"
    "  tagthresh compare dev.npz eval.npz --metric cost --costs costs.csv\n"
    "  tagthresh compare dev.npz eval.npz --reference shared --csv methods.csv\n"
    "  tagthresh compare dev.npz eval.npz --csv methods.csv --excel-safe\n"
    "  tagthresh compare dev_scores.npy scores.npy --fit-labels dev_labels.npy \\\n"
    "      --eval-labels labels.npy --tags tags.txt --plot methods.png\n"
    "  tagthresh compare dev.parquet eval.parquet --group-column recording --json\n"
    "  tagthresh compare dev_folds.csv folds.csv --fit-labels dev_labels.csv \\\n"
    "      --eval-labels labels.csv --ignore fold\n"
    "  tagthresh compare dev_bare_scores.csv bare_scores.csv --no-header \\\n"
    "      --memory 2GB --fit-labels dev_bare_labels.csv \\\n"
    "      --eval-labels bare_labels.csv\n"
    "  tagthresh compare dev.npz eval.npz --positive-only"
)
Fit = Annotated[str, typer.Argument(metavar="FIT", help="Labelled scores to fit on.")]
Judged = Annotated[str, typer.Argument(metavar="EVAL", help="Labelled scores to judge on.")]
Methods = Annotated[
    str | None,
    typer.Option(
        "--methods",
        metavar="NAMES",
        help="Methods between commas, each with options as in constant:value=0.3; by default those "
        "of constant, shared, sgl, exact and hierarchical that maximise the metric.",
    ),
]
Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        metavar="NAME",
        help="Method that differences are to; the first by default.",
    ),
]
FitLabels = Annotated[
    str | None,
    typer.Option("--fit-labels", metavar="FILE", help="Labels of FIT, where it has none."),
]
EvalLabels = Annotated[
    str | None,
    typer.Option("--eval-labels", metavar="FILE", help="Labels of EVAL, where it has none."),
]
Plot = Annotated[
    str | None,
    typer.Option("--plot", metavar="FILE", help="Draw bars with intervals (.png, .svg or .pdf)."),
]


def run(
    fit: Fit,
    judged: Judged,
    methods: Methods = None,
    metric: Metric = "f1_micro",
    costs: Costs = None,
    reference: Reference = None,
    fit_labels: FitLabels = None,
    eval_labels: EvalLabels = None,
    tags: Tags = None,
    group_column: Groups = None,
    ignore: Ignore = None,
    no_header: NoHeader = False,
    memory: Memory = None,
    positive_only: PositiveOnly = False,
    csv: Csv = None,
    excel_safe: ExcelSafe = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Compare methods and print how good they are."""
    from tagthresh import compare_methods
    from tagthresh.compare import able
    from tagthresh.report import plot as pictures
    from tagthresh.report import terminal

    printing.one_result("--csv", csv, as_json)
    reading.checked_excel_safe("--csv", csv, excel_safe=excel_safe)
    inputs = (fit, judged, fit_labels, eval_labels, tags, costs)
    reading.checked_output("--csv", csv, TABLES, inputs)
    reading.checked_output("--plot", plot, pictures.SUFFIXES, inputs, printed=False)
    goal = parsing.metric(metric, costs)
    chosen = able(METHODS, goal) if methods is None else parsing.methods(methods)
    with parsing.blamed("--metric", metric):
        for method in chosen:
            method.check(goal)
    how = reading.reading(group_column, ignore, no_header, memory)
    check = partial(reading.checked, tags=tags, how=how, positive_only=positive_only)
    one = check(fit, fit_labels, option="--fit-labels")
    other = check(judged, eval_labels, option="--eval-labels")
    other = other.in_tag_order(one.tags, judged)
    subjects = {"evaluate": judged, "groups": f"{judged}: groups", "methods": "--methods"}
    subjects["reference"] = "--reference"
    with parsing.renamed(**subjects), printing.stage("comparing"):
        result = compare_methods(
            (one.labels, one.scores, one.weights),
            (other.labels, other.scores, other.weights),
            methods=chosen,
            metric=goal,
            reference=None if reference is None else parsing.reference(reference),
            tags=one.tags or other.tags,
            groups=other.groups,
            positive_only=positive_only,
        )
    if result.same_clips:
        printing.note(printing.SAME_CLIPS.format("all methods were"))
    _write(result, csv, plot, excel_safe=excel_safe)
    if as_json:
        printing.print_json(result.to_dict())
        return
    console = printing.tables_console(stderr=csv == "-")
    console.print(terminal.comparison(result, console.width))


def _write(result: Comparison, csv: str | None, plot: str | None, *, excel_safe: bool) -> None:
    """Write the files asked for."""
    from tagthresh import io
    from tagthresh.report import plot as pictures

    if csv is not None:
        io.write_columns(csv, result.table, excel_safe=excel_safe)
        printing.wrote(csv)
    if plot is not None:
        pictures.save(pictures.comparison(result), plot)
        printing.wrote(plot)
