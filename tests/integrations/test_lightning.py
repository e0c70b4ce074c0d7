"""`ThresholdMetric` in the validation loop of a Lightning module, in one process and in two."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("pytorch_lightning", reason="pytorch-lightning is not installed")

import torch

from tagthresh.integrations.torch import ThresholdMetric

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SCRIPT = """
import sys
import numpy as np, torch
import pytorch_lightning as lightning
from torch.utils.data import DataLoader, TensorDataset
from tagthresh.integrations.torch import ThresholdMetric

class Tagger(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.best = ThresholdMetric(n_tags=3)

    def validation_step(self, batch, number):
        self.best.update(*batch)

    def on_validation_epoch_end(self):
        found = self.best.compute()
        self.log("f1", found["score"])
        if self.global_rank == 0:
            np.savez(sys.argv[1], **{name: value.numpy() for name, value in found.items()})
        self.best.reset()

if __name__ == "__main__":
    with np.load(sys.argv[1]) as data:
        clips = TensorDataset(*(torch.from_numpy(data[name]) for name in ("scores", "labels")))
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    devices = {"accelerator": "cpu", "strategy": sys.argv[3], "devices": int(sys.argv[2])}
    trainer = lightning.Trainer(enable_checkpointing=False, **quiet, **devices)
    trainer.validate(Tagger(), DataLoader(clips, 20), verbose=False)
    if trainer.is_global_zero:  # the others share its output
        print(float(trainer.callback_metrics["f1"]))
"""


@pytest.mark.parametrize(("processes", "strategy"), [(1, "auto"), (2, "ddp")])
def test_validation_finds_what_one_update_finds(
    processes: int, strategy: str, tmp_path: Path
) -> None:
    generator = torch.Generator().manual_seed(0)
    labels = (torch.rand(200, 3, generator=generator) < 0.3).to(torch.int8)
    scores = torch.randn(200, 3, generator=generator) + 2 * labels
    np.savez(tmp_path / "data.npz", scores=scores.numpy(), labels=labels.numpy())
    (tmp_path / "validate.py").write_text(SCRIPT)
    arguments = [str(tmp_path / "data.npz"), str(processes), strategy]
    command = [sys.executable, "-W", "ignore", str(tmp_path / "validate.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    metric = ThresholdMetric(n_tags=3)
    metric.update(scores, labels)
    with np.load(tmp_path / "data.npz") as found:
        for name, value in metric.compute().items():
            assert found[name].tobytes() == value.numpy().tobytes()
    assert float(done.stdout.split()[-1]) == pytest.approx(metric.compute()["score"].item())
