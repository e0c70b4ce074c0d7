"""Speed and memory of decisions on scores on disk, against reading them.

    python benchmarks/apply.py           # minutes, 2.2 GB on disk; rewrites docs/scale.md
    python benchmarks/apply.py 200000    # fewer clips; prints only

The scores of `outofcore.py`, of 527 tags and type float16, by the thresholds that are best on a
draw of 20,000 clips. Every row is one ``tagthresh apply`` in a process of its own, whose peak
memory is that of everything; beside it, how long one process takes to read the same file. The
system forgets the file before each run, but for the rows where it is in memory.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import settings
import tagthresh as tt
from outofcore import AT_A_TIME, READ, TAGS, draws, measured
from tables import markdown

if TYPE_CHECKING:
    from outofcore import Run

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
SIZES = (200_000, 2_000_000)


def simulate(path: str, clips: int) -> None:
    """Write scores."""
    scores = np.lib.format.open_memmap(path, "w+", np.float16, (clips, TAGS))
    for number, (_, score) in enumerate(draws(clips)):
        scores[number * AT_A_TIME : (number + 1) * AT_A_TIME] = score
    scores.flush()


def fitted(path: str) -> None:
    """Write thresholds."""
    labels, scores = next(draws(20_000))
    tags = [f"/m/{tag:06}" for tag in range(TAGS)]
    found = tt.find_thresholds(labels, scores.astype(np.float16), method="exact", tags=tags)
    found.thresholds.save(path)


def forget(path: str) -> None:
    """Make the system read a file anew."""
    with Path(path).open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def best(path: str, *command: str, cold: bool) -> Run:
    """Quicker of two runs."""
    runs = []
    for _ in range(2):
        if cold:
            forget(path)
        runs.append(measured(*command))
    return min(runs)


def main(sizes: tuple[int, ...]) -> str:
    """Measure every size and form; a table."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        scores, thresholds = f"{name}/scores.npy", f"{name}/thresholds.json"
        fitted(thresholds)
        for clips in sizes:
            measured(__file__, "simulate", scores, str(clips))
            size = Path(scores).stat().st_size / 1e9
            for cold in (True, False):
                reading = best(scores, "-c", READ, scores, cold=cold)
                for suffix in ("parquet", "csv"):
                    command = ("apply", scores, "-t", thresholds, "-o", f"{name}/tags.{suffix}")
                    run = best(scores, "-m", "tagthresh", *command, cold=cold)
                    what = f"{suffix}, from {'disk' if cold else 'memory'}"
                    rows.append([what, f"{clips:,}", *cells(run, reading, size)])
    heads = ["", "clips", "s", "CPU s", "GB/s", "times reading", "peak GB"]
    return markdown(heads, rows)


def cells(run: Run, reading: Run, size: float) -> list[str]:
    """Cells of a line of the table."""
    numbers = run.wall, run.cpu, size / run.wall, run.wall / reading.wall, run.memory
    return [f"{number:.2f}" for number in numbers]


if __name__ == "__main__":
    if sys.argv[1:2] == ["simulate"]:
        simulate(sys.argv[2], int(sys.argv[3]))
    else:
        wanted = tuple(map(int, sys.argv[1:])) or SIZES
        parts = [settings.versions("apply.py"), main(wanted)]
        if wanted == SIZES:
            settings.write(PAGE, "apply", parts)
        else:
            print("\n\n".join(parts))
