"""``tagthresh fit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh.checks import InputError
from tagthresh.cli import data, streams, text
from tagthresh.cli.options import FILES, Json, LabelledFile, Labels, Metric, NewThresholds, Tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tagthresh.counts import Counts
    from tagthresh.tables import Table

SHORT = "Find the thresholds that maximise a metric on labelled clips."
HELP = SHORT + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh fit dev.npz\n"
    "  tagthresh fit scores.csv --labels labels.csv -o dog.json --metric f0.5_macro\n"
    "  tagthresh fit dev.npz --method exact\n"
    "  tagthresh fit dev.h5 --method constant --option value=0.3\n"
    "  tagthresh fit dev.npz --method sgl --option start=0.5 --option epochs=200\n"
    "  tagthresh fit dev.npz --cv 10\n"
    '  tagthresh fit dev.npz --set "Dog=0.4" --set "Gunshot, gunfire=never"'
)
Method = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="NAME",
        help="hierarchical: made for unseen clips; exact: best on these clips; shared: best "
        "single threshold; constant: a given one; sgl, numerical_gradient, random_search: as in "
        "the SGL-Thresh paper.",
    ),
]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="NAME=VALUE",
        help="Option of the method (docs/methods.md lists them); may be repeated.",
    ),
]
ByHand = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="TAG=VALUE",
        help="Set a tag's threshold by hand, to a number or never; may be repeated.",
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        "--cv",
        metavar="FOLDS",
        min=2,
        help="Folds of the cross-fitting that tells what to expect on unseen clips; 5 by default "
        "where it is quick, on up to a million scores.",
    ),
]
NoFolds = Annotated[bool, typer.Option("--no-cv", help="Leave out the cross-fitting.")]


def run(
    file: LabelledFile,
    labels: Labels = None,
    tags: Tags = None,
    output: NewThresholds = "thresholds.json",
    metric: Metric = "f1_micro",
    method: Method = "hierarchical",
    option: Options = None,
    override: ByHand = None,
    cv: Folds = None,
    no_cv: NoFolds = False,
    as_json: Json = False,
) -> None:
    """Find thresholds and write them."""
    from tagthresh import find_thresholds
    from tagthresh.methods import as_method
    from tagthresh.metrics.names import as_metric

    streams.one_result("-o", output, as_json)
    if cv is not None and no_cv:
        raise InputError(f"--cv and --no-cv exclude each other; got --cv {cv} --no-cv")
    data.checked_output("-o", output, (".json",), (file, labels, tags))
    chosen = as_method(method, **text.options("--option", option or []))
    goal, by_hand = as_metric(metric), text.by_hand(override or [])
    table = data.labelled(file, labels, tags)
    with data.blamed(file, labels), streams.stage("counting"):
        counts = _counts(table)
    _check_names(by_hand, counts)
    with streams.stage("finding thresholds"):
        solution = find_thresholds(
            *(table.labels, table.scores),
            metric=goal,
            method=chosen,
            tags=table.tags,
            sample_weight=table.weights,
            cv=None if no_cv else cv or "auto",
        )
    thresholds = solution.thresholds.override(by_hand)
    score = float(goal(counts.confusion(thresholds.values)))
    streams.save(thresholds, output)
    size = f"{counts.n_clips} clips x {counts.n_tags} tags"
    told = f"{goal.name} {100 * score:.2f} % {'after --set ' if by_hand else ''}on {size}"
    fitted = f"; {100 * solution.score:.2f} % as fitted" if by_hand else ""
    streams.note(f"{told}{fitted} ({method}: {solution.status})")
    if solution.expected:
        streams.note(text.expected(solution.expected))
    if as_json:
        result = {**solution.to_dict(), "score": score, "score_as_fitted": solution.score}
        streams.print_json({**result, "thresholds": thresholds.to_dict(), "output": output})


def _counts(table: Table) -> Counts:
    from tagthresh import Counts

    return Counts.from_arrays(
        table.labels, table.scores, tags=table.tags, sample_weight=table.weights
    )


def _check_names(by_hand: Mapping[str, float | None], counts: Counts) -> None:
    """Find a misspelt tag before a fit that may take minutes."""
    import numpy as np

    from tagthresh import Thresholds

    try:
        Thresholds(np.zeros(counts.n_tags), counts.tags).override(by_hand)
    except InputError as error:
        raise InputError(f"--set {str(error).removeprefix('override: ')}") from None
