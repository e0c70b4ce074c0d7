"""Two sets of thresholds on the same clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tagthresh.formatting import plural
from tagthresh.report.terminal.table import (
    WIDTH,
    draw,
    first,
    folded,
    leave_out,
    names,
    number,
    percent,
    signed_spread,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.table import Table

    from tagthresh.evaluation.compare_thresholds import ThresholdComparison
    from tagthresh.report.terminal.table import Columns


def thresholds_in_all(result: ThresholdComparison) -> Table:
    """Old and new thresholds over all tags, in percent, and the difference in points."""
    facts = {
        "old": _spread(result.old),
        "new": _spread(result.new),
        "difference": signed_spread(result.difference),
    }
    tags = ", ".join(f"{count} {verdict}" for verdict, count in result.verdicts.items())
    return draw(
        f"{plural(result.n_clips, 'clip')}; in brackets, 95 % intervals over clips",
        {"thresholds": list(facts), f"{result.metric} in %": list(facts.values())},
        f"new is better in {percent(result.share_better)} % of the draws; tags: {tags}",
    )


def _spread(estimate: tuple[float, float, float]) -> str:
    value, low, high = map(percent, estimate)
    return f"{value} [{low}, {high}]"


def thresholds_by_tag(result: ThresholdComparison, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, the better and worse ones first, then by difference."""
    shown, told = first(result.order.tolist(), rows)
    columns = folded(lambda separator: _columns(result.table, shown, separator), width)
    leave_out(columns, width, ("changed", "old %", "new %", "p"))
    caption = "better, worse: of all tags called so, about one in twenty at most is so by luck"
    if "changed" in columns:
        caption = f"changed: clips decided differently; {caption}"
    stem = result.metric.rpartition("_")[0]
    title = f"{stem} of each tag, clear and great differences first{told}"
    return draw(title, columns, caption)


def _columns(found: Mapping[str, Any], shown: Iterable[int], separator: str) -> Columns:
    """Columns with new values and intervals after a separator, blank or new line."""
    triples = list(zip(found["difference"], found["low"], found["high"], strict=True))
    old, new = found["threshold_old"], found["threshold_new"]
    return {
        "tag": names(found["tag"][tag] for tag in shown),
        "threshold": [f"{number(old[tag])}{separator}-> {number(new[tag])}" for tag in shown],
        "old %": [percent(found["old"][tag]) for tag in shown],
        "new %": [percent(found["new"][tag]) for tag in shown],
        "difference": [signed_spread(triples[tag], separator) for tag in shown],
        "changed": [number(found["changed"][tag]) for tag in shown],
        "p": [f"{found['p_value'][tag]:.4f}" for tag in shown],
        "verdict": [found["verdict"][tag] for tag in shown],
    }
