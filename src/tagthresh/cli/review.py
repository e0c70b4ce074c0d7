"""``tagthresh review``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import scipy
import typer

from tagthresh.cli import printing, writing
from tagthresh.cli.options import FILES, ExcelSafe, Json, whole
from tagthresh.cli.reading import ScoreFiles
from tagthresh.evaluation.review import review_columns
from tagthresh.formatting import plural
from tagthresh.validation import InputError, Place, number_of, score_matrix, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT = "Choose clips to label in every score band; fit weighs them for all."
HELP = (
    "Choose clips to label: some of every score band of every tag. Fill in the column label (1, 0, "
    "empty for unsure) and give the file to fit, evaluate or compare, which weigh each label for "
    "all clips of its band (docs/partial-evidence.md)." + FILES
)
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh review scores.csv -o to_review.csv\n"
    "  tagthresh review scores.npz --per-band 20 --bands 6 --seed 1\n"
    "  tagthresh review scores.npz --bands 0.1,0.3,0.5,0.7,0.9\n"
    "  tagthresh review scores.npy --tags tags.txt --json\n"
    "  tagthresh review recordings.csv --group-column recording\n"
    "  tagthresh fit reviewed.csv\n"
    "  tagthresh review folds.csv --ignore fold\n"
    "  tagthresh review bare_scores.csv --no-header --memory 2GB\n"
    "  tagthresh review scores.csv --excel-safe"
)
Bands = Annotated[
    str,
    typer.Option(
        "--bands",
        metavar="N",
        help="Number of bands: the lower half of the clips, half of the rest, and so on; or the "
        "scores that part them, with commas.",
    ),
]
PerBand = Annotated[
    int,
    typer.Option(
        "--per-band", metavar="CLIPS", parser=whole(1), help="Clips to label in each band."
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", parser=whole(0), help="Of the draw.")]
Output = Annotated[
    str,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Where to write (.csv or .parquet); - prints CSV."
    ),
]


def run(
    files: ScoreFiles,
    bands: Bands = "10",
    per_band: PerBand = 50,
    seed: Seed = 0,
    output: Output = "to_review.csv",
    excel_safe: ExcelSafe = False,
    as_json: Json = False,
) -> None:
    """Choose pairs of clip and tag, and write them."""
    outputs = {"-o": (output, writing.TABLE)}
    writing.check(outputs, files.inputs, as_json=as_json, excel_safe=excel_safe)
    limits = _bands(bands)
    table = files.read_scores()
    if scipy.sparse.issparse(table.scores):
        raise InputError(files.file, "must have a score for every clip and tag; some are missing")
    n_clips, n_tags = table.scores.shape
    with files.named_in_errors(table):
        scores = score_matrix("y_score", table.scores, table.tags)
        columns = review_columns(
            scores,
            table.tags or [str(tag) for tag in range(n_tags)],
            table.clips or [str(clip) for clip in range(n_clips)],
            bands=limits,
            per_band=per_band,
            random_state=seed,
        )
    if table.clips and len(set(table.clips)) < len(table.clips):
        twice = Counter(table.clips).most_common(1)[0][0]
        raise InputError(
            "clips", "must be distinct", f"{twice!r} more than once", Place(file=files.file)
        )
    n_pairs = len(columns["clip"])
    share = 100 * n_pairs / (n_clips * n_tags)
    size = f"{plural(n_clips, 'clip')} x {plural(n_tags, 'tag')}"
    writing.write_table(output, columns, excel_safe=excel_safe)
    printing.note(f"{plural(n_pairs, 'label')} to find out, {share:.3g} % of {size}")
    if as_json:
        printing.print_json({"clips": n_clips, "labels": n_pairs, "output": output})


def _bands(text: str) -> int | Sequence[float]:
    """Read a number of bands, or the scores that part them."""
    if text.isdecimal():
        return whole_number("--bands", int(text), 1)
    return [number_of("--bands", part) for part in text.split(",")]
