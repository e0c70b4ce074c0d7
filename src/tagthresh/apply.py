"""Decisions as a table: a row for every clip and tag whose score reaches the tag's threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from tagthresh import checks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.tables import Table
    from tagthresh.thresholds import Thresholds


def accepted_pairs(table: Table, thresholds: Thresholds) -> dict[str, Any]:
    """Columns ``clip``, ``tag``, ``score`` and ``threshold`` of all accepted pairs.

    Parameters
    ----------
    table : Table
        Scores; clips and tags without names are called by their positions.
    thresholds : Thresholds
        Matched with the scores by tag name where both have names.

    Returns
    -------
    dict of str to ndarray
        Columns of one length, clip after clip.

    Raises
    ------
    InputError
        When the tags differ or a score is not finite.
    """
    row, column = thresholds.predict(table.scores, table.tags).nonzero()
    scores = checks.align("scores", table.scores, table.tags, thresholds.tags)
    clips = table.clips or tuple(str(i) for i in range(scores.shape[0]))
    tags = thresholds.tags or table.tags or thresholds.names
    return {
        "clip": np.asarray(clips)[row],
        "tag": np.asarray(tags)[column],
        "score": _picked(scores, row, column),
        "threshold": thresholds.values[column],
    }


def _picked(scores: Any, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[Any]:
    """Scores at places; a sparse matrix gives an array for some places and none for no place."""
    picked = scores[row, column]
    return (picked.toarray() if scipy.sparse.issparse(picked) else np.asarray(picked)).ravel()
