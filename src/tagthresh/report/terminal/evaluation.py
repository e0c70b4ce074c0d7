"""Thresholds, and probabilities, judged on labelled clips."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tagthresh.evaluation.evaluate import AVERAGED
from tagthresh.formatting import plural
from tagthresh.report.terminal.table import (
    HEADERS,
    WIDTH,
    by_tag,
    draw,
    first,
    fits,
    leave_out,
    number,
    percent,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from tagthresh.evaluation.bootstrap import Interval
    from tagthresh.evaluation.evaluate import Evaluation
    from tagthresh.evaluation.probabilities import Calibration
    from tagthresh.report.terminal.table import Columns

COLUMNS = tuple(HEADERS)  # by which tags may be sorted
AVERAGES = ("micro", "macro")


def averages(evaluation: Evaluation, width: int = WIDTH) -> Table:
    """Precision, recall and F1, micro, macro and weighted, in percent, with their intervals."""
    columns = _averages(evaluation, evaluation.intervals())
    caption = f"mean average precision {percent(evaluation.mean_average_precision)}"
    if not fits(columns, width):
        columns = _averages(evaluation, [None] * len(AVERAGED))
        caption += "; wider terminals show intervals"
    elif evaluation.resampling is not None:
        caption += f"; in brackets: {100 * evaluation.resampling.level:g} % intervals"
    size = f"{plural(evaluation.n_clips, 'clip')} x {plural(len(evaluation.tags), 'tag')}, in %"
    return draw(size, columns, caption)


def _averages(evaluation: Evaluation, intervals: Sequence[Interval | None]) -> Columns:
    """Make a row for each average, and a column for each score."""
    by_name = dict(zip(AVERAGED, intervals, strict=True))
    columns = {"average": ["micro", "macro", "weighted"]}
    for header in ("precision", "recall", "F1"):
        names = [f"{header.lower()}_{average}" for average in columns["average"]]
        columns[header] = [share_with(evaluation.score(name), by_name[name]) for name in names]
    return columns


def share_with(share: float, interval: Interval | None) -> str:
    """Share in percent, with its interval where there is one."""
    if interval is None:
        return percent(share)
    return f"{percent(share)} [{percent(interval.low, 1)}, {percent(interval.high, 1)}]"


def per_tag(evaluation: Evaluation, sort: str = "f1", rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, sorted from worst (lowest; names from A) on."""
    found = evaluation.table
    order = sorted(range(len(evaluation.tags)), key=lambda tag: _key(found[sort][tag]))
    shown, told = first(order, rows)
    columns = by_tag(found, HEADERS, shown)
    least = [name for name in ("predicted", "average_precision", "support") if name != sort]
    leave_out(columns, width, [HEADERS[name] for name in least])
    left_out = [name.replace("_", " ") for name in least if HEADERS[name] not in columns]
    caption = "P: precision, R: recall, AP: average precision"
    if left_out:
        caption = f"P: precision, R: recall; wider terminals show {', '.join(left_out)}"
    return draw(f"tags by {sort}, lowest first{told}", columns, caption)


def _key(value: str | float) -> tuple[bool, str | float]:
    missing = isinstance(value, float) and math.isnan(value)
    return missing, 0.0 if missing else value


def consistency(alone: Evaluation, consistent: Evaluation) -> Table:
    """Show what consistency with an ontology does to decisions, in percent and points."""
    names = [f"{stem}_{average}" for stem in ("f1", "precision", "recall") for average in AVERAGES]
    pairs = [(alone.score(name), consistent.score(name)) for name in names]
    columns = {
        "metric": names,
        "as decided": [percent(before) for before, _ in pairs],
        "made consistent": [percent(after) for _, after in pairs],
        "gain": [f"{100 * (after - before):+.2f}" for before, after in pairs],
    }
    added = (consistent.confusion.tp + consistent.confusion.fp).sum() - (
        alone.confusion.tp + alone.confusion.fp
    ).sum()
    return draw("effect of the ontology, in %", columns, f"{plural(round(added), 'tag')} added")


def reliability(found: Mapping[str, Calibration]) -> Table:
    """How far probabilities can be believed: scores as they are, calibrated, and where trusted."""
    parts = found.values()
    columns = {
        "probabilities": list(found),
        "pairs": [number(each.curve.mass.sum()) for each in parts],
        "positives": [number(sum(each.table["positives"])) for each in parts],
        "expected": [f"{sum(each.table['expected']):.1f}" for each in parts],
        "Brier score": [_fine(each.brier) for each in parts],
        "calibration error": [_fine(each.ece) for each in parts],
    }
    return draw("probabilities of clips and tags", columns, "expected: sum of probabilities")


def _fine(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"
