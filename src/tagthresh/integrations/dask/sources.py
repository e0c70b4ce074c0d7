"""Clips in partitions: of Dask arrays, of Dask data frames, or of files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import dask.array as da
import numpy as np
from dask import delayed

from tagthresh import validation
from tagthresh.io.score_files import Shard
from tagthresh.io.shards import Shards
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tagthresh.counts.streaming.multipass import Census
    from tagthresh.validation import Tags

PARTS = 8  # of a file that one task reads, one after the other


class Source(Protocol):
    """Labels and scores in partitions."""

    @property
    def tags(self) -> Tags | None:
        """Names of the tags."""

    @property
    def n_tags(self) -> int:
        """Number of tags."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Float type of the scores."""

    def sizes(self, client: Any) -> list[int]:
        """Clips of each partition."""

    def counted(self, census: Any) -> list[Any]:
        """Delayed censuses of each partition alone, in the pass of a (delayed) census."""


def source(y_true: Any, y_score: Any, tags: Sequence[str] | None) -> Source:
    """Check clips as far as possible without reading them.

    Raises
    ------
    InputError
        When they are of another kind, or labels and scores do not go together.
    """
    if isinstance(y_true, Shards):
        return _of_shards(y_true, y_score, tags)
    if _is_frame(y_true) and _is_frame(y_score):
        return _of_frames(y_true, y_score, tags)
    if isinstance(y_score, da.Array) and not _is_frame(y_true):
        return _of_arrays(y_true, y_score, tags)
    names = f"{type(y_true).__name__} and {type(y_score).__name__}"
    raise InputError(
        "y_true and y_score",
        ("must be Dask arrays or Dask data frames, or y_true Shards of files"),
        names,
    )


def _is_frame(value: Any) -> bool:
    return hasattr(value, "map_partitions") and hasattr(value, "columns")


@dataclass(frozen=True)
class Blocks:
    """Partitions of arrays or data frames, as delayed values.

    Attributes
    ----------
    y_true, y_score : list of Delayed
        One for each partition.
    lengths : delayed list of int, or list of int
        Clips of each partition.
    tags, n_tags, dtype
        As for `Source`.
    """

    y_true: list[Any]
    y_score: list[Any]
    lengths: Any
    tags: Tags | None
    n_tags: int
    dtype: np.dtype[Any]

    def sizes(self, client: Any) -> list[int]:
        """Clips of each partition, which may have to be looked up."""
        known = not hasattr(self.lengths, "compute")
        return list(self.lengths if known else client.compute(self.lengths).result())

    def counted(self, census: Any) -> list[Any]:
        """Delayed censuses of each partition."""
        pairs = zip(self.y_true, self.y_score, strict=True)
        return [delayed(_count_block)(census, *pair, number) for number, pair in enumerate(pairs)]


def _of_arrays(y_true: Any, y_score: Any, tags: Sequence[str] | None) -> Blocks:
    y_true = da.asarray(y_true)
    for name, array in (("y_true", y_true), ("y_score", y_score)):
        if array.ndim == 2 and np.isnan(array.shape).any():
            raise InputError(
                name,
                (
                    "must have chunks of known size; call .compute_chunk_sizes() "
                    "first, or give data frames"
                ),
            )
    if y_true.shape != y_score.shape:
        raise InputError(
            "y_true and y_score",
            "must have the same shape (clips, tags)",
            f"{y_true.shape} and {y_score.shape}",
        )
    validation.check_shape("y_score", y_score.shape)
    y_score = y_score.rechunk({1: -1})
    y_true = y_true.rechunk(y_score.chunks)
    names = validation.tag_names(tags, y_score.shape[1])
    truth, scores = (array.to_delayed().ravel().tolist() for array in (y_true, y_score))
    dtype = validation.floating("y_score", np.zeros(0, y_score.dtype)).dtype
    return Blocks(truth, scores, y_score.chunks[0], names, y_score.shape[1], dtype)


def _of_frames(y_true: Any, y_score: Any, tags: Sequence[str] | None) -> Blocks:
    (truth, truth_names), (scores, score_names) = (
        validation.matrix(name, frame._meta, allow_no_clips=True)  # noqa: SLF001 - dask's own word
        for name, frame in (("y_true", y_true), ("y_score", y_score))
    )
    names = validation.tag_names(tags, scores.shape[1]) or score_names or truth_names
    validation.align("y_true", truth, truth_names, names)
    validation.align("y_score", scores, score_names, names)
    if y_true.npartitions != y_score.npartitions:
        raise InputError(
            "y_true and y_score",
            "must have the same partitions",
            f"{y_true.npartitions} and {y_score.npartitions} of them",
        )
    lengths = y_score[y_score.columns[:1]].map_partitions(len)
    blocks = y_true.to_delayed(), y_score.to_delayed()
    return Blocks(
        *blocks, lengths, names, scores.shape[1], validation.floating("y_score", scores).dtype
    )


@dataclass(frozen=True)
class Files:
    """Partitions of files: each is a file or a part of one."""

    shards: Shards

    @property
    def tags(self) -> Tags | None:
        """Names of the tags."""
        return self.shards.tags

    @property
    def n_tags(self) -> int:
        """Number of tags."""
        return self.shards.n_tags

    @property
    def dtype(self) -> np.dtype[Any]:
        """Float type of the scores."""
        return self.shards.dtype

    def sizes(self, client: Any) -> list[int]:  # noqa: ARG002 - they are known
        """Clips of each partition."""
        return [sum(rows.stop - rows.start for rows in parts) for _, parts in self._runs()]

    def counted(self, census: Any) -> list[Any]:
        """Delayed censuses of each partition."""
        return [delayed(_count_file)(census, _where(shard), parts) for shard, parts in self._runs()]

    def _runs(self) -> list[tuple[Any, list[slice]]]:
        """Shards, and which parts of one a task reads."""
        runs: list[tuple[Any, list[slice]]] = []
        for shard, rows in self.shards.parts():
            if not runs or runs[-1][0] is not shard or len(runs[-1][1]) == PARTS:
                runs.append((shard, []))
            runs[-1][1].append(rows)
        return runs


def _of_shards(shards: Shards, y_score: Any, tags: Sequence[str] | None) -> Files:
    for name, value in (("y_score", y_score), ("tags", tags)):
        if value is not None:
            raise InputError(name, "must not be given with Shards, which already hold it")
    if not all(isinstance(shard, Shard) for shard in shards.shards):
        raise InputError("y_true", "must be Shards of files; pass arrays as Dask arrays")
    return Files(shards)


def _count_block(census: Census, y_true: Any, y_score: Any, number: int) -> Census:
    """Census of one partition of an array or a data frame."""
    own = census.blank()
    if len(y_true) or len(y_score):
        _count(own, f"partition {number}", y_true, y_score)
    return own


def _where(shard: Shard) -> Shard:
    """Name the same files by paths that hold in any folder a worker may be in."""
    labels = None if shard.labels_path is None else str(Path(shard.labels_path).absolute())
    return replace(shard, path=str(Path(shard.path).absolute()), labels_path=labels)


def _count_file(census: Census, shard: Shard, parts: list[slice]) -> Census:
    """Census of a file, or of some parts of one."""
    own, opened = census.blank(), replace(shard)  # threads could not share what one has opened
    for rows in parts:
        place = f"{shard.path}, from clip {rows.start} on" if rows.start else shard.path
        _count(own, place, *opened.read(rows))
    return own


def _count(census: Census, place: str, y_true: Any, y_score: Any) -> None:
    """Count clips; errors name the place."""
    try:
        data, _ = validation.labelled_part(y_true, y_score, census.tags)
    except InputError as error:
        raise error.located(file=place) from None
    if np.result_type(data.scores, census.dtype) != census.dtype:
        raise InputError(
            "y_score", f"must be of {census.dtype} throughout", data.scores.dtype, Place(file=place)
        )
    census.update(data)
