"""Labels and scores that are read in parts, as often as it takes: arrays on disk, or many files.

What is found on them is, to the bit, what would be found with all of them in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.io.memory_limit import byte_size
from tagthresh.io.read import check_ignored, ignored_columns, named_tags
from tagthresh.io.read_errors import reading
from tagthresh.io.score_files import Shard, find_shards
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    from tagthresh.io.stored_rows import Rows
    from tagthresh.validation import Tags

MEMORY = "1GB"
# A part may take this share of the memory: two are held at a time, and what is made of one.
PART = 6

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ArrayShard:
    """Labels and scores that can be sliced by rows, wherever they are stored."""

    labels: Rows
    scores: Rows

    def read(self, rows: slice) -> tuple[Any, Any]:
        """Labels and scores of some clips."""
        with reading("y_true"):
            labels = self.labels[rows]
        with reading("y_score"):
            return labels, self.scores[rows]


@dataclass(frozen=True)
class Shards:
    """Labels and scores of clips in parts; made by `from_arrays` or `from_files`.

    `find_thresholds` takes them in place of labels and scores, for the methods ``exact`` and
    ``hierarchical``.

    Attributes
    ----------
    shards : tuple
        Where the clips are.
    tags : tuple of str, or None
        Names of the tags.
    memory : int
        Bytes that counting may take.
    checkpoint : path or None
        File in which counting keeps what it has, so that it can go on there after it was killed. It
        is removed in the end.
    progress : callable or None
        Called with what is being done, the clips done in this pass, and the clips in all.
    positive_only : bool
        Whether labels may hold 1 and unknown and no 0 at all, as for `find_thresholds`.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> shards = tt.Shards.from_arrays(fit.labels, fit.scores, tags=fit.tags, memory="1MB")
    >>> shards
    Shards(500 clips x 10 tags, float32, memory=1000000)
    >>> solution = tt.find_thresholds(shards, method="exact")
    >>> round(100 * solution.score, 2)
    78.16
    """

    shards: tuple[Shard | ArrayShard, ...]
    tags: Tags | None = None
    memory: int = 10**9
    checkpoint: str | os.PathLike[str] | None = None
    progress: Progress | None = None
    positive_only: bool = False

    @classmethod
    def from_arrays(
        cls,
        y_true: Rows,
        y_score: Rows,
        *,
        tags: Sequence[str] | None = None,
        memory: int | str = MEMORY,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
        positive_only: bool = False,
    ) -> Shards:
        """Take clips from arrays that can be sliced by rows: memory-mapped, HDF5 or zarr.

        Parameters
        ----------
        y_true, y_score : array, shape (n_clips, n_tags)
            As for `find_thresholds`; anything with ``shape``, ``dtype`` and slices of rows.
        tags : sequence of str, optional
            Names of the tags.
        memory : int or str, default "1GB"
            Bytes that counting may take, the program itself not included: a number, or one with kB,
            MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (of 1024).
        checkpoint : path, optional
            File to keep the counts in (see above).
        progress : callable, optional
            Called with a word, the clips done in this pass and the clips in all.
        positive_only : bool, default False
            As for `find_thresholds`.

        Raises
        ------
        InputError
            When the shapes differ or are not of two dimensions, or an argument breaks its rule.
        """
        _check_rows("y_true", y_true)
        _check_rows("y_score", y_score)
        validation.same_shape(y_true.shape, y_score.shape)
        validation.check_shape("y_score", y_score.shape)
        names = validation.tag_names(tags, y_score.shape[1])
        shards = (ArrayShard(y_true, y_score),)
        return cls(shards, names, *_settings(memory, checkpoint, progress, positive_only))

    @classmethod
    def from_files(  # noqa: PLR0913
        cls,
        scores: str,
        labels: str | None = None,
        tags: str | None = None,
        *,
        ignore: Iterable[str] = (),
        memory: int | str = MEMORY,
        checkpoint: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
        positive_only: bool = False,
    ) -> Shards:
        """Take clips from files: .npy, .npz, .h5, .zarr or wide .parquet, without weights.

        Parameters
        ----------
        scores : str
            A file, a folder of files, or a pattern such as ``scores/*.npz``.
        labels : str, optional
            The same for the labels, where they are in files of their own: one for each of scores,
            in the order of their names, with the same clips in the same order.
        tags : str, optional
            Text file with a tag a line, for matrices without names.
        ignore : iterable of str, default ()
            Columns that are no tags, such as ``fold``; each must be in one of the files.
        memory, checkpoint, progress, positive_only
            As for `from_arrays`.

        Raises
        ------
        InputError
            When a file cannot be read in parts or does not hold what it should.
        """
        settings = _settings(memory, checkpoint, progress, positive_only)
        left_out = ignored_columns(ignore)
        shards = find_shards(scores, labels, left_out)
        if left_out:
            columns = set().union(*(shard.column_names() for shard in shards))
            files = scores if labels is None else f"{scores} or {labels}"
            check_ignored(files, left_out, columns)
        first = shards[0]
        for shard in shards:
            _check_alike(shard, first)
        names = named_tags(scores, first.tags, tags, first.scores.shape[1])
        return cls(tuple(shards), names, *settings)

    def __repr__(self) -> str:
        size = f"{self.n_clips} clips x {self.n_tags} tags"
        return f"Shards({size}, {self.dtype}, memory={self.memory})"

    @cached_property
    def n_clips(self) -> int:
        """Number of clips."""
        return sum(shard.scores.shape[0] for shard in self.shards)

    @property
    def n_tags(self) -> int:
        """Number of tags."""
        return self.shards[0].scores.shape[1]

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """Float type in which the scores are compared."""
        return validation.common_type(shard.scores.dtype for shard in self.shards)

    def parts(self, start: int = 0) -> Iterator[tuple[Shard | ArrayShard, slice]]:
        """Shards and which of their clips to read at a time, from a clip on."""
        for shard in self.shards:
            n_clips = shard.scores.shape[0]
            if start >= n_clips:
                start -= n_clips
                continue
            height = self._height(shard)
            for row in range(start, n_clips, height):
                yield shard, slice(row, min(row + height, n_clips))
            start = 0

    def _height(self, shard: Shard | ArrayShard) -> int:
        """Clips that a part may hold."""
        scores, labels = shard.scores.dtype.itemsize, shard.labels.dtype.itemsize
        a_pair = 2 * (scores + labels) + self.dtype.itemsize + 4  # read twice over, checked once
        return max(1, self.memory // PART // (a_pair * self.n_tags))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 by which a checkpoint knows its clips: files by name, size and time of change."""
        digest = hashlib.sha256(repr((self.n_clips, self.tags, self.dtype.str)).encode())
        for shard in self.shards:
            digest.update(repr(_identity(shard)).encode())
        return digest.hexdigest()


def _check_rows(name: str, value: object) -> None:
    """Check that an array gives rows by position, as NumPy's, HDF5's and zarr's do."""
    if not hasattr(value, "shape") or not hasattr(value, "dtype") or hasattr(value, "iloc"):
        rule = "must be an array whose rows can be sliced"
        raise InputError(name, rule, type(value).__name__, remedy="Pass it through np.asarray")
    if not isinstance(value.dtype, np.dtype):
        rule, remedy = "must have a NumPy dtype", "Pass the tensor's .numpy()"
        raise InputError(name, rule, value.dtype, remedy=remedy)


def _settings(memory: object, checkpoint: object, progress: Any, positive_only: object) -> Any:
    """Check how counting is done."""
    if checkpoint is not None:
        validation.file_path("checkpoint", checkpoint)
    validation.callback("progress", progress)
    validation.flag("positive_only", positive_only)
    return byte_size("memory", memory), checkpoint, progress, positive_only


def _check_alike(shard: Shard, first: Shard) -> None:
    """Check that a file has the tags of the first one, in the same order, and labels."""
    n_tags, wanted = shard.scores.shape[1], first.scores.shape[1]
    if n_tags != wanted:
        raise InputError(shard.path, f"must have the {wanted} tags of {first.path}", n_tags)
    if shard.tags != first.tags:
        raise InputError(shard.path, f"must have the tags of {first.path}, in the same order")
    _ = shard.labels


def _identity(shard: Shard | ArrayShard) -> Any:
    """Tell whether clips are the ones that a checkpoint was made of."""
    if isinstance(shard, ArrayShard):
        first, last = (shard.read(rows) for rows in (slice(1), slice(-1, None)))
        return [np.asarray(rows).tobytes() for rows in (*first, *last)]
    files = [Path(path) for path in (shard.path, shard.labels_path) if path is not None]
    return [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
