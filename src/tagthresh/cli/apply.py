"""``tagthresh apply``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer

from tagthresh import InputError, Ontology, Thresholds, apply_files, io
from tagthresh.cli import cluster, errors, printing, writing
from tagthresh.cli.options import (
    FILES,
    ExcelSafe,
    Fitted,
    Ignore,
    Json,
    Memory,
    NoHeader,
    NoTag,
    OntologyFile,
    Tags,
    explicit_options,
)
from tagthresh.cli.reading import ClipFiles, read_ontology
from tagthresh.formatting import plural
from tagthresh.io.score_files import ScoreFile, find_scores, is_many
from tagthresh.thresholds.apply import accepted_pairs
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
    dask_cluster = cluster.from_options(explicit_options(context), engine, scheduler, workers)
    if output is None:
        output = "tags.csv" if dask_cluster is None else "tags"
    files = ClipFiles(file, None, tags, group_column, ignore, no_header, memory)
    job = Job(files, thresholds, ontology, output, excel_safe=excel_safe)
    job.check(dask_cluster, as_json=as_json)
    if dask_cluster is not None or job.can_be_in_parts:
        applied = job.in_parts(dask_cluster)
    else:
        applied = job.at_once()
    clips = plural(applied.clips, "clip")
    printing.note(f"{plural(applied.tags, 'tag')} on {applied.clips_with_tags} of {clips}")
    printing.wrote(output)
    if as_json:
        printing.print_json(applied._asdict() | {"output": output})


@dataclass(frozen=True)
class Job:
    """What to decide on, by which thresholds and ontology (files), and where to write it."""

    files: ClipFiles
    thresholds_file: str
    ontology_file: str | None
    output: str
    excel_safe: bool

    def check(self, dask_cluster: cluster.Cluster | None, *, as_json: bool) -> None:
        """Check the options before any work."""
        file, tags = self.files.scores, self.files.tags
        inputs = (file, self.thresholds_file, tags, self.ontology_file)
        if dask_cluster is None:
            options = {"as_json": as_json, "excel_safe": self.excel_safe}
            writing.check_table("-o", self.output, inputs, **options)
            return
        if self.excel_safe:
            raise InputError("--engine dask", "writes Parquet; leave out --excel-safe")
        if self.output == "-" or Path(self.output).suffix:
            rule = "must be a folder, since with --engine dask every task writes a file"
            raise InputError(f"-o {self.output}", rule)
        self._check_parts("--engine dask", "reads clips in parts")

    def _check_parts(self, argument: str, reason: str) -> None:
        """Refuse options of files that are read whole."""
        if self._whole:
            raise InputError(argument, f"{reason}; leave out {self._whole}")

    @property
    def _whole(self) -> str | None:
        """An option of files that are read whole, if one is given."""
        options = {
            "--group-column": self.files.group_column is not None,
            "--ignore": bool(self.files.ignore),
            "--no-header": self.files.no_header,
        }
        return next((option for option, is_given in options.items() if is_given), None)

    @cached_property
    def thresholds(self) -> Thresholds:
        """The thresholds, read when the options are checked."""
        return Thresholds.load(self.thresholds_file)

    def ontology(self, tags: tuple[str, ...] | None) -> Ontology | None:
        """Read the ontology, which must know the tags."""
        if self.ontology_file is None:
            return None
        return read_ontology(self.ontology_file, tags, self.thresholds)

    @property
    def can_be_in_parts(self) -> bool:
        """Whether the path stands for several files, or for one that can be read in parts."""
        if is_many(self.files.scores):
            self._check_parts(self.files.scores, "is read in parts")
            return True
        if self._whole:
            return False
        try:
            ScoreFile.at(self.files.scores)
        except InputError:
            return False  # what is wrong with it, if anything, the error says when it is read whole
        return True

    def in_parts(self, dask_cluster: cluster.Cluster | None) -> Applied:
        """Decide on some clips at a time, on a cluster where there is one."""
        arguments = self.files.scores, self.thresholds, self.output
        options: dict[str, Any] = {"tags": self.files.tags}
        with errors.as_options("tags"), printing.progress("clips") as progress:
            if self.ontology_file is not None:
                first = find_scores(self.files.scores, self.files.tags)[0]
                options["ontology"] = self.ontology(first.tags)
            if dask_cluster is None:
                return apply_files(
                    *arguments, **options, excel_safe=self.excel_safe, progress=progress
                )
            with dask_cluster.client() as client:
                from tagthresh.integrations import dask

                return dask.apply_files(*arguments, **options, progress=progress, client=client)

    def at_once(self) -> Applied:
        """Decide on all clips together."""
        table = self.files.read_scores()
        ontology = self.ontology(table.tags)
        with self.files.named_in_errors(table), printing.stage("deciding"):
            columns = accepted_pairs(table, self.thresholds, ontology)
        with printing.stage(f"writing {self.output}"):
            io.write_columns(self.output, columns, excel_safe=self.excel_safe)
        return Applied(table.scores.shape[0], len(set(columns["clip"])), len(columns["clip"]))
