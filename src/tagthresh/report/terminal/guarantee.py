"""Thresholds with a promise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tagthresh.report.terminal.table import WIDTH, by_tag, draw, first, leave_out, number

if TYPE_CHECKING:
    from rich.table import Table

    from tagthresh.tradeoffs.guarantee import Guarantee


def guarantee(result: Guarantee, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag: the most useful promises first, then who needs least."""
    found = result.table
    rival = found["recall" if result.metric == "precision" else "precision"]
    order = sorted(
        range(len(found["tag"])),
        key=lambda tag: -rival[tag] if result.feasible[tag] else 1 + result.needed[tag],
    )
    shown, told = first(order, rows)
    names = ("tag", "threshold", "precision", "recall", "support", "predicted")
    columns = by_tag(found, names, shown)
    columns["needed"] = [_needed(result.needed[tag]) for tag in shown]
    leave_out(columns, width, ("predicted", "support"))
    unit = "clips" if result.metric == "precision" else "positives"
    caption = f"P, R: on the clips given; needed: about as many {unit} to review, in all"
    return draw(result.promise + told, columns, caption)


def _needed(clips: float) -> str:
    if math.isnan(clips):
        return ""
    return "no cut" if clips == math.inf else number(clips)
