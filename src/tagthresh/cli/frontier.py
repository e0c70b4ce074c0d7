"""``tagthresh frontier``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from tagthresh import Frontier, InputError, operating_point
from tagthresh.cli import errors, printing, writing
from tagthresh.cli.options import FILES, real
from tagthresh.cli.reading import LabelledFiles, NoTag
from tagthresh.cli.results import TagResults
from tagthresh.report import plot as pictures
from tagthresh.tradeoffs.limit import Limit
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
    "  tagthresh frontier dev.npz --precision 0.9 --csv tags.csv --excel-safe\n"
    "  tagthresh frontier dev.npz --markdown frontier.md --latex frontier.tex\n"
    "  tagthresh frontier dev.parquet --group-column recording --precision 0.9 \\\n"
    "      --rows 0\n"
    "  tagthresh frontier dev.npz --per-hour 12 --clip-seconds 10 -o alarms.json\n"
    "  tagthresh frontier folds.csv --labels labels.csv --ignore fold\n"
    "  tagthresh frontier bare_scores.csv --labels bare_labels.csv --no-header \\\n"
    "      --memory 2GB"
)
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
        help="Most tags per clip, on average; recall is maximised.",
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
LIMITS = ("--precision", "--recall", "--per-clip", "--per-hour")


@dataclass(frozen=True, kw_only=True)
class Files(LabelledFiles):
    """Files of scores and labels, with a column that is no tag."""

    group_column: NoTag = None


@dataclass(frozen=True)
class Limits:
    """What the options of these names say; no limit where none is given."""

    precision: Precision = None
    recall: Recall = None
    per_clip: PerClip = None
    per_hour: PerHour = None
    clip_seconds: ClipSeconds = None

    @property
    def by_option(self) -> dict[str, float]:
        """Values by option."""
        values = asdict(self).items()
        return {f"--{name.replace('_', '-')}": value for name, value in values if value is not None}

    def check(self, *, tag_by_tag: bool, output: str | None) -> None:
        """Check that there is one limit at most, and one where an option needs it."""
        by_option = self.by_option
        got = " ".join(f"{option} {value:g}" for option, value in by_option.items())
        if ("--per-hour" in by_option) != ("--clip-seconds" in by_option):
            raise InputError("--per-hour and --clip-seconds", "must be given together", got)
        if len(by_option.keys() - {"--clip-seconds"}) > 1:
            raise InputError(", ".join(LIMITS), "cannot be combined", got)
        if by_option:
            with errors.as_options(*asdict(self)):
                Limit.of(**asdict(self))
        for option, used in (("--tag-by-tag", tag_by_tag), ("-o", output is not None)):
            if used and not by_option:
                rule = f"needs a limit: {', '.join(LIMITS[:-1])} or {LIMITS[-1]}"
                raise InputError(option, rule, "none")


def run(
    files: Files,
    limits: Limits,
    results: TagResults,
    tag_by_tag: TagByTag = False,
    output: Output = None,
    plot: Plot = None,
) -> None:
    """Show the frontier, and the operating point asked for."""
    from tagthresh.report import terminal

    limits.check(tag_by_tag=tag_by_tag, output=output)
    outputs = {"-o": (output, writing.THRESHOLDS), "--plot": (plot, writing.PICTURE)}
    results.check(files.inputs, outputs)
    counts = files.read_counts()
    with files.named_in_errors(), printing.stage("finding the frontier"):
        frontier = Frontier.from_arrays(counts)
        if not counts.positive.mass.any():
            raise InputError("y_true", "must have a known positive; it has none")
    point = None
    if limits.by_option:
        with errors.as_options(*asdict(limits)):
            point = operating_point(counts, tag_by_tag=tag_by_tag, **asdict(limits))
        if output is not None:
            writing.write_thresholds(point.thresholds, output)
    shown = point or frontier
    results.give(
        shown.table,
        lambda rows: [
            terminal.operating_point(point, rows) if point else terminal.frontier(frontier)
        ],
        shown.to_dict,
        output=output,
        picture=(plot, lambda: pictures.frontier(frontier, point)),
    )
    if point is not None and not results.as_json:
        printing.note(_summary(point))


def _summary(point: OperatingPoint) -> str:
    """Say what the thresholds reach, and which tags are never given."""
    precision, recall = (f"{100 * share:.2f} %" for share in (point.precision, point.recall))
    never = ""
    if point.infeasible:
        shown = ", ".join(point.infeasible[:3]) + (", ..." if len(point.infeasible) > 3 else "")
        never = f"; never given, since no cut keeps the limit: {shown}"
    return f"{point.goal}: precision {precision}, recall {recall}, {point.rate}{never}"
