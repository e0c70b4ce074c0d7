"""Files that a command reads: clips in one or two of them, and an ontology."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tagthresh import Counts, InputError, Ontology, io
from tagthresh.cli import errors
from tagthresh.cli.printing import stage
from tagthresh.counts import sparse
from tagthresh.io.memory_limit import byte_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


@dataclass(frozen=True)
class ClipFiles:
    """Files of clips, and how to read them.

    Attributes
    ----------
    scores : str
        The file of the scores, which may hold the labels, too.
    labels, tags : str or None
        Files of labels and of the names of tags.
    group_column, ignore, no_header, memory, positive_only
        What the options of these names were given.
    labels_option : str
        The option that gives the file of labels.
    """

    scores: str
    labels: str | None = None
    tags: str | None = None
    group_column: str | None = None
    ignore: Sequence[str] | None = None
    no_header: bool = False
    memory: str | None = None
    positive_only: bool = False
    labels_option: str = "--labels"

    def __post_init__(self) -> None:
        if self.memory is not None:
            byte_size("--memory", self.memory)

    def read(self) -> io.Table:
        """Read scores, and labels where there are any; show that it takes its time."""
        options = OPTIONS | {"labels": self.labels_option}
        with errors.renamed(**options), stage(f"reading {self.scores}"):
            return io.read(
                *(self.scores, self.labels, self.tags),
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
                self.scores, f"holds no labels; give a second file with {self.labels_option}"
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
            paths = [path for path in (self.scores, self.labels) if path]
            files = {"y_true": paths[-1], "sample_weight": " and ".join(paths)}
            raise error.located(
                argument=WORDS.get(error.argument),
                file=files.get(error.argument, self.scores),
                clips=None if table is None else table.clips,
            ) from None


def read_ontology(path: str, tags: Tags | None, thresholds: Thresholds | None = None) -> Ontology:
    """Read an ontology, and check that it knows the tags."""
    ontology = Ontology.from_file(path)
    try:
        ontology.check((thresholds and thresholds.tags) or tags)
    except InputError as error:
        raise error.located(file=path) from None
    return ontology
