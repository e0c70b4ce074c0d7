"""`apply_files` on a cluster: every task reads some clips and writes a file of its own."""

from __future__ import annotations

from collections import deque
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dask import delayed
from distributed import as_completed

from tagthresh.integrations.dask.connected import connected
from tagthresh.io.atomic import PREFIX, replacing_folder
from tagthresh.io.score_files import ScoreFile, find_scores
from tagthresh.thresholds.apply_files import Applied, Part, parts, score_type, written
from tagthresh.thresholds.thresholds import as_thresholds

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from tagthresh.thresholds.apply_files import Progress
    from tagthresh.thresholds.ontology import Ontology
    from tagthresh.thresholds.thresholds import AnyThresholds, Thresholds

PARTS = 64  # of a file that one task decides on


def apply_files(
    scores: str,
    thresholds: AnyThresholds,
    folder: str,
    *,
    tags: str | None = None,
    ontology: Ontology | None = None,
    client: Any = None,
    progress: Progress | None = None,
) -> Applied:
    """Give the clips of files their tags, on a cluster, and write a row for each.

    Parameters
    ----------
    scores, tags
        As for `tagthresh.apply_files`; every worker must see the files under the same paths.
    thresholds, ontology, progress
        As for `tagthresh.apply_files`.
    folder : str
        New, or empty: where Parquet files are written, ``part-000000.parquet`` and so on, with the
        clips in their order. Read as one data set they are the table of `tagthresh.apply_files`.
        They are written under another name, and moved there when all are whole.
    client : distributed.Client, optional
        As for `find_thresholds`.

    Returns
    -------
    Applied
        Numbers of ``clips``, ``clips_with_tags`` and ``tags``.

    Raises
    ------
    InputError
        As for `tagthresh.apply_files`, and when the folder is not empty.
    """
    files = find_scores(scores, tags)
    thresholds = as_thresholds(thresholds, files[0].scores.shape[1], files[0].tags)
    dtype = score_type(files)
    total, done = sum(file.n_clips for file in files), Applied(0, 0, 0)
    with replacing_folder(folder) as target, connected(client) as cluster:
        rules = delayed((thresholds, ontology), traverse=False)
        tasks = [
            delayed(_written)(
                *(str(Path(file.path).absolute()), tags and str(Path(tags).absolute())),
                *(rows, before, rules, f"{target}/part-{number:06}.parquet", dtype),
            )
            for number, (file, rows, before) in enumerate(_runs(files))
        ]
        for _, some in as_completed(cluster.compute(tasks), with_results=True):
            done += some
            if progress is not None:
                progress("deciding", done.clips, total)
        for left in target.glob(f"{PREFIX}*"):
            left.unlink()  # by a worker that was lost while it wrote
    return done


def _runs(files: list[ScoreFile]) -> Iterator[tuple[ScoreFile, list[slice], int]]:
    """List files, the parts that a task takes, and the clips of the files before."""
    for _, own in groupby(parts(files), key=lambda part: id(part.file)):
        of_file = list(own)
        for start in range(0, len(of_file), PARTS):
            some = of_file[start : start + PARTS]
            yield some[0].file, [part.rows for part in some], some[0].before


def _written(
    path: str,
    tags: str | None,
    rows: list[slice],
    before: int,
    rules: tuple[Thresholds, Ontology | None],
    output: str,
    dtype: np.dtype[Any],
) -> Applied:
    """Write the table of some parts of a file; a second run replaces the first."""
    file = ScoreFile.at(path, tags)
    some = (Part(file, each, before) for each in rows)
    return deque(written(some, *rules, output, dtype), maxlen=1).pop()
