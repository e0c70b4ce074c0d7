"""``tagthresh compare``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh import compare_methods
from tagthresh.cli import errors, parsing, printing, writing
from tagthresh.cli.options import Costs, Metric
from tagthresh.cli.reading import GroupedFiles
from tagthresh.cli.results import NamedResults
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


@dataclass(frozen=True, kw_only=True)
class Files(GroupedFiles):
    """Files of the clips fitted on, and of those judged on."""

    file: Fit
    judged: Judged
    labels: FitLabels = None
    eval_labels: EvalLabels = None
    labels_option: str = "--fit-labels"

    @property
    def new(self) -> GroupedFiles:
        """Files of the clips judged on."""
        option = "--eval-labels"
        return replace(self, file=self.judged, labels=self.eval_labels, labels_option=option)


def run(
    files: Files,
    results: NamedResults,
    methods: Methods = None,
    metric: Metric = "f1_micro",
    costs: Costs = None,
    reference: Reference = None,
    plot: Plot = None,
) -> None:
    """Compare methods and print how good they are."""
    from tagthresh.report import terminal

    inputs = (*files.inputs, *files.new.inputs, costs)
    results.check(inputs, {"--plot": (plot, writing.PICTURE)})
    goal = parsing.metric(metric, costs)
    compared = _methods(methods, goal)
    training, new = files.read_checked(), files.new.read_checked()
    new = new.in_tag_order(training.tags, files.judged)
    names = {"evaluate": files.judged, "groups": f"{files.judged}: groups", "methods": "--methods"}
    with errors.renamed(**names, reference="--reference"), printing.stage("comparing"):
        result = compare_methods(
            (training.labels, training.scores, training.weights),
            (new.labels, new.scores, new.weights),
            methods=compared,
            metric=goal,
            reference=None if reference is None else parsing.reference(reference),
            tags=training.tags or new.tags,
            groups=new.groups,
            positive_only=files.positive_only,
        )
    if result.same_clips:
        printing.note(printing.SAME_CLIPS.format("all methods were"))
    results.give(
        result.table,
        lambda _: [terminal.comparison(result)],
        result.to_dict,
        picture=(plot, lambda: pictures.comparison(result)),
    )


def _methods(names: str | None, metric: Goal) -> list[Method]:
    """Read the methods to compare, which all maximise the metric."""
    if names is None:
        return methods_for(metric, METHODS)
    chosen = parsing.methods(names)
    with errors.of_option("--metric", metric.name):
        for method in chosen:
            method.check(metric)
    return chosen
