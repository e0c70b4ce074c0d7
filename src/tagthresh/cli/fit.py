"""``tagthresh fit``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import scipy
import typer

from tagthresh.cli import bounds, cluster, out_of_core, parsing, printing, reading
from tagthresh.cli.options import (
    FILES,
    Costs,
    Groups,
    Ignore,
    Json,
    LabelledFile,
    Labels,
    Metric,
    NewThresholds,
    NoHeader,
    OntologyFile,
    PositiveOnly,
    Rows,
    Tags,
    given,
    whole,
)
from tagthresh.formatting import plural
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tagthresh import Calibrator, Profile
    from tagthresh.io import Table
    from tagthresh.methods import Method as Way
    from tagthresh.metrics.base import Metric as Goal
    from tagthresh.solution import Solution

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
    "  tagthresh fit dev.npz --no-cv --json\n"
    "  tagthresh fit dev.npz --calibrator calibrator.json --profile profile.json\n"
    "  tagthresh fit recordings.csv --labels labels.csv --group-column recording\n"
    '  tagthresh fit dev.npz --set "Dog=0.4" --set "Waves, surf=never"\n'
    "  tagthresh fit dev.npz --ontology ontology.json\n"
    "  tagthresh fit 'scores/*.parquet' --labels 'labels/*.parquet' --engine dask\n"
    "  tagthresh fit 'shards/*.npz' --engine dask --workers 8 --memory 4GB\n"
    "  tagthresh fit 'shards/*.npz' --engine dask --scheduler tcp://10.0.0.1:8786\n"
    "  tagthresh fit scores.npy --labels labels.npy --tags tags.txt\n"
    "  tagthresh fit dev.npz --unseen never\n"
    '  tagthresh fit dev.npz --fix "Clock=0.2" --min 0.05 --max "Dog=0.6"\n'
    "  tagthresh fit folds.csv --labels labels.csv --ignore fold\n"
    "  tagthresh fit bare_scores.csv --labels bare_labels.csv --no-header\n"
    "  tagthresh fit scores.csv --labels found.csv --positive-only"
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
        parser=whole(2),
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
        parser=whole(40),
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
    ignore: Ignore = None,
    no_header: NoHeader = False,
    ontology: OntologyFile = None,
    positive_only: PositiveOnly = False,
    output: NewThresholds = "thresholds.json",
    metric: Metric = "f1_micro",
    costs: Costs = None,
    method: Method = "hierarchical",
    option: Options = None,
    override: ByHand = None,
    fix: bounds.Fix = None,
    least: bounds.Min = None,
    most: bounds.Max = None,
    unseen: bounds.Unseen = None,
    cv: Folds = None,
    no_cv: NoFolds = False,
    bootstrap: Bootstrap = None,
    calibrator: NewCalibrator = None,
    profile: NewProfile = None,
    memory: out_of_core.Memory = None,
    engine: cluster.Engine = "local",
    scheduler: cluster.Scheduler = None,
    workers: cluster.Workers = None,
    rows: Rows = 20,
    as_json: Json = False,
) -> None:
    """Find thresholds and write them."""
    if cv is not None and no_cv:
        raise InputError("--cv and --no-cv", "exclude each other", f"--cv {cv} --no-cv")
    inputs = (file, labels, tags, ontology, costs)
    printing.one_result("-o", output, as_json)
    _check_outputs(inputs, output=output, calibrator=calibrator, profile=profile)
    on_line = given(context)
    goal, chosen = parsing.metric(metric, costs), parsing.method(method, option or [])
    _check_method(chosen, goal, calibrator)
    by_hand = parsing.thresholds("--set", override or [])
    within = bounds.read(fix or [], least or [], most or [], by_hand)
    where = cluster.chosen(on_line, engine, scheduler, workers)
    arguments: dict[str, Any] = {
        "metric": goal,
        "method": chosen,
        "cv": None if no_cv else cv or "auto",
        "bootstrap": bootstrap or "auto",
        "unseen": bounds.unseen(unseen),
    }
    table = None
    if out_of_core.asked(on_line, file, labels, out_of_core.FIT):
        parts = out_of_core.Files(file, labels, tags, positive_only)
        fitted = solution = out_of_core.fitted(parts, output, within, memory, where, **arguments)
    else:
        how = reading.reading(group_column, ignore, no_header, memory)
        paths = file, labels, tags, how, ontology
        table = reading.checked(*paths, positive_only=positive_only)
        arguments["positive_only"] = positive_only
        _check_names(by_hand, table)
        names = table.tags or map(str, range(table.scores.shape[1]))
        fitted = _found(table, file, arguments | bounds.arguments(*within, names))
        solution = _as_set(fitted, by_hand, table, goal) if by_hand else fitted
    content = solution.to_dict() | ({"as_fitted": fitted.to_dict()} if by_hand else {})
    # Where one of them cannot be made, nothing is written.
    curves = None if calibrator is None else _calibrator(fitted)
    summary = None if profile is None or table is None else _profile(solution, table)
    printing.save(solution.thresholds, output)
    _save([(calibrator, curves), (profile, summary)])
    _tell(fitted, solution, goal, by_hand=bool(by_hand), asked=not no_cv and _can_deal(table))
    if as_json:
        printing.print_json(content | {"output": output})
    else:
        _print(solution, rows, stderr=output == "-")


def _check_outputs(inputs: Iterable[str | None], **outputs: str | None) -> None:
    """Check the files to write before any work."""
    options = {"output": "-o", "calibrator": "--calibrator", "profile": "--profile"}
    for name, path in outputs.items():
        printed = name == "output"
        reading.checked_output(options[name], path, (".json",), inputs, printed=printed)
    reading.checked_apart(**outputs)


def _check_method(method: Way, goal: Goal, calibrator: str | None) -> None:
    """Check that the method does what is asked for, before any file is read."""
    with parsing.blamed("--metric", goal.name):
        method.check(goal)
    if calibrator is not None and not method.calibrates:
        raise InputError("--calibrator", "needs --method hierarchical", method.name)


def _found(table: Table, file: str, arguments: Mapping[str, Any]) -> Solution:
    """Find the thresholds, with errors that name the options."""
    from tagthresh import find_thresholds

    subjects = {"groups": f"{file}: groups", "cv": "--cv", "bootstrap": "--bootstrap"}
    with parsing.renamed(**subjects), printing.stage("finding thresholds"):
        return find_thresholds(
            *(table.labels, table.scores),
            tags=table.tags,
            sample_weight=table.weights,
            groups=table.groups,
            **arguments,
        )


def _can_deal(table: Table | None) -> bool:
    """Whether there are clips to be dealt into ten folds."""
    if table is None or scipy.sparse.issparse(table.scores):
        return False
    return len(table.scores) >= 10


def _print(solution: Solution, rows: int, *, stderr: bool) -> None:
    """Print what the thresholds rest on."""
    from tagthresh.report import terminal

    console = printing.tables_console(stderr=stderr)
    console.print(terminal.trust(solution, rows, console.width))


def _tell(fitted: Solution, solution: Solution, goal: Goal, *, by_hand: bool, asked: bool) -> None:
    """Say how good the thresholds are, here and on unseen clips."""
    origin = fitted.thresholds.origin
    clips = plural(origin.clips if origin else 0, "clip")
    size = f"{clips} x {plural(len(solution.thresholds), 'tag')}"
    reached, at_first = (parsing.value(goal, each.score) for each in (solution, fitted))
    told = f"{goal.name} {reached} {'after --set ' if by_hand else ''}on {size}"
    before = f"; {at_first} as fitted" if by_hand else ""
    name = origin.method["name"] if origin else ""
    printing.note(f"{told}{before} ({name}: {fitted.status})")
    if fitted.expected:
        printing.note(("as fitted, " if by_hand else "") + parsing.expected(goal, fitted.expected))
    elif asked:
        printing.note("--cv 10 tells what to expect on unseen clips, in ten times the time")


def _calibrator(solution: Solution) -> Calibrator:
    """Calibrator to be written, which there may not be."""
    if solution.calibrator is None:
        raise InputError("--calibrator", "needs a clip that is known to be positive; there is none")
    return solution.calibrator


def _profile(solution: Solution, table: Table) -> Profile:
    """Profile to be written; clips whose label is unknown may have no score."""
    from tagthresh import Profile

    with parsing.renamed(y_score="--profile needs every score: they"):
        return Profile.from_scores(table.scores, solution.thresholds, tags=table.tags)


def _save(asked: Iterable[tuple[str | None, Calibrator | Profile | None]]) -> None:
    for path, found in asked:
        if path is not None and found is not None:
            found.save(path)
            printing.wrote(path)


def _check_names(by_hand: Mapping[str, float | None], table: Table) -> None:
    """Find a misspelt tag before a fit that may take minutes."""
    import numpy as np

    from tagthresh import Thresholds

    try:
        Thresholds(np.zeros(table.scores.shape[1]), table.tags).override(by_hand)
    except InputError as error:
        raise error.located(argument="--set") from None


def _as_set(
    fitted: Solution, by_hand: Mapping[str, float | None], table: Table, goal: Goal
) -> Solution:
    """Say what holds after some thresholds are set by hand, which nothing was resampled for."""
    from tagthresh.counts.as_counts import as_counts
    from tagthresh.find import judged
    from tagthresh.thresholds.evidence import Evidence

    given, counts = as_counts(
        *(table.labels, table.scores, table.tags, table.weights), positive_only=True
    )  # as checked before the fit
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
