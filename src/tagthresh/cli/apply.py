"""``tagthresh apply``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh.checks import InputError
from tagthresh.cli import data, streams
from tagthresh.cli.options import FILES, TABLES, Fitted, Json, NoTag, OntologyFile, Tags
from tagthresh.plain import plural

if TYPE_CHECKING:
    from tagthresh import Applied, Thresholds

SHORT = "Give clips their tags, by the thresholds."
HELP = "Give clips their tags: one row for every score at or above its tag's threshold." + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh apply scores.npz -o tags.csv\n"
    "  tagthresh apply scores.csv -t thresholds.json -o tags.parquet\n"
    "  tagthresh apply scores.csv --ontology audioset.json\n"
    "  tagthresh apply 'scores/*.npy' --tags tags.txt -o tags.parquet\n"
    "  cat scores.csv | tagthresh apply - -o - | head"
)
Scores = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="Scores, in a file, a folder or a pattern; labels are ignored."
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Where to write (.csv or .parquet); - prints CSV."
    ),
]


def run(
    file: Scores,
    thresholds: Fitted = "thresholds.json",
    tags: Tags = None,
    group_column: NoTag = None,
    ontology: OntologyFile = None,
    output: Output = "tags.csv",
    as_json: Json = False,
) -> None:
    """Decide and write the decisions."""
    from tagthresh import load

    streams.one_result("-o", output, as_json)
    data.checked_output("-o", output, TABLES, (file, thresholds, tags, ontology))
    fitted = load(thresholds)
    decide = _in_parts if _is_read_in_parts(file, group_column) else _at_once
    done = decide(file, tags, group_column, ontology, fitted, output)
    clips = plural(done.clips, "clip")
    streams.note(f"{plural(done.tags, 'tag')} on {done.clips_with_tags} of {clips}")
    streams.wrote(output)
    if as_json:
        streams.print_json(done._asdict() | {"output": output})


def _is_read_in_parts(file: str, group_column: str | None) -> bool:
    """Whether a path stands for several files, or for one that can be read in parts."""
    from tagthresh.tables.scores import ScoreFile
    from tagthresh.tables.shards import is_many

    if group_column is not None:
        return False
    if is_many(file):
        return True
    try:
        ScoreFile.at(file)
    except InputError:
        return False  # what is wrong with it, if anything, is told when it is read whole
    return True


def _in_parts(
    file: str,
    tags: str | None,
    _group_column: str | None,
    ontology: str | None,
    fitted: Thresholds,
    output: str,
) -> Applied:
    from tagthresh import apply_files
    from tagthresh.tables.scores import find_scores

    known = None
    if ontology is not None:
        known = data.ontology(ontology, find_scores(file, tags)[0].tags, fitted)
    with streams.progress("clips") as progress:
        return apply_files(file, fitted, output, tags=tags, ontology=known, progress=progress)


def _at_once(
    file: str,
    tags: str | None,
    group_column: str | None,
    ontology: str | None,
    fitted: Thresholds,
    output: str,
) -> Applied:
    from tagthresh import Applied, tables
    from tagthresh.apply import accepted_pairs

    with streams.stage(f"reading {file}"):
        table = tables.read(file, tags=tags, group_column=group_column)
    known = None if ontology is None else data.ontology(ontology, table.tags, fitted)
    with data.blamed(table, file), streams.stage("deciding"):
        columns = accepted_pairs(table, fitted, known)
    with streams.stage(f"writing {output}"):
        tables.write_columns(output, columns)
    return Applied(table.scores.shape[0], len(set(columns["clip"])), len(columns["clip"]))
