"""Thresholds of resampled clips: how much a threshold owes to the clips that happen to be at hand.

The method is fitted again on clips drawn as in `tagthresh.evaluation.bootstrap`, whole groups at a
time; the middle 95 % of a tag's thresholds are its interval. A draw can miss all positives of a
rare tag, so that the interval of `exact` ends at "never" there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.evaluation.bootstrap import drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.methods.base import Method
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores


def threshold_interval(
    data: LabelledScores,
    method: Method,
    metric: Metric,
    group: NDArray[np.int64],
    *,
    draws: int,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Fit a method on resampled clips.

    Parameters
    ----------
    data : LabelledScores
        The clips.
    method, metric
        What to fit, for what.
    group : ndarray of int64, shape (n_clips,)
        Number of each clip's group, from 0.
    draws : int
        Number of fits, at least 1.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    ndarray of float64, shape (2, n_tags)
        Lower and upper end of the interval of each tag; thresholds that were fitted, since nothing
        lies between a number and +inf.
    """
    values = []
    for times in drawn(int(group.max()) + 1, draws, seed):
        for column in times.T.astype(np.int64):
            rows = np.repeat(np.arange(len(group)), column[group])
            values.append(method.fit_rows(data.take(rows), metric).values)
    low = np.quantile(values, 0.025, axis=0, method="lower")
    high = np.quantile(values, 0.975, axis=0, method="higher")
    return np.stack([low, high])
