"""Slow computations that are right at a glance; what the library computes must agree with them."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.metrics import Cost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tagthresh.metrics import FBeta, Metric

Array = Any


def confusion(
    y_true: Array, y_score: Array, thresholds: Array, weight: Array = None
) -> NDArray[np.float64]:
    """TP, FP, FN and TN of each tag, shape (4, n_tags), clip by clip."""
    n_clips, n_tags = np.shape(y_score)
    counts = np.zeros((4, n_tags))
    for clip, tag in itertools.product(range(n_clips), range(n_tags)):
        label = y_true[clip][tag]
        if label not in (0, 1):
            continue
        accepted = float(y_score[clip][tag]) >= float(thresholds[tag])
        kind = {(1, True): 0, (0, True): 1, (1, False): 2, (0, False): 3}[int(label), accepted]
        counts[kind, tag] += 1.0 if weight is None else weight[clip]
    return counts


def all_thresholds(y_score: Array) -> Iterator[tuple[float, ...]]:
    """Every combination of per-tag thresholds that makes different decisions."""
    cuts = [[*np.unique(column).astype(float), np.inf] for column in np.asarray(y_score).T]
    return itertools.product(*cuts)


def brute_force(y_true: Array, y_score: Array, metric: Metric, weight: Array = None) -> float:
    """Best value of the metric over all combinations of thresholds."""
    cuts = [[*np.unique(column).astype(float), np.inf] for column in np.asarray(y_score).T]
    longest = max(len(column) for column in cuts)
    counts = np.stack(
        [
            confusion(y_true, y_score, [column[min(i, len(column) - 1)] for column in cuts], weight)
            for i in range(longest)
        ]
    )  # (cut, kind, tag)
    combinations = np.array(list(itertools.product(*(range(len(column)) for column in cuts))))
    chosen = counts[combinations, :, np.arange(len(cuts))]  # (combination, tag, kind)
    best = max if metric.greater_is_better else min
    return best(value(metric, kinds) for kinds in chosen)


def over_clips(
    y_true: Array, y_score: Array, thresholds: Array, metric: Metric, weight: Array = None
) -> float:
    """Metric averaged over the clips that have a known label."""
    y_true, total, mass = np.asarray(y_true), 0.0, 0.0
    accepted = np.asarray(y_score, float) >= np.asarray(thresholds, float)
    for clip, (labels, given) in enumerate(zip(y_true, accepted, strict=True)):
        kinds = [np.sum((labels == a) & (given == b)) for a, b in ((1, 1), (0, 1), (1, 0), (0, 0))]
        if sum(kinds) > 0:
            share = 1.0 if weight is None else weight[clip]
            total += share * float(metric.of(*np.array(kinds, float)))
            mass += share
    return total / mass if mass else 0.0


def value(metric: Metric, kinds: NDArray[np.float64]) -> float:
    """Metric from (tag, kind) counts, averages written out."""
    if metric.average == "micro":
        return float(metric.of(*kinds.sum(axis=0)))
    if isinstance(metric, Cost):
        prices = zip(kinds, metric.miss, metric.false_alarm, strict=True)  # type: ignore[arg-type]
        costs = [(tag.sum(), miss * tag[2] + alarm * tag[1]) for tag, miss, alarm in prices]
        return float(sum(cost / known for known, cost in costs if known))
    values = [float(metric.of(*tag)) for tag in kinds]
    if metric.average == "macro":
        return sum(values) / len(values)
    support = [tag[0] + tag[2] for tag in kinds]
    total = sum(support)
    return sum(v * s for v, s in zip(values, support, strict=True)) / total if total else 0.0


def dinkelbach(y_true: Array, y_score: Array, metric: FBeta) -> float:
    """Micro F-beta at the fixed point: each tag maximises (1 + b^2) TP - F K, until F stays."""
    y_true, y_score = np.asarray(y_true), np.asarray(y_score)
    order = np.argsort(-y_score, axis=0, kind="stable")
    score = np.take_along_axis(y_score, order, axis=0)
    positive = np.take_along_axis(y_true == 1, order, axis=0)
    tp = np.cumsum(positive, axis=0).astype(float)
    accepted = np.broadcast_to(np.arange(1.0, len(score) + 1)[:, None], score.shape)
    last_of_tie = np.ones(score.shape, bool)
    last_of_tie[:-1] = score[1:] != score[:-1]
    value, b2 = 0.0, metric.beta2
    while True:
        gain = np.where(last_of_tie, (1 + b2) * tp - value * accepted, -np.inf)
        best = gain.argmax(axis=0)
        some = gain.max(axis=0) > 0
        columns = np.arange(score.shape[1])
        hits = (1 + b2) * tp[best, columns][some].sum()
        new = hits / (accepted[best, columns][some].sum() + b2 * tp[-1].sum())
        if new <= value:
            return float(value)
        value = new


def promised_precision(
    y_true: Array, y_score: Array, least: float, levels: tuple[float, float]
) -> float:
    """Lowest score accepted by the loosest cut that passes, of one tag; +inf for none.

    `levels`: of tests in sequence, and in all.
    """
    main, level = levels
    known = sorted(
        ((float(s), int(y)) for y, s in zip(y_true, y_score, strict=True) if y in (0, 1)),
        reverse=True,
    )
    sizes = sorted({*(round(1.1**i) for i in range(60) if 1.1**i < len(y_true)), len(y_true)})
    best, alive = math.inf, False
    for size in sizes:
        rejected = known[size][0] if size < len(known) else -math.inf
        accepted = [(score, label) for score, label in known if score > rejected]
        n, hits = len(accepted), sum(label for _, label in accepted)
        tail = sum(math.comb(n, k) * least**k * (1 - least) ** (n - k) for k in range(hits, n + 1))
        passes = tail <= main
        share = np.linspace(least, 1, 2001)[:-1] + (1 - least) / 4000
        ratio = np.mean((share / least) ** hits * ((1 - share) / (1 - least)) ** (n - hits))
        surely = hits > least * n and ratio >= 1 / (level - main)
        alive = bool(surely or (passes and (alive or hits == n)))
        if alive:
            best = accepted[-1][0]
    return best
