"""The main job on packaged data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagthresh.metrics.fbeta import FBeta
from tagthresh.report.terminal.table import Table, number, percent, shown_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tagthresh.datasets.demo import Outcome


def outcomes(results: Sequence[Outcome]) -> Table:
    """Micro-F1 of several methods, on training clips and on new clips, in percent."""
    columns = {
        "thresholds": [result.name for result in results],
        "training clips": [percent(result.solution.score) for result in results],
        "new clips": [percent(result.unseen.score("f1_micro")) for result in results],
    }
    return Table("micro-F1 in %", lambda _: columns)


def gains(before: Outcome, after: Outcome, rows: int = 5) -> Table:
    """Show the tags whose F1 on new clips rises most from one outcome to another, in points."""
    old, new = (FBeta().of(*outcome.unseen.confusion) for outcome in (before, after))
    shown = (new - old).argsort()[::-1][: rows or None]
    columns = {
        "tag": shown_names(after.unseen.tags[tag] for tag in shown),
        "threshold": [number(after.unseen.thresholds[tag]) for tag in shown],
        "before": [percent(old[tag]) for tag in shown],
        "after": [percent(new[tag]) for tag in shown],
        "gain": [f"{100 * (new[tag] - old[tag]):+.2f}" for tag in shown],
    }
    legend = {"before": before.name, "after": f"{after.name}, with the threshold shown"}
    return Table("tags that gain most on new clips, F1 in %", lambda _: columns, legend)
