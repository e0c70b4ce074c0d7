"""The clip bootstrap: how much a score depends on the clips that happen to be there.

Each resample draws as many clips as there are, with replacement, and scores all decisions on the
same draw, so that differences between them are paired. Clips are drawn whole: the tags of a clip
stay together. Where clips come in groups, such as recordings or sites, whole groups are drawn.
(Efron and Tibshirani, An Introduction to the Bootstrap, 1993.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from tagthresh.counts.counts import confusion
from tagthresh.metrics.decisions import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from tagthresh.counts.counts import Confusion
    from tagthresh.methods.base import Method
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores

WEIGHTS_AT_A_TIME = 1 << 21  # bounds the memory: draws times clips
KIND_WORTH = 20  # groups that are drawn in the time that one kind of them takes


LEVEL = 0.95  # of intervals


class Interval(NamedTuple):
    """The middle of the resamples, 95 % of them unless said otherwise."""

    low: float
    high: float


def interval(
    estimate: float,
    draws: NDArray[np.float64],
    n_groups: int,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    level: float = LEVEL,
) -> Interval:
    """Percentile interval, moved to the estimate and widened for few groups.

    A draw may leave out all positives of a rare tag, which lowers averages over tags: without the
    move, which makes the estimate the mean of the draws, the interval would lie below it. Draws
    from few groups vary too little: the distances to the estimate are those of a t-distribution
    with ``n_groups - 1`` degrees of freedom, times sqrt(n_groups / (n_groups - 1)), in place of the
    normal. (Hesterberg, "What teachers should know about the bootstrap", The American Statistician
    69, 2015: the expanded percentile interval.)

    Parameters
    ----------
    estimate : float
        What the interval is for.
    draws : ndarray of float64, shape (n_resamples,)
        Values on resampled groups.
    n_groups : int
        Number of groups drawn from, or of clips where each is its own; with one, nothing is known.
    bounds : tuple of float, default unbounded
        Least and greatest value there can be.
    level : float, default 0.95
        Share of the resamples inside.

    Examples
    --------
    >>> [round(end, 2) for end in interval(0.5, np.arange(1001) / 1000, 100_000)]
    [0.02, 0.98]
    >>> [round(end, 2) for end in interval(0.5, np.arange(1001) / 1000, 5, (0.0, 1.0))]
    [0.0, 1.0]
    """
    if n_groups < 2:
        return Interval(*bounds)
    lower, upper = (1 - level) / 2, (1 + level) / 2
    few = (
        scipy.special.stdtrit(n_groups - 1, upper)
        / scipy.special.ndtri(upper)
        * np.sqrt(n_groups / (n_groups - 1))
    )
    low, high = estimate + few * (np.quantile(draws, [lower, upper]) - draws.mean())
    return Interval(float(max(low, bounds[0])), float(min(high, bounds[1])))


@dataclass(frozen=True, eq=False)
class Resampling:
    """Clips and the decisions on them, and how they are drawn anew.

    Attributes
    ----------
    data : LabelledScores
        The clips; only labels and weights matter.
    accepted : ndarray of bool, shape (n_clips, n_tags)
        The decisions, as from `decisions.decide`.
    groups : ndarray of int64, shape (n_clips,)
        Number of each clip's group, from 0.
    level : float
        Share of the resamples in an interval.
    n_resamples, random_state : int
        Number of draws, and their seed.
    """

    data: LabelledScores
    accepted: NDArray[np.bool_]
    groups: NDArray[np.int64]
    level: float
    n_resamples: int
    random_state: int

    def intervals(self, metrics: Sequence[Metric], scores: Sequence[float]) -> list[Interval]:
        """Intervals of several metrics, given their scores, all from the same draws."""
        on_counts = [metric for metric in metrics if not metric.needs_rows]

        def stacked(confusion: Confusion) -> NDArray[np.float64]:
            return np.stack([metric(confusion) for metric in on_counts])

        draws = iter(self._drawn(stacked) if on_counts else ())
        n_groups = int(self.groups.max()) + 1
        return [
            interval(
                score,
                self._drawn(metric) if metric.needs_rows else next(draws),
                n_groups,
                metric.bounds,
                self.level,
            )
            for metric, score in zip(metrics, scores, strict=True)
        ]

    def _drawn(self, metric: Callable[[Confusion], NDArray[np.float64]]) -> NDArray[np.float64]:
        """Score on each draw, on the last axis."""
        drawn: NDArray[np.float64] = rescored(
            self.data,
            [self.accepted],
            metric,
            groups=self.groups,
            n_resamples=self.n_resamples,
            random_state=self.random_state,
        )[0]
        return drawn


def of_differences(bounds: tuple[float, float]) -> tuple[float, float]:
    """Least and greatest difference of two values within bounds.

    Examples
    --------
    >>> of_differences((0.0, 1.0)), of_differences((0.0, np.inf))
    ((-1.0, 1.0), (-inf, inf))
    """
    low, high = bounds
    return low - high, high - low


def rescored(
    data: LabelledScores,
    decisions: Sequence[NDArray[np.bool_]],
    metric: Callable[[Confusion], NDArray[np.float64]],
    *,
    groups: NDArray[np.int64] | None = None,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> NDArray[np.float64]:
    """Score decisions on resampled clips.

    Parameters
    ----------
    data : LabelledScores
        The clips.
    decisions : sequence of ndarray of bool, each of shape (n_clips, n_tags)
        What to score, as from `rows.decide`.
    metric : Metric, or a function like one
        What to score it by: confusions of shape (n_tags, n_draws) give scores of shape
        (..., n_draws).
    groups : ndarray of int64, shape (n_clips,), optional
        Number of each clip's group, from 0; every clip its own by default.
    n_resamples : int, default 1000
        Number of draws.
    random_state : int, default 0
        Of the draws; the same random_state gives the same result.

    Returns
    -------
    ndarray of float64, shape (len(decisions), ..., n_resamples)
        Place j of the last axis holds the scores of all decisions on the same draw.
    """
    rows = [Rows.of(data, accepted) for accepted in decisions]
    groups = np.arange(len(data.scores)) if groups is None else groups
    return scores_of_draws(rows, data.weight, metric, groups, n_resamples, random_state)


def scores_of_draws(
    rows: Sequence[Rows],
    clip_weight: NDArray[np.float64] | None,
    metric: Callable[[Confusion], NDArray[np.float64]],
    groups: NDArray[np.int64],
    n_resamples: int,
    random_state: int,
) -> NDArray[np.float64]:
    """Do what `rescored` does, with rows of labels and decisions."""
    scores = []
    for times in drawn(int(groups.max()) + 1, n_resamples, random_state):
        weight = times[groups]
        if clip_weight is not None:
            weight *= clip_weight[:, None]
        scores.append([one.score(metric, weight) for one in rows])
    return np.concatenate(scores, axis=-1)


def scores_of_kinds(
    rows: Rows,
    metric: Metric,
    groups: NDArray[np.int64],
    n_resamples: int,
    random_state: int,
) -> NDArray[np.float64] | None:
    """Score draws of clips without weights by a micro-average, as `scores_of_draws`, but faster.

    Groups with the same number of true positives, accepted, positive and known pairs are of one
    kind, and how often a draw holds each kind is multinomial: no group is drawn by itself.

    Returns
    -------
    ndarray of float64, shape (n_resamples,), or None
        None where there are nearly as many kinds as groups, so that nothing would be gained.
    """
    sums = np.stack([np.bincount(groups, part) for part in rows.sums_of_clips], axis=1)
    kinds, count = np.unique(sums, axis=0, return_counts=True)
    if KIND_WORTH * len(kinds) > len(sums):
        return None
    rng = np.random.default_rng(random_state)
    times = rng.multinomial(len(sums), count / len(sums), size=n_resamples)
    return np.asarray(metric.of(*confusion(*(times @ kinds).T)))


def drawn(n_groups: int, n_resamples: int, random_state: int) -> Iterator[NDArray[np.float64]]:
    """Tell how often each draw holds each group, shape (n_groups, draws), some draws at a time."""
    rng = np.random.default_rng(random_state)
    most = max(1, min(50, WEIGHTS_AT_A_TIME // n_groups))
    for start in range(0, n_resamples, most):
        n_draws = min(most, n_resamples - start)
        groups = (rng.integers(n_groups, size=n_groups) for _ in range(n_draws))
        times = [np.bincount(each, minlength=n_groups) for each in groups]
        yield np.stack(times, axis=1).astype(np.float64)


def threshold_interval(
    data: LabelledScores,
    method: Method,
    metric: Metric,
    group: NDArray[np.int64],
    *,
    draws: int,
    random_state: int = 0,
) -> NDArray[np.float64]:
    """Fit a method on resampled clips, to show how far each threshold depends on the clips.

    A draw can miss all positives of a rare tag, so that the interval of `exact` ends at "never"
    there.

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
    random_state : int, default 0
        Of the draws.

    Returns
    -------
    ndarray of float64, shape (2, n_tags)
        Lower and upper end of the interval of each tag; thresholds that were fitted, since nothing
        lies between a number and +inf.
    """
    values = []
    for times in drawn(int(group.max()) + 1, draws, random_state):
        for column in times.T.astype(np.int64):
            rows = np.repeat(np.arange(len(group)), column[group])
            values.append(method.fit_rows(data.take(rows), metric).values)
    low = np.quantile(values, 0.025, axis=0, method="lower")
    high = np.quantile(values, 0.975, axis=0, method="higher")
    return np.stack([low, high])
