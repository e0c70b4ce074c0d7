"""Clips that differ from those fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.report.terminal.table import WIDTH, draw, first, leave_out, names, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from tagthresh.calibration.adapt import Adaptation
    from tagthresh.evaluation.drift import Drift


def adaptation(result: Adaptation, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, first those whose prevalence is clearly another."""
    found = result.table
    unclear = [verdict == "unclear" for verdict in found["verdict"]]
    change = np.abs(np.log(found["prevalence_new"] / found["prevalence_old"]))
    shown, told = first(np.lexsort((-change, unclear)).tolist(), rows)
    ends = [[percent(found[end][tag]) for end in ("low", "high")] for tag in shown]
    columns = {
        "tag": names(found["tag"][tag] for tag in shown),
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
    leave_out(columns, width, ("95 % interval", "threshold", "prevalence %"))
    return draw(f"prevalence: {_counted(result.verdicts)}{told}", columns, "now: on the new clips")


def drift(result: Drift, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, those that have changed first."""
    found = result.table
    same = [verdict == "same" for verdict in found["verdict"]]
    surest = np.minimum(found["p_rate"], found["p_scores"])
    shown, told = first(np.lexsort((-found["distance"], surest, same)).tolist(), rows)
    columns = {
        "tag": names(found["tag"][tag] for tag in shown),
        "given %": [percent(found["rate_old"][tag]) for tag in shown],
        "now %": [percent(found["rate_new"][tag]) for tag in shown],
        "p": [f"{found['p_rate'][tag]:.2g}" for tag in shown],
        "distance": [f"{found['distance'][tag]:.3f}" for tag in shown],
        "p ": [f"{found['p_scores'][tag]:.2g}" for tag in shown],
        "verdict": [found["verdict"][tag] for tag in shown],
    }
    leave_out(columns, width, ("p ", "p", "given %"))
    old, new, p_value, verdict = result.per_clip
    caption = f"all tags: {old:.3g} a clip, now {new:.3g} (p {p_value:.2g}): {verdict}"
    return draw(f"tags: {_counted(result.verdicts)}{told}", columns, caption)


def _counted(verdicts: Mapping[str, int]) -> str:
    """Tags by verdict."""
    return ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
