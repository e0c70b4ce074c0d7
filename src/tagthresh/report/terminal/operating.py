"""The frontier, and a point of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.report.terminal.table import WIDTH, by_tag, draw, first, leave_out, percent

if TYPE_CHECKING:
    from rich.table import Table

    from tagthresh.tradeoffs.frontier import Frontier
    from tagthresh.tradeoffs.operating_point import OperatingPoint

ROUNDING = 1e-12


def frontier(result: Frontier) -> Table:
    """Best precision at recalls of 10 % to 100 %, and at the best F1; all tags together."""
    found = result.table
    wanted = np.arange(1, 11) / 10
    places = np.searchsorted(found["recall"], wanted - ROUNDING)
    named = {int(place): f"{share:.0%}" for share, place in zip(wanted, places, strict=True)}
    best = int(found["f1"].argmax())
    named[best] = f"{named[best]}, best F1" if best in named else "best F1"
    shown = sorted(named)
    columns = {"from recall": [named[place] for place in shown]}
    for header, name in (("R %", "recall"), ("P %", "precision"), ("F1 %", "f1")):
        columns[header] = [percent(found[name][place]) for place in shown]
    counts = result.curve.counts
    header = "tags per clip" if counts.complete else f"tags per {counts.n_tags} known labels"
    columns[header] = [f"{counts.n_tags * found['known_share'][place]:.3g}" for place in shown]
    title = "points of the frontier: no thresholds have more of both, all tags together"
    return draw(title, columns)


def operating_point(point: OperatingPoint, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, worst recall first."""
    found = point.table
    shown, told = first(np.argsort(found["recall"], kind="stable").tolist(), rows)
    names = ("tag", "threshold", "precision", "recall", "support", "predicted")
    columns = by_tag(found, names, shown)
    leave_out(columns, width, ("predicted", "support"))
    totals = f"all tags: P {percent(point.precision)} %, R {percent(point.recall)} %"
    gap = f"no thresholds do better by more than {100 * point.gap:.2g} points"
    caption = f"{totals}, {point.rate}; {gap}"
    return draw(f"highest {point.goal}{told}", columns, caption)
