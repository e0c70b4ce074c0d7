"""Decisions on files of any size, written as they are made: in the memory that a few parts take.

The table is, to the byte, the one of all decisions at once (`tagthresh.thresholds.apply`). While
one part is read and one is written, others are decided.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh import validation
from tagthresh.io.score_files import find_scores
from tagthresh.io.write import finite, writing
from tagthresh.thresholds.apply import accepted
from tagthresh.thresholds.ontology import Ontology
from tagthresh.thresholds.thresholds import as_thresholds
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    import pyarrow as pa
    from numpy.typing import NDArray

    from tagthresh.io.score_files import ScoreFile
    from tagthresh.thresholds.apply import Accepted
    from tagthresh.thresholds.thresholds import AnyThresholds, Thresholds

    Progress = Callable[[str, int, int], None]


class Applied(NamedTuple):
    """How many decisions were written.

    Attributes
    ----------
    clips, clips_with_tags : int
        Clips in all, and those with at least one tag.
    tags : int
        Tags given, rows of the table.
    """

    clips: int
    clips_with_tags: int
    tags: int

    def __add__(self, other: object) -> Applied:
        """Add up two disjoint sets of clips."""
        if not isinstance(other, Applied):
            return NotImplemented
        return Applied(*(one + two for one, two in zip(self, other, strict=True)))


class Part(NamedTuple):
    """Some clips of a file.

    Attributes
    ----------
    file : ScoreFile
    rows : slice
        Which clips.
    before : int
        Clips of the files before it.
    """

    file: ScoreFile
    rows: slice
    before: int


def apply_files(
    scores: str,
    thresholds: AnyThresholds,
    output: str,
    *,
    tags: str | None = None,
    ontology: Ontology | None = None,
    excel_safe: bool = False,
    progress: Progress | None = None,
) -> Applied:
    """Give the clips of files their tags, and write a row for each.

    Parameters
    ----------
    scores : str
        A file, a folder of files, or a pattern such as ``scores/*.npy``: .npy, .npz, .h5, .zarr or
        wide .parquet. Labels and weights in them are not looked at.
    thresholds : Thresholds, Solution, mapping of str to float or None, array-like, or float
        Matched with the scores by tag name where both have names; a number is for all tags.
    output : str
        A ``.csv`` or ``.parquet`` file, written whole or not at all; ``-`` is CSV on standard
        output, printed as it is made.
    tags : str, optional
        Text file with a tag a line, for matrices without names.
    ontology : Ontology, optional
        A tag is given wherever one of its descendants is, regardless of its own score.
    excel_safe : bool, default False
        Write an apostrophe before names that a spreadsheet would take for a formula.
    progress : callable, optional
        Called with a word, the clips done and the clips in all.

    Returns
    -------
    Applied
        Numbers of ``clips``, ``clips_with_tags`` and ``tags``.

    Raises
    ------
    InputError
        When a file cannot be read in parts or written, the tags differ, or a score is not finite.

    Examples
    --------
    >>> import tempfile, tagthresh as tt
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.save(f"{folder}/scores.npy", np.array([[0.9, 0.1], [0.2, 0.3], [0.8, 0.7]]))
    ...     thresholds = tt.Thresholds([0.5, 0.5], ["Dog", "Rain"])
    ...     applied = tt.apply_files(f"{folder}/scores.npy", thresholds, f"{folder}/tags.csv")
    ...     with open(f"{folder}/tags.csv") as table:
    ...         print(table.read())
    "clip","tag","score","threshold"
    "0","Dog",0.9,0.5
    "2","Dog",0.8,0.5
    "2","Rain",0.7,0.5
    >>> applied
    Applied(clips=3, clips_with_tags=2, tags=3)
    """
    if ontology is not None:
        validation.of_type("ontology", ontology, Ontology, "tt.Ontology.from_file(path)")
    validation.callback("progress", progress)
    output = validation.file_path("output", output)
    validation.flag("excel_safe", excel_safe)
    files = find_scores(validation.file_path("scores", scores), tags)
    thresholds = as_thresholds(thresholds, files[0].scores.shape[1], files[0].tags)
    for file in files:
        if Path(output).exists() and Path(output).samefile(file.path):
            raise InputError(output, f"must not overwrite the input {file.path}")
    total = sum(file.n_clips for file in files)
    dtype = score_type(files)
    done = Applied(0, 0, 0)
    for done in written(parts(files), thresholds, ontology, output, dtype, excel_safe=excel_safe):
        if progress is not None:
            progress("deciding", done.clips, total)
    return done


def written(
    some: Iterable[Part],
    thresholds: Thresholds,
    ontology: Ontology | None,
    output: str,
    dtype: np.dtype[Any],
    *,
    excel_safe: bool = False,
) -> Iterator[Applied]:
    """Decide on parts and write a table of them, all scores in one type; gives what is done."""
    done = Applied(0, 0, 0)
    with writing(output, excel_safe=excel_safe) as write:
        for part, clips, found in _decided(some, thresholds, ontology, dtype):
            write(_table(part, clips, found, thresholds))
            done += _counted(part, found)
            yield done


def score_type(files: list[ScoreFile]) -> np.dtype[Any]:
    """Type in which the scores of all files are compared and written; integers stay integers."""
    types = [file.scores.dtype for file in files]
    if all(kind.kind in "biu" for kind in types):
        return np.result_type(*types)
    return validation.common_type(types)


def parts(files: list[ScoreFile]) -> Iterator[Part]:
    """Parts of all files, one after the other."""
    before = accumulate((file.n_clips for file in files), initial=0)
    for file, clips_before in zip(files, before, strict=False):
        for rows in file.parts():
            yield Part(file, rows, clips_before)


def _decided(
    some: Iterable[Part],
    thresholds: Thresholds,
    ontology: Ontology | None,
    dtype: np.dtype[Any],
) -> Iterator[tuple[Part, NDArray[Any] | None, Accepted]]:
    """Parts, names of their clips and what is accepted: decided by threads, kept in order."""
    n_threads = os.cpu_count() or 1
    waiting: deque[tuple[Part, NDArray[Any] | None, Future[Accepted]]] = deque()
    with ThreadPoolExecutor(n_threads) as pool:
        for part in some:
            scores, clips = part.file.read(part.rows)
            scores = scores.astype(dtype, copy=False)
            future = pool.submit(_accepted, part, scores, clips, thresholds, ontology)
            waiting.append((part, clips, future))
            if len(waiting) > n_threads:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())


def _result(
    part: Part, clips: NDArray[Any] | None, future: Future[Accepted]
) -> tuple[Part, NDArray[Any] | None, Accepted]:
    return part, clips, future.result()


def _accepted(
    part: Part,
    scores: NDArray[Any],
    clips: NDArray[Any] | None,
    thresholds: Thresholds,
    ontology: Ontology | None,
) -> Accepted:
    """Decide on a part; errors name the file and the clip in it."""
    try:
        return accepted(scores, part.file.tags, thresholds, ontology)
    except InputError as error:
        raise error.located(
            argument="scores" if error.argument == "y_score" else None,
            file=part.file.path,
            first_clip=part.rows.start,
            clips=None if clips is None else part.file.texts(clips).to_pylist(),
        ) from None


def _table(
    part: Part,
    clips: NDArray[Any] | None,
    found: Accepted,
    thresholds: Thresholds,
) -> pa.Table:
    """Table of the accepted pairs of a part."""
    import pyarrow as pa

    first = np.flatnonzero(np.diff(found.row, prepend=-1))  # of the pairs of every clip
    nth = np.repeat(np.arange(len(first)), np.diff(first, append=len(found.row)))
    rows = found.row[first]
    if clips is None:
        names = pa.array(rows + (part.before + part.rows.start)).cast(pa.string())
    else:
        names = part.file.texts(clips[rows])
    tags = pa.array(thresholds.tags or part.file.tags or thresholds.names, pa.string())
    return pa.table(
        {
            "clip": names.take(pa.array(nth)),
            "tag": tags.take(pa.array(found.column)),
            "score": finite(found.score),
            "threshold": finite(thresholds.values[found.column]),
        }
    )


def _counted(part: Part, found: Accepted) -> Applied:
    """Numbers of a part."""
    n_tagged = np.count_nonzero(np.diff(found.row, prepend=-1))
    return Applied(part.rows.stop - part.rows.start, int(n_tagged), len(found.row))
