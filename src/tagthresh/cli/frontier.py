"""``tagthresh frontier``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tagthresh.cli import parsing, printing, reading
from tagthresh.cli.options import (
    FILES,
    TABLES,
    Csv,
    Ignore,
    Json,
    LabelledFile,
    Labels,
    Memory,
    NoHeader,
    NoTag,
    PositiveOnly,
    Rows,
    Tags,
    real,
)
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tagthresh.tradeoffs.frontier import Frontier
    from tagthresh.tradeoffs.operating_point import OperatingPoint

SHORT = "Show what recall costs in precision, and find thresholds that keep a limit."
HELP = (
    SHORT
    + """


Without a limit, points of the frontier: no thresholds have more precision and more recall on these
clips. With one of --precision, --recall, --per-clip and --per-hour, the best thresholds that keep
it on these clips; for a precision that holds on others, see tagthresh guarantee.
"""
    + FILES
)
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh frontier dev.npz --plot frontier.png\n"
    "  tagthresh frontier dev.npz --precision 0.9 -o careful.json\n"
    "  tagthresh frontier dev.npz --recall 0.8 --tag-by-tag -o eager.json\n"
    "  tagthresh frontier dev.npz --per-clip 3 --positive-only --json\n"
    "  tagthresh frontier scores.npy --labels labels.npy --tags tags.txt \\\n"
    "      --csv frontier.csv\n"
    "  tagthresh frontier dev.parquet --group-column recording --precision 0.9 \\\n"
    "      --rows 0\n"
    "  tagthresh frontier dev.npz --per-hour 12 --clip-seconds 10 -o alarms.json\n"
    "  tagthresh frontier folds.csv --labels labels.csv --ignore fold\n"
    "  tagthresh frontier bare_scores.csv --labels bare_labels.csv --no-header \\\n"
    "      --memory 2GB"
)
LIMITS = "--precision, --recall, --per-clip and --per-hour"
Precision = Annotated[
    float | None,
    typer.Option(
        "--precision", metavar="SHARE", parser=real, help="Least precision; recall is maximised."
    ),
]
Recall = Annotated[
    float | None,
    typer.Option(
        "--recall", metavar="SHARE", parser=real, help="Least recall; precision is maximised."
    ),
]
PerClip = Annotated[
    float | None,
    typer.Option(
        "--per-clip",
        metavar="N",
        parser=real,
        help="Most tags a clip gets on average; recall is maximised.",
    ),
]
PerHour = Annotated[
    float | None,
    typer.Option(
        "--per-hour",
        metavar="N",
        parser=real,
        help="Most alarms an hour; recall is maximised. An alarm is a tag given to a clip.",
    ),
]
ClipSeconds = Annotated[
    float | None,
    typer.Option(
        "--clip-seconds", metavar="S", parser=real, help="Length of a clip, for --per-hour."
    ),
]
TagByTag = Annotated[
    bool, typer.Option("--tag-by-tag", help="Keep the limit for each tag, not for all together.")
]
Output = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="JSON", help="Where to write thresholds; - prints."),
]
Plot = Annotated[
    str | None,
    typer.Option(
        "--plot", metavar="FILE", help="Draw precision against recall (.png, .svg, .pdf)."
    ),
]


def run(
    file: LabelledFile,
    labels: Labels = None,
    tags: Tags = None,
    group_column: NoTag = None,
    ignore: Ignore = None,
    no_header: NoHeader = False,
    memory: Memory = None,
    positive_only: PositiveOnly = False,
    precision: Precision = None,
    recall: Recall = None,
    per_clip: PerClip = None,
    per_hour: PerHour = None,
    clip_seconds: ClipSeconds = None,
    tag_by_tag: TagByTag = False,
    output: Output = None,
    csv: Csv = None,
    plot: Plot = None,
    rows: Rows = 20,
    as_json: Json = False,
) -> None:
    """Show the frontier, and the operating point asked for."""
    from tagthresh import Counts, Frontier, operating_point
    from tagthresh.report import terminal
    from tagthresh.report.plot import SUFFIXES

    limits: dict[str, Any] = {
        "precision": precision,
        "recall": recall,
        "per_clip": per_clip,
        "per_hour": per_hour,
        "clip_seconds": clip_seconds,
    }
    limited = _limited(limits)
    _check_needed(limited=limited, tag_by_tag=tag_by_tag, output=output)
    for option, path in (("-o", output), ("--csv", csv)):
        printing.one_result(option, path, as_json)
    if output == csv == "-":
        raise InputError("-o - and --csv -", "both print on standard output; leave out one")
    inputs = (file, labels, tags)
    reading.checked_output("-o", output, (".json",), inputs)
    reading.checked_output("--csv", csv, TABLES, inputs)
    reading.checked_output("--plot", plot, SUFFIXES, inputs, printed=False)
    how = reading.reading(group_column, ignore, no_header, memory)
    table = reading.labelled(file, labels, tags, how)
    point = None
    with reading.blamed(table, file, labels), printing.stage("finding the frontier"):
        counts = Counts.from_arrays(
            *(table.labels, table.scores),
            tags=table.tags,
            sample_weight=table.weights,
            positive_only=positive_only,
        )
        frontier = Frontier.from_arrays(counts)
        if not counts.positive.mass.any():
            raise InputError("y_true", "must have a known positive; it has none")
    if limited:
        with parsing.named(*limits):
            point = operating_point(counts, tag_by_tag=tag_by_tag, **limits)
        if output is not None:
            printing.save(point.thresholds, output)
    _write(frontier, point, csv, plot)
    if as_json:
        printing.print_json(point.to_dict() if point else frontier.to_dict())
        return
    console = printing.tables_console(stderr="-" in {output, csv})
    if point:
        console.print(terminal.operating_point(point, rows, console.width))
        printing.note(_told(point))
    else:
        console.print(terminal.frontier(frontier))


def _limited(limits: Mapping[str, float | None]) -> bool:
    """Whether a limit is given; refuses two of them, and one that breaks a rule."""
    from tagthresh.tradeoffs.operating_point import Limit

    given = {f"--{name.replace('_', '-')}": value for name, value in limits.items()}
    got = " ".join(f"{option} {value:g}" for option, value in given.items() if value is not None)
    seconds = given.pop("--clip-seconds")
    if (given["--per-hour"] is None) != (seconds is None):
        raise InputError("--per-hour and --clip-seconds", "must be given together", got)
    asked = sum(value is not None for value in given.values())
    if asked > 1:
        raise InputError(", ".join(given), "exclude each other", got)
    if asked:
        with parsing.named(*limits):
            Limit.of(**limits)
    return bool(asked)


def _told(point: OperatingPoint) -> str:
    precision, recall = (f"{100 * share:.2f} %" for share in (point.precision, point.recall))
    lacking = ""
    if point.infeasible:
        shown = ", ".join(point.infeasible[:3]) + (", ..." if len(point.infeasible) > 3 else "")
        lacking = f"; never given, since no cut keeps the limit: {shown}"
    return f"{point.goal}: precision {precision}, recall {recall}, {point.rate}{lacking}"


def _check_needed(*, limited: bool, tag_by_tag: bool, output: str | None) -> None:
    """Refuse options that need a limit, where none is given."""
    for flag, given in (("--tag-by-tag", tag_by_tag), ("-o", output is not None)):
        if given and not limited:
            raise InputError(flag, f"needs one of {LIMITS}", "none")


def _write(
    frontier: Frontier, point: OperatingPoint | None, csv: str | None, plot: str | None
) -> None:
    """Write the files asked for."""
    from tagthresh import io
    from tagthresh.report import plot as pictures

    if csv is not None:
        io.write_columns(csv, frontier.table)
        printing.wrote(csv)
    if plot is not None:
        pictures.save(pictures.frontier(frontier, point), plot)
        printing.wrote(plot)
