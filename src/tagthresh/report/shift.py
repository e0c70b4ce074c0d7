"""Tables for the terminal about clips that differ from those fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.report.terminal import WIDTH, _fits, _table, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from tagthresh.adapt import Adaptation


def adaptation(result: Adaptation, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, first those whose prevalence is clearly another; 0 rows means all."""
    found = result.per_tag
    unclear = [verdict == "unclear" for verdict in found["verdict"]]
    change = np.abs(np.log(found["prevalence_new"] / found["prevalence_old"]))
    order = np.lexsort((-change, unclear)).tolist()
    shown = order[: rows or None]
    title = "prevalence: " + _counted(result.verdicts, shown, order)
    ends = [[percent(found[end][tag]) for end in ("low", "high")] for tag in shown]
    columns = {
        "tag": [found["tag"][tag] for tag in shown],
        "threshold": [number(found["threshold_old"][tag]) for tag in shown],
        "adapted": [number(found["threshold_new"][tag]) for tag in shown],
        "prevalence %": [percent(found["prevalence_old"][tag]) for tag in shown],
        "now %": [percent(found["prevalence_new"][tag]) for tag in shown],
        "95 % interval": [f"[{low}, {high}]" for low, high in ends],
        "verdict": [
            found["verdict"][tag] + (f" ({kept})" if (kept := found["kept"][tag]) else "")
            for tag in shown
        ],
    }
    for header in ("95 % interval", "threshold", "prevalence %"):
        if not _fits(columns, width):
            del columns[header]
    return _table(title, columns, "now: on the new clips")


def _counted(verdicts: Mapping[str, int], shown: Sequence[int], order: Sequence[int]) -> str:
    """Tags by verdict, and how many of them are shown."""
    counted = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
    return counted + (f" ({len(shown)} of {len(order)} shown)" if len(shown) < len(order) else "")
