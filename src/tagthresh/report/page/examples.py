"""Clips to look at: those nearest to a tag's threshold, and a few of every rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.decision_rule import accepts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.validation import LabelledScores

NEAR = 12  # clips on each side of the threshold
SPREAD = 40  # clips at ranks from the top, in steps that grow with the rank


def examples(data: LabelledScores, thresholds: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Choose known clips near thresholds, shape (n_tags,), and of every rank.

    Returns
    -------
    dict
        Tag after tag, highest score first: ``clip`` (the row), ``score`` and ``positive``, shape
        (n_entries,). Tag c has entries ``offset[c]`` to ``offset[c + 1] - 1``.

    Examples
    --------
    >>> from tagthresh.validation import labelled_scores
    >>> data = labelled_scores([[1], [0], [0]], [[0.9], [0.2], [0.4]])
    >>> found = examples(data, np.array([0.5]))
    >>> found["clip"], found["positive"]
    (array([0, 2, 1]), array([ True, False, False]))
    """
    scores, positive = (np.ascontiguousarray(x.T) for x in (data.scores, data.positive))
    known = None if data.known is None else data.known.T
    clips = [
        _chosen(scores[tag], None if known is None else known[tag], threshold)
        for tag, threshold in enumerate(thresholds)
    ]
    clip = np.concatenate(clips)
    tag = np.repeat(np.arange(len(clips)), [len(chosen) for chosen in clips])
    return {
        "offset": np.cumsum([0, *map(len, clips)]),
        "clip": clip,
        "score": scores[tag, clip],
        "positive": positive[tag, clip],
    }


def _chosen(
    score: NDArray[Any], known: NDArray[np.bool_] | None, threshold: float
) -> NDArray[np.int64]:
    """Clips of one tag."""
    clips = np.arange(len(score)) if known is None else np.flatnonzero(known)
    order = clips[np.argsort(-score[clips], kind="stable")]
    cut = int(np.count_nonzero(accepts(score[clips], threshold)))
    near = np.arange(max(cut - NEAR, 0), min(cut + NEAR, len(order)))
    spread = np.geomspace(1, len(order), SPREAD).round().astype(int) - 1 if len(order) else near
    return np.asarray(order[np.union1d(near, spread)])
