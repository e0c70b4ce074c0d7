"""Sparse scores with their labels, checked: the pairs of clip and tag with a stored score or label.

Definitions
-----------
y_score : sparse matrix, shape (n_clips, n_tags)
    A score that is not stored is absent: below every score and every threshold. A 0 that is stored
    is a score of 0. Entries stored twice add up, as SciPy has it.
y_true : sparse or dense, shape (n_clips, n_tags)
    A label that is not stored is 0. Stored are 1, 0, and -1 or NaN for unknown.

A positive whose score is absent is a miss of any thresholds: no cut reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.counts.score_counts import ABSENT, Entries
from tagthresh.counts.slices import run_starts
from tagthresh.validation import InputError, Signs
from tagthresh.validation.label_signs import label_like

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.validation import LabelledScores, Place, Tags

MOST_ABSENT = 1 << 27  # entries of absent scores, one for each tag and weight: a few gigabytes


@dataclass(frozen=True, eq=False)
class Pairs:
    """Checked labels and scores; arrays of shape (n_pairs,) unless stated otherwise.

    Attributes
    ----------
    n_clips, n_tags : int
        Clips of positive weight, and tags.
    clip, tag : ndarray of int64
        Where the score, the label or both are stored.
    score : ndarray of float
        `ABSENT` where only the label is stored.
    positive, known : ndarray of bool
        Known to be positive; known to be positive or negative.
    tags : tuple of str, or None
        Names of the tags.
    weight : ndarray of float64, shape (n_clips,), or None
        Positive weight of each clip; None when all weigh 1.
    """

    n_clips: int
    n_tags: int
    clip: NDArray[np.int64]
    tag: NDArray[np.int64]
    score: NDArray[Any]
    positive: NDArray[np.bool_]
    known: NDArray[np.bool_]
    tags: Tags | None
    weight: NDArray[np.float64] | None

    def entries(self, chosen: NDArray[np.bool_]) -> Entries:
        """Entries of chosen pairs, one each."""
        weight = None if self.weight is None else self.weight[self.clip[chosen]]
        clips = np.ones(np.count_nonzero(chosen), np.int64)
        return Entries(self.tag[chosen], self.score[chosen], weight, clips)

    def rest(self) -> Entries:
        """Entries of the pairs without a stored value: negatives whose scores are absent."""
        of_clips = np.ones(self.n_clips) if self.weight is None else self.weight
        weights, group = np.unique(of_clips, return_inverse=True)
        shape = self.n_tags, len(weights)
        if np.prod(shape) > MOST_ABSENT:
            raise InputError(
                "sample_weight",
                f"must hold at most {MOST_ABSENT // self.n_tags} different weights for sparse "
                f"scores of {self.n_tags} tags",
                len(weights),
            )
        place = np.ravel_multi_index((self.tag, group[self.clip]), shape)
        stored = np.bincount(place, minlength=int(np.prod(shape))).reshape(shape)
        count = np.bincount(group) - stored
        tag, group = np.nonzero(count)
        absent = np.full(len(tag), ABSENT, self.score.dtype)
        weight = None if self.weight is None else weights[group]
        return Entries(tag, absent, weight, count[tag, group])


def labelled(
    y_true: object,
    y_score: object,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    *,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> LabelledScores | Pairs:
    """Check labels, scores, names and weights together; scores may be dense or sparse."""
    if not scipy.sparse.issparse(y_score):
        options: Any = {"ignore": ignore, "positive_only": positive_only}
        return validation.labelled_scores(y_true, y_score, tags, sample_weight, **options)
    validation.flag("positive_only", positive_only)
    validation.same_rows(y_true=y_true, sample_weight=sample_weight)
    left_out = validation.ignored(ignore, y_true)
    scores, labels = _stored("y_score", y_score), _stored("y_true", y_true, tags, left_out)
    if labels.shape != scores.shape:
        raise InputError(
            "y_true and y_score",
            "must have the same shape (clips, tags)",
            f"{labels.shape} and {scores.shape}",
        )
    n_clips, n_tags = scores.shape
    names = validation.tag_names(tags, n_tags) or labels.tags
    weight = validation.weights(sample_weight, (n_clips,))
    pairs, signs = _pairs(scores, labels, names, weight)
    signs.check(names, positive_only=positive_only)
    return pairs


def _pairs(
    scores: StoredValues,
    labels: StoredValues,
    names: Tags | None,
    weight: NDArray[np.float64] | None,
) -> tuple[Pairs, Signs]:
    """Join what is stored of labels and of scores; clips of weight 0 are left out."""
    n_clips, n_tags = scores.shape
    kept = np.ones(n_clips, bool) if weight is None else weight > 0
    pair = np.sort(np.concatenate([scores.pair, labels.pair]), kind="stable")
    pair = pair[run_starts(pair)]
    tag, clip = np.divmod(pair, n_clips)
    positive, labelled = np.zeros(len(pair), bool), np.ones(len(pair), bool)
    place = np.searchsorted(pair, labels.pair)
    positive[place], certain = validation.labels(labels.value, partial(labels.place, names=names))
    if certain is not None:
        labelled[place] = certain
    known = labelled & kept[clip]
    place = np.searchsorted(pair, scores.pair)
    value = scores.finite(known[place], names)
    score = np.full(len(pair), ABSENT, value.dtype)
    score[place] = value
    signs = _signs(scores.shape, tag, score, positive, labelled)
    used = kept[clip]
    clip = (np.cumsum(kept) - 1)[clip]  # clips that are kept are numbered anew
    pairs = Pairs(
        int(np.count_nonzero(kept)),
        n_tags,
        clip[used],
        tag[used],
        score[used],
        positive[used],
        known[used],
        names,
        None if weight is None else weight[kept],
    )
    return pairs, signs


def _signs(
    shape: tuple[int, int],
    tag: NDArray[np.int64],
    score: NDArray[Any],
    positive: NDArray[np.bool_],
    known: NDArray[np.bool_],
) -> Signs:
    """Signs of pairs; a score that is absent stands for no, as a 0 does."""
    n_clips, n_tags = shape
    score = np.where(score == ABSENT, 0, score)
    like = label_like(score)
    differs = np.bincount(tag[np.where(known, score != positive, ~like)], minlength=n_tags) > 0
    has_positive = np.bincount(tag[positive], minlength=n_tags) > 0
    return Signs(
        n_clips,
        ~differs,
        has_positive,
        decisions=bool(like.all()),
        zeros=bool((known & ~positive).any()) or len(tag) < n_clips * n_tags,  # those not stored
        ones=bool(has_positive.any()),
        unknown=not known.all(),
    )


class StoredValues(NamedTuple):
    """What a matrix stores, in order of tag and clip.

    Attributes
    ----------
    pair : ndarray of int64, shape (n_stored,)
        Number of the tag times n_clips, plus that of the clip.
    value : ndarray, shape (n_stored,)
    shape : tuple of int
        (n_clips, n_tags)
    tags : tuple of str, or None
        Names of the columns.
    """

    pair: NDArray[np.int64]
    value: NDArray[Any]
    shape: tuple[int, int]
    tags: Tags | None

    def place(self, number: int, names: Tags | None) -> Place:
        """Name the clip and tag of a stored value."""
        tag, clip = divmod(int(self.pair[number]), self.shape[0])
        return validation.place((clip, tag), names)

    def finite(self, known: NDArray[np.bool_], names: Tags | None) -> NDArray[Any]:
        """Values in a float type, checked to be finite where the label is known."""
        value = validation.floating("y_score", self.value)
        bad = known & ~np.isfinite(value)
        if bad.any():
            first = int(bad.argmax())
            where, remedy = self.place(first, names), validation.remedies.of_value(value[first])
            raise InputError("y_score", "must be finite", value[first], where, remedy)
        return value


def _stored(
    name: str, value: Any, tags: Sequence[str] | None = None, ignore: Collection[str] = ()
) -> StoredValues:
    """Read what a sparse matrix stores, or the values other than 0 of a dense one."""
    if scipy.sparse.issparse(value):
        validation.check_shape(name, value.shape)
        matrix = scipy.sparse.csc_array(validation.summed(name, value))
        stored = matrix.tocoo(copy=False)
        clip, tag, values, columns = stored.row, stored.col, stored.data, None
    else:
        matrix, columns = validation.matrix(name, value, ignore=ignore)
        names = validation.tag_names(tags, matrix.shape[1])
        beside = validation.names_beside(value, columns, names)
        matrix = validation.unmasked(validation.align(name, matrix, beside, names))
        tag, clip = np.nonzero(matrix.T)
        values = matrix[clip, tag]
    return StoredValues(
        tag.astype(np.int64) * matrix.shape[0] + clip, values, matrix.shape, columns
    )
