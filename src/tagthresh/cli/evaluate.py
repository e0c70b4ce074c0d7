"""``tagthresh evaluate``."""

from __future__ import annotations

from typing import Annotated

import typer

from tagthresh.cli import data, streams, text
from tagthresh.cli.options import (
    FILES,
    TABLES,
    Csv,
    Fitted,
    Json,
    LabelledFile,
    Labels,
    NoTag,
    Rows,
    Tags,
)

SHORT = "Judge thresholds on labelled clips: per tag, and averaged."
HELP = SHORT + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh evaluate eval.npz\n"
    "  tagthresh evaluate eval.npz -t thresholds.json --sort support --rows 0\n"
    "  tagthresh evaluate eval.npz --metric f1_samples --metric cost:miss=20\n"
    "  tagthresh evaluate scores.csv --labels labels.csv --csv per_tag.csv"
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


def run(
    file: LabelledFile,
    thresholds: Fitted = "thresholds.json",
    labels: Labels = None,
    tags: Tags = None,
    group_column: NoTag = None,
    metric: Metrics = None,
    sort: Sort = "f1",
    rows: Rows = 20,
    csv: Csv = None,
    as_json: Json = False,
) -> None:
    """Judge thresholds and print how good they are."""
    import tagthresh as tt
    from tagthresh import checks, tables
    from tagthresh.report import terminal

    checks.choice("--sort", sort, terminal.COLUMNS)
    streams.one_result("--csv", csv, as_json)
    data.checked_output("--csv", csv, TABLES, (file, thresholds, labels, tags))
    goals = [text.metric(name) for name in metric or []]
    fitted = tt.load(thresholds)
    table = data.labelled(file, labels, tags, group_column)
    with data.blamed(table, file, labels), streams.stage("evaluating"):
        evaluation = tt.evaluate(
            table.labels, table.scores, fitted, tags=table.tags, sample_weight=table.weights
        )
    if csv is not None:
        tables.write_columns(csv, evaluation.per_tag)
        streams.wrote(csv)
    if as_json:
        asked = {goal.name: evaluation.score(goal) for goal in goals}
        streams.print_json(evaluation.to_dict() | asked)
        return
    console = streams.tables_console(stderr=csv == "-")
    console.print(terminal.per_tag(evaluation, sort, rows, console.width))
    console.print(terminal.averages(evaluation))
    for goal in goals:
        console.print(f"{goal.name} {text.value(goal, evaluation.score(goal))}")
