"""The paper's methods as they are told, clip by clip on dense matrices: slow and easy to check.

`Data` has 1, 0 and -1 (unknown) for labels. Cases that have gone wrong elsewhere are in `CASES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tagthresh import Counts
from tagthresh.counts.counts import Confusion
from tagthresh.metrics import FBeta

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.methods import NumericalGradient, RandomSearch, SurrogateGradient
    from tagthresh.metrics import Metric

DATA = Path(__file__).parents[2] / "shared" / "data"


@dataclass(frozen=True, eq=False)
class Data:
    """Labels, scores and clip weights."""

    y_true: NDArray[Any]
    y_score: NDArray[Any]
    sample_weight: NDArray[np.float64]

    @property
    def counts(self) -> Counts:
        weighted = bool((self.sample_weight != 1).any())
        weight = self.sample_weight if weighted else None
        return Counts.from_arrays(self.y_true, self.y_score, sample_weight=weight)

    @property
    def masses(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weight of each clip as a positive and as a negative of each tag."""
        weight = self.sample_weight[:, None]
        return weight * (self.y_true == 1), weight * (self.y_true == 0)

    def confusion(self, values: NDArray[np.float64]) -> Confusion:
        positive, negative = self.masses
        accepted = self.y_score >= np.asarray(values).astype(self.y_score.dtype)
        tp, fp = (positive * accepted).sum(axis=0), (negative * accepted).sum(axis=0)
        return Confusion(tp, fp, positive.sum(axis=0) - tp, negative.sum(axis=0) - fp)


def published(folder: str, part: str) -> Data:
    """Real predictions and labels; skips the test where they are not at hand."""
    path = DATA / folder / f"{part}.npz"
    if not path.exists():
        pytest.skip(f"no {folder}/{part}.npz in the data folder beside the repository")
    with np.load(path, allow_pickle=False) as file:
        return Data(file["labels"], file["scores"], np.ones(len(file["labels"])))


def figures(fit: Data, evaluation: Data, values: NDArray[np.float64]) -> tuple[float, float]:
    """Micro-F1 in % on the clips for evaluation and on those fitted on."""
    score = [100 * float(FBeta()(data.confusion(values))) for data in (evaluation, fit)]
    return score[0], score[1]


def _generated(seed: int, n_clips: int = 60, n_tags: int = 4) -> Data:
    random = np.random.default_rng(seed)
    y_true = (random.random((n_clips, n_tags)) < 0.3).astype(np.int64)
    y_score = np.clip(0.25 + 0.2 * y_true + 0.15 * random.normal(size=y_true.shape), 0, 1)
    return Data(y_true, y_score.astype(np.float32), np.ones(n_clips))


def _cases() -> dict[str, Data]:
    plain, random = _generated(0), np.random.default_rng(1)
    labels, scores, ones = plain.y_true, plain.y_score, plain.sample_weight
    weight = random.choice([0.0, 0.5, 1.0, 3.0], len(ones))
    unknown = np.where(random.random(labels.shape) < 0.2, -1, labels)
    empty = labels.copy()
    empty[:, 0], empty[:, 1], empty[:, 2] = 0, 1, -1
    extreme = scores.astype(np.float64)
    extreme[:5], extreme[5:10], extreme[10:15] = 1e300, -1e300, 1e-300
    return {
        "plain": plain,
        "ties": Data(labels, np.round(scores, 1), ones),
        "quantised": Data(labels, (scores * 32).astype(np.int8) / np.float16(32), ones),
        "weights": Data(labels, np.round(scores, 1), weight),
        "irregular weights": Data(labels, scores, random.random(len(ones))),
        "unknown": Data(unknown, scores, ones),
        "unknown and weights": Data(unknown, scores, weight),
        "empty tags": Data(empty, scores, ones),
        "no positives": Data(0 * labels, scores, ones),
        "one clip": Data(labels[:1], scores[:1], ones[:1]),
        "one tag": Data(labels[:, :1], scores[:, :1], ones),
        "extreme scores": Data(labels, extreme, ones),
    }


CASES = _cases()
METRICS = [
    FBeta(),
    FBeta(average="macro"),
    FBeta(2.0, average="weighted"),
    FBeta(0.5, average="micro"),
]


def fbeta_slopes(
    metric: FBeta, confusion: Confusion
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Differentiate F-beta by accepted positives and negatives, as worked out by hand."""
    tp, fp, fn, _ = confusion
    share = np.ones(len(tp))
    if metric.average == "micro":
        tp, fp, fn = (np.full(len(tp), count.sum()) for count in (tp, fp, fn))
    elif metric.average == "macro":
        share = share / len(tp)
    else:
        share = (tp + fn) / max((tp + fn).sum(), 1e-300)
    b2 = metric.beta2
    size = (1 + b2) * tp + b2 * fn + fp
    unit = np.where(size > 0, size, np.inf)
    # Accepting a positive raises the numerator by 1 + b2 and the denominator by 1.
    by_positive = (1 + b2) / unit - (1 + b2) * tp / unit**2
    return share * by_positive, -share * (1 + b2) * tp / unit**2


def smooth_confusion(
    data: Data, values: NDArray[np.float64], sigma: NDArray[np.float64]
) -> Confusion:
    """Confusion of the decisions ``sigmoid(sigma (score - value))``."""
    positive, negative = data.masses
    accepted = 0.5 + 0.5 * np.tanh(sigma * (data.y_score.astype(np.float64) - values) / 2)
    tp, fp = (positive * accepted).sum(axis=0), (negative * accepted).sum(axis=0)
    return Confusion(tp, fp, positive.sum(axis=0) - tp, negative.sum(axis=0) - fp)


def surrogate_gradient(
    data: Data, metric: FBeta, method: SurrogateGradient
) -> tuple[NDArray[np.float64], list[float]]:
    """Thresholds and losses of SGL-Thresh, every clip in every sum."""
    score = data.y_score.astype(np.float64)
    values, sigma = np.full(score.shape[1], method.start), np.full(score.shape[1], method.sigma)
    parameters = np.stack([values, sigma])
    mean, square = np.zeros_like(parameters), np.zeros_like(parameters)
    kept, loss = values, [-float(metric(data.confusion(values)))]
    for epoch in range(1, method.epochs + 1):
        by_positive, by_negative = fbeta_slopes(metric, data.confusion(parameters[0]))
        pull = data.masses[0] * by_positive + data.masses[1] * by_negative
        distance = score - parameters[0]
        decay = np.exp(-np.abs(parameters[1] * distance))
        slope = pull * decay / (1 + decay) ** 2
        gradient = np.stack([-parameters[1] * slope.sum(axis=0), (slope * distance).sum(axis=0)])
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        root = np.sqrt(square / (1 - 0.999**epoch))
        step = method.learning_rate * (mean / (1 - 0.9**epoch)) / (root + 1e-8)
        step[1] *= method.learn_sigma
        parameters = parameters + step
        parameters[1] = np.maximum(parameters[1], method.sigma / 10)
        loss.append(-float(metric(data.confusion(parameters[0]))))
        if not method.best or loss[-1] < min(loss[:-1]):
            kept = parameters[0]
    return kept, loss


def numerical_gradient(
    data: Data, metric: Metric, method: NumericalGradient
) -> NDArray[np.float64]:
    """Thresholds of the numerical gradient, one tag and one step at a time."""
    values = np.full(data.y_score.shape[1], method.start)
    mean, square = np.zeros_like(values), np.zeros_like(values)
    for epoch in range(1, method.epochs + 1):
        gradient = np.array(
            [_forward_difference(data, metric, method, values, tag) for tag in range(len(values))]
        )
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        rate = method.learning_rate * np.sqrt(1 - 0.999**epoch) / (1 - 0.9**epoch)
        values = values + rate * mean / np.sqrt(square + 1e-8)
    return values


def _forward_difference(
    data: Data, metric: Metric, method: NumericalGradient, values: NDArray[np.float64], tag: int
) -> float:
    # What is rounding in the sums of weights must not pass for a change of the metric.
    start = float(metric(data.confusion(values)))
    for step in range(1, method.reach + 1):
        moved = values.copy()
        moved[tag] += method.step * step
        change = float(metric(data.confusion(moved))) - start
        if abs(change) > 1e-13:
            return change / (method.step * step)
    return 0.0


def random_search(data: Data, metric: Metric, method: RandomSearch) -> NDArray[np.float64]:
    """Thresholds of the random search, one proposal at a time."""
    random = np.random.default_rng(method.random_state)
    values = np.full(data.y_score.shape[1], method.start)
    best = _judged(data, metric, values, joint=method.joint)
    for _ in range(method.rounds):
        noise = random.standard_normal((method.proposals, len(values)))
        for place in range(method.proposals):
            step = method.step - (1e-3 if method.joint else 1e-4) * place
            proposal = values + step * (values + method.spread * noise[place])
            score = _judged(data, metric, proposal, joint=method.joint)
            values = np.where(score > best, proposal, values)
            best = np.maximum(score, best)
    return values


def _judged(
    data: Data, metric: Metric, values: NDArray[np.float64], *, joint: bool
) -> NDArray[np.float64]:
    confusion = data.confusion(values)
    return metric(confusion) if joint else metric.of(*confusion)
