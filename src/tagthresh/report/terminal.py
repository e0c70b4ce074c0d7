"""Tables for the terminal. Scores are shown in percent, thresholds in the unit of the scores."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tagthresh.compare import Comparison, Entry
    from tagthresh.demo import Outcome
    from tagthresh.evaluate import Evaluation
    from tagthresh.reproduce import Figures, Line

COLUMNS = (
    "tag",
    "threshold",
    "precision",
    "recall",
    "f1",
    "support",
    "predicted",
    "average_precision",
)
PERCENT = {"precision", "recall", "f1", "average_precision"}


def averages(evaluation: Evaluation) -> Table:
    """Precision, recall and F1, micro, macro and weighted, in percent."""
    table = Table(title=f"{evaluation.n_clips} clips x {len(evaluation.tags)} tags, in %")
    table.add_column("average")
    for name in ("precision", "recall", "F1"):
        table.add_column(name, justify="right")
    for average in ("micro", "macro", "weighted"):
        row = (evaluation.score(f"{stem}_{average}") for stem in ("precision", "recall", "f1"))
        table.add_row(average, *(percent(value) for value in row))
    table.caption = f"mean average precision {percent(evaluation.mean_average_precision)}"
    return table


def per_tag(evaluation: Evaluation, sort: str = "f1", rows: int = 20, width: int = 120) -> Table:
    """Show a row a tag, sorted from worst (lowest; names from A) on; 0 rows means all."""
    columns = evaluation.per_tag
    order = sorted(range(len(evaluation.tags)), key=lambda tag: _key(columns[sort][tag]))
    shown = order[: rows or None]
    title = f"tags by {sort}, lowest first"
    if len(shown) < len(order):
        title += f" ({len(shown)} of {len(order)})"
    table = Table(title=title)
    for name in COLUMNS:
        label = "AP" if name == "average_precision" else name
        table.add_column(
            label + " %" * (name in PERCENT), justify="left" if name == "tag" else "right"
        )
    for tag in shown:
        table.add_row(*(_cell(name, columns[name][tag]) for name in COLUMNS))
    return table


def _key(value: str | float) -> tuple[bool, str | float]:
    missing = isinstance(value, float) and math.isnan(value)
    return missing, 0.0 if missing else value


def _cell(name: str, value: str | float) -> str:
    if isinstance(value, str):
        return escape(value)
    if name in PERCENT:
        return percent(value)
    return number(value)


def percent(share: float) -> str:
    """Share of 1 in percent with two decimals; a dash for NaN."""
    return "-" if math.isnan(share) else f"{100 * share:.2f}"


def number(value: float) -> str:
    """Give four significant digits, whole numbers in full, "never" for +inf."""
    if value == math.inf:
        return "never"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4g}"


def outcomes(results: Sequence[Outcome]) -> Table:
    """Micro-F1 of several methods, on the clips fitted on and on the others, in percent."""
    table = Table(title="micro-F1 in %")
    table.add_column("thresholds")
    table.add_column("clips fitted on", justify="right")
    table.add_column("unseen clips", justify="right")
    for result in results:
        unseen = result.unseen.score("f1_micro")
        table.add_row(result.name, percent(result.solution.score), percent(unseen))
    return table


def comparison(result: Comparison, width: int = 120) -> Table:
    """Methods side by side, in percent; differences to the reference, in points."""
    table = Table(
        title=f"{result.metric} in %; in brackets, 95 % intervals over clips",
        caption=f"difference: to {result.reference}, on the same clips",
    )
    table.add_column("method")
    for name in ("fit", "eval", "difference", "seconds"):
        table.add_column(name, justify="right")
    for entry in result.entries:
        low, high = entry.interval
        table.add_row(
            escape(entry.name),
            percent(entry.solution.score),
            f"{percent(entry.score)} [{percent(low)}, {percent(high)}]",
            _difference(entry) if entry.name != result.reference else "",
            f"{entry.seconds:.2f}",
        )
    return table


def _difference(entry: Entry) -> str:
    low, high = entry.difference_interval
    return f"{100 * entry.difference:+.2f} [{100 * low:+.2f}, {100 * high:+.2f}]"


def reproduction(lines: Sequence[Line], width: int = 120) -> Table:
    """Show the paper's figures beside the measured ones; eval, and fit in brackets."""
    table = Table(
        title="SGL-Thresh, Table 2: micro-F1 in %, on clips judged on (and on clips fitted on)",
        caption="+-: half the range over seeds; holds: deterministic figures within 0.1 point",
    )
    for name in ("data", "method"):
        table.add_column(name)
    for name in ("paper", "measured", "holds", "seconds"):
        table.add_column(name, justify="right")
    for line in lines:
        measured = _figures(line.measured, 2)
        if line.spread is not None:
            measured += f" +- {line.spread.eval:.1f} ({line.spread.fit:.1f})"
        table.add_row(
            line.dataset,
            line.method,
            "" if line.paper is None else _figures(line.paper, 1),
            measured,
            "" if line.expected is None else "yes" if line.holds else "NO",
            f"{line.seconds:.2f}",
        )
    return table


def _figures(figures: Figures, digits: int) -> str:
    return f"{figures.eval:.{digits}f} ({figures.fit:.{digits}f})"


def gains(before: Evaluation, after: Evaluation, rows: int = 5) -> Table:
    """Show the tags whose F1 rises most from one evaluation to another, in points."""
    rise = after.per_tag["f1"] - before.per_tag["f1"]
    table = Table(title="tags that gain most on unseen clips, F1 in %")
    table.add_column("tag")
    for name in ("threshold", "before", "after", "gain"):
        table.add_column(name, justify="right")
    for tag in rise.argsort()[::-1][:rows]:
        table.add_row(
            escape(after.tags[tag]),
            number(after.thresholds[tag]),
            percent(before.per_tag["f1"][tag]),
            percent(after.per_tag["f1"][tag]),
            f"{100 * rise[tag]:+.2f}",
        )
    return table
