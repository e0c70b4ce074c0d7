"""Every method at AudioSet's size, compared with plain implementations, and how its time grows.

    make bench-methods        # some minutes; rewrites docs/benchmarks.md and docs/growth.svg

Data: the AudioSet-shaped simulation of `tagthresh.datasets.simulate`, for growth with its tags
repeated or left out. Seconds include counting and are medians of interleaved rounds; ratios are to
one `np.sort` of every column in the same round. The plain implementations are the oracles of the
tests (`tests/oracles_paper.py`), which go through the clips one matrix at a time. They run on a
smaller size, where the method runs too.
"""

from __future__ import annotations

import platform
import statistics
import sys
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy
from matplotlib.figure import Figure

import tagthresh as tt
from tagthresh.datasets.simulate import audioset_shaped
from tagthresh.io.atomic import replacing
from tagthresh.methods import NumericalGradient, RandomSearch, SurrogateGradient, surrogate_gradient

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
import oracles_paper  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from tagthresh.methods import Method

    Matrix = np.ndarray[Any, Any]

CLIPS, ROUNDS = 20_371, 5
UNBINNED = 1e-12  # so narrow a cell that it holds one score
METHODS: dict[str, Method] = {
    "shared": tt.methods.Shared(),
    "exact": tt.methods.Exact(),
    "hierarchical": tt.methods.Hierarchical(),
    "surrogate gradient, 100 epochs": SurrogateGradient(),
    "numerical gradient, 100 iterations": NumericalGradient(),
    "random search per tag, 32,000 proposals": RandomSearch(),
    "random search joint, 32,000 proposals": RandomSearch(joint=True),
}
GROWING: dict[str, Method] = {
    "exact": tt.methods.Exact(),
    "surrogate gradient, 100 epochs": SurrogateGradient(),
    "numerical gradient, 100 iterations": NumericalGradient(),
    "random search per tag, 400 proposals": RandomSearch(rounds=1),
}
TAG_COUNTS, CLIPS_FOR_TAGS = (100, 1_000, 10_000, 100_000), 1_000
CLIP_COUNTS, TAGS_FOR_CLIPS = (1_000, 10_000, 100_000, 1_000_000), 20
SMALL_CLIPS, SMALL_TAGS = 2_000, 50
INTRODUCTION = """\
This page shows how long every method takes, how it compares with plain implementations, and how
its time grows with the number of clips and tags. `make bench-methods` measures all of it again.
[Scale](scale.md) has the times for files larger than memory, and `make bench` compares with other
libraries."""


def seconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def solve(y_true: Matrix, y_score: Matrix, method: str | Method) -> tt.Solution:
    """Fit once, without the cross-fitting that small data get by default."""
    return tt.find_thresholds(y_true, y_score, method=method, cv=None)


def simulated(n_clips: int, n_tags: int) -> tuple[Matrix, Matrix]:
    """Labels and scores with the most common tags first, all tags repeated where more are asked."""
    shape = audioset_shaped(n_clips)
    order = np.argsort(-shape.labels.sum(axis=0), kind="stable")
    tags = np.resize(order, n_tags)
    return shape.labels[:, tags], shape.scores[:, tags]


def at_audioset_size() -> list[str]:
    """Table of seconds and ratios to sorting, all methods in turn."""
    simulation = audioset_shaped(CLIPS)
    y_true, y_score = simulation.labels, simulation.scores
    calls: dict[str, Callable[[], object]] = {
        "np.sort of every column": lambda: np.sort(y_score, axis=0),
        "counting alone": lambda: tt.Counts.from_arrays(y_true, y_score),
    }
    for name, method in METHODS.items():
        calls[name] = lambda method=method: solve(y_true, y_score, method=method)  # type: ignore[misc]
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(seconds(call))
    sort = times["np.sort of every column"]
    rows = ["| | seconds | times `np.sort` | micro-F1 on training clips, % |", "|---|---|---|---|"]
    for name, found in times.items():
        ratio = statistics.median(a / b for a, b in zip(found, sort, strict=True))
        score = ""
        if name in METHODS:
            score = f"{100 * solve(y_true, y_score, method=METHODS[name]).score:.2f}"
        rows.append(f"| {name} | {statistics.median(found):.2f} | {ratio:.1f} | {score} |")
    return rows


def against_references() -> list[str]:
    """Make a table of the times of plain implementations and of the methods, on a small size."""
    y_true, y_score = simulated(SMALL_CLIPS, SMALL_TAGS)
    data = oracles_paper.Data(y_true.astype(np.int8), y_score, np.ones(SMALL_CLIPS))
    references: dict[str, tuple[Method, Callable[[Any], object]]] = {
        "surrogate gradient, 100 epochs": (
            SurrogateGradient(),
            lambda method: oracles_paper.surrogate_gradient(data, tt.metrics.FBeta(), method),
        ),
        "numerical gradient, 5 iterations": (
            NumericalGradient(epochs=5),
            lambda method: oracles_paper.numerical_gradient(data, tt.metrics.FBeta(), method),
        ),
        "random search per tag, 800 proposals": (
            RandomSearch(rounds=2),
            lambda method: oracles_paper.random_search(data, tt.metrics.FBeta(), method),
        ),
    }
    rows = ["| | plain implementation, s | tagthresh, s | ratio |", "|---|---|---|---|"]
    for name, (method, plain) in references.items():
        slow = seconds(lambda plain=plain, method=method: plain(method))  # type: ignore[misc]
        fast = min(
            seconds(lambda method=method: solve(y_true, y_score, method=method))  # type: ignore[misc]
            for _ in range(3)
        )
        rows.append(f"| {name} | {slow:.2f} | {fast:.4f} | {slow / fast:.0f} |")
    return rows


def binning() -> str:
    """Say what the surrogate gradient's cells cost, against cells that hold one score each."""
    simulation = audioset_shaped(CLIPS)
    found, width = [], surrogate_gradient.CELL
    for cell in (width, UNBINNED):
        surrogate_gradient.CELL = cell
        found.append(solve(simulation.labels, simulation.scores, method="sgl"))
    surrogate_gradient.CELL = width
    binned, unbinned = found
    moved = np.abs(binned.thresholds.values - unbinned.thresholds.values).max()
    return (
        f"The surrogate gradient sums over {binned.statistics['cells']:,} cells. With "
        f"{unbinned.statistics['cells']:,} cells, one for each score, micro-F1 changes by "
        f"{100 * (unbinned.score - binned.score):+.4f} points, and no threshold moves by more than "
        f"{moved:.1g}."
    )


def growth() -> tuple[list[str], Figure]:
    """Table and log-log picture of seconds by number of tags and by number of clips."""
    by_tags = [(CLIPS_FOR_TAGS, n) for n in TAG_COUNTS]
    by_clips = [(n, TAGS_FOR_CLIPS) for n in CLIP_COUNTS]
    times: dict[tuple[int, int], dict[str, float]] = {}
    for size in by_tags + by_clips:
        y_true, y_score = simulated(*size)
        times[size] = {
            name: seconds(lambda m=method: solve(y_true, y_score, method=m))  # type: ignore[misc] # noqa: B023
            for name, method in GROWING.items()
        }
        print(size, {name: round(value, 2) for name, value in times[size].items()}, flush=True)
    rows = [f"| clips x tags | {' | '.join(GROWING)} |", "|---" * (len(GROWING) + 1) + "|"]
    for (n_clips, n_tags), found in times.items():
        cells = " | ".join(f"{found[name]:.3g}" for name in GROWING)
        rows.append(f"| {n_clips:,} x {n_tags:,} | {cells} |")
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, sizes, axis, fixed in (
        (panels[0], by_tags, 1, f"tags ({CLIPS_FOR_TAGS:,} clips)"),
        (panels[1], by_clips, 0, f"clips ({TAGS_FOR_CLIPS} tags)"),
    ):
        for name, marker in zip(GROWING, "os^D", strict=True):
            xs = [size[axis] for size in sizes]
            axes.loglog(xs, [times[size][name] for size in sizes], marker=marker, label=name)
        axes.set_xlabel(fixed)
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("seconds, counting included")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return rows, figure


def main() -> None:
    """Measure everything, print it, and rewrite the page and the picture."""
    size = at_audioset_size()
    print("\n".join(size), flush=True)
    references = against_references()
    print("\n".join(references), flush=True)
    bins = binning()
    print(bins, flush=True)
    rows, figure = growth()
    versions = (
        f"{datetime.now(UTC):%Y-%m-%d}, tagthresh {tt.__version__}, NumPy {np.__version__}, SciPy "
        f"{scipy.__version__}, Python {platform.python_version()}, 2 cores"
    )
    page = [
        "# Benchmarks",
        "",
        INTRODUCTION,
        "",
        f"Written by `benchmarks/methods.py` ({versions}). Data: the AudioSet-shaped simulation.",
        "",
        f"## Every method on {CLIPS:,} clips x 527 tags, counting included",
        "",
        *size,
        "",
        *textwrap.wrap(bins, 100),
        "",
        f"## Compared with the tests' plain implementations, {SMALL_CLIPS:,} x {SMALL_TAGS}",
        "",
        *references,
        "",
        "## Seconds by size, counting included",
        "",
        *rows,
        "",
        "![Seconds by number of tags and of clips](growth.svg)",
        "",
    ]
    (ROOT / "docs/benchmarks.md").write_text("\n".join(page), encoding="utf-8")
    with replacing(ROOT / "docs/growth.svg") as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
