"""Speed and memory of fits to scores on disk that are read in parts.

    python benchmarks/outofcore.py           # some minutes, 3.2 GB on disk; rewrites docs/scale.md
    python benchmarks/outofcore.py 200000    # fewer clips; prints only

Simulated: 527 tags as rare as AudioSet's, probabilities of type float16, labels of type uint8.
Every row is one ``tagthresh fit`` in a process of its own, whose peak memory is that of everything.
Beside it, how long one process takes to read the same two files, and, for the fewest clips, the
same fit with everything in memory. In the end a run is killed half-way and run again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import settings
from tables import markdown
from tagthresh.counts.streaming.multipass import Census
from tagthresh.validation import labelled_scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from settings import Array

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
TAGS, AT_A_TIME = 527, 50_000
SIZES = (200_000, 500_000, 1_000_000, 2_000_000)
GROWTH = (50_000, 100_000, 200_000, 400_000, 800_000)
METHODS = ("exact", "hierarchical")
READ = """
import sys
from tagthresh.io.npy import NpyRows
for path in sys.argv[1:]:
    rows = NpyRows.at(path)
    for start in range(0, rows.shape[0], 40_000):
        rows[start : start + 40_000]
"""


class Files(NamedTuple):
    """Where the clips of a size are."""

    scores: str
    labels: str


class Run(NamedTuple):
    """What a process took."""

    wall: float
    cpu: float
    memory: float  # GB


def draws(clips: int) -> Iterator[tuple[Array, Array]]:
    """Labels and scores, some clips at a time."""
    rng = np.random.default_rng(0)
    prevalence = np.exp(rng.normal(-6.2, 1.0, TAGS)).clip(1e-5, 0.3).astype(np.float32)
    for start in range(0, clips, AT_A_TIME):
        shape = min(AT_A_TIME, clips - start), TAGS
        positive = rng.random(shape, np.float32) < prevalence
        noise = 1.6 * rng.standard_normal(shape, np.float32)
        yield positive, 1 / (1 + np.exp(-(noise + np.log(prevalence) + 4 * positive)))


def simulate(clips: int, *paths: str) -> None:
    """Write scores and labels."""
    scores, labels = (
        np.lib.format.open_memmap(path, "w+", dtype, (clips, TAGS))
        for path, dtype in zip(paths, (np.float16, np.uint8), strict=True)
    )
    for number, (positive, score) in enumerate(draws(clips)):
        part = slice(number * AT_A_TIME, (number + 1) * AT_A_TIME)
        scores[part], labels[part] = score, positive


def measured(*command: str) -> Run:
    """Run a process, started from this small one, and wait for it."""
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    seconds = time.perf_counter() - start
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e9)


def fit(files: Files, method: str, output: Path, *options: str) -> tuple[str, ...]:
    """Command that fits."""
    where = (files.scores, "--labels", files.labels, "-o", str(output))
    return ("-m", "tagthresh", "fit", *where, "--method", method, "--json", *options)


def row(name: str, clips: int, run: Run, reading: Run) -> list[str]:
    """Cells of a line of the table."""
    rate = clips * TAGS / run.wall / 1e6
    ratio = run.wall / reading.wall
    cells = [
        f"{run.wall:.1f}",
        f"{run.cpu:.1f}",
        f"{rate:.0f}",
        f"{ratio:.1f}",
        f"{run.memory:.2f}",
    ]
    return [name, f"{clips:,}", *cells]


def killed(files: Files, whole: Path, took: float) -> str:
    """Kill a run at half its time, run it again, and tell whether the bytes are the same."""
    output = whole.with_name("again.json")
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *fit(files, "exact", output, "--memory", "1GB")], stdout=subprocess.DEVNULL
    ) as child:
        time.sleep(took / 2)
        child.kill()
    if not Path(f"{output}.counting").exists() or output.exists():
        raise SystemExit("it was not killed half-way")
    again = measured(*fit(files, "exact", output, "--memory", "1GB"))
    ours, theirs = (
        [line for line in path.read_text("utf-8").splitlines() if '"created"' not in line]
        for path in (output, whole)
    )
    same = "the same bytes as" if ours == theirs else "NOT THE SAME BYTES AS"
    return (
        f"A run of `exact` on {SIZES[-1]:,} clips was killed (SIGKILL) after {took / 2:.1f} s. "
        f"Started again, it took {again.wall:.1f} s. Apart from the time of day, it wrote {same} a "
        "run that was not killed."
    )


def growth() -> str:
    """Tell how what is held grows with the clips, for scores of 16 and of 32 bits."""
    rows = []
    for clips in GROWTH:
        cells = []
        for dtype in (np.float16, np.float32):
            census = Census.start(TAGS, np.dtype(dtype), quantiles=False)
            for labels, scores in draws(clips):
                census.update(labelled_scores(labels, scores.astype(dtype)))
            census.advance()
            cells += [f"{len(census.positives[0].tag) / TAGS:,.0f}", f"{census.n_bytes / 1e6:.0f}"]
        positives = sum(int(labels.sum()) for labels, _ in draws(clips))
        rows.append([f"{clips:,}", f"{positives / TAGS:,.0f}", *cells])
    heads = ["clips", "positives per tag"]
    for bits in (16, 32):
        heads += [f"distinct, {bits} bits", f"MB, {bits} bits"]
    return markdown(heads, rows)


def main(sizes: tuple[int, ...]) -> tuple[str, str]:
    """Measure every size; a table and a sentence."""
    rows, told = [], ""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for clips in sizes:
            files = Files(str(folder / "scores.npy"), str(folder / "labels.npy"))
            measured(__file__, "simulate", str(clips), *files)
            reading = min(measured("-c", READ, *files) for _ in range(2))
            for method in METHODS:
                output = folder / f"{method}.json"
                run = measured(*fit(files, method, output, "--memory", "1GB"))
                rows.append(row(method, clips, run, reading))
                if method == "exact":
                    exact = run
                if clips == sizes[0]:
                    run = measured(*fit(files, method, folder / "memory.json", "--no-cv"))
                    rows.append(row(f"{method}, in memory", clips, run, reading))
            if clips == SIZES[-1]:
                told = killed(files, folder / "exact.json", exact.wall)
    heads = ["", "clips", "s", "CPU s", "million scores/s", "times reading", "peak GB"]
    return markdown(heads, rows), told


if __name__ == "__main__":
    if sys.argv[1:2] == ["simulate"]:
        simulate(int(sys.argv[2]), *sys.argv[3:])
    else:
        wanted = tuple(map(int, sys.argv[1:])) or SIZES
        parts = [settings.versions("outofcore.py"), *main(wanted)]
        if wanted == SIZES:
            settings.write(PAGE, "out of core", parts)
            settings.write(PAGE, "growth", [growth()])
        else:
            print("\n\n".join(parts))
