"""The clip bootstrap: how much a score owes to the clips that happen to be at hand.

Each resample draws as many clips as there are, with replacement, and scores all thresholds on the
same draw, so that differences between them are paired. Clips are drawn whole: the tags of a clip
stay together. (Efron and Tibshirani, An Introduction to the Bootstrap, 1993.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse

from tagthresh import checks
from tagthresh.counts import Confusion, confusion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.metrics.base import Metric
    from tagthresh.thresholds import Thresholds

DRAWS_AT_A_TIME = 50  # bounds the memory: so many weights per clip are held at once


class Interval(NamedTuple):
    """The middle 95 % of the resamples."""

    low: float
    high: float


def interval(values: NDArray[np.float64]) -> Interval:
    """Percentile interval of 95 %.

    Examples
    --------
    >>> interval(np.arange(1001) / 1000)
    Interval(low=0.025, high=0.975)
    """
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(float(low), float(high))


def bootstrap(  # noqa: PLR0913
    y_true: object,
    y_score: object,
    thresholds: Sequence[Thresholds],
    metric: Metric,
    *,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Score thresholds on resampled clips.

    Parameters
    ----------
    y_true, y_score, tags, sample_weight
        Labelled scores, as for `evaluate`.
    thresholds : sequence of Thresholds
        What to score; matched by tag name where both have names.
    metric : Metric
        What to score it by.
    resamples : int, default 1000
        Number of draws.
    seed : int, default 0
        Of the draws; the same seed gives the same result.

    Returns
    -------
    ndarray of float64, shape (n_thresholds, resamples)
        Column j holds the scores of all thresholds on the same draw.

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.checks`, or the tags differ.
    """
    checks.whole_number("resamples", resamples, 1)
    data = checks.labelled_scores(y_true, y_score, tags, sample_weight)
    rows = [_Rows.of(data, each) for each in thresholds]
    draws = _draws(len(data.scores), resamples, seed, data.weight)
    scores = [[metric(each.confusion(weight)) for each in rows] for weight in draws]
    return np.concatenate(scores, axis=1)


def _draws(
    n_clips: int, resamples: int, seed: int, weight: NDArray[np.float64] | None
) -> Iterator[NDArray[np.float64]]:
    """Weights of the clips in each draw, shape (n_clips, draws), some draws at a time."""
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, DRAWS_AT_A_TIME):
        n_draws = min(DRAWS_AT_A_TIME, resamples - start)
        times = np.stack(
            [
                np.bincount(rng.integers(n_clips, size=n_clips), minlength=n_clips)
                for _ in range(n_draws)
            ],
            axis=1,
        )
        yield times.astype(np.float64) if weight is None else times * weight[:, None]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Which clips are positive, accepted, both, or unknown; sparse, shape (n_tags, n_clips)."""

    positive: scipy.sparse.csr_array
    accepted: scipy.sparse.csr_array
    both: scipy.sparse.csr_array
    unknown: scipy.sparse.csr_array

    @classmethod
    def of(cls, data: checks.LabelledScores, thresholds: Thresholds) -> _Rows:
        """Decide with `thresholds` on clips whose labels are known."""
        unknown = np.zeros_like(data.positive) if data.known is None else ~data.known
        scores = np.where(unknown, 0, data.scores) if unknown.any() else data.scores
        aligned = thresholds.in_order(data.tags, scores.shape[1])
        accepted = (scores >= aligned) & ~unknown
        parts = (data.positive, accepted, data.positive & accepted, unknown)
        return cls(*(scipy.sparse.csr_array(part.T, dtype=np.float64) for part in parts))

    def confusion(self, weight: NDArray[np.float64]) -> Confusion:
        """Confusion of each tag under each column of weights, shape (n_tags, n_draws)."""
        known = weight.sum(axis=0) - self.unknown @ weight
        return confusion(self.both @ weight, self.accepted @ weight, self.positive @ weight, known)
