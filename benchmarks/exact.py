"""Speed and memory of the usual calls at AudioSet's size, against references in the same run.

    make bench

Data: 20,371 clips x 527 tags, float32, 0.4 % positive, simulated. References: one `np.sort` of
every column, what any exact method must at least do; and what people write by hand, a loop over
scikit-learn's `precision_recall_curve` (which maximises each tag's own F1, the macro problem).
Decisions are measured against a bare comparison, the start of a process against `import numpy`.
`np.sort` has one thread and counting one for each core: ratios are given of time passed and of
processor time. Rounds are interleaved, medians reported; ratios are what counts, seconds depend on
the machine. Memory is the peak of a fresh process while it fits, the input included, over the
input's size.
"""

from __future__ import annotations

import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.metrics import precision_recall_curve

import tagthresh as tt

if TYPE_CHECKING:
    from collections.abc import Callable

    Calls = dict[str, Callable[[], object]]

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


class Time(NamedTuple):
    """Seconds that one call took."""

    passed: float
    processor: float


def timed(call: Callable[[], object]) -> Time:
    """Time of one call and of the processes it started."""
    before, start = processor_time(), time.perf_counter()
    call()
    return Time(time.perf_counter() - start, processor_time() - before)


def processor_time() -> float:
    """Processor time of this process and of those it started and waited for, in seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def compare(calls: Calls, rounds: int) -> None:
    """Print median seconds of everything in turn, and ratios to the first."""
    times: dict[str, list[Time]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(timed(call))
    reference, first = next(iter(times.items()))
    print(f"\n{f'times {reference}':34}{'seconds':>10}{'passed':>10}{'processor':>11}")
    for name, found in times.items():
        pairs = list(zip(found, first, strict=True))
        seconds = statistics.median(own.passed for own in found)
        passed = statistics.median(own.passed / other.passed for own, other in pairs)
        processor = statistics.median(own.processor / other.processor for own, other in pairs)
        print(f"{name:34}{seconds:10.4f}{passed:10.2f}{processor:11.2f}")


def fits(y_true: np.ndarray[Any, Any], y_score: np.ndarray[Any, Any]) -> Calls:
    """Fits, and what they are measured against."""
    return {
        "np.sort of every column": lambda: np.sort(y_score, axis=0),
        "counts": lambda: tt.Counts.from_arrays(y_true, y_score),
        "exact, micro-F1": lambda: tt.find_thresholds(y_true, y_score, method="exact", cv=None),
        "exact, macro-F1": lambda: tt.find_thresholds(
            y_true, y_score, method="exact", metric="f1_macro", cv=None
        ),
        "hierarchical, micro-F1": lambda: tt.find_thresholds(y_true, y_score, cv=None),
        "hierarchical, with 10 folds": lambda: tt.find_thresholds(y_true, y_score, cv=10),
        "scikit-learn loop, macro-F1": lambda: scikit_learn_loop(y_true, y_score),
    }


def decisions(y_true: np.ndarray[Any, Any], y_score: np.ndarray[Any, Any]) -> Calls:
    """Decisions, by a bare comparison and checked."""
    thresholds = tt.find_thresholds(y_true, y_score, method="exact", cv=None).thresholds
    cuts = thresholds.values.astype(y_score.dtype)
    return {
        "a comparison": lambda: y_score >= cuts,
        "predict": lambda: thresholds.predict(y_score),
    }


def starts() -> Calls:
    """Fresh processes that do no work."""
    commands = {
        "import numpy": ["-c", "import numpy"],
        "import tagthresh": ["-c", "import tagthresh"],
        "tagthresh fit --help": ["-m", "tagthresh", "fit", "--help"],
    }
    return {name: partial(fresh, *arguments) for name, arguments in commands.items()}


def fresh(*arguments: str) -> str:
    """Run a Python process of its own, and return what it prints."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603


def compare_memory(y_true: np.ndarray[Any, Any], y_score: np.ndarray[Any, Any]) -> None:
    """Print the peak memory of a process that loads the input and fits, over the input's size."""
    size = y_true.nbytes + y_score.nbytes
    print(f"\n{'peak memory':34}{'MB':>10}{'x input':>10}")
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder, "y_true.npy"), y_true)
        np.save(Path(folder, "y_score.npy"), y_score)
        for method in ("exact", "hierarchical"):
            found = int(fresh(__file__, folder, method))
            print(f"{method:34}{found / 1e6:10.0f}{found / size:10.2f}")


def peak() -> int:
    """Most memory this process has held so far, in bytes (Linux)."""
    # getrusage would start from what the parent held when it forked.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]


def fit_and_print_peak(folder: str, method: str) -> None:
    """Fit once on something tiny, to have everything imported, then on the files of `folder`."""
    tt.find_thresholds([[1], [0]], [[0.9], [0.2]], method=method)
    before = peak()
    y_true, y_score = np.load(f"{folder}/y_true.npy"), np.load(f"{folder}/y_score.npy")
    tt.find_thresholds(y_true, y_score, method=method, cv=None)
    print(peak() - before)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        fit_and_print_peak(*sys.argv[1:])
    else:
        data = simulate()
        compare(fits(*data), ROUNDS)
        compare(decisions(*data), 5 * ROUNDS)
        compare(starts(), ROUNDS)
        compare_memory(*data)
