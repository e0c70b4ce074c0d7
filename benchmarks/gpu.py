"""Counting on the device of the scores: times as ratios to sorting and to reading them there.

    python benchmarks/gpu.py                   # 2,000,000 clips on a GPU, 100,000 without one
    python benchmarks/gpu.py --clips 500000 --device cuda:1

Simulated probabilities of 527 tags, float16, and labels of type uint8, made on the device. The
references run on the same tensors: one `torch.sort` of every column, and one sum over all scores,
which reads them once. `ThresholdMetric` counts them in batches as a validation loop would, and
finds the thresholds in the end; below stands what it reaches, and what others could at most add.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import torch

from tables import markdown
from tagthresh.integrations.torch import ThresholdMetric

if TYPE_CHECKING:
    from collections.abc import Callable

TAGS, BATCH = 527, 8_192
ON_GPU, ON_CPU = 2_000_000, 100_000


def simulate(clips: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores and labels."""
    generator = torch.Generator(device).manual_seed(0)
    prevalence = torch.randn(TAGS, generator=generator, device=device).sub(6.2).exp()
    scores = torch.empty((clips, TAGS), dtype=torch.float16, device=device)
    labels = torch.empty((clips, TAGS), dtype=torch.uint8, device=device)
    for start in range(0, clips, BATCH):
        shape = min(BATCH, clips - start), TAGS
        positive = torch.rand(shape, generator=generator, device=device) < prevalence
        noise = 1.6 * torch.randn(shape, generator=generator, device=device)
        scores[start : start + BATCH] = (noise + prevalence.log() + 4 * positive).sigmoid()
        labels[start : start + BATCH] = positive
    return scores, labels


def seconds(device: torch.device, call: Callable[[], object], repeat: int = 3) -> float:
    """Least time of some calls, the device idle before and after."""
    taken = []
    for _ in range(repeat):
        _wait(device)
        start = time.perf_counter()
        call()
        _wait(device)
        taken.append(time.perf_counter() - start)
    return min(taken)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def main(clips: int, device: torch.device) -> None:
    """Measure and print."""
    scores, labels = simulate(clips, device)
    best = ThresholdMetric(n_tags=TAGS, method="exact").to(device)

    def count() -> None:
        best.reset()
        for start in range(0, clips, BATCH):
            best.update(scores[start : start + BATCH], labels[start : start + BATCH])

    def sort() -> None:
        for start in range(0, TAGS, 64):  # the places that it returns take four times the memory
            scores[:, start : start + 64].sort(dim=0)

    count()  # the first call of a kernel is slow
    counting = seconds(device, count)
    finding = seconds(device, best.compute, repeat=1)
    sorting = seconds(device, sort)
    reading = seconds(device, lambda: scores.sum(dtype=torch.float32))
    rows = [
        [name, f"{took:.3f}", f"{took / sorting:.2f}", f"{took / reading:.1f}"]
        for name, took in (
            ("read once", reading),
            ("torch.sort of every column", sorting),
            ("ThresholdMetric.update", counting),
            ("ThresholdMetric.compute", finding),
        )
    ]
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(f"{clips:,} clips x {TAGS} tags on {name}, torch {torch.__version__}\n")
    print(markdown(["", "s", "times sorting", "times reading"], rows))
    found = best.compute()
    print(f"\nmicro-F1 {100 * found['score']:.2f} %, gap {100 * found['gap']:.4f} points")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--clips", type=int)
    given = parser.parse_args()
    where = torch.device(given.device)
    main(given.clips or (ON_GPU if where.type == "cuda" else ON_CPU), where)
