"""Scores in files that are read in parts, without labels: one file, or many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.io.array_files import ArrayFile
from tagthresh.io.guard import reading
from tagthresh.io.npy import PackedRows
from tagthresh.io.read import named_tags
from tagthresh.io.shard_files import expanded
from tagthresh.io.stored_names import arrow_texts
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from tagthresh.io.stored_rows import Rows
    from tagthresh.validation import Tags

PART = 1 << 22  # bytes of scores that are read at a time: about what a cache holds


@dataclass(frozen=True)
class ScoreFile:
    """One file of scores.

    Attributes
    ----------
    path : str
    scores : Rows
        Shape (n_clips, n_tags).
    clips : Rows or None
        Their names, of shape (n_clips,).
    tags : tuple of str, or None
        Names of the columns.
    """

    path: str
    scores: Rows
    clips: Rows | None
    tags: Tags | None

    @classmethod
    def at(cls, path: str, tags: str | None = None) -> ScoreFile:
        """Open a file; `tags` is a text file with a tag a line, for matrices without names."""
        file = ArrayFile.at(path)
        scores, clips = file.matrix("scores"), file.arrays.get("clips")
        n_clips, n_tags = scores.shape
        if clips is not None and clips.shape != (n_clips,):
            got = f"shape {clips.shape}"
            raise InputError("clips", f"must name {n_clips} clips", got, Place(file=path))
        if isinstance(clips, PackedRows):
            clips = clips[:]
        return cls(path, scores, clips, named_tags(path, file.tags(n_tags), tags, n_tags))

    @property
    def n_clips(self) -> int:
        """Number of clips."""
        return self.scores.shape[0]

    def parts(self) -> Iterator[slice]:
        """Clips to read at a time, whole blocks of what is stored in blocks."""
        height = max(1, PART // (self.scores.dtype.itemsize * self.scores.shape[1]))
        block = getattr(self.scores, "chunks", None)
        if block is not None:
            height = max(1, height // block[0]) * block[0]
        if isinstance(self.scores, PackedRows):
            height = self.n_clips  # going on from where a part ended would unpack all before it
        for start in range(0, self.n_clips, height):
            yield slice(start, min(start + height, self.n_clips))

    def read(self, rows: slice) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """Scores of some clips, and their names where they have any."""
        names = None if self.clips is None else np.asarray(self.clips[rows])
        return np.asarray(self.scores[rows]), names

    def texts(self, names: NDArray[Any]) -> pa.Array:
        """Names of clips as Arrow's texts."""
        with reading(self.path):
            return arrow_texts("clips", names)


def find_scores(path: str, tags: str | None = None) -> list[ScoreFile]:
    """Open the files that a path stands for: a file, a folder, or a pattern.

    Raises
    ------
    InputError
        When there is none, or one cannot be read in parts or does not hold what it should.
    """
    return [ScoreFile.at(file, tags) for file in expanded(path)]
