"""What fitted thresholds rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.report.terminal.table import (
    HEADERS,
    WIDTH,
    draw,
    first,
    folded,
    names,
    number,
    percent,
)
from tagthresh.thresholds.evidence import FEW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.table import Table

    from tagthresh.report.terminal.table import Columns
    from tagthresh.solution import Solution


def trust(solution: Solution, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, the one that rests on least first."""
    evidence = solution.evidence
    shown, told = first(np.argsort(evidence.seen, kind="stable").tolist(), rows)
    columns = folded(lambda separator: _columns(solution, shown, separator), width)
    few = f"positives: a group counts once; few: fewer than {FEW}"
    expected = "; P, R: precision and recall to expect on unseen clips; in brackets, 95 % intervals"
    return draw(
        f"what thresholds rest on, least first: {evidence.summary}{told}",
        columns,
        few + (expected if evidence.precision else ""),
    )


def _columns(solution: Solution, shown: Sequence[int], separator: str) -> Columns:
    """Columns with intervals after a separator, blank or new line."""
    found = solution.table

    def told(name: str, text: Callable[[float], str]) -> list[str]:
        low, high = f"{name}_low", f"{name}_high"
        if low not in found:
            return [text(found[name][tag]) for tag in shown]
        ends = [f"[{text(found[low][tag])}, {text(found[high][tag])}]" for tag in shown]
        return [
            f"{text(found[name][tag])}{separator}{interval}"
            for tag, interval in zip(shown, ends, strict=True)
        ]

    columns = {
        "tag": names(found["tag"][tag] for tag in shown),
        "positives": [f"{found['seen'][tag]:.4g}" for tag in shown],
        "threshold": told("threshold", lambda value: number(value, 3)),
    }
    for name in ("precision", "recall"):
        if name in found:
            columns[HEADERS[name]] = told(name, lambda share: percent(share, 0))
    return columns | {"status": [found["status"][tag] for tag in shown]}
