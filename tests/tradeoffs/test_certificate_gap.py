"""The gap is the distance to the optimum."""

from __future__ import annotations

import numpy as np
import pytest

import tagthresh as tt


@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
@pytest.mark.parametrize("seed", range(5))
def test_gap_is_the_distance_to_exact(average: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y_true = rng.random((60, 4)) < 0.3
    y_score = (rng.standard_normal(y_true.shape) + y_true).round(1)
    metric = f"f1_{average}"
    exact = tt.find_thresholds(y_true, y_score, metric=metric, method="exact", cv=None)
    constant = tt.find_thresholds(
        y_true, y_score, metric=metric, method=tt.methods.Constant(0.5), cv=None
    )
    assert constant.certificate is not None
    assert constant.certificate.gap == pytest.approx(exact.score - constant.score, abs=1e-12)
