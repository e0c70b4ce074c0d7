"""Commands on clips that are read in parts: more than fit into memory, or in many files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh import InputError, Shards
from tagthresh.cli import errors
from tagthresh.cli.reading import GroupedFiles
from tagthresh.io.array_files import IN_PARTS
from tagthresh.io.memory_limit import machine
from tagthresh.io.score_files import is_many
from tagthresh.io.shards import MEMORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tagthresh.io.shards import Progress

Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help="Read the clips in parts and count them in so much memory, such as 500MB or 2GB; "
        "1GB by default for several files and for files too large to be read whole. Results are "
        "the same (docs/scale.md). CSV is read whole: the most that its arrays may take.",
    ),
]
READS = "reads clips in parts"
# What to do in place of options that need all clips in memory.
INSTEAD = {
    "override": "; --fix does the same before the fit",
    "group_column": "; --ignore leaves its column out",
}


@dataclass(frozen=True, kw_only=True)
class LabelledShards(GroupedFiles):
    """Files of scores and labels, which can be read in parts."""

    memory: Memory = None

    def in_parts(
        self, context: typer.Context, whole: Sequence[str], *, on_dask: bool = False
    ) -> bool:
        """Whether the clips are read in parts; refuses options that need them all at once.

        Parameters
        ----------
        context : typer.Context
            Holds the options on the command line.
        whole : sequence of str
            Parameters of the command that need all clips in memory.
        on_dask : bool, default False
            Whether a cluster counts the clips.
        """
        reason = ("--engine dask", READS) if on_dask else self._reason()
        if reason is None:
            return False
        for param in context.command.params:
            name = param.name or ""
            source = context.get_parameter_source(name)
            if name in whole and getattr(source, "name", "") == "COMMANDLINE":
                argument, rule = reason
                advice = f"leave out {param.opts[0]}{INSTEAD.get(name, '')}"
                raise InputError(argument, f"{rule}; {advice}")
        return True

    def _reason(self) -> tuple[str, str] | None:
        """Name the option or file that has clips read in parts, and say so; None if none has."""
        paths = [path for path in (self.file, self.labels) if path]
        can_be = all(is_many(path) or path.lower().endswith(IN_PARTS) for path in paths)
        if self.memory is not None and can_be:
            return "--memory", READS
        if any(is_many(path) for path in paths):
            return self.file, "is read in parts"
        if _are_too_large(paths):
            return self.file, "is too large to be read whole"
        return None

    def shards(self, progress: Progress, checkpoint: str | None = None) -> Shards:
        """Open files that are read in parts."""
        with errors.as_options("ignore", "tags"):
            return Shards.from_files(
                *(self.file, self.labels, self.tags),
                ignore=self.ignore or (),
                memory=self.memory or MEMORY,
                checkpoint=checkpoint,
                progress=progress,
                positive_only=self.positive_only,
            )


def _are_too_large(paths: Sequence[str]) -> bool:
    """Whether files that could be read in parts would take too much of the memory."""
    files = [Path(path) for path in paths if Path(path).suffix.lower() in IN_PARTS]
    return sum(file.stat().st_size for file in files if file.is_file()) > machine()
