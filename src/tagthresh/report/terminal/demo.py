"""The main job on packaged data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagthresh.report.terminal.table import draw, names, number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from tagthresh.datasets.demo import Outcome
    from tagthresh.evaluation.evaluate import Evaluation


def outcomes(results: Sequence[Outcome]) -> Table:
    """Micro-F1 of several methods, on the clips fitted on and on the others, in percent."""
    columns = {
        "thresholds": [result.name for result in results],
        "clips fitted on": [percent(result.solution.score) for result in results],
        "unseen clips": [percent(result.unseen.score("f1_micro")) for result in results],
    }
    caption = "each row: thresholds fitted on one half; micro-F1 on that half and on the other"
    return draw("micro-F1 in %", columns, caption)


def gains(before: Evaluation, after: Evaluation, rows: int = 5) -> Table:
    """Show the tags whose F1 rises most from one evaluation to another, in points."""
    old, new = before.table["f1"], after.table["f1"]
    shown = (new - old).argsort()[::-1][:rows]
    columns = {
        "tag": names(after.tags[tag] for tag in shown),
        "threshold": [number(after.thresholds[tag]) for tag in shown],
        "before": [percent(old[tag]) for tag in shown],
        "after": [percent(new[tag]) for tag in shown],
        "gain": [f"{100 * (new[tag] - old[tag]):+.2f}" for tag in shown],
    }
    caption = "before: at 0.5 for every tag; after: at the threshold shown; gain: after - before"
    return draw("tags that gain most on unseen clips, F1 in %", columns, caption)
