"""Methods side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tagthresh.report.terminal.table import Table, number, percent, shown_names, signed_spread

if TYPE_CHECKING:
    from tagthresh.compare import Comparison, Entry
    from tagthresh.report.terminal.table import Columns


def comparison(result: Comparison) -> Table:
    """Shares in percent, their differences to the reference in points."""
    unit = " in %" if result.share else ""
    return Table(
        f"{result.metric}{unit}, on training clips (fit) and on others (eval)",
        partial(_columns, result),
        {
            "[...]": "95 % interval over clips",
            "difference": f"to {result.reference}, on the same clips",
        },
        least=("seconds", "fit"),
    )


def _columns(result: Comparison, separator: str) -> Columns:
    """Columns with intervals and options after a separator, blank or new line."""
    shown = percent if result.share else number
    return {
        "method": [
            name.replace("(", f"{separator.strip(' ')}(")
            for name in shown_names(entry.name for entry in result.entries)
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
    value, low, high = (f"{part:+.4g}" for part in estimate)
    return f"{value}{separator}[{low}, {high}]"
