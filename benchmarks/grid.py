"""What counting on a grid can cost, and does cost, by the room it is given.

    python benchmarks/grid.py ../shared/data   # some minutes; rewrites docs/scale.md

The gap is `solution.certificate.gap` of the exact method; the loss is what the exact method reaches
in memory less what it reaches on the grid. Both are micro-F1 in points. The simulation is the
AudioSet-shaped one, once at the size of AudioSet and once as ten draws fed one after the other.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import settings
import tagthresh as tt
from tables import markdown
from tagthresh.datasets.simulate import audioset_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from settings import Array

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
ROOM, DRAWS = (1 << 10, 1 << 12, 1 << 14), 10


class Found(NamedTuple):
    """A fit on a grid, in points."""

    clips: int
    tags: int
    gap: float
    score: float


def fitted(parts: Iterator[tuple[Array, Array]], cells: int) -> Found:
    """Feed a grid part by part and fit."""
    grid = tt.GridCounts(cells=cells)
    for labels, scores in parts:
        grid.update(labels, scores)
    counts = grid.counts()
    solution = tt.find_thresholds(counts, method="exact")
    gap = solution.certificate.gap if solution.certificate else float("nan")
    return Found(counts.n_clips, counts.n_tags, 100 * gap, 100 * solution.score)


def real(data: Path) -> Iterator[tuple[str, Array, Array]]:
    """Both parts of every data set."""
    names = ["dcase2017", "dcase2019", *(f"esc10_mix/{scorer}" for scorer in settings.SCORERS)]
    for name in names:
        for which in ("fit", "eval"):
            clips = settings.part(data, name, which)
            yield f"{name}, {which}", clips.labels, clips.scores
    drawn = audioset_shaped()
    yield "SIMULATION", drawn.labels, drawn.scores


def draws() -> Iterator[tuple[Array, Array]]:
    """Draws of the simulation, one after the other."""
    for seed in range(DRAWS):
        drawn = audioset_shaped(random_state=seed)
        yield drawn.labels, drawn.scores


def main(data: Path) -> None:
    """Measure, print and rewrite the table."""
    rows = []
    for name, labels, scores in real(data):
        best = 100 * tt.find_thresholds(tt.Counts.from_arrays(labels, scores), method="exact").score
        found = [fitted(iter([(labels, scores)]), cells) for cells in ROOM]
        cells = [f"{one.gap:.4f} ({best - one.score:.4f})" for one in found]
        rows.append([name, f"{len(labels):,} x {labels.shape[1]}", *cells])
    many = [fitted(draws(), cells) for cells in ROOM]
    size = f"{many[0].clips:,} x {many[0].tags}"
    rows.append([f"SIMULATION, {DRAWS} draws", size, *(f"{one.gap:.4f}" for one in many)])
    heads = ["", "clips x tags", *(f"{cells:,} entries per tag" for cells in ROOM)]
    settings.write(PAGE, "grid", [settings.versions("grid.py"), markdown(heads, rows)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
