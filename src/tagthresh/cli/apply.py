"""``tagthresh apply``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tagthresh.cli import cluster, parsing, printing, reading
from tagthresh.cli.options import (
    FILES,
    TABLES,
    ExcelSafe,
    Fitted,
    Ignore,
    Json,
    Memory,
    NoHeader,
    NoTag,
    OntologyFile,
    Tags,
    given,
)
from tagthresh.formatting import plural
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from tagthresh import Ontology, Thresholds
    from tagthresh.thresholds.apply_files import Applied

SHORT = "Give clips their tags, by the thresholds."
HELP = "Give clips their tags: one row for every score at or above its tag's threshold." + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh apply scores.npz -o tags.csv\n"
    "  tagthresh apply scores.csv -t thresholds.json -o tags.parquet\n"
    "  tagthresh apply scores.csv --ontology ontology.json\n"
    "  tagthresh apply 'arrays/*.npy' --tags tags.txt -o tags.parquet\n"
    "  tagthresh apply 'shards/*.npz' --engine dask --workers 8 -o tags\n"
    "  tagthresh apply 'shards/*.npz' --engine dask \\\n"
    "      --scheduler tcp://10.0.0.1:8786 -o all\n"
    "  tagthresh apply scores.npy --tags tags.txt --json\n"
    "  tagthresh apply recordings.csv --group-column recording\n"
    "  cat scores.csv | tagthresh apply - -o - | head\n"
    "  tagthresh apply folds.csv --ignore fold\n"
    "  tagthresh apply bare_scores.csv --no-header --tags tags.txt --memory 2GB\n"
    "  tagthresh apply scores.csv -o tags.csv --excel-safe"
)
WHOLE = ("group_column", "ignore", "no_header")  # options of what is read whole
Scores = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="Scores, in a file, a folder or a pattern; labels are ignored."
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Where to write (.csv or .parquet), tags.csv by default; - prints CSV. With --engine "
        "dask a new folder, for Parquet files; tags by default.",
    ),
]


def run(
    context: typer.Context,
    file: Scores,
    thresholds: Fitted = "thresholds.json",
    tags: Tags = None,
    group_column: NoTag = None,
    ignore: Ignore = None,
    no_header: NoHeader = False,
    memory: Memory = None,
    ontology: OntologyFile = None,
    output: Output = None,
    excel_safe: ExcelSafe = False,
    engine: cluster.Engine = "local",
    scheduler: cluster.Scheduler = None,
    workers: cluster.Workers = None,
    as_json: Json = False,
) -> None:
    """Decide and write the decisions."""
    from tagthresh import Thresholds

    on_line = given(context)
    where = cluster.chosen(on_line, engine, scheduler, workers)
    whole = [on_line[name] for name in WHOLE if name in on_line]
    if output is None:
        output = "tags.csv" if where is None else "tags"
    printing.one_result("-o", output, as_json)
    reading.checked_excel_safe("-o", output, excel_safe=excel_safe)
    if where is None:
        reading.checked_output("-o", output, TABLES, (file, thresholds, tags, ontology))
    else:
        _check_folder(output, whole)
    how = reading.reading(group_column, ignore, no_header, memory)
    job = Job(file, tags, how, whole, ontology, Thresholds.load(thresholds), output, excel_safe)
    done = job.in_parts(where) if where or job.can_be_in_parts else job.at_once()
    clips = plural(done.clips, "clip")
    printing.note(f"{plural(done.tags, 'tag')} on {done.clips_with_tags} of {clips}")
    printing.wrote(output)
    if as_json:
        printing.print_json(done._asdict() | {"output": output})


def _check_folder(output: str, whole: list[str]) -> None:
    """Check what decisions on a cluster need."""
    if output == "-" or Path(output).suffix:
        rule = "must be a folder, since with --engine dask every task writes a file"
        raise InputError(f"-o {output}", rule)
    if whole:
        raise InputError("--engine dask", f"reads clips in parts; leave out {whole[0]}")


@dataclass(frozen=True)
class Job:
    """What to decide on, by which thresholds, and where to write it; `whole` are options."""

    file: str
    tags: str | None
    how: dict[str, Any]
    whole: list[str]
    ontology: str | None
    thresholds: Thresholds
    output: str
    excel_safe: bool

    @property
    def can_be_in_parts(self) -> bool:
        """Whether the path stands for several files, or for one that can be read in parts."""
        from tagthresh.io.score_files import ScoreFile
        from tagthresh.io.shard_files import is_many

        if is_many(self.file):
            if self.whole:
                raise InputError(self.file, f"is read in parts; leave out {self.whole[0]}")
            return True
        if self.whole:
            return False
        try:
            ScoreFile.at(self.file)
        except InputError:
            return False  # what is wrong with it, if anything, is told when it is read whole
        return True

    def in_parts(self, where: cluster.Cluster | None) -> Applied:
        """Decide on some clips at a time, on a cluster where there is one."""
        from tagthresh import apply_files
        from tagthresh.io.score_files import find_scores

        known = None
        if self.ontology is not None:
            with parsing.renamed(tags="--tags"):
                files = find_scores(self.file, self.tags)
            known = self._ontology(files[0].tags)
        where_to = self.file, self.thresholds, self.output
        options: dict[str, Any] = {"tags": self.tags, "ontology": known}
        with parsing.renamed(tags="--tags"), printing.progress("clips") as progress:
            if where is None:
                return apply_files(
                    *where_to, **options, excel_safe=self.excel_safe, progress=progress
                )
            with where.client() as client:
                from tagthresh.integrations import dask

                return dask.apply_files(*where_to, **options, progress=progress, client=client)

    def at_once(self) -> Applied:
        """Decide on all clips together."""
        from tagthresh import io
        from tagthresh.thresholds.apply import accepted_pairs
        from tagthresh.thresholds.apply_files import Applied

        table = reading.scores(self.file, self.tags, self.how)
        known = None if self.ontology is None else self._ontology(table.tags)
        with reading.blamed(table, self.file), printing.stage("deciding"):
            columns = accepted_pairs(table, self.thresholds, known)
        with printing.stage(f"writing {self.output}"):
            io.write_columns(self.output, columns, excel_safe=self.excel_safe)
        return Applied(table.scores.shape[0], len(set(columns["clip"])), len(columns["clip"]))

    def _ontology(self, tags: tuple[str, ...] | None) -> Ontology:
        return reading.ontology(str(self.ontology), tags, self.thresholds)
