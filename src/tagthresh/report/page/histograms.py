"""How the scores of a tag's positives and negatives are spread: two histograms on one axis.

Scores of probabilities crowd at 0 and 1, so they are laid on the axis of their log-odds, others on
their own. The axis of a tag reaches from its lowest known score to its highest; probabilities of 0
and 1, which have no log-odds, lie at its ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.counts.score_counts import Tally

BINS = 40


def are_probabilities(counts: Counts) -> bool:
    """Whether all known scores are in [0, 1]."""
    return all(((score >= 0) & (score <= 1)).all() for score in counts.known.score)


def histograms(counts: Counts) -> dict[str, Any]:
    """Bin the scores of every tag.

    Returns
    -------
    dict
        ``log_odds``: whether the axis is that of log-odds. ``low``, ``high``: ends of each tag's
        axis, shape (n_tags,); 0 and 1 for tags without known scores. ``positive``, ``negative``:
        masses in `BINS` bins of equal width, shape (n_tags, BINS).

    Examples
    --------
    >>> import tagthresh as tt
    >>> bins = histograms(tt.Counts.from_arrays([[1], [0], [0]], [[2.0], [0.0], [1.0]]))
    >>> bins["log_odds"], bins["low"], bins["high"], bins["negative"].nonzero()[1]
    (False, array([0.]), array([2.]), array([ 0, 20]))
    """
    log_odds = are_probabilities(counts)
    ends = [_ends(score, log_odds=log_odds) for score in counts.known.score]
    known, positive = (
        np.array([_masses(tally, *end, log_odds=log_odds) for end in enumerate(ends)])
        for tally in (counts.known, counts.positive)
    )
    low, high = np.transpose(ends)
    bins = {"positive": positive, "negative": np.maximum(known - positive, 0)}
    return {"log_odds": log_odds, "low": low, "high": high, **bins}


def _ends(score: NDArray[Any], *, log_odds: bool) -> tuple[float, float]:
    """Lowest and highest score that has a place on the axis."""
    inner = score[(score > 0) & (score < 1)] if log_odds else score
    if not len(inner):
        return 0.0, 1.0
    low, high = (float(end) for end in (inner[0], inner[-1]))
    if log_odds:
        low, high = float(scipy.special.logit(low)), float(scipy.special.logit(high))
    around = 0.0 if low < high else max(abs(low), 1.0) / 2
    return low - around, high + around


def _masses(
    tally: Tally, tag: int, ends: tuple[float, float], *, log_odds: bool
) -> NDArray[np.float64]:
    """Masses of a tag's scores in the bins."""
    score = tally.score[tag].astype(np.float64)
    place = np.clip(scipy.special.logit(score) if log_odds else score, *ends)
    mass = tally.count(tag) * (1.0 if tally.weight is None else tally.weight[tag])
    width = ends[1] / BINS - ends[0] / BINS
    number = np.minimum((place - ends[0]) / width, BINS - 1).astype(np.int64)
    return np.bincount(number, mass, BINS).astype(np.float64)
