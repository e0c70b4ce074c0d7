"""Files that a command reads: clips in one or two of them, and an ontology."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh import Counts, InputError, Ontology, io
from tagthresh.cli import errors
from tagthresh.cli.printing import stage
from tagthresh.counts import sparse
from tagthresh.io.memory_limit import byte_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tagthresh import Thresholds
    from tagthresh.validation import Tags

WORDS = {"y_true": "labels", "y_score": "scores", "sample_weight": "weights"}
OPTIONS = {
    "tags": "--tags",
    "group_column": "--group-column",
    "ignore": "--ignore",
    "header": "--no-header",
    "memory": "--memory",
}
ScoreFile = Annotated[str, typer.Argument(metavar="FILE", help="Scores; labels are ignored.")]
LabelledFile = Annotated[
    str, typer.Argument(metavar="FILE", help="Scores, and labels if it has them.")
]
Labels = Annotated[
    str | None, typer.Option("--labels", metavar="FILE", help="Labels, where FILE has none.")
]
TagNames = Annotated[
    str | None,
    typer.Option("--tags", metavar="FILE", help="Text file with a tag a line, for bare matrices."),
]
PositiveOnly = Annotated[
    bool,
    typer.Option(
        "--positive-only",
        help="Take labels of 1 and unknown (-1, NaN or blank) without a single 0, which is an "
        "error otherwise.",
    ),
]
Groups = Annotated[
    str | None,
    typer.Option(
        "--group-column",
        metavar="NAME",
        help="Column (or array) with the recording or site of each clip, which is no tag: such "
        "clips stay together, in folds and in bootstrap draws.",
    ),
]
NoTag = Annotated[
    str | None,
    typer.Option(
        "--group-column",
        metavar="NAME",
        help="Column with the recording or site of each clip, which is no tag.",
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="NAME",
        help="Column that is no tag, such as fold or start_time, to be left out; may be repeated.",
    ),
]
NoHeader = Annotated[
    bool,
    typer.Option(
        "--no-header",
        help="The first line of CSV is a clip: tags are those of --tags, or numbered.",
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help="Most memory that the arrays of a file may take, such as 500MB or 2GB; a quarter of "
        "this machine's by default.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class ClipFiles:
    """Files of clips, and how to read them: what the options of these names were given.

    Attributes
    ----------
    file : str
        The file of the scores, which may hold the labels, too.
    labels_option : str
        The option that gives the file of labels.
    """

    file: ScoreFile
    labels: str | None = None
    tags: TagNames = None
    group_column: str | None = None
    ignore: Ignore = None
    no_header: NoHeader = False
    memory: Memory = None
    positive_only: bool = False
    labels_option: str = "--labels"

    def __post_init__(self) -> None:
        if self.memory is not None:
            byte_size("--memory", self.memory)

    @property
    def inputs(self) -> tuple[str | None, ...]:
        """Files that no output may overwrite."""
        return self.file, self.labels, self.tags

    def read(self) -> io.Table:
        """Read scores, and labels where there are any; show that it takes its time."""
        options = OPTIONS | {"labels": self.labels_option}
        with errors.renamed(**options), stage(f"reading {self.file}"):
            return io.read(
                *(self.file, self.labels, self.tags),
                group_column=self.group_column,
                ignore=self.ignore or (),
                header=not self.no_header,
                memory=self.memory,
            )

    def read_scores(self) -> io.Table:
        """Read scores, and leave labels aside."""
        return self.read().without_labels()

    def read_labelled(self) -> io.Table:
        """Read scores and labels."""
        table = self.read()
        if table.labels is None:
            raise InputError(
                self.file, f"holds no labels; give a second file with {self.labels_option}"
            )
        return table

    def read_checked(self, ontology: str | None = None) -> io.Table:
        """Read a file and check it by itself: later errors could not tell which one they are in.

        An ontology, the name of a file, closes the labels upwards.
        """
        table = self.read_labelled()
        if ontology is not None:
            table = self.closed(table, read_ontology(ontology, table.tags))
        with self.named_in_errors(table):
            sparse.labelled(
                *(table.labels, table.scores, table.tags, table.weights),
                positive_only=self.positive_only,
            )
        return table

    def read_counts(self) -> Counts:
        """Read scores and labels, and count them."""
        table = self.read_labelled()
        with self.named_in_errors(table), stage("counting"):
            return Counts.from_arrays(
                *(table.labels, table.scores),
                tags=table.tags,
                sample_weight=table.weights,
                positive_only=self.positive_only,
            )

    def closed(self, table: io.Table, ontology: Ontology) -> io.Table:
        """Close the labels upwards."""
        with self.named_in_errors(table):
            return dataclasses.replace(
                table, labels=ontology.close_labels(table.labels, table.tags)
            )

    @contextmanager
    def named_in_errors(self, table: io.Table | None = None) -> Iterator[None]:
        """Let an error in the data name the file and the clip, and say labels and scores."""
        try:
            yield
        except InputError as error:
            paths = [path for path in (self.file, self.labels) if path]
            files = {"y_true": paths[-1], "sample_weight": " and ".join(paths)}
            raise error.located(
                argument=WORDS.get(error.argument),
                file=files.get(error.argument, self.file),
                clips=None if table is None else table.clips,
            ) from None


@dataclass(frozen=True, kw_only=True)
class ScoreFiles(ClipFiles):
    """Files of scores alone."""

    group_column: NoTag = None


@dataclass(frozen=True, kw_only=True)
class LabelledFiles(ClipFiles):
    """Files of scores and labels."""

    file: LabelledFile
    labels: Labels = None
    positive_only: PositiveOnly = False


@dataclass(frozen=True, kw_only=True)
class GroupedFiles(LabelledFiles):
    """Files of scores and labels of clips in groups."""

    group_column: Groups = None


def read_ontology(path: str, tags: Tags | None, thresholds: Thresholds | None = None) -> Ontology:
    """Read an ontology, and check that it knows the tags."""
    ontology = Ontology.from_file(path)
    try:
        ontology.check((thresholds and thresholds.tags) or tags)
    except InputError as error:
        raise error.located(file=path) from None
    return ontology
