"""Speed and memory on sparse scores: 100,000 clips x 100,000 tags, 50 scores a clip.

    make bench-sparse

Data, simulated: each clip has scores for the 50 tags that a search, or the head of a ranking, might
return; 4 of them are right, and 1 more right tag is not among them. Each method runs in a
process of its own, which fits, judges and decides; its peak memory is that of everything, the
interpreter and the data included. Beside them, the thresholds of a slice of clips and tags against
the dense computation, in which absent scores lie below all others.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

import tagthresh as tt

if TYPE_CHECKING:
    from collections.abc import Callable

CLIPS = TAGS = 100_000
SCORES, RIGHT = 50, 0.08
SLICE = 2_000
METHODS = ("exact", "hierarchical")


def simulate(clips: int = CLIPS, tags: int = TAGS) -> tuple[Any, Any]:
    """Labels and scores, both sparse, shape (clips, tags)."""
    rng = np.random.default_rng(0)
    clip = np.repeat(np.arange(clips), SCORES)
    pair = np.unique(clip * tags + rng.integers(tags, size=len(clip)))
    clip, tag = np.divmod(pair, tags)
    right = rng.random(len(pair)) < RIGHT
    score = (rng.standard_normal(len(pair)) + 2 * right).astype(np.float32)
    labels = np.union1d(pair[right], np.arange(clips) * tags + rng.integers(tags, size=clips))
    place, shape = np.divmod(labels, tags), (clips, tags)
    y_true = scipy.sparse.csr_array((np.ones(len(labels), np.int8), place), shape=shape)
    return y_true, scipy.sparse.csr_array((score, (clip, tag)), shape=shape)


def timed(what: str, call: Callable[[], Any]) -> Any:
    """Call, and print the seconds it took."""
    start = time.perf_counter()
    result = call()
    print(f"{what:32}{time.perf_counter() - start:10.1f} s")
    return result


def fit_judge_decide(method: str) -> None:
    """Print seconds of each step, and the peak memory of this process."""
    y_true, y_score = simulate()
    start = time.perf_counter()
    solution = timed(method, lambda: tt.find_thresholds(y_true, y_score, method=method))
    evaluation = timed("evaluate", lambda: tt.evaluate(y_true, y_score, solution.thresholds))
    decisions = timed("predict", lambda: solution.thresholds.predict(y_score))
    print(f"{'all three':32}{time.perf_counter() - start:10.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # Linux counts in KiB
    print(f"{'peak memory':32}{peak:10.2f} GiB")
    print(f"{'micro-F1':32}{100 * evaluation.score():10.2f} %, {decisions.nnz} decisions\n")


def compare_with_dense() -> None:
    """Fit a slice both ways and print how many thresholds differ."""
    y_true, y_score = simulate(SLICE, SLICE)
    stored = y_score.astype(bool).toarray()
    dense = np.where(stored, y_score.toarray(), y_score.data.min() - 1)
    for method in METHODS:
        ours, wanted = (
            tt.find_thresholds(y_true, scores, method=method, cv=None).thresholds.values
            for scores in (y_score, dense)
        )
        differ = np.count_nonzero(ours != wanted)
        print(f"{method}: {differ} of {SLICE} thresholds differ from the dense computation")


if __name__ == "__main__":
    warnings.simplefilter("ignore", tt.UnseenTagWarning)
    if len(sys.argv) > 1:
        fit_judge_decide(sys.argv[1])
    else:
        for name in METHODS:
            subprocess.run([sys.executable, __file__, name], check=True)  # noqa: S603
        compare_with_dense()
