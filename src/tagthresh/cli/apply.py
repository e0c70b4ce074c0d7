"""``tagthresh apply``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer

from tagthresh import InputError, Ontology, Thresholds, apply_files, io
from tagthresh.cli import errors, printing, writing
from tagthresh.cli.cluster import Engine
from tagthresh.cli.options import FILES, ExcelSafe, Fitted, Json, OntologyFile
from tagthresh.cli.reading import ScoreFiles, read_ontology
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


@dataclass(frozen=True, kw_only=True)
class Files(ScoreFiles):
    """Files of scores; there may be many."""

    file: Scores


def run(
    files: Files,
    engine: Engine,
    thresholds: Fitted = "thresholds.json",
    ontology: OntologyFile = None,
    output: Output = None,
    excel_safe: ExcelSafe = False,
    as_json: Json = False,
) -> None:
    """Decide and write the decisions."""
    if output is None:
        output = "tags" if engine.is_dask else "tags.csv"
    job = Job(files, thresholds, ontology, output, excel_safe, engine)
    job.check(as_json=as_json)
    applied = job.in_parts() if engine.is_dask or job.can_be_in_parts else job.at_once()
    clips = plural(applied.clips, "clip")
    printing.note(f"{plural(applied.tags, 'tag')} on {applied.clips_with_tags} of {clips}")
    printing.wrote(output)
    if as_json:
        printing.print_json(applied._asdict() | {"output": output})


@dataclass(frozen=True)
class Job:
    """What to decide on, by which thresholds and ontology (files), and where to write it."""

    files: ScoreFiles
    thresholds_file: str
    ontology_file: str | None
    output: str
    excel_safe: bool
    engine: Engine

    def check(self, *, as_json: bool) -> None:
        """Check the options before any work."""
        if not self.engine.is_dask:
            inputs = (*self.files.inputs, self.thresholds_file, self.ontology_file)
            outputs = {"-o": (self.output, writing.TABLE)}
            writing.check(outputs, inputs, as_json=as_json, excel_safe=self.excel_safe)
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
        if is_many(self.files.file):
            self._check_parts(self.files.file, "is read in parts")
            return True
        if self._whole:
            return False
        try:
            ScoreFile.at(self.files.file)
        except InputError:
            return False  # what is wrong with it, if anything, the error says when it is read whole
        return True

    def in_parts(self) -> Applied:
        """Decide on some clips at a time, on a cluster where there is one."""
        arguments = self.files.file, self.thresholds, self.output
        options: dict[str, Any] = {"tags": self.files.tags}
        with errors.as_options("tags"), printing.progress("clips") as progress:
            if self.ontology_file is not None:
                first = find_scores(self.files.file, self.files.tags)[0]
                options["ontology"] = self.ontology(first.tags)
            if not self.engine.is_dask:
                return apply_files(
                    *arguments, **options, excel_safe=self.excel_safe, progress=progress
                )
            with self.engine.client() as client:
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
