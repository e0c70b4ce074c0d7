"""``tagthresh compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh import compare_methods
from tagthresh.cli import errors, parsing, printing, writing
from tagthresh.cli.options import (
    Costs,
    Csv,
    ExcelSafe,
    Groups,
    Ignore,
    Json,
    Latex,
    Markdown,
    Memory,
    Metric,
    NoHeader,
    PositiveOnly,
    Tags,
)
from tagthresh.cli.reading import ClipFiles
from tagthresh.cli.tables import TableFiles
from tagthresh.compare import methods_for
from tagthresh.report import plot as pictures

if TYPE_CHECKING:
    from tagthresh.methods import Method
    from tagthresh.metrics import Metric as Goal

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
    "  tagthresh compare dev.npz eval.npz --markdown methods.md --latex methods.tex\n"
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
    markdown: Markdown = None,
    latex: Latex = None,
    excel_safe: ExcelSafe = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Compare methods and print how good they are."""
    from tagthresh.report import terminal

    inputs = (fit, judged, fit_labels, eval_labels, tags, costs)
    table_files = TableFiles(csv, markdown, latex, excel_safe)
    table_files.check(inputs, as_json=as_json)
    writing.check_picture("--plot", plot, inputs)
    goal = parsing.metric(metric, costs)
    compared = _methods(methods, goal)
    how = (tags, group_column, ignore, no_header, memory, positive_only)
    training = ClipFiles(fit, fit_labels, *how, labels_option="--fit-labels").read_checked()
    new = ClipFiles(judged, eval_labels, *how, labels_option="--eval-labels").read_checked()
    new = new.in_tag_order(training.tags, judged)
    names = {"evaluate": judged, "groups": f"{judged}: groups", "methods": "--methods"}
    with errors.renamed(**names, reference="--reference"), printing.stage("comparing"):
        result = compare_methods(
            (training.labels, training.scores, training.weights),
            (new.labels, new.scores, new.weights),
            methods=compared,
            metric=goal,
            reference=None if reference is None else parsing.reference(reference),
            tags=training.tags or new.tags,
            groups=new.groups,
            positive_only=positive_only,
        )
    if result.same_clips:
        printing.note(printing.SAME_CLIPS.format("all methods were"))
    shown = terminal.comparison(result)
    table_files.write(result.table, lambda _: [shown])
    if plot is not None:
        writing.write_picture(plot, pictures.comparison(result))
    if as_json:
        printing.print_json(result.to_dict())
        return
    table_files.console().print(shown)


def _methods(names: str | None, metric: Goal) -> list[Method]:
    """Read the methods to compare, which all maximise the metric."""
    if names is None:
        return methods_for(metric, METHODS)
    chosen = parsing.methods(names)
    with errors.of_option("--metric", metric.name):
        for method in chosen:
            method.check(metric)
    return chosen
