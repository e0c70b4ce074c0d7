"""What fitted thresholds rest on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.report.terminal.table import HEADERS, Table, first, number, percent, shown_names
from tagthresh.thresholds.evidence import FEW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tagthresh.report.terminal.table import Columns
    from tagthresh.solution import Solution


def trust(solution: Solution, rows: int = 20) -> Table:
    """Show a row a tag, the one with most positives first."""
    evidence = solution.evidence
    shown, how_many = first(np.argsort(-evidence.seen, kind="stable").tolist(), rows)
    legend = {
        "positives": "positive clips that the threshold rests on (a group counts once)",
        "few positives": f"fewer than {FEW}, so other clips may move the threshold far",
    }
    if evidence.precision is not None:
        legend |= {"P %": "precision to expect on new clips", "R %": "recall to expect"}
    if evidence.threshold is not None or evidence.precision is not None:
        legend["[...]"] = "95 % interval"
    return Table(
        f"thresholds, most positives first: {evidence.summary}{how_many}",
        partial(_columns, solution, shown),
        legend,
        least=(HEADERS["recall"], HEADERS["precision"]),
    )


def _columns(solution: Solution, shown: Sequence[int], separator: str) -> Columns:
    """Columns with intervals after a separator, blank or new line."""
    rows = solution.table

    def spread(name: str, text: Callable[[float], str]) -> list[str]:
        low, high = f"{name}_low", f"{name}_high"
        if low not in rows:
            return [text(rows[name][tag]) for tag in shown]
        cells = []
        for tag in shown:
            value, *ends = (rows[column][tag] for column in (name, low, high))
            interval = "" if np.isnan(ends).any() else f"{separator}[{', '.join(map(text, ends))}]"
            cells.append(text(value) + interval)
        return cells

    columns = {
        "tag": shown_names(rows["tag"][tag] for tag in shown),
        "positives": [f"{rows['seen'][tag]:.4g}" for tag in shown],
        "threshold": spread("threshold", lambda value: number(value, 3)),
    }
    for name in ("precision", "recall"):
        if name in rows:
            columns[HEADERS[name]] = spread(name, lambda share: percent(share, 0))
    return columns | {"status": [rows["status"][tag] for tag in shown]}
