"""Thresholds, and probabilities, judged on labelled clips."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from tagthresh.evaluation.crossfit import FEW
from tagthresh.evaluation.evaluate import AVERAGED
from tagthresh.formatting import plural
from tagthresh.report.terminal.table import HEADERS, MEANINGS, Table, by_tag, first, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tagthresh.evaluation.bootstrap import Interval
    from tagthresh.evaluation.evaluate import Evaluation
    from tagthresh.evaluation.probabilities import Calibration
    from tagthresh.report.terminal.table import Columns

COLUMNS = tuple(HEADERS)  # by which tags may be sorted
AVERAGES = ("micro", "macro")


def averages(evaluation: Evaluation) -> Table:
    """Precision, recall and F1, micro, macro and weighted, in percent, with their intervals."""
    legend = {"mean average precision": percent(evaluation.mean_average_precision)}
    n_tags, counted = len(evaluation.tags), evaluation.tags_with_positives
    if 0 < counted < n_tags:
        f1 = percent(evaluation.score("f1_macro") * n_tags / counted)
        legend["macro"] = f"all tags; F1 of the {counted} with positive clips is {f1}"
    if (evaluation.confusion.tp + evaluation.confusion.fn).sum() < FEW * n_tags:
        legend["few positives"] = (
            f"fewer than {FEW} a tag; macro cannot tell which method is better"
        )
    if evaluation.resampling is not None:
        legend["[...]"] = f"{100 * evaluation.resampling.level:g} % interval over clips"
    size = f"{plural(evaluation.n_clips, 'clip')} x {plural(len(evaluation.tags), 'tag')}, in %"
    by_name = dict(zip(AVERAGED, evaluation.intervals(), strict=True))
    return Table(size, partial(_averages, evaluation, by_name), legend)


def _averages(
    evaluation: Evaluation, intervals: Mapping[str, Interval | None], separator: str
) -> Columns:
    """Make a row for each average, and a column for each score."""
    columns = {"average": ["micro", "macro", "weighted"]}
    for header in ("precision", "recall", "F1"):
        names = [f"{header.lower()}_{average}" for average in columns["average"]]
        columns[header] = [
            share_with(evaluation.score(name), intervals[name], separator) for name in names
        ]
    return columns


def share_with(share: float, interval: Interval | None, separator: str = " ") -> str:
    """Share in percent, with its interval where there is one."""
    if interval is None:
        return percent(share)
    return f"{percent(share)}{separator}[{percent(interval.low, 1)}, {percent(interval.high, 1)}]"


def per_tag(evaluation: Evaluation, sort: str = "f1", rows: int = 20) -> Table:
    """Show a row a tag, from worst (lowest; names from A) on, those without positives last."""
    columns = evaluation.table
    empty = columns["support"] == 0
    order = sorted(
        range(len(evaluation.tags)), key=lambda tag: (bool(empty[tag]), _key(columns[sort][tag]))
    )
    shown, how_many = first(order, rows)
    least = ["predicted", "average_precision", "support", "threshold", "recall", "precision"]
    return Table(
        f"tags by {sort.replace('_', ' ')}, lowest first{how_many}",
        lambda _: by_tag(columns, HEADERS, shown),
        MEANINGS,
        least=[HEADERS[name] for name in least if name != sort],
    )


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
    legend = {"": f"{plural(round(added), 'tag')} added"}
    return Table("effect of the ontology, in %", lambda _: columns, legend)


def reliability(judged: Mapping[str, Calibration]) -> Table:
    """How far probabilities can be believed: scores as they are, calibrated, and where trusted."""
    parts = judged.values()
    columns = {
        "probabilities": list(judged),
        "pairs": [number(part.curve.mass.sum()) for part in parts],
        "positives": [number(sum(part.table["positives"])) for part in parts],
        "expected": [f"{sum(part.table['expected']):.1f}" for part in parts],
        "Brier score": [_fine(part.brier) for part in parts],
        "calibration error": [_fine(part.ece) for part in parts],
    }
    return Table(
        "probabilities of clips and tags",
        lambda _: columns,
        {
            "expected": "sum of the probabilities, which should be near the positives",
            "Brier score": "mean squared error, lower is better",
            "calibration error": "lower is better",
        },
        least=("pairs", "calibration error", "positives"),
    )


def _fine(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"
