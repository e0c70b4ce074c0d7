"""Labels, scores, names and weights of the same clips, checked together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh.validation.arrays import (
    heavy,
    labels,
    matrix,
    same_shape,
    score_matrix,
    weights,
)
from tagthresh.validation.frames import ignored, names_beside, same_rows
from tagthresh.validation.label_signs import Signs
from tagthresh.validation.options import flag
from tagthresh.validation.tags import Tags, align, nth_place, tag_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.validation.limits import Limits


@dataclass(frozen=True)
class LabelledScores:
    """Checked labels and scores of the same clips and tags.

    Attributes
    ----------
    positive : ndarray of bool, shape (n_clips, n_tags)
        Known to be positive.
    known : ndarray of bool, shape (n_clips, n_tags), or None
        Known to be positive or negative; None when all are.
    scores : ndarray of float16, float32 or float64, shape (n_clips, n_tags)
        Finite wherever the label is known.
    tags : tuple of str, or None
        Names of the columns, None when nothing named them.
    weight : ndarray of float64, shape (n_clips,), or None
        Positive weight of each clip; None when all weigh 1.
    pair_weight : ndarray of float64, shape (n_clips, n_tags), or None
        Weight of each pair of clip and tag, 0 where the label is unknown; None when the pairs of a
        clip weigh the same.
    limits : Limits or None
        Of the thresholds to be found; None when there are none.
    """

    positive: NDArray[np.bool_]
    known: NDArray[np.bool_] | None
    scores: NDArray[Any]
    tags: Tags | None
    weight: NDArray[np.float64] | None
    pair_weight: NDArray[np.float64] | None = None
    limits: Limits | None = None

    @property
    def clip_weight(self) -> NDArray[np.float64]:
        """Weight of each clip, 1 where none is given, shape (n_clips,)."""
        return np.ones(len(self.scores)) if self.weight is None else self.weight

    def take(self, rows: NDArray[Any]) -> LabelledScores:
        """Keep some clips, by position or mask."""
        optional = (self.known, self.weight, self.pair_weight)
        known, weight, pair_weight = (None if part is None else part[rows] for part in optional)
        positive, scores = self.positive[rows], self.scores[rows]
        return LabelledScores(positive, known, scores, self.tags, weight, pair_weight, self.limits)

    def weighed(self, pairs: NDArray[np.bool_]) -> NDArray[Any]:
        """Weights of some pairs of clip and tag, 0 for the others, apart from those of clips."""
        return pairs if self.pair_weight is None else pairs * self.pair_weight


def labelled_scores(
    y_true: object,
    y_score: object,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    *,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> LabelledScores:
    """Check labels, scores, names and weights together and return them aligned."""
    flag("positive_only", positive_only)
    data, signs = labelled_part(y_true, y_score, tags, sample_weight, ignore)
    signs.check(data.tags, positive_only=positive_only)
    return data


def labelled_part(
    y_true: object,
    y_score: object,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    ignore: Sequence[str] = (),
) -> tuple[LabelledScores, Signs]:
    """Check a part of the clips; what only all of them show is left to their signs."""
    same_rows(y_true=y_true, y_score=y_score, sample_weight=sample_weight)
    left_out = ignored(ignore, y_true, y_score, sample_weight)
    truth, truth_tags = matrix("y_true", _dense(y_true), ignore=left_out)
    scores, score_tags = matrix("y_score", y_score, ignore=left_out)
    same_shape(truth.shape, scores.shape)
    names = tag_names(tags, scores.shape[1]) or score_tags or truth_tags
    truth = align("y_true", truth, names_beside(y_true, truth_tags, names), names)
    scores = align("y_score", scores, names_beside(y_score, score_tags, names), names)
    positive, known = labels(truth, partial(nth_place, shape=truth.shape, names=names))
    labelled = positive, known
    weight, pair_weight = weights(sample_weight, scores.shape, names, known, left_out), None
    kept = None if weight is None else heavy(weight)
    if weight is not None and weight.ndim == 2:
        known = (weight > 0) & (True if known is None else known)
        positive, pair_weight, weight = positive & known, np.where(known, weight, 0.0), None
    used = known if kept is None else kept[:, None] & (True if known is None else known)
    scores = score_matrix("y_score", scores, names, used)
    signs = Signs.of(*labelled, scores)
    data = LabelledScores(positive, known, scores, names, weight, pair_weight)
    return (data if kept is None or kept.all() else data.take(kept)), signs


def _dense(y_true: Any) -> object:
    """Labels that are not stored are 0; beside dense scores, a matrix of them is no burden."""
    return y_true.toarray() if scipy.sparse.issparse(y_true) else y_true
