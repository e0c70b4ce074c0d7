"""Speed and memory of the exact method at AudioSet's size, against references in the same run.

    make bench

Data: 20,371 clips x 527 tags, float32, 0.4 % positive, simulated. References: one `np.sort` of
every column, what any exact method must at least do; and what people write by hand, a loop over
scikit-learn's `precision_recall_curve` (which maximises each tag's own F1, the macro problem).
Rounds are interleaved, medians reported; ratios are what counts, seconds depend on the machine.
Memory is the peak of a fresh process while it fits, the input included, over the input's size.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import precision_recall_curve

import tagthresh as tt

if TYPE_CHECKING:
    from collections.abc import Callable

CLIPS, TAGS, POSITIVE, ROUNDS = 20_371, 527, 0.004, 7


def simulate() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Labels and scores of AudioSet's size."""
    rng = np.random.default_rng(0)
    y_true = (rng.random((CLIPS, TAGS)) < POSITIVE).astype(np.uint8)
    logits = rng.normal(size=y_true.shape) + 2.5 * y_true - 3
    return y_true, (1 / (1 + np.exp(-logits))).astype(np.float32)


def scikit_learn_loop(y_true: np.ndarray[Any, Any], y_score: np.ndarray[Any, Any]) -> list[float]:
    """Best F1 threshold of every tag, as usually written by hand."""
    thresholds = []
    for tag in range(y_true.shape[1]):
        precision, recall, cuts = precision_recall_curve(y_true[:, tag], y_score[:, tag])
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        thresholds.append(float(cuts[f1[:-1].argmax()]))
    return thresholds


def seconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare_speed(y_true: np.ndarray[Any, Any], y_score: np.ndarray[Any, Any]) -> None:
    """Print median seconds, and the ratio to sorting, of everything in turn."""
    calls: dict[str, Callable[[], object]] = {
        "np.sort of every column": lambda: np.sort(y_score, axis=0),
        "counts": lambda: tt.Counts.from_arrays(y_true, y_score),
        "exact, micro-F1": lambda: tt.find_thresholds(y_true, y_score, method="exact"),
        "exact, macro-F1": lambda: tt.find_thresholds(
            y_true, y_score, method="exact", metric="f1_macro"
        ),
        "scikit-learn loop, macro-F1": lambda: scikit_learn_loop(y_true, y_score),
    }
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(seconds(call))
    sort = times["np.sort of every column"]
    print(f"{'':32}{'seconds':>10}{'x sort':>10}")
    for name, found in times.items():
        ratio = statistics.median(a / b for a, b in zip(found, sort, strict=True))
        print(f"{name:32}{statistics.median(found):10.3f}{ratio:10.2f}")


def compare_memory(y_true: np.ndarray[Any, Any], y_score: np.ndarray[Any, Any]) -> None:
    """Print the peak memory of a process that loads the input and fits, over the input's size."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder, "y_true.npy"), y_true)
        np.save(Path(folder, "y_score.npy"), y_score)
        command = [sys.executable, __file__, folder]
        extra = int(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603
    size = y_true.nbytes + y_score.nbytes
    print(
        f"\npeak memory {extra / 1e6:.0f} MB, {extra / size:.2f} x the input's {size / 1e6:.0f} MB"
    )


def peak() -> int:
    """Most memory this process has held so far, in bytes (Linux)."""
    # getrusage would start from what the parent held when it forked.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]


def fit_and_print_peak(folder: str) -> None:
    """Fit once on something tiny, to have everything imported, then on the files of `folder`."""
    tt.find_thresholds([[1], [0]], [[0.9], [0.2]], method="exact")
    before = peak()
    y_true, y_score = np.load(f"{folder}/y_true.npy"), np.load(f"{folder}/y_score.npy")
    tt.find_thresholds(y_true, y_score, method="exact")
    print(peak() - before)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        fit_and_print_peak(sys.argv[1])
    else:
        data = simulate()
        compare_speed(*data)
        compare_memory(*data)
