"""Clips that differ from those fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh.report.terminal.table import Table, first, number, percent, shown_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tagthresh.calibration.adapt import Adaptation
    from tagthresh.evaluation.drift import Drift


def adaptation(result: Adaptation, rows: int = 20) -> Table:
    """Show a row a tag, first those whose prevalence is clearly another."""
    table = result.table
    unclear = [verdict == "unclear" for verdict in table["verdict"]]
    change = np.abs(np.log(table["prevalence_new"] / table["prevalence_old"]))
    shown, how_many = first(np.lexsort((-change, unclear)).tolist(), rows)
    ends = [[percent(table[end][tag]) for end in ("low", "high")] for tag in shown]
    columns = {
        "tag": shown_names(table["tag"][tag] for tag in shown),
        "threshold": [number(table["threshold_old"][tag]) for tag in shown],
        "adapted": [number(table["threshold_new"][tag]) for tag in shown],
        "prevalence %": [percent(table["prevalence_old"][tag]) for tag in shown],
        "now %": [percent(table["prevalence_new"][tag]) for tag in shown],
        "95 % interval": [f"[{low}, {high}]" for low, high in ends],
        "verdict": [
            table["verdict"][tag] + (f" ({kept})" if (kept := table["kept"][tag]) else "")
            for tag in shown
        ],
    }
    return Table(
        f"prevalence: {_counted(result.verdicts)}{how_many}",
        lambda _: columns,
        {
            "prevalence %": "share of positive clips when the thresholds were fitted",
            "now %": "the same for the new clips, estimated from their scores",
            "unclear": "the interval of the new one holds the old one",
        },
        least=("95 % interval", "threshold", "prevalence %"),
    )


def drift(result: Drift, rows: int = 20) -> Table:
    """Show a row a tag, those that have changed first."""
    table = result.table
    same = [verdict == "same" for verdict in table["verdict"]]
    surest = np.minimum(table["p_rate"], table["p_scores"])
    shown, how_many = first(np.lexsort((-table["distance"], surest, same)).tolist(), rows)
    columns = {
        "tag": shown_names(table["tag"][tag] for tag in shown),
        "given %": [percent(table["rate_old"][tag]) for tag in shown],
        "now %": [percent(table["rate_new"][tag]) for tag in shown],
        "p": [f"{table['p_rate'][tag]:.2g}" for tag in shown],
        "distance": [f"{table['distance'][tag]:.3f}" for tag in shown],
        "p of distance": [f"{table['p_scores'][tag]:.2g}" for tag in shown],
        "verdict": [table["verdict"][tag] for tag in shown],
    }
    old, new, p_value, verdict = result.per_clip
    return Table(
        f"tags: {_counted(result.verdicts)}{how_many}",
        lambda _: columns,
        {
            "given %": "share of clips given the tag when the thresholds were fitted",
            "now %": "the same for the new clips",
            "p": "chance of such a difference without a change",
            "distance": "largest gap between the two distributions of scores",
            "tags per clip": f"{old:.3g}, now {new:.3g} (p {p_value:.2g}): {verdict}",
        },
        least=("p of distance", "p", "given %"),
    )


def _counted(verdicts: Mapping[str, int]) -> str:
    """Tags by verdict."""
    return ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items())
