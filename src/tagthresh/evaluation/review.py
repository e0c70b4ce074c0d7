"""Score-stratified review: some clips of every score band are listened to, and weighed for all.

Positives of a rare tag are few among clips drawn at random, and clips drawn from the highest scores
alone tell nothing of what is missed. So the clips of each tag are cut into bands by score, and of
each band some are drawn and labelled. A labelled pair of clip and tag then stands for

    clips in the band / labelled clips in the band

pairs: the inverse of the probability of being drawn. With these weights TP, FP, FN and TN are those
of all clips on average over draws, and so are, nearly, their ratios (Horvitz and Thompson, "A
generalization of sampling without replacement from a finite universe", Journal of the American
Statistical Association 47, 1952).

Bands are given by a number or by edges:

a number
    Of `bands` bands of a tag, the lowest holds the lower half of its clips, the next one half of
    the rest, and so on; the highest what is left. Ties are in one band, so that bands may be empty.
    (Navine, Denton, Weldy and Hart, "All thresholds barred: direct estimation of call density in
    bioacoustic data", Frontiers in Bird Science 3, 2024.)
edges
    Ascending, in the unit of the scores, the same for all tags: an edge is the lowest score of the
    band above it.

Bands are numbered from 0, the lowest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.decision_rule import rounded
from tagthresh.formatting import plural
from tagthresh.io.long_tables import inverse_probability
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BANDS, PER_BAND = 10, 50
MOST_BANDS = 1000  # a half each: far more than any number of clips has


def plan(
    y_score: object,
    *,
    bands: int | Sequence[float] = BANDS,
    per_band: int = PER_BAND,
    random_state: int = 0,
) -> NDArray[np.bool_]:
    """Choose the clips to review of every tag and band.

    Parameters
    ----------
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Finite scores of all clips.
    bands : int or sequence of float, default 10
        Number of bands, at least 1, or their edges.
    per_band : int, default 50
        Clips to draw from each band, at least 1; all, where it has no more.
    random_state : int, default 0
        Of the draw.

    Returns
    -------
    ndarray of bool, shape (n_clips, n_tags)
        True where the label is to be found out.

    Raises
    ------
    InputError
        When an argument breaks its rule.

    Examples
    --------
    >>> scores = np.linspace(0, 1, 1000)[:, None]
    >>> chosen = plan(scores, bands=4, per_band=20)
    >>> [int(chosen[part].sum()) for part in np.split(np.arange(1000), [500, 750, 875])]
    [20, 20, 20, 20]
    """
    scores, names = validation.matrix("y_score", y_score)
    scores = validation.score_matrix("y_score", scores, names)
    validation.whole_number("per_band", per_band, 1)
    return rank_in_band(band_of(scores, bands), random_state) < per_band


def weights(
    y_true: object,
    y_score: object,
    *,
    bands: int | Sequence[float] = BANDS,
    tags: Sequence[str] | None = None,
) -> NDArray[np.float64]:
    """Weigh reviewed pairs of clip and tag, so that they stand for all.

    Parameters
    ----------
    y_true : array-like or data frame, shape (n_clips, n_tags)
        Labels of reviewed pairs; -1, NaN and masked entries for all others.
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Finite scores of all clips, reviewed or not.
    bands : int or sequence of float, default 10
        As for `plan_review`. Within a band, labels must be missing at random.
    tags : sequence of str, optional
        Names of the columns.

    Returns
    -------
    ndarray of float64, shape (n_clips, n_tags)
        Weights for `find_thresholds(sample_weight=...)` and others, in the order of the columns of
        `tags` or else of `y_score`; 0 where the label is unknown. Those of a tag add up to the
        number of clips; a tag without labels has none.

    Raises
    ------
    InputError
        When an argument breaks its rule, or a tag has labels but none in one of its bands.

    Examples
    --------
    >>> y_score = [[0.1], [0.2], [0.3], [0.4], [0.7], [0.9]]
    >>> y_true = [[0], [-1], [-1], [-1], [1], [-1]]
    >>> weights(y_true, y_score, bands=[0.5]).ravel()
    array([4., 0., 0., 0., 2., 0.])
    """
    data, _ = validation.labelled_part(y_true, y_score, tags)
    validation.score_matrix("y_score", data.scores, data.tags)  # those of unknown labels too
    band = band_of(data.scores, bands)
    known = np.broadcast_to(True if data.known is None else data.known, band.shape)
    weight = np.empty(band.shape)
    for tag, stratum in enumerate(band.T):
        size = np.bincount(stratum)
        weight[:, tag] = inverse_probability(stratum, size, known[:, tag])
        lacking = np.flatnonzero((size > 0) & ~np.bincount(stratum, known[:, tag]).astype(bool))
        if known[:, tag].any() and len(lacking):
            name = repr(data.tags[tag]) if data.tags else str(tag)
            rule = (
                f"must have a label in every band of a tag with labels; band {lacking[0]} "
                f"of tag {name} has {plural(size[lacking[0]], 'clip')} and no label"
            )
            raise InputError("y_true", rule)
    return weight


def review_columns(
    scores: NDArray[Any],
    tags: Sequence[str],
    clips: Sequence[str],
    *,
    bands: int | Sequence[float] = BANDS,
    per_band: int = PER_BAND,
    random_state: int = 0,
) -> dict[str, Any]:
    """List the pairs to review, with an empty column for the labels.

    Parameters
    ----------
    scores : ndarray, shape (n_clips, n_tags)
        Finite scores of all clips.
    tags, clips : sequence of str
        Their names.
    bands, per_band, random_state
        As for `plan_review`.

    Returns
    -------
    dict of str to ndarray
        Columns ``clip``, ``tag``, ``score``, ``band``, ``band_clips`` (clips in the band, reviewed
        or not) and ``label`` (NaN). Tag after tag; within a tag the bands take turns, so that who
        stops early has labels of all of them.
    """
    band = band_of(scores, bands)
    rank = rank_in_band(band, random_state)
    clip, tag = np.nonzero(rank < validation.whole_number("per_band", per_band, 1))
    order = np.lexsort((-band[clip, tag], rank[clip, tag], tag))
    clip, tag = clip[order], tag[order]
    own = band[clip, tag]
    size = [np.bincount(each, minlength=band.max() + 1) for each in band.T]
    return {
        "clip": np.asarray(clips)[clip],
        "tag": np.asarray(tags)[tag],
        "score": scores[clip, tag],
        "band": own,
        "band_clips": np.asarray(size)[tag, own],
        "label": np.full(len(clip), np.nan),
    }


def band_of(scores: NDArray[Any], bands: int | Sequence[float]) -> NDArray[np.int64]:
    """Band of each pair of clip and tag, shape (n_clips, n_tags).

    Examples
    --------
    >>> band_of(np.array([[0.1], [0.2], [0.3], [0.3]]), 3).ravel()
    array([0, 0, 2, 2])
    """
    if isinstance(bands, int | np.integer):
        return _halves(scores, validation.whole_number("bands", bands, 1, MOST_BANDS))
    given = validation.listed("bands", bands, "[0.2, 0.5] or the number 10")
    edges = np.asarray([validation.finite_number("bands", edge) for edge in given])
    if not len(edges) or (np.diff(edges) <= 0).any():
        raise InputError("bands", "must be a number or ascending edges", repr(bands))
    return np.searchsorted(rounded(edges, scores.dtype), scores, side="right")


def _halves(scores: NDArray[Any], bands: int) -> NDArray[np.int64]:
    """Bands that hold half of the clips, half of the rest, and so on."""
    n_clips = len(scores)
    band = np.empty(scores.shape, np.int64)
    for tag, column in enumerate(scores.T):
        above = n_clips - np.searchsorted(np.sort(column), column, side="right")
        halvings = np.ceil(np.log2(n_clips / np.maximum(above, 1))) - 1
        band[:, tag] = np.minimum(np.where(above > 0, halvings, np.inf), bands - 1)
    return band


def rank_in_band(band: NDArray[np.int64], random_state: int) -> NDArray[np.int64]:
    """Place of each clip in its band of each tag, from 0, in an order drawn at random."""
    random = np.random.default_rng(validation.whole_number("random_state", random_state, 0))
    rank = np.empty(band.shape, np.int64)
    for tag, column in enumerate(band.T):
        order = np.lexsort((random.random(len(column)), column))
        first = np.searchsorted(column[order], column[order])
        rank[order, tag] = np.arange(len(column)) - first
    return rank
