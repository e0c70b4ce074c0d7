"""``tagthresh evaluate``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

import tagthresh as tt
from tagthresh.cli import errors, parsing, printing, writing
from tagthresh.cli.options import FILES, Costs, Fitted, OntologyFile, real
from tagthresh.cli.reading import read_ontology
from tagthresh.cli.results import TagResults
from tagthresh.cli.shards import LabelledShards
from tagthresh.evaluation.evaluate import AVERAGED
from tagthresh.report import plot
from tagthresh.validation import InputError, choice, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tagthresh.evaluation.bootstrap import Interval
    from tagthresh.evaluation.probabilities import Calibration
    from tagthresh.metrics import Metric as Goal
    from tagthresh.report import terminal

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
    "  tagthresh evaluate eval.npz --markdown tags.md --latex tags.tex\n"
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
Calibrated = Annotated[
    str | None,
    typer.Option(
        "--calibrator",
        metavar="JSON",
        help="Judge the probabilities of this calibrator too, beside the scores as they are.",
    ),
]
# Options that need all clips in memory.
WHOLE = ("group_column", "no_header", "ontology", "ci", "calibrator", "reliability")


def run(
    context: typer.Context,
    files: LabelledShards,
    results: TagResults,
    thresholds: Fitted = "thresholds.json",
    ontology: OntologyFile = None,
    metric: Metrics = None,
    costs: Costs = None,
    ci: Level = 0.95,
    no_ci: NoIntervals = False,
    sort: Sort = "f1",
    calibrator: Calibrated = None,
    reliability: Reliability = None,
) -> None:
    """Judge thresholds and print how good they are."""
    from tagthresh.report import terminal

    choice("--sort", sort, terminal.COLUMNS)
    share("--ci", ci)
    inputs = (*files.inputs, thresholds, ontology, costs, calibrator)
    results.check(inputs, {"--reliability": (reliability, writing.PICTURE)})
    if reliability is not None and calibrator is None:
        raise InputError("--reliability", "needs a calibrator; pass its file as --calibrator")
    goals = parsing.metrics(metric or [], costs)
    fitted = tt.Thresholds.load(thresholds)
    curves = None if calibrator is None else tt.Calibrator.load(calibrator)
    if files.in_parts(context, WHOLE):
        with printing.progress("clips") as progress, errors.as_options("memory"):
            result = Result(tt.evaluate(files.shards(progress), thresholds=fitted))
    else:
        result = _evaluated(files, ontology, fitted, curves, None if no_ci else ci)
    if result.evaluation.same_clips:
        printing.note(printing.SAME_CLIPS.format("the thresholds were"))
    results.give(
        result.evaluation.table,
        partial(result.drawn, sort, goals),
        partial(result.to_dict, goals),
        picture=(reliability, lambda: plot.reliability(result.calibration or {})),
    )


class Result(NamedTuple):
    """The evaluation, that of inconsistent decisions, and what the calibrator does."""

    evaluation: tt.Evaluation
    inconsistent: tt.Evaluation | None = None
    calibration: dict[str, Calibration] | None = None

    def to_dict(self, goals: Mapping[str, Goal]) -> dict[str, Any]:
        """Everything as plain Python values; metrics under the names asked for."""
        calibration = None
        if self.calibration is not None:
            calibration = {name: judged.to_dict() for name, judged in self.calibration.items()}
        inconsistent = self.inconsistent and {
            name: self.inconsistent.score(name) for name in AVERAGED
        }
        content = self.evaluation.to_dict()
        for (name, goal), interval in self._asked(goals):
            content[name], content["intervals"][name] = self.evaluation.score(goal), interval
        return {**content, "calibration": calibration, "inconsistent": inconsistent}

    def _asked(
        self, goals: Mapping[str, Goal]
    ) -> Iterator[tuple[tuple[str, Goal], Interval | None]]:
        """Pair the metrics asked for with their intervals."""
        return zip(goals.items(), self.evaluation.intervals([*goals.values()]), strict=True)

    def drawn(
        self, sort: str, goals: Mapping[str, Goal], rows: int
    ) -> Iterator[terminal.Table | str]:
        """Tags, averages, what the ontology and the calibrator do, and the metrics asked for."""
        from tagthresh.report import terminal

        yield terminal.per_tag(self.evaluation, sort, rows)
        yield terminal.averages(self.evaluation)
        if self.inconsistent is not None:
            yield terminal.consistency(self.inconsistent, self.evaluation)
        if self.calibration is not None:
            yield terminal.reliability(self.calibration)
        for (name, goal), interval in self._asked(goals):
            yield f"{name} {printing.metric_value(goal, self.evaluation.score(goal), interval)}"


def _evaluated(
    files: LabelledShards,
    ontology: str | None,
    thresholds: tt.Thresholds,
    calibrator: tt.Calibrator | None,
    ci: float | None,
) -> Result:
    """Judge thresholds, and a calibrator, on files read whole."""
    table, known = files.read_labelled(), None
    if ontology is not None:
        known = read_ontology(ontology, table.tags)
        table = files.closed(table, known)
    options: dict[str, Any] = {"tags": table.tags, "sample_weight": table.weights}
    with files.named_in_errors(table), printing.stage("evaluating"):
        evaluate = partial(
            tt.evaluate,
            *(table.labels, table.scores, thresholds),
            **options,
            groups=table.groups,
            ci=ci,
            positive_only=files.positive_only,
        )
        evaluation, inconsistent = evaluate(ontology=known), None if known is None else evaluate()
        calibration = None
        if calibrator is not None:
            calibration = tt.reliability(
                *(table.labels, table.scores, calibrator),
                **options,
                positive_only=True,  # as judged before
            )
    return Result(evaluation, inconsistent, calibration)
