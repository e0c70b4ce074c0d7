"""``tagthresh evaluate``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from tagthresh.checks import InputError
from tagthresh.cli import data, stream, streams, text
from tagthresh.cli.options import (
    FILES,
    TABLES,
    Calibrated,
    Costs,
    Csv,
    Fitted,
    Json,
    LabelledFile,
    Labels,
    NoTag,
    OntologyFile,
    Rows,
    Tags,
    given,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table as Drawn

    from tagthresh import Calibration, Calibrator, Evaluation, Thresholds
    from tagthresh.metrics import Metric as Goal
    from tagthresh.tables import Table

SHORT = "Judge thresholds on labelled clips: per tag, and averaged."
HELP = SHORT + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh evaluate eval.npz\n"
    "  tagthresh evaluate eval.npz -t thresholds.json --sort support --rows 0\n"
    "  tagthresh evaluate eval.npz --metric f1_samples --metric cost:miss=20\n"
    "  tagthresh evaluate eval.npz --metric cost --costs costs.csv\n"
    "  tagthresh evaluate 'shards/*.npz' --memory 2GB\n"
    "  tagthresh evaluate scores.csv --labels labels.csv --csv per_tag.csv\n"
    "  tagthresh evaluate scores.npy --labels labels.npy --tags tags.txt --json\n"
    "  tagthresh evaluate eval.parquet --group-column recording\n"
    "  tagthresh evaluate eval.npz --ontology audioset.json\n"
    "  tagthresh evaluate eval.npz --calibrator c.json --reliability curve.png"
)
Metrics = Annotated[
    list[str] | None,
    typer.Option(
        "--metric",
        metavar="NAME",
        help="Another metric to show, such as f1_samples; tagthresh metrics lists them; may be "
        "repeated.",
    ),
]
Sort = Annotated[
    str,
    typer.Option(
        "--sort",
        metavar="COLUMN",
        help="Sort tags by this column, lowest first: tag, threshold, precision, recall, f1, "
        "support, predicted or average_precision.",
    ),
]

Reliability = Annotated[
    str | None,
    typer.Option(
        "--reliability",
        metavar="FILE",
        help="Draw the reliability curves of --calibrator (.png, .svg or .pdf).",
    ),
]


def run(
    context: typer.Context,
    file: LabelledFile,
    thresholds: Fitted = "thresholds.json",
    labels: Labels = None,
    tags: Tags = None,
    group_column: NoTag = None,
    ontology: OntologyFile = None,
    metric: Metrics = None,
    costs: Costs = None,
    sort: Sort = "f1",
    rows: Rows = 20,
    csv: Csv = None,
    calibrator: Calibrated = None,
    reliability: Reliability = None,
    memory: stream.Memory = None,
    as_json: Json = False,
) -> None:
    """Judge thresholds and print how good they are."""
    import tagthresh as tt
    from tagthresh import checks, tables
    from tagthresh.report import plot, terminal

    checks.choice("--sort", sort, terminal.COLUMNS)
    streams.one_result("--csv", csv, as_json)
    inputs = (file, thresholds, labels, tags, ontology, costs, calibrator)
    data.checked_output("--csv", csv, TABLES, inputs)
    data.checked_output("--reliability", reliability, plot.SUFFIXES, inputs, printed=False)
    if reliability is not None and calibrator is None:
        raise InputError("--reliability draws what a calibrator does; give it as --calibrator")
    goals = text.metrics(metric or [], costs)
    fitted = tt.load(thresholds)
    curves = None if calibrator is None else tt.Calibrator.load(calibrator)
    if stream.asked(given(context), file, labels, stream.EVALUATE):
        result = Result(stream.judged((file, labels, tags), fitted, memory))
    else:
        result = _result((file, labels, tags, group_column), ontology, fitted, curves)
    evaluation, found = result.evaluation, result.found
    if csv is not None:
        tables.write_columns(csv, evaluation.per_tag)
        streams.wrote(csv)
    if found is not None and reliability is not None:
        plot.save(plot.reliability(found), reliability)
        streams.wrote(reliability)
    if evaluation.same_clips:
        streams.note(streams.SAME_CLIPS.format("the thresholds were"))
    if as_json:
        streams.print_json(result.to_dict(goals))
        return
    console = streams.tables_console(stderr=csv == "-")
    console.print(terminal.per_tag(evaluation, sort, rows, console.width))
    for line in result.lines(goals):
        console.print(line)


class Result(NamedTuple):
    """The evaluation, that of inconsistent decisions, and what the calibrator does."""

    evaluation: Evaluation
    alone: Evaluation | None = None
    found: dict[str, Calibration] | None = None

    def to_dict(self, goals: list[Goal]) -> dict[str, Any]:
        """Everything as plain Python values."""
        from tagthresh.evaluate import AVERAGED

        told = None
        if self.found is not None:
            told = {name: each.to_dict() for name, each in self.found.items()}
        asked = {goal.name: self.evaluation.score(goal) for goal in goals}
        alone = self.alone and {name: self.alone.score(name) for name in AVERAGED}
        return {**self.evaluation.to_dict(), **asked, "calibration": told, "inconsistent": alone}

    def lines(self, goals: list[Goal]) -> Iterator[Drawn | str]:
        """Tables, and metrics asked for."""
        from tagthresh.report import terminal

        yield terminal.averages(self.evaluation)
        for goal in goals:
            yield f"{goal.name} {text.value(goal, self.evaluation.score(goal))}"
        if self.alone is not None:
            yield terminal.consistency(self.alone, self.evaluation)
        if self.found is not None:
            yield terminal.reliability(self.found)


def _result(
    files: tuple[str, str | None, str | None, str | None],
    ontology: str | None,
    fitted: Thresholds,
    curves: Calibrator | None,
) -> Result:
    """Judge thresholds, and a calibrator, on files read whole."""
    import tagthresh as tt

    table, known = data.labelled(*files), None
    if ontology is not None:
        known = data.ontology(ontology, table.tags)
        table = data.closed(table, known, *files[:2])
    with data.blamed(table, *files[:2]), streams.stage("evaluating"):
        judge = partial(
            tt.evaluate,
            *(table.labels, table.scores, fitted),
            tags=table.tags,
            sample_weight=table.weights,
        )
        evaluation, alone = judge(ontology=known), None if known is None else judge()
        found = None if curves is None else _judged(table, curves)
    return Result(evaluation, alone, found)


def _judged(table: Table, calibrator: Calibrator) -> dict[str, Calibration]:
    from tagthresh import reliability

    return reliability(
        table.labels, table.scores, calibrator, tags=table.tags, sample_weight=table.weights
    )
