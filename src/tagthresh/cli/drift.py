"""``tagthresh drift``."""

from __future__ import annotations

from typing import Annotated

import typer

from tagthresh import Profile, drift
from tagthresh.cli import printing
from tagthresh.cli.options import FILES
from tagthresh.cli.reading import ScoreFiles
from tagthresh.cli.results import TagResults
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
Kept = Annotated[
    str,
    typer.Option(
        "-p", "--profile", metavar="JSON", help="Profile of the clips before, from fit --profile."
    ),
]


def run(files: ScoreFiles, results: TagResults, profile: Kept = "profile.json") -> None:
    """Compare and list the tags."""
    from tagthresh.report import terminal

    results.check((*files.inputs, profile))
    before = Profile.load(profile)
    table = files.read_scores()
    with files.named_in_errors(table), printing.stage("comparing"):
        result = drift(table.scores, before, tags=table.tags)
    verdict = "the thresholds may no longer fit" if result.drifted else "no change is seen"
    printing.note(f"{verdict}: {plural(result.n_clips[1], 'clip')} against {result.n_clips[0]}")
    results.give(result.table, lambda rows: [terminal.drift(result, rows)], result.to_dict)
