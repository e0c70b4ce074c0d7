"""``tagthresh evaluate``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from tagthresh.cli import out_of_core, parsing, printing, reading
from tagthresh.cli.options import (
    FILES,
    TABLES,
    Calibrated,
    Costs,
    Csv,
    ExcelSafe,
    Fitted,
    Groups,
    Ignore,
    Json,
    LabelledFile,
    Labels,
    NoHeader,
    OntologyFile,
    PositiveOnly,
    Rows,
    Tags,
    given,
    real,
)
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table as Drawn

    from tagthresh import Calibrator, Evaluation, Thresholds
    from tagthresh.evaluation.bootstrap import Interval
    from tagthresh.evaluation.probabilities import Calibration
    from tagthresh.io import Table
    from tagthresh.metrics import Metric as Goal

SHORT = "Judge thresholds on labelled clips: per tag, and averaged."
HELP = SHORT + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh evaluate eval.npz\n"
    "  tagthresh evaluate eval.npz -t thresholds.json --sort support --rows 0\n"
    "  tagthresh evaluate eval.npz --metric f1_samples --metric cost:miss=20\n"
    "  tagthresh evaluate eval.npz --metric cost --costs costs.csv\n"
    "  tagthresh evaluate eval.npz --ci 0.9\n"
    "  tagthresh evaluate 'shards/*.npz' --memory 2GB\n"
    "  tagthresh evaluate scores.csv --labels labels.csv --csv per_tag.csv\n"
    "  tagthresh evaluate eval.npz --no-ci --csv per_tag.csv --excel-safe\n"
    "  tagthresh evaluate scores.npy --labels labels.npy --tags tags.txt --json\n"
    "  tagthresh evaluate eval.parquet --group-column recording\n"
    "  tagthresh evaluate eval.npz --ontology ontology.json\n"
    "  tagthresh evaluate eval.npz --calibrator calibrator.json \\\n"
    "      --reliability curve.png\n"
    "  tagthresh evaluate folds.csv --labels labels.csv --ignore fold\n"
    "  tagthresh evaluate bare_scores.csv --labels bare_labels.csv --no-header \\\n"
    "      --tags tags.txt\n"
    "  tagthresh evaluate scores.csv --labels found.csv --positive-only"
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

Level = Annotated[
    float,
    typer.Option("--ci", metavar="SHARE", parser=real, help="Level of the confidence intervals."),
]
NoIntervals = Annotated[bool, typer.Option("--no-ci", help="Leave out the confidence intervals.")]
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
    group_column: Groups = None,
    ignore: Ignore = None,
    no_header: NoHeader = False,
    ontology: OntologyFile = None,
    positive_only: PositiveOnly = False,
    metric: Metrics = None,
    costs: Costs = None,
    ci: Level = 0.95,
    no_ci: NoIntervals = False,
    sort: Sort = "f1",
    rows: Rows = 20,
    csv: Csv = None,
    excel_safe: ExcelSafe = False,
    calibrator: Calibrated = None,
    reliability: Reliability = None,
    memory: out_of_core.Memory = None,
    as_json: Json = False,
) -> None:
    """Judge thresholds and print how good they are."""
    import tagthresh as tt
    from tagthresh import io, validation
    from tagthresh.report import plot, terminal

    validation.choice("--sort", sort, terminal.COLUMNS)
    printing.one_result("--csv", csv, as_json)
    reading.checked_excel_safe("--csv", csv, excel_safe=excel_safe)
    inputs = (file, thresholds, labels, tags, ontology, costs, calibrator)
    reading.checked_output("--csv", csv, TABLES, inputs)
    reading.checked_output("--reliability", reliability, plot.SUFFIXES, inputs, printed=False)
    if reliability is not None and calibrator is None:
        raise InputError("--reliability", "draws what a calibrator does; give it as --calibrator")
    validation.share("--ci", ci)
    goals = parsing.metrics(metric or [], costs)
    fitted = tt.Thresholds.load(thresholds)
    curves = None if calibrator is None else tt.Calibrator.load(calibrator)
    if out_of_core.asked(given(context), file, labels, out_of_core.EVALUATE):
        files = out_of_core.Files(file, labels, tags, positive_only)
        result = Result(out_of_core.judged(files, fitted, memory))
    else:
        how = reading.reading(group_column, ignore, no_header, memory)
        paths = file, labels, tags, how
        level = None if no_ci else ci
        result = _result(paths, ontology, fitted, curves, level, positive_only=positive_only)
    evaluation, found = result.evaluation, result.found
    if csv is not None:
        io.write_columns(csv, evaluation.table, excel_safe=excel_safe)
        printing.wrote(csv)
    if found is not None and reliability is not None:
        plot.save(plot.reliability(found), reliability)
        printing.wrote(reliability)
    if evaluation.same_clips:
        printing.note(printing.SAME_CLIPS.format("the thresholds were"))
    if as_json:
        printing.print_json(result.to_dict(goals))
        return
    console = printing.tables_console(stderr=csv == "-")
    console.print(terminal.per_tag(evaluation, sort, rows, console.width))
    for line in result.lines(goals, console.width):
        console.print(line)


class Result(NamedTuple):
    """The evaluation, that of inconsistent decisions, and what the calibrator does."""

    evaluation: Evaluation
    alone: Evaluation | None = None
    found: dict[str, Calibration] | None = None

    def to_dict(self, goals: Mapping[str, Goal]) -> dict[str, Any]:
        """Everything as plain Python values; metrics under the names asked for."""
        from tagthresh.evaluation.evaluate import AVERAGED

        calibration = None
        if self.found is not None:
            calibration = {name: judged.to_dict() for name, judged in self.found.items()}
        content = self.evaluation.to_dict()
        for (name, goal), interval in self._asked(goals):
            content[name], content["intervals"][name] = self.evaluation.score(goal), interval
        alone = self.alone and {name: self.alone.score(name) for name in AVERAGED}
        return {**content, "calibration": calibration, "inconsistent": alone}

    def _asked(
        self, goals: Mapping[str, Goal]
    ) -> Iterator[tuple[tuple[str, Goal], Interval | None]]:
        """Pair the metrics asked for with their intervals."""
        return zip(goals.items(), self.evaluation.intervals([*goals.values()]), strict=True)

    def lines(self, goals: Mapping[str, Goal], width: int) -> Iterator[Drawn | str]:
        """Tables, and metrics asked for."""
        from tagthresh.report import terminal

        yield terminal.averages(self.evaluation, width)
        for (name, goal), interval in self._asked(goals):
            yield f"{name} {parsing.value(goal, self.evaluation.score(goal), interval)}"
        if self.alone is not None:
            yield terminal.consistency(self.alone, self.evaluation)
        if self.found is not None:
            yield terminal.reliability(self.found)


def _result(
    files: tuple[str, str | None, str | None, dict[str, Any]],
    ontology: str | None,
    fitted: Thresholds,
    curves: Calibrator | None,
    ci: float | None,
    *,
    positive_only: bool,
) -> Result:
    """Judge thresholds, and a calibrator, on files read whole."""
    import tagthresh as tt

    table, known = reading.labelled(*files), None
    if ontology is not None:
        known = reading.ontology(ontology, table.tags)
        table = reading.closed(table, known, *files[:2])
    with reading.blamed(table, *files[:2]), printing.stage("evaluating"):
        judge = partial(
            tt.evaluate,
            *(table.labels, table.scores, fitted),
            tags=table.tags,
            sample_weight=table.weights,
            groups=table.groups,
            ci=ci,
            positive_only=positive_only,
        )
        evaluation, alone = judge(ontology=known), None if known is None else judge()
        found = None if curves is None else _judged(table, curves)
    return Result(evaluation, alone, found)


def _judged(table: Table, calibrator: Calibrator) -> dict[str, Calibration]:
    from tagthresh import reliability

    return reliability(
        *(table.labels, table.scores, calibrator),
        tags=table.tags,
        sample_weight=table.weights,
        positive_only=True,  # as judged before
    )
