"""Counts of clips that are read in parts: pass after pass, in bounded memory.

While one part is counted the next one is read. Where a checkpoint is asked for, what has been
counted is kept in it from time to time, and a run that was killed goes on from there.
"""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.counts.streaming.multipass import Census
from tagthresh.io import npz
from tagthresh.io.atomic import remove_dead, replacing
from tagthresh.io.shards import ArrayShard
from tagthresh.validation import InputError, labelled_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.io.score_files import Shard
    from tagthresh.io.shards import Shards
    from tagthresh.validation import LabelledScores, Signs

WORDS = {"y_true": "labels", "y_score": "scores"}  # what files hold
SHARE = 20  # a checkpoint is written when counting has taken this many times as long as writing it


def count(shards: Shards, at: Sequence[NDArray[np.float64]] = (), *, quantiles: bool) -> Counts:
    """Count clips in parts.

    Parameters
    ----------
    shards : Shards
        The clips.
    at : sequence of ndarray of float64, each of shape (n_tags,)
        Thresholds at which the counts must be exact, besides those next to positives.
    quantiles : bool
        Whether they must be exact next to quantiles of all scores, too.

    Raises
    ------
    InputError
        When the data break a rule of `tagthresh.validation`, or more memory is needed than allowed.
    """
    checkpoint = _Checkpoint(shards, repr((quantiles, [values.tobytes() for values in at])))
    start = Census.start(shards.n_tags, shards.dtype, shards.tags, at, quantiles=quantiles)
    census, done = checkpoint.load(start)
    last = False
    while not last:
        for data in _read(shards, done):
            census.update(data)
            done += len(data.scores)
            checkpoint.save(census, done)
            if shards.progress is not None:
                shards.progress(census.step, done, shards.n_clips)
        if census.signs is not None:
            _check_signs(census.signs, shards)
        last, done = not census.advance(), 0
        if not last:
            _check_memory(census, shards.memory)
    counts = census.counts()
    checkpoint.remove()
    return counts


def _read(shards: Shards, start: int) -> Iterator[LabelledScores]:
    """Parts from a clip on, each read while the one before is counted."""

    def read(shard: Shard | ArrayShard, rows: slice) -> LabelledScores:
        labels, scores = shard.read(rows)
        try:
            return labelled_part(labels, scores, shards.tags)[0]
        except InputError as error:
            raise _placed(error, shard, rows) from None

    with ThreadPoolExecutor(1) as reader:
        ready: Future[LabelledScores] | None = None
        for shard, rows in shards.parts(start):
            following = reader.submit(read, shard, rows)
            if ready is not None:
                yield ready.result()
            ready = following
        if ready is not None:
            yield ready.result()


def _check_signs(signs: Signs, shards: Shards) -> None:
    """Refuse what only all clips together show; the error names the files."""
    try:
        signs.check(shards.tags, positive_only=shards.positive_only)
    except InputError as error:
        first = shards.shards[0]
        if isinstance(first, ArrayShard):
            raise
        file = first.labels_path or first.path
        raise error.located(argument=WORDS.get(error.argument), file=file) from None


def _placed(error: InputError, shard: Shard | ArrayShard, rows: slice) -> InputError:
    """Let an error about a part count clips from the first of all, and name the file."""
    if isinstance(shard, ArrayShard):
        return error.located(first_clip=rows.start)
    of_scores = error.argument == "y_score"
    return error.located(
        argument=WORDS.get(error.argument),
        file=shard.path if of_scores else shard.labels_path or shard.path,
        first_clip=rows.start,
    )


def _check_memory(census: Census, memory: int) -> None:
    """Stop before the counts outgrow the memory."""
    needed = 2 * census.n_bytes
    if needed > memory:
        raise InputError(
            "memory",
            f"must be at least {_gigabytes(needed)} to count these clips",
            _gigabytes(memory),
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.2g}GB" if size >= 1e9 else f"{size / 1e6:.2g}MB"


class _Checkpoint:
    """The file, if one is asked for, that holds what has been counted of clips for a purpose."""

    def __init__(self, shards: Shards, purpose: str) -> None:
        self.path = None if shards.checkpoint is None else Path(shards.checkpoint)
        if self.path is not None:
            key = f"{shards.fingerprint} {purpose}".encode()
            self.key = hashlib.sha256(key).hexdigest()
        self.written, self.cost = time.monotonic(), 0.0

    def load(self, start: Census) -> tuple[Census, int]:
        """Census, and how many clips of its pass are done; at the start, where no file is."""
        if self.path is None or not self.path.exists():
            return start, 0
        with suppress(Exception):  # whatever is wrong with it, the remedy is the same
            arrays = npz.arrays(self.path)
            npz.check_seal(arrays)
            if arrays["key"].item() == self.key:
                return Census.from_arrays(start, arrays), int(arrays["done"])
        raise InputError(self.path, "is not a checkpoint of these clips and options; remove it")

    def save(self, census: Census, done: int) -> None:
        """Write what has been counted, unless that was done a moment ago."""
        if self.path is None or time.monotonic() - self.written < SHARE * self.cost:
            return
        start = time.monotonic()
        with replacing(self.path) as temporary, temporary.open("wb") as file:
            content = {"key": self.key, "done": done, **census.to_arrays()}
            np.savez(file, **npz.sealed(content))  # type: ignore[arg-type]
        self.written = time.monotonic()
        self.cost = self.written - start

    def remove(self) -> None:
        """Remove the file."""
        if self.path is not None:
            remove_dead(self.path)
            self.path.unlink(missing_ok=True)
