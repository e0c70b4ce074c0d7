"""Methods side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagthresh.report.terminal.table import (
    WIDTH,
    draw,
    folded,
    leave_out,
    names,
    number,
    percent,
    signed_spread,
)

if TYPE_CHECKING:
    from rich.table import Table

    from tagthresh.compare import Comparison, Entry
    from tagthresh.report.terminal.table import Columns


def comparison(result: Comparison, width: int = WIDTH) -> Table:
    """Shares in percent, their differences to the reference in points."""
    columns = folded(lambda separator: _columns(result, separator), width)
    leave_out(columns, width, ("seconds",))
    unit = " in %" if result.share else ""
    return draw(
        f"{result.metric}{unit}; in brackets, 95 % intervals over clips",
        columns,
        f"difference: to {result.reference}, on the same clips",
    )


def _columns(result: Comparison, separator: str) -> Columns:
    """Columns with intervals and options after a separator, blank or new line."""
    shown = percent if result.share else number
    return {
        "method": [
            name.replace("(", f"{separator.strip(' ')}(")
            for name in names(entry.name for entry in result.entries)
        ],
        "fit": [shown(entry.solution.score) for entry in result.entries],
        "eval": [
            f"{shown(entry.score)}{separator}[{', '.join(map(shown, entry.interval))}]"
            for entry in result.entries
        ],
        "difference": [
            "" if entry.name == result.reference else _difference(entry, separator, result)
            for entry in result.entries
        ],
        "seconds": [f"{entry.seconds:.3f}" for entry in result.entries],
    }


def _difference(entry: Entry, separator: str, result: Comparison) -> str:
    estimate = entry.difference, *entry.difference_interval
    if result.share:
        return signed_spread(estimate, separator)
    value, low, high = (f"{each:+.4g}" for each in estimate)
    return f"{value}{separator}[{low}, {high}]"
