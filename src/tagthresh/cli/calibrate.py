"""``tagthresh calibrate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tagthresh import Calibrator
from tagthresh.cli import printing, writing
from tagthresh.cli.options import FILES, ExcelSafe, Json
from tagthresh.cli.reading import ScoreFiles
from tagthresh.formatting import plural

if TYPE_CHECKING:
    from tagthresh.io import Table

SHORT = "Turn scores into probabilities."
HELP = "Turn scores into probabilities: one row a clip, one column a tag." + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh fit dev.npz --method hierarchical --calibrator calibrator.json\n"
    "  tagthresh calibrate scores.npz -o probabilities.csv\n"
    "  tagthresh calibrate scores.csv -c calibrator.json -o p.parquet \\\n"
    "      --only-trusted\n"
    "  tagthresh calibrate scores.npy --tags tags.txt\n"
    "  tagthresh calibrate recordings.csv --group-column recording --json\n"
    "  tagthresh calibrate folds.csv --ignore fold\n"
    "  tagthresh calibrate bare_scores.csv --no-header --tags tags.txt --memory 2GB\n"
    "  tagthresh calibrate scores.csv --excel-safe"
)
Fitted = Annotated[
    str,
    typer.Option(
        "-c", "--calibrator", metavar="JSON", help="Calibrator to use, from fit --calibrator."
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Where to write (.csv or .parquet); - prints CSV."
    ),
]
OnlyTrusted = Annotated[
    bool,
    typer.Option(
        "--only-trusted", help="Leave cells empty outside the range where a tag is trusted."
    ),
]


def run(
    files: ScoreFiles,
    calibrator: Fitted = "calibrator.json",
    output: Output = "probabilities.csv",
    excel_safe: ExcelSafe = False,
    only_trusted: OnlyTrusted = False,
    as_json: Json = False,
) -> None:
    """Compute and write the probabilities."""
    outputs, inputs = {"-o": (output, writing.TABLE)}, (*files.inputs, calibrator)
    writing.check(outputs, inputs, as_json=as_json, excel_safe=excel_safe)
    fitted = Calibrator.load(calibrator)
    table = files.read_scores()
    with files.named_in_errors(table), printing.stage("calibrating"):
        probability = fitted.predict_proba(table.scores, table.tags)
        trusted = fitted.is_trusted(table.scores, table.tags)
    if only_trusted:
        probability[~trusted] = float("nan")
    with printing.stage(f"writing {output}"):
        columns = _columns(table, fitted, probability)
        writing.write_table(output, columns, excel_safe=excel_safe)
    share = float(trusted.mean()) if trusted.size else None
    size = f"{plural(len(probability), 'clip')} x {plural(len(fitted), 'tag')}"
    printing.note(size if share is None else f"{size}, {100 * share:.1f} % trusted")
    printing.wrote(output)
    if as_json:
        printing.print_json({"clips": len(probability), "trusted": share, "output": output})


def _columns(table: Table, fitted: Calibrator, probability: Any) -> dict[str, Any]:
    """Columns clip and then the tags, in the calibrator's order."""
    n_clips, n_tags = probability.shape
    clips = table.clips or tuple(str(clip) for clip in range(n_clips))
    names = fitted.tags or table.tags or tuple(str(tag) for tag in range(n_tags))
    return {"clip": clips, **dict(zip(names, probability.T, strict=True))}
