"""Commands on clips that are read in parts: more than fit into memory, or in many files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tagthresh import InputError, Shards
from tagthresh.cli import errors
from tagthresh.io.array_files import IN_PARTS
from tagthresh.io.memory_limit import machine
from tagthresh.io.score_files import is_many
from tagthresh.io.shards import MEMORY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tagthresh.cli.cluster import Cluster
    from tagthresh.cli.reading import ClipFiles
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


def read_in_parts(
    explicit: Mapping[str, str],
    files: ClipFiles,
    allowed: Sequence[str],
    cluster: Cluster | None = None,
) -> bool:
    """Whether the clips are to be read in parts; refuses options that need them all at once.

    Parameters
    ----------
    explicit : mapping of str to str
        Options on the command line, by parameter.
    files : ClipFiles
    allowed : sequence of str
        Parameters that go with it.
    cluster : Cluster or None
        Where the clips are counted, if not here.
    """
    reason = _reason(explicit, files) if cluster is None else ("--engine dask", READS)
    if reason is None:
        return False
    for name, option in explicit.items():
        if name not in allowed:
            argument, rule = reason
            raise InputError(argument, f"{rule}; leave out {option}{INSTEAD.get(name, '')}")
    return True


def _reason(explicit: Mapping[str, str], files: ClipFiles) -> tuple[str, str] | None:
    """Name the option or the file that has clips read in parts, and say so; None if nothing has."""
    paths = [path for path in (files.scores, files.labels) if path]
    can_be = all(is_many(path) or path.lower().endswith(IN_PARTS) for path in paths)
    if "memory" in explicit and can_be:
        return explicit["memory"], READS
    if any(is_many(path) for path in paths):
        return files.scores, "is read in parts"
    if _are_too_large(paths):
        return files.scores, "is too large to be read whole"
    return None


def _are_too_large(paths: Sequence[str]) -> bool:
    """Whether files that could be read in parts would take too much of the memory."""
    files = [Path(path) for path in paths if Path(path).suffix.lower() in IN_PARTS]
    return sum(file.stat().st_size for file in files if file.is_file()) > machine()


def shards_of(files: ClipFiles, progress: Progress, checkpoint: str | None = None) -> Shards:
    """Open files that are read in parts."""
    with errors.as_options("ignore", "tags"):
        return Shards.from_files(
            *(files.scores, files.labels, files.tags),
            ignore=files.ignore or (),
            memory=files.memory or MEMORY,
            checkpoint=checkpoint,
            progress=progress,
            positive_only=files.positive_only,
        )
