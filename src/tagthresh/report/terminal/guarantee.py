"""Thresholds with a promise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tagthresh.report.terminal.table import HEADERS, MEANINGS, Table, by_tag, first, number

if TYPE_CHECKING:
    from tagthresh.report.terminal.table import Columns
    from tagthresh.tradeoffs.guarantee import Guarantee


def guarantee(result: Guarantee, rows: int = 20) -> Table:
    """Show a row a tag: the most useful promises first, then who needs least."""
    table = result.table
    rival = table["recall" if result.metric == "precision" else "precision"]
    order = sorted(
        range(len(table["tag"])),
        key=lambda tag: -rival[tag] if result.feasible[tag] else 1 + result.needed[tag],
    )
    shown, how_many = first(order, rows)

    def columns(_: str) -> Columns:
        names = ("tag", "threshold", "precision", "recall", "support", "predicted")
        needed = [_needed(result.needed[tag]) for tag in shown]
        return {**by_tag(table, names, shown), "needed": needed}

    unit = "clips" if result.metric == "precision" else "positives"
    return Table(
        result.promise + how_many,
        columns,
        {
            **{name: MEANINGS[name] for name in ("support", "predicted")},
            "P %": "precision on these clips",
            "R %": "recall on these clips",
            "needed": f"{unit} to label, in all and about, before the promise can be made",
        },
        least=[HEADERS["predicted"], HEADERS["support"]],
    )


def _needed(clips: float) -> str:
    if math.isnan(clips):
        return ""
    return "no cut" if clips == math.inf else number(clips)
