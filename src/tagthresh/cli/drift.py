"""``tagthresh drift``."""

from __future__ import annotations

from typing import Annotated

import typer

from tagthresh import Profile, drift
from tagthresh.cli import printing
from tagthresh.cli.options import (
    FILES,
    Csv,
    ExcelSafe,
    Ignore,
    Json,
    Latex,
    Markdown,
    Memory,
    NoHeader,
    NoTag,
    Rows,
    Tags,
)
from tagthresh.cli.reading import ClipFiles
from tagthresh.cli.tables import TableFiles
from tagthresh.formatting import plural

SHORT = "Tell whether thresholds still fit, from unlabelled scores."
HELP = (
    "Tell which tags are given more or less often than on the clips fitted on, or have other "
    "scores.\n\nClips must be independent: of those of one recording, keep one (docs/shift.md)."
) + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh fit dev.npz --profile profile.json\n"
    "  tagthresh drift scores.npz\n"
    "  tagthresh drift scores.csv -p profile.json --rows 0\n"
    "  tagthresh drift scores.npy --tags tags.txt\n"
    "  tagthresh drift recordings.csv --group-column recording --json\n"
    "  tagthresh drift scores.npz --csv drift.csv --excel-safe\n"
    "  tagthresh drift scores.npz --markdown drift.md --latex drift.tex\n"
    "  tagthresh drift folds.csv --ignore fold\n"
    "  tagthresh drift bare_scores.csv --no-header --tags tags.txt --memory 2GB"
)
Scores = Annotated[
    str, typer.Argument(metavar="FILE", help="Scores of later clips; labels are ignored.")
]
Kept = Annotated[
    str,
    typer.Option(
        "-p", "--profile", metavar="JSON", help="Profile of the clips before, from fit --profile."
    ),
]


def run(
    file: Scores,
    profile: Kept = "profile.json",
    tags: Tags = None,
    group_column: NoTag = None,
    ignore: Ignore = None,
    no_header: NoHeader = False,
    memory: Memory = None,
    rows: Rows = 20,
    csv: Csv = None,
    markdown: Markdown = None,
    latex: Latex = None,
    excel_safe: ExcelSafe = False,
    as_json: Json = False,
) -> None:
    """Compare and list the tags."""
    from tagthresh.report import terminal

    table_files = TableFiles(csv, markdown, latex, excel_safe)
    table_files.check((file, profile, tags), as_json=as_json)
    before = Profile.load(profile)
    files = ClipFiles(file, None, tags, group_column, ignore, no_header, memory)
    table = files.read_scores()
    with files.named_in_errors(table), printing.stage("comparing"):
        result = drift(table.scores, before, tags=table.tags)
    table_files.write(result.table, lambda rows: [terminal.drift(result, rows)])
    verdict = "the thresholds may no longer fit" if result.drifted else "no change is seen"
    printing.note(f"{verdict}: {plural(result.n_clips[1], 'clip')} against {result.n_clips[0]}")
    if as_json:
        printing.print_json(result.to_dict())
        return
    table_files.console().print(terminal.drift(result, rows))
