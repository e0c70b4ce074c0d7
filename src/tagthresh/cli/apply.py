"""``tagthresh apply``."""

from __future__ import annotations

from typing import Annotated

import typer

from tagthresh.cli import data, streams
from tagthresh.cli.options import FILES, TABLES, Fitted, Json, NoTag, OntologyFile, Tags
from tagthresh.plain import plural

SHORT = "Give clips their tags, by the thresholds."
HELP = "Give clips their tags: one row for every score at or above its tag's threshold." + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh apply scores.npz -o tags.csv\n"
    "  tagthresh apply scores.csv -t thresholds.json -o tags.parquet\n"
    "  tagthresh apply scores.csv --ontology audioset.json\n"
    "  cat scores.csv | tagthresh apply - -o - | head"
)
Scores = Annotated[str, typer.Argument(metavar="FILE", help="Scores; labels are ignored.")]
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
    from tagthresh import load, tables
    from tagthresh.apply import accepted_pairs

    streams.one_result("-o", output, as_json)
    data.checked_output("-o", output, TABLES, (file, thresholds, tags, ontology))
    fitted = load(thresholds)
    with streams.stage(f"reading {file}"):
        table = tables.read(file, tags=tags, group_column=group_column)
    known = None if ontology is None else data.ontology(ontology, table, fitted)
    with data.blamed(table, file), streams.stage("deciding"):
        columns = accepted_pairs(table, fitted, known)
    with streams.stage(f"writing {output}"):
        tables.write_columns(output, columns)
    n_clips, n_tagged = table.scores.shape[0], len(set(columns["clip"]))
    n_pairs = len(columns["clip"])
    streams.note(f"{plural(n_pairs, 'tag')} on {n_tagged} of {plural(n_clips, 'clip')}")
    streams.wrote(output)
    if as_json:
        streams.print_json(
            {"clips": n_clips, "clips_with_tags": n_tagged, "tags": n_pairs, "output": output}
        )
