"""Smooth masses and their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from oracles_paper import CASES, METRICS, Data, smooth_confusion
from tagthresh.methods.smooth_counts import Cells, gradient

if TYPE_CHECKING:
    from tagthresh.metrics import FBeta

EVERYWHERE = (-np.inf, np.inf)
SIGMA = 30.0


def _thresholds(data: Data) -> np.ndarray:
    return np.linspace(0.25, 0.4, data.y_true.shape[1])


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("case", [case for case in CASES if case != "extreme scores"])
def test_gradient_vs_finite_differences(case: str, metric: FBeta) -> None:
    data = CASES[case]
    values, sigma = _thresholds(data), np.full(data.y_true.shape[1], SIGMA)
    slopes = metric.slopes(smooth_confusion(data, values, sigma))
    tallies = data.counts.positive, data.counts.known
    positive, known = (Cells.from_tally(tally, 1e-9, EVERYWHERE) for tally in tallies)
    by_value_and_sigma = gradient(slopes, positive, known, values, sigma)
    for tag in range(len(values)):
        for found, step in zip(by_value_and_sigma[:, tag], [(1e-6, 0.0), (0.0, 1e-3)], strict=True):
            here = np.arange(len(values)) == tag
            up, down = (
                float(
                    metric(
                        smooth_confusion(
                            data, values + w * step[0] * here, sigma + w * step[1] * here
                        )
                    )
                )
                for w in (1, -1)
            )
            assert found == pytest.approx((up - down) / (2 * sum(step)), rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("width", [1 / 8, 1 / 4])
@pytest.mark.parametrize(("spread", "stated"), [("even", 1 / 2000), ("two ends", 1 / 60)])
def test_cells_vs_every_score_are_off_as_stated(width: float, spread: str, stated: float) -> None:
    score = np.linspace(0, 1, 20_001)[:, None]
    if spread == "two ends":  # four in five scores at the low end of a cell: the most lopsided
        ends = np.where(np.arange(len(score)) % 5, 1e-6, 1 - 1e-6)[:, None]
        score = (np.floor(score * SIGMA / width) + ends) * width / SIGMA
    tally = Data(np.ones_like(score), score, np.ones(len(score))).counts.positive
    fine, coarse = (Cells.from_tally(tally, w / SIGMA, EVERYWHERE) for w in (1e-9, width))
    assert coarse.size[0] <= SIGMA / width + 1
    # The threshold is far below all scores, so the errors of all cells have one sign.
    exact, gathered = (
        cells.gradient(np.array([-0.5]), np.array([SIGMA]))[0] for cells in (fine, coarse)
    )
    bound = stated * width ** (4 if spread == "even" else 3) * np.exp(width)
    assert bound / 2 < abs(gathered[0] / exact[0] - 1) < bound


def test_scores_far_away_are_left_out() -> None:
    counts = CASES["extreme scores"].counts
    cells = Cells.from_tally(counts.known, 0.01, (-2.0, 2.0))
    assert np.abs(cells.centre).max() <= 2.0
    nothing = Cells.from_tally(counts.known, 0.01, (5.0, 6.0))
    np.testing.assert_array_equal(nothing.gradient(np.zeros(4), np.ones(4)), 0.0)
