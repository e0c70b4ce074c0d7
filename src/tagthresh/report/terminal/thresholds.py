"""Two sets of thresholds on the same clips."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tagthresh.formatting import plural
from tagthresh.report.terminal.table import (
    Table,
    first,
    number,
    percent,
    shown_names,
    signed_spread,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tagthresh.evaluation.compare_thresholds import ThresholdComparison
    from tagthresh.report.terminal.table import Columns


def thresholds_in_all(result: ThresholdComparison) -> Table:
    """Old and new thresholds over all tags, in percent, and the difference in points."""
    facts = {
        "old": _spread(result.old),
        "new": _spread(result.new),
        "difference": signed_spread(result.difference),
    }
    columns = {"thresholds": list(facts), f"{result.metric} in %": list(facts.values())}
    tags = ", ".join(f"{count} {verdict}" for verdict, count in result.verdicts.items())
    return Table(
        f"{plural(result.n_clips, 'clip')}; [...]: 95 % intervals over clips",
        lambda _: columns,
        {"": f"new is better in {percent(result.share_better)} % of the draws", "tags": tags},
    )


def _spread(estimate: tuple[float, float, float]) -> str:
    value, low, high = map(percent, estimate)
    return f"{value} [{low}, {high}]"


def thresholds_by_tag(result: ThresholdComparison, rows: int = 20) -> Table:
    """Show a row a tag, the better and worse ones first, then by difference."""
    shown, how_many = first(result.order.tolist(), rows)
    stem = result.metric.rpartition("_")[0]
    return Table(
        f"{stem} of each tag, clear and great differences first{how_many}",
        partial(_columns, result.table, shown),
        {
            "changed": "clips decided differently",
            "p": "chance of such a difference where there is none",
            "better, worse": "of all tags called so, about one in twenty at most is so by luck",
        },
        least=("changed", "old %", "new %", "p"),
    )


def _columns(table: Mapping[str, Any], shown: Iterable[int], separator: str) -> Columns:
    """Columns with new values and intervals after a separator, blank or new line."""
    triples = list(zip(table["difference"], table["low"], table["high"], strict=True))
    old, new = table["threshold_old"], table["threshold_new"]
    return {
        "tag": shown_names(table["tag"][tag] for tag in shown),
        "threshold": [f"{number(old[tag])}{separator}-> {number(new[tag])}" for tag in shown],
        "old %": [percent(table["old"][tag]) for tag in shown],
        "new %": [percent(table["new"][tag]) for tag in shown],
        "difference": [signed_spread(triples[tag], separator) for tag in shown],
        "changed": [number(table["changed"][tag]) for tag in shown],
        "p": [f"{table['p_value'][tag]:.4f}" for tag in shown],
        "verdict": [table["verdict"][tag] for tag in shown],
    }
