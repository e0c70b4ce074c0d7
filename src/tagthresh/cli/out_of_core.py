"""Commands on clips that are read in parts: more than fit into memory, or in many files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from tagthresh.cli import bounds, parsing, printing
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tagthresh import Evaluation, Shards, Solution, Thresholds
    from tagthresh.cli.bounds import Within
    from tagthresh.cli.cluster import Cluster

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
# Options that go with it.
FIT = (
    *("file", "labels", "tags", "output", "metric", "costs", "method", "option", "fix", "least"),
    *("most", "unseen", "no_cv", "calibrator", "rows", "as_json", "memory"),
    *("engine", "scheduler", "workers", "positive_only"),
)
EVALUATE = (
    *("file", "thresholds", "labels", "tags", "metric", "costs", "sort", "rows", "csv", "as_json"),
    *("memory", "excel_safe", "positive_only", "no_ci"),
)


class Files(NamedTuple):
    """Paths of scores, labels and tags, and whether labels may hold no 0."""

    scores: str
    labels: str | None
    tags: str | None
    positive_only: bool


def asked(given: Mapping[str, str], file: str, labels: str | None, common: Sequence[str]) -> bool:
    """Whether the clips are to be read in parts; refuses options that need them all at once.

    Parameters
    ----------
    given : mapping of str to str
        Options on the command line, by parameter.
    common : sequence of str
        Parameters that go with it.
    """
    from tagthresh.io.array_files import IN_PARTS
    from tagthresh.io.shard_files import is_many

    paths = [path for path in (file, labels) if path]
    reason = given.get("engine")
    if reason is None and all(is_many(path) or path.lower().endswith(IN_PARTS) for path in paths):
        reason = given.get("memory")
    if reason is None and any(is_many(path) for path in paths):
        reason = file
    if reason is None and _is_too_large((file, labels)):
        reason = f"{file}, too large to be read whole,"
    if reason is None:
        return False
    for name, flag in given.items():
        if name not in common:
            instead = "; --fix does the same before the fit" if name == "override" else ""
            raise InputError(f"{reason} reads clips in parts; leave out {flag}{instead}")
    return True


def _is_too_large(paths: Iterable[str | None]) -> bool:
    """Whether files that could be read in parts would take too much of the memory."""
    from tagthresh.io.array_files import IN_PARTS
    from tagthresh.io.memory_limit import machine

    files = [Path(path) for path in paths if path and Path(path).suffix.lower() in IN_PARTS]
    return sum(file.stat().st_size for file in files if file.is_file()) > machine()


def fitted(
    files: Files,
    output: str,
    within: Within,
    memory: str | None,
    cluster: Cluster | None,
    **goal: Any,
) -> Solution:
    """Find thresholds; `goal` is the metric and the method."""
    from tagthresh import find_thresholds

    checkpoint = None if output == "-" or cluster else f"{output}.counting"
    with printing.progress("clips") as progress:
        shards = _shards(files, memory, progress, checkpoint)
        names = shards.tags or map(str, range(shards.n_tags))
        limited = bounds.arguments(*within, names)
        if cluster is not None:
            goal = {name: goal[name] for name in ("metric", "method", "unseen")}
            return _on_cluster(cluster, shards, progress, **goal, **limited)
        if checkpoint is not None and Path(checkpoint).exists():
            printing.note(f"going on from {checkpoint}")
        with parsing.named("memory"):
            return find_thresholds(shards, **goal, **limited)


def _on_cluster(
    cluster: Cluster, shards: Shards, progress: Callable[[str, int, int], None], **options: Any
) -> Solution:
    """Find thresholds on a Dask cluster, which makes anew what is lost with a worker."""
    with cluster.client() as client:
        from tagthresh.integrations.dask import find_thresholds

        return find_thresholds(shards, client=client, progress=progress, **options)


def judged(files: Files, thresholds: Thresholds, memory: str | None) -> Evaluation:
    """Judge thresholds."""
    from tagthresh import evaluate

    with printing.progress("clips") as progress, parsing.named("memory"):
        return evaluate(_shards(files, memory, progress), thresholds=thresholds)


def _shards(
    files: Files,
    memory: str | None,
    progress: Callable[[str, int, int], None],
    checkpoint: str | None = None,
) -> Shards:
    from tagthresh import Shards
    from tagthresh.io.memory_limit import byte_size
    from tagthresh.io.shards import MEMORY

    size = MEMORY if memory is None else byte_size("--memory", memory)
    return Shards.from_files(
        *files[:3],
        memory=size,
        checkpoint=checkpoint,
        progress=progress,
        positive_only=files.positive_only,
    )
