"""The SGL-Thresh paper's figures beside the measured ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tagthresh.report.terminal.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tagthresh.datasets.reproduce import Figures, Line
    from tagthresh.report.terminal.table import Columns


def reproduction(lines: Sequence[Line]) -> Table:
    """Figures on the clips judged on, and in brackets those on the clips fitted on."""
    return Table(
        "SGL-Thresh, Table 2: micro-F1 in %, on clips judged on (fitted on)",
        partial(_columns, lines),
        {
            "+-": "half the range over seeds",
            "holds": "measured is what it was before, within 0.1 point",
        },
        least=("seconds",),
    )


def _columns(lines: Sequence[Line], separator: str) -> Columns:
    """Columns in which a data set's name has a row of its own above its methods."""
    headers = ("method", "paper", "measured", "holds", "seconds")
    rows: list[tuple[str, ...]] = []
    for i, line in enumerate(lines):
        if i == 0 or line.dataset != lines[i - 1].dataset:
            rows.append((line.dataset, "", "", "", ""))
        rows.append(_line(line, separator))
    return {header: [row[i] for row in rows] for i, header in enumerate(headers)}


def _line(line: Line, separator: str) -> tuple[str, ...]:
    spread = "" if line.spread is None else f"{separator}+- {_figures(line.spread, 1)}"
    return (
        f"  {line.method}",
        "" if line.paper is None else _figures(line.paper, 1),
        _figures(line.measured, 2) + spread,
        "" if line.expected is None else "yes" if line.holds else "NO",
        f"{line.seconds:.3f}",
    )


def _figures(figures: Figures, digits: int) -> str:
    return f"{figures.eval:.{digits}f} ({figures.fit:.{digits}f})"
