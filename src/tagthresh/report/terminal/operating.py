"""The frontier, and a point of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.report.terminal.table import HEADERS, MEANINGS, Table, by_tag, first, percent

if TYPE_CHECKING:
    from tagthresh.tradeoffs.frontier import Frontier
    from tagthresh.tradeoffs.operating_point import OperatingPoint

ROUNDING = 1e-12


def frontier(result: Frontier) -> Table:
    """Best precision at recalls of 10 % to 100 %, and at the best F1; all tags together."""
    table = result.table
    wanted = np.arange(1, 11) / 10
    places = np.searchsorted(table["recall"], wanted - ROUNDING)
    named = {int(place): f"{share:.0%}" for share, place in zip(wanted, places, strict=True)}
    best = int(table["f1"].argmax())
    named[best] = f"{named[best]}, best F1" if best in named else "best F1"
    shown = sorted(named)
    columns = {"from recall": [named[place] for place in shown]}
    for header, name in (("R %", "recall"), ("P %", "precision"), ("F1 %", "f1")):
        columns[header] = [percent(table[name][place]) for place in shown]
    counts = result.curve.counts
    header = "tags per clip" if counts.complete else f"tags per {counts.n_tags} known labels"
    columns[header] = [f"{counts.n_tags * table['known_share'][place]:.3g}" for place in shown]
    legend = {"R %": MEANINGS["R %"], "P %": MEANINGS["P %"]}
    title = "points of the frontier: no thresholds have more of both, all tags together"
    return Table(title, lambda _: columns, legend, least=(header,))


def operating_point(point: OperatingPoint, rows: int = 20) -> Table:
    """Show a row a tag, worst recall first, those never given last."""
    table = point.table
    never = np.isinf(table["threshold"])
    shown, how_many = first(np.lexsort((table["recall"], never)).tolist(), rows)
    names = ("tag", "threshold", "precision", "recall", "support", "predicted")
    totals = f"precision {percent(point.precision)} %, recall {percent(point.recall)} %"
    gap = f"no thresholds do better by more than {100 * point.gap:.2g} points"
    return Table(
        f"highest {point.goal}{how_many}",
        lambda _: by_tag(table, names, shown),
        {**MEANINGS, "all tags": f"{totals}, {point.rate}; {gap}"},
        least=[HEADERS["predicted"], HEADERS["support"]],
    )
