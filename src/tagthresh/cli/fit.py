"""``tagthresh fit``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh.checks import InputError
from tagthresh.cli import cluster, data, guarantee, limits, stream, streams, text
from tagthresh.cli.options import (
    FILES,
    Costs,
    Groups,
    Json,
    LabelledFile,
    Labels,
    Metric,
    NewThresholds,
    OntologyFile,
    Rows,
    Tags,
    given,
)
from tagthresh.plain import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tagthresh.metrics.base import Metric as Goal
    from tagthresh.solution import Solution
    from tagthresh.tables import Table

SHORT = "Find the thresholds that maximise a metric on labelled clips."
HELP = SHORT + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh fit dev.npz\n"
    "  tagthresh fit scores.csv --labels labels.csv -o dog.json --metric f0.5_macro\n"
    "  tagthresh fit dev.npz --method exact\n"
    "  tagthresh fit dev.npz --method exact --metric cost --costs costs.csv\n"
    "  tagthresh fit dev.h5 --method constant --option value=0.3\n"
    "  tagthresh fit dev.npz --method sgl --option start=0.5 --option epochs=200\n"
    "  tagthresh fit dev.npz --cv 10 --bootstrap 500 --rows 0\n"
    "  tagthresh fit 'shards/*.npz' --memory 2GB\n"
    "  tagthresh fit dev.npz --calibrator calibrator.json --profile profile.json\n"
    "  tagthresh fit scores.csv --labels labels.csv --group-column recording\n"
    "  tagthresh fit dev.npz --precision 0.9 --confidence 0.95\n"
    "  tagthresh fit dev.npz --recall 0.8 --jointly\n"
    '  tagthresh fit dev.npz --set "Dog=0.4" --set "Gunshot, gunfire=never"\n'
    "  tagthresh fit dev.npz --ontology audioset.json\n"
    "  tagthresh fit 'scores/*.parquet' --labels 'labels/*.parquet' --engine dask\n"
    '  tagthresh fit dev.npz --fix "Gunshot=0.2" --min 0.05 --max "Dog=0.6"'
)
Method = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="NAME",
        help="hierarchical: made for unseen clips; exact: best on these clips; shared: best "
        "single threshold; constant: a given one; coordinate_ascent: for metrics over clips; sgl, "
        "numerical_gradient, random_search: as in the SGL-Thresh paper.",
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
        help="Set a tag's threshold by hand after the fit, to a number or never; may be repeated.",
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        "--cv",
        metavar="FOLDS",
        min=2,
        help="Folds of the cross-fitting that tells what to expect on unseen clips; 10 by default "
        "where it is quick, on up to half a million scores.",
    ),
]
NoFolds = Annotated[
    bool,
    typer.Option(
        "--no-cv", help="Leave out the cross-fitting, and the bootstrap unless asked for."
    ),
]
Bootstrap = Annotated[
    int | None,
    typer.Option(
        "--bootstrap",
        metavar="FITS",
        min=40,
        help="Fits on resampled clips for the interval of each threshold; 100 by default where it "
        "is quick, on up to 30,000 scores.",
    ),
]

NewCalibrator = Annotated[
    str | None,
    typer.Option(
        "--calibrator",
        metavar="JSON",
        help="Where to write the curves that turn scores into probabilities (hierarchical only).",
    ),
]
NewProfile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="JSON",
        help="Where to write what the scores look like, to be compared with later ones by drift.",
    ),
]


def run(
    context: typer.Context,
    file: LabelledFile,
    labels: Labels = None,
    tags: Tags = None,
    group_column: Groups = None,
    ontology: OntologyFile = None,
    output: NewThresholds = "thresholds.json",
    metric: Metric = "f1_micro",
    costs: Costs = None,
    method: Method = "hierarchical",
    option: Options = None,
    override: ByHand = None,
    fix: limits.Fix = None,
    least: limits.Min = None,
    most: limits.Max = None,
    unseen: limits.Unseen = None,
    cv: Folds = None,
    no_cv: NoFolds = False,
    bootstrap: Bootstrap = None,
    precision: guarantee.Precision = None,
    recall: guarantee.Recall = None,
    confidence: guarantee.Confidence = None,
    jointly: guarantee.Jointly = False,
    calibrator: NewCalibrator = None,
    profile: NewProfile = None,
    memory: stream.Memory = None,
    engine: cluster.Engine = "local",
    scheduler: cluster.Scheduler = None,
    workers: cluster.Workers = None,
    rows: Rows = 20,
    as_json: Json = False,
) -> None:
    """Find thresholds and write them."""
    from tagthresh import find_thresholds
    from tagthresh.report import terminal

    streams.one_result("-o", output, as_json)
    if cv is not None and no_cv:
        raise InputError(f"--cv and --no-cv exclude each other; got --cv {cv} --no-cv")
    data.checked_output("-o", output, (".json",), (file, labels, tags))
    on_line = given(context)
    if guarantee.asked(on_line):
        promise = guarantee.Promise(precision, recall, confidence, jointly)
        guarantee.run(promise, (file, labels, tags), output, rows, as_json=as_json)
        return
    data.checked_output("--calibrator", calibrator, (".json",), (file, labels, tags, output))
    others = (file, labels, tags, output, calibrator)
    data.checked_output("--profile", profile, (".json",), others)
    chosen = text.method(method, option or [])
    if calibrator is not None and not chosen.calibrates:
        raise InputError(f"--calibrator needs --method hierarchical; got {method}")
    goal, by_hand = text.metric(metric, costs), text.thresholds("--set", override or [])
    within = limits.read(fix or [], least or [], most or [], by_hand)
    rule, where = limits.unseen(unseen), cluster.chosen(on_line, engine, scheduler, workers)
    if stream.asked(on_line, file, labels, stream.FIT):
        files = file, labels, tags
        asked = {"metric": goal, "method": chosen, "unseen": rule}
        fitted = solution = stream.fitted(files, output, within, memory, where, **asked)
        no_cv = True
    else:
        table = data.checked(file, labels, tags, group_column, ontology)
        _check_names(by_hand, table)
        names = table.tags or map(str, range(table.scores.shape[1]))
        limited = limits.arguments(*within, names)
        with streams.stage("finding thresholds"):
            fitted = find_thresholds(
                *(table.labels, table.scores),
                metric=goal,
                method=chosen,
                tags=table.tags,
                sample_weight=table.weights,
                cv=None if no_cv else cv or "auto",
                bootstrap=bootstrap or "auto",
                groups=table.groups,
                unseen=rule,
                **limited,
            )
        solution = _as_set(fitted, by_hand, table, goal) if by_hand else fitted
        _save_profile(solution, table, profile)
    content = solution.to_dict()
    _save_calibrator(fitted, calibrator)
    streams.save(solution.thresholds, output)
    _tell(fitted, solution, goal, by_hand=bool(by_hand), asked=not no_cv)
    if as_json:
        if by_hand:
            content["as_fitted"] = fitted.to_dict()
        streams.print_json(content | {"output": output})
        return
    console = streams.tables_console(stderr=output == "-")
    console.print(terminal.trust(solution, rows, console.width))


def _tell(fitted: Solution, solution: Solution, goal: Goal, *, by_hand: bool, asked: bool) -> None:
    """Say how good the thresholds are, here and on unseen clips."""
    origin = fitted.thresholds.origin
    clips = plural(origin.clips if origin else 0, "clip")
    size = f"{clips} x {plural(len(solution.thresholds), 'tag')}"
    reached, at_first = (text.value(goal, each.score) for each in (solution, fitted))
    told = f"{goal.name} {reached} {'after --set ' if by_hand else ''}on {size}"
    before = f"; {at_first} as fitted" if by_hand else ""
    name = origin.method["name"] if origin else ""
    streams.note(f"{told}{before} ({name}: {fitted.status})")
    if fitted.expected:
        streams.note(("as fitted, " if by_hand else "") + text.expected(goal, fitted.expected))
    elif asked:
        streams.note("--cv 10 tells what to expect on unseen clips, in ten times the time")


def _save_calibrator(solution: Solution, path: str | None) -> None:
    """Write the calibrator, before anything else: where there is none, nothing is written."""
    if path is None:
        return
    if solution.calibrator is None:
        raise InputError("--calibrator needs a clip that is known to be positive; there is none")
    solution.calibrator.save(path)
    streams.wrote(path)


def _save_profile(solution: Solution, table: Table, path: str | None) -> None:
    from tagthresh import Profile

    if path is None:
        return
    try:
        found = Profile.of(solution.thresholds, table.scores, table.tags)
    except InputError as error:
        raise InputError(f"--profile: {error}") from None  # of clips whose label is unknown
    found.save(path)
    streams.wrote(path)


def _check_names(by_hand: Mapping[str, float | None], table: Table) -> None:
    """Find a misspelt tag before a fit that may take minutes."""
    import numpy as np

    from tagthresh import Thresholds

    try:
        Thresholds(np.zeros(table.scores.shape[1]), table.tags).override(by_hand)
    except InputError as error:
        raise InputError(f"--set {str(error).removeprefix('override: ')}") from None


def _as_set(
    fitted: Solution, by_hand: Mapping[str, float | None], table: Table, goal: Goal
) -> Solution:
    """Say what holds after some thresholds are set by hand, which nothing was resampled for."""
    from tagthresh.counts import counted
    from tagthresh.evidence import Evidence
    from tagthresh.find import judged

    given, counts = counted(table.labels, table.scores, table.tags, table.weights)
    thresholds = fitted.thresholds.override(by_hand)
    goal = goal.for_tags(counts.tags, counts.n_tags)
    score, proof = judged(goal, thresholds.values, counts, given)
    return dataclasses.replace(
        fitted,
        thresholds=thresholds,
        score=score,
        status=f"{len(by_hand)} of {len(thresholds)} thresholds set by hand",
        certificate=proof,
        evidence=Evidence(fitted.evidence.seen, presence_only=fitted.evidence.presence_only),
        expected=None,
    )
