"""Counts of clips in partitions: passes over them on a cluster, each added up in a tree."""

from __future__ import annotations

from functools import reduce
from operator import add, attrgetter
from typing import TYPE_CHECKING, Any

from dask import delayed
from distributed import as_completed

from tagthresh.counts.streaming.multipass import Census
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.integrations.dask.sources import Source
    from tagthresh.io.shards import Progress

FAN = 8  # censuses that one task adds up


def count(
    client: Any,
    source: Source,
    at: Sequence[NDArray[np.float64]],
    progress: Progress | None,
    *,
    quantiles: bool,
    positive_only: bool = False,
) -> Counts:
    """Count clips on a cluster, exactly as `counts.streaming.passes` counts them on one machine.

    Parameters
    ----------
    client : distributed.Client
        The cluster.
    source : Source
        The clips.
    at : sequence of ndarray of float64, each of shape (n_tags,)
        Thresholds that the counts must tell about, besides those next to positives.
    progress : callable or None
        Called with what is being done, the clips done in this pass and the clips in all.
    quantiles : bool
        Whether the method needs them (`Method.quantiles`).
    positive_only : bool, default False
        As for `tagthresh.find_thresholds`.
    """
    sizes = source.sizes(client) if progress else []
    begun = delayed(Census.start)(source.n_tags, source.dtype, source.tags, at, quantiles=quantiles)
    census, step = client.compute(begun), None
    while step != "counting":
        step = client.submit(attrgetter("step"), census, pure=False).result()
        parts = source.counted(census)
        seen = [delayed(_nothing)(part) for part in parts] if progress else []
        census, *waited = client.compute([delayed(_ended)(census, total(parts)), *seen])
        if progress is not None:
            _watch(waited, sizes, step, progress)
    signs = client.submit(attrgetter("signs"), census, pure=False).result()
    signs.check(source.tags, positive_only=positive_only)
    return client.submit(Census.counts, census, pure=False).result()  # type: ignore[no-any-return]


def total(parts: list[Any]) -> Any:
    """Add up delayed values in a tree.

    Examples
    --------
    >>> total([delayed(value) for value in range(100)]).compute(scheduler="sync")
    4950
    """
    while len(parts) > 1:
        parts = [delayed(_sum)(parts[i : i + FAN]) for i in range(0, len(parts), FAN)]
    return parts[0]


def _sum(parts: list[Any]) -> Any:
    return reduce(add, parts)


def _nothing(_: Census) -> None:
    """Report that a census is done without keeping it, since the client keeps what it awaits."""


def _ended(before: Census, counted: Census) -> Census:
    """End a pass."""
    census = before + counted
    if not census.n_clips:
        raise InputError(
            "y_score", "must hold at least one clip and one tag; no partition has a clip"
        )
    census.advance()
    return census


def _watch(waited: list[Any], sizes: list[int], step: str, progress: Progress) -> None:
    """Report how many clips are done, partition by partition."""
    size_of = {future.key: size for future, size in zip(waited, sizes, strict=True)}
    done, everything = 0, sum(sizes)
    completed = as_completed(waited)
    waited.clear()  # what was waited for need not be made anew when a worker is lost
    for future in completed:
        done += size_of.pop(future.key)
        progress(step, done, everything)
