"""`ThresholdMetric`: what a validation loop finds, in one process or several."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
import tagthresh as tt
from strategies import Case, cases

pytest.importorskip("torchmetrics", reason="torchmetrics is not installed")

import torch
from torchmetrics import MetricCollection

from tagthresh.integrations.torch import ThresholdMetric
from tagthresh.integrations.torch.threshold_metric import grid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEVICES = [
    "cpu",
    pytest.param(
        "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU")
    ),
]
# The GPUs of a node see disjoint clips: process r of n sees clips r, r + n, ...
PROCESS = """
import sys
import numpy as np, torch
import torch.distributed as dist
from tagthresh.integrations.torch import ThresholdMetric
folder, rank = sys.argv[1], int(sys.argv[2])
dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
data = np.load(f"{folder}/data.npz")
metric = ThresholdMetric(n_tags=3)
for start in range(rank, 200, 20):
    rows = slice(start, start + 20, 2)
    metric.update(*(torch.from_numpy(data[name][rows]) for name in ("scores", "labels")))
found = metric.compute()
np.savez(f"{folder}/{rank}.npz", **{name: value.numpy() for name, value in found.items()})
dist.destroy_process_group()
"""


def drawn(seed: int = 0, n_clips: int = 200) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and labels of three tags, some unknown."""
    generator = torch.Generator().manual_seed(seed)
    labels = (torch.rand(n_clips, 3, generator=generator) < 0.3).to(torch.int8)
    scores = torch.randn(n_clips, 3, generator=generator) + 2 * labels
    labels[torch.rand(n_clips, 3, generator=generator) < 0.1] = -1
    return scores, labels


def found(scores: torch.Tensor, labels: torch.Tensor, **options: Any) -> dict[str, Any]:
    """Find what one update gives."""
    metric = ThresholdMetric(scores.shape[-1], **options)
    metric.update(scores, labels)
    return metric.compute()


@pytest.mark.filterwarnings("ignore::tagthresh.UnseenTagWarning")
@given(case=cases(max_clips=7, max_tags=2, weighted=False), cells=st.sampled_from([1, 4, 256]))
@settings(max_examples=60)
def test_score_and_gap_vs_brute_force(case: Case, cells: int) -> None:
    if not (case.y_true >= 0).any():
        return
    scores, labels = torch.from_numpy(case.y_score), torch.from_numpy(case.y_true)
    best = found(scores, labels, method="exact", cells=cells)
    thresholds = np.atleast_1d(best["thresholds"].numpy())
    kinds = oracles.confusion(case.y_true, case.y_score, thresholds)
    assert oracles.value(tt.metrics.FBeta(), kinds.T) == pytest.approx(
        best["score"].item(), abs=1e-6
    )
    most = oracles.brute_force(case.y_true, case.y_score, tt.metrics.FBeta())
    assert most - best["score"].item() <= best["gap"].item() + 1e-6


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("probabilities", [False, True])
def test_every_type_vs_counts_in_memory(
    device: str, dtype: torch.dtype, *, probabilities: bool
) -> None:
    scores, labels = drawn(n_clips=2_000)
    scores = (scores.sigmoid() if probabilities else scores).to(dtype)
    best = found(scores.to(device), labels.to(device), method="exact")
    counts = tt.Counts.from_arrays(labels.numpy(), scores.double().numpy())
    reached = tt.metrics.FBeta()(counts.confusion(best["thresholds"].double().cpu().numpy()))
    assert float(reached) == pytest.approx(best["score"].item(), abs=1e-6)
    most = tt.find_thresholds(counts, method="exact").score
    assert 0 <= most - float(reached) <= best["gap"].item() + 1e-6
    assert best["gap"].item() < 0.02
    assert best["thresholds"].device.type == device


@pytest.mark.parametrize("split", [1, 7, 200])
def test_batches_do_not_matter(split: int) -> None:
    scores, labels = drawn()
    whole, metric = found(scores, labels), ThresholdMetric(3)
    order = torch.randperm(200, generator=torch.Generator().manual_seed(1))
    for rows in torch.tensor_split(order, 200 // split):
        metric.update(scores[rows], labels[rows])
    for name, value in metric.compute().items():
        assert torch.equal(value, whole[name])


@pytest.mark.slow
def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    scores, labels = drawn()
    np.savez(tmp_path / "data.npz", scores=scores.numpy(), labels=labels.numpy())
    running = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(tmp_path), str(rank)])
        for rank in range(2)
    ]
    assert [process.wait(timeout=600) for process in running] == [0, 0]
    one = found(scores, labels)
    for rank in range(2):
        with np.load(tmp_path / f"{rank}.npz") as theirs:
            for name, value in one.items():
                assert theirs[name].tobytes() == value.numpy().tobytes()


def test_a_model_made_half_leaves_the_grid_alone() -> None:
    scores, labels = drawn()
    metric = ThresholdMetric(3, method="exact")
    torch.nn.Sequential(metric).bfloat16()
    metric.update(scores, labels)
    half, whole = metric.compute(), found(scores, labels, method="exact")
    assert all(torch.equal(half[name], whole[name]) for name in whole)


def test_what_every_torchmetrics_metric_can_do() -> None:
    scores, labels = drawn()
    metric = ThresholdMetric(3, metric="f1_macro", tags=["a", "b", "c"])
    metric.update(scores, labels)
    whole = metric.compute()
    for twin in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))):  # noqa: S301
        assert torch.equal(twin.compute()["thresholds"], whole["thresholds"])
    assert metric.solution().thresholds.tags == ("a", "b", "c")
    assert metric(*drawn(1))["score"] == found(*drawn(1), metric="f1_macro")["score"]
    metric.reset()
    metric.update(scores, labels)
    assert metric.compute()["score"] == whole["score"]
    together = MetricCollection([ThresholdMetric(3)])
    together.update(scores, labels)
    assert set(together.compute()) == {"score", "gap", "thresholds"}


def test_gap_is_small_on_real_data(real: Callable[[str], dict[str, Any]]) -> None:
    data = real("esc10_mix/yamnet_mean/fit.npz")
    best = found(*(torch.from_numpy(data[name]) for name in ("scores", "labels")), method="exact")
    most = tt.find_thresholds(data["labels"], data["scores"], method="exact").score
    assert most - best["score"].item() <= best["gap"].item() + 1e-6 < 0.02


def test_the_grid_reaches_far_at_one_relative_width() -> None:
    edges = grid(256).double()
    assert bool((edges.diff() > 0).all())
    up = edges[edges > 0]
    assert up[0] == 2.0**-16
    assert up[-1] == 2.0**8
    assert float((up[1:] / up[:-1]).max()) <= 1 + 1 / 256


def test_what_is_refused() -> None:
    scores, labels = drawn()
    metric = ThresholdMetric(3)
    with pytest.raises(tt.InputError, match="must hold known labels"):
        metric.solution()
    with pytest.raises(tt.InputError, match="3 tags in the last dimension"):
        metric.update(scores[:, :2], labels[:, :2])
    with pytest.raises(tt.InputError, match="same shape"):
        metric.update(scores, labels[:5])
    with pytest.raises(tt.InputError, match="labels must be 0, 1 or unknown"):
        metric.update(scores, labels + 5)
    for cells in (0, 3, 1 << 21):
        with pytest.raises(tt.InputError, match="cells must be"):
            ThresholdMetric(3, cells=cells)
    with pytest.raises(tt.InputError, match="does not maximise"):
        ThresholdMetric(3, metric="f1_samples", method="exact")
