"""What a metric says of small and of single moves: `Metric.slopes` and `Metric.moved`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from oracles_paper import CASES, METRICS, fbeta_slopes
from tagthresh import metrics
from tagthresh.counts.counts import Confusion
from tagthresh.metrics import FBeta

if TYPE_CHECKING:
    from tagthresh.metrics.base import Average, Metric

AVERAGES: tuple[Average, ...] = ("micro", "macro", "weighted")
CONFUSION = Confusion(
    *(np.array(count) for count in ([3.0, 1.0, 0.5], [2.0, 4.0, 1.0], [1.0, 2.0, 0.5], [9.0] * 3))
)
AVERAGED = [kind for kind in metrics.METRICS.values() if len(kind.averages) > 1]
KINDS: list[Metric] = [
    metric
    for average in AVERAGES
    for metric in (FBeta(2.0, average=average), *(kind(average=average) for kind in AVERAGED))
]
KINDS += [metrics.HammingLoss(), metrics.Cost(2.0, 3.0)]


@pytest.mark.parametrize("metric", KINDS, ids=lambda metric: metric.name)
def test_slopes_vs_finite_differences(metric: Metric) -> None:
    step = 1e-5
    for tag in range(3):
        move = step * (np.arange(3) == tag)
        for slope, sign in zip(
            metric.slopes(CONFUSION), [(1, 0, -1, 0), (0, 1, 0, -1)], strict=True
        ):
            up, down = (
                Confusion(*(n + way * s * move for n, s in zip(CONFUSION, sign, strict=True)))
                for way in (1, -1)
            )
            difference = (metric(up) - metric(down)) / (2 * step)
            assert slope[tag] == pytest.approx(difference, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("case", CASES)
def test_slopes_vs_formula(case: str, metric: FBeta) -> None:
    data = CASES[case]
    confusion = data.confusion(np.full(data.y_true.shape[1], 0.3))
    for found, expected in zip(
        metric.slopes(confusion), fbeta_slopes(metric, confusion), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_slopes_where_nothing_is_there() -> None:
    nothing = Confusion(*(np.zeros(2) for _ in range(4)))
    for metric in KINDS:
        for slope in metric.slopes(nothing):
            np.testing.assert_array_equal(slope, 0.0)


@pytest.mark.parametrize("metric", KINDS, ids=lambda metric: metric.name)
def test_moved_vs_whole_confusion(metric: Metric) -> None:
    data = CASES["weights"]
    at, cuts = np.full(4, 0.3), np.array([0.1, 0.3, 0.5])
    to = data.counts.confusion(np.broadcast_to(cuts, (4, 3)))
    found = metric.moved(data.confusion(at), to)
    for tag in range(4):
        for move, cut in enumerate(cuts):
            values = np.where(np.arange(4) == tag, cut, at)
            assert found[tag, move] == pytest.approx(float(metric(data.confusion(values))))
