"""Decisions as a table: a row for every clip and tag whose score reaches the tag's threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy

from tagthresh import validation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.io import Table
    from tagthresh.thresholds.ontology import Ontology
    from tagthresh.thresholds.thresholds import Thresholds
    from tagthresh.validation import Tags


class Accepted(NamedTuple):
    """Accepted pairs, clip after clip; arrays of shape (n_pairs,).

    Attributes
    ----------
    row : ndarray of int64
        Which clip.
    column : ndarray of int64
        Which tag, in the order of the thresholds.
    score : ndarray
        Its score; NaN where a sparse matrix stores none.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    score: NDArray[Any]


def accepted(
    scores: Any, tags: Tags | None, thresholds: Thresholds, ontology: Ontology | None = None
) -> Accepted:
    """Find the pairs of clip and tag that are accepted; arguments as of `accepted_pairs`."""
    decisions = thresholds.predict(scores, tags)
    if ontology is not None:
        decisions = ontology.consistent(decisions, thresholds.tags or tags)
    if isinstance(decisions, np.ndarray):  # found ten times as fast in one dimension as in two
        row, column = np.divmod(np.flatnonzero(decisions), decisions.shape[1])
    else:
        row, column = decisions.nonzero()
    aligned = validation.align("scores", scores, tags, thresholds.tags)
    return Accepted(row, column, _picked(aligned, row, column))


def accepted_pairs(
    table: Table, thresholds: Thresholds, ontology: Ontology | None = None
) -> dict[str, Any]:
    """Columns ``clip``, ``tag``, ``score`` and ``threshold`` of all accepted pairs.

    Parameters
    ----------
    table : Table
        Scores; clips and tags without names are called by their positions.
    thresholds : Thresholds
        Matched with the scores by tag name where both have names.
    ontology : Ontology, optional
        A tag is given wherever one of its descendants is, regardless of its own score.

    Returns
    -------
    dict of str to ndarray
        Columns of one length, clip after clip; NaN where a sparse table has no score.

    Raises
    ------
    InputError
        When the tags differ, a score is not finite, or the ontology does not know a tag.
    """
    row, column, score = accepted(table.scores, table.tags, thresholds, ontology)
    clips = table.clips or tuple(str(i) for i in range(table.scores.shape[0]))
    tags = thresholds.tags or table.tags or thresholds.names
    return {
        "clip": np.asarray(clips)[row],
        "tag": np.asarray(tags)[column],
        "score": score,
        "threshold": thresholds.values[column],
    }


def _picked(scores: Any, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[Any]:
    """Scores at places; NaN where a sparse matrix stores none."""
    if not scipy.sparse.issparse(scores):
        return np.asarray(scores[row, column])
    csr = scipy.sparse.csr_array(scores)
    numbered = csr.copy()
    numbered.data = np.arange(1, csr.nnz + 1)  # of each stored score; 0 is none
    picked = numbered[row, column]  # an array for some places, a sparse one for no place
    place = picked.toarray() if scipy.sparse.issparse(picked) else np.asarray(picked)
    return np.asarray(np.append(np.nan, csr.data)[place.ravel()])
