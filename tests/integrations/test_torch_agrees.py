"""Two independent implementations of SGL-Thresh, on counts and in PyTorch, find the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import tagthresh as tt
from tagthresh.integrations.torch import FBetaLoss, SGLThreshold


def with_torch(y_true: Any, y_score: Any, start: float, average: Any) -> Any:
    """Thresholds by the paper's fit: all clips in a batch, 100 steps of Adam."""
    scores, labels = torch.tensor(y_score, dtype=torch.float64), torch.tensor(y_true)
    layer = SGLThreshold(scores.shape[1], start, dtype=torch.float64)
    loss, adam = FBetaLoss(average=average), torch.optim.Adam(layer.parameters(), lr=0.01)
    for _ in range(100):
        adam.zero_grad()
        loss(layer(scores), labels).backward()
        adam.step()
    return layer.to_thresholds().values


@pytest.mark.slow
@pytest.mark.parametrize("average", ["micro", "macro"])
@pytest.mark.parametrize(("folder", "start"), [("dcase2017", 0.3), ("dcase2019", 0.5)])
def test_on_real_data(real: Any, folder: str, start: float, average: Any) -> None:
    data = real(f"{folder}/fit.npz")
    method = tt.methods.SurrogateGradient(start=start)
    metric = tt.metrics.FBeta(average=average)
    core = tt.find_thresholds(data["labels"], data["scores"], metric=metric, method=method)
    wanted = with_torch(data["labels"], data["scores"], start, average)
    np.testing.assert_allclose(core.thresholds.values, wanted, rtol=0, atol=1e-4)


def test_on_the_demo() -> None:
    fit, _ = tt.datasets.load_demo()
    method = tt.methods.SurrogateGradient(start=0.3)
    core = tt.find_thresholds(fit.labels, fit.scores, method=method)
    wanted = with_torch(fit.labels, fit.scores, 0.3, "micro")
    np.testing.assert_allclose(core.thresholds.values, wanted, rtol=0, atol=1e-4)
