"""Tables for the terminal. Scores are shown in percent, thresholds in the unit of the scores.

Numbers are never cut and names fold, so a table that is too wide for its `width`, in characters,
is drawn with less: intervals below their values, then without the columns that matter least.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table

from tagthresh.evidence import FEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tagthresh.calibration import Calibration
    from tagthresh.compare import Comparison, Entry
    from tagthresh.compare_thresholds import ThresholdComparison
    from tagthresh.demo import Outcome
    from tagthresh.evaluate import Evaluation
    from tagthresh.frontier import Frontier
    from tagthresh.guarantee import Guarantee
    from tagthresh.operating import OperatingPoint
    from tagthresh.reproduce import Figures, Line
    from tagthresh.solution import Solution

HEADERS = {
    "tag": "tag",
    "threshold": "threshold",
    "precision": "P %",
    "recall": "R %",
    "f1": "F1 %",
    "support": "support",
    "predicted": "predicted",
    "average_precision": "AP %",
}
COLUMNS = tuple(HEADERS)
PERCENT = {"precision", "recall", "f1", "average_precision"}
NAME_WIDTH = 16  # a column of names folds to this many characters before others are left out
WIDTH = 120
ROUNDING = 1e-12
AVERAGES = ("micro", "macro")


def averages(evaluation: Evaluation) -> Table:
    """Precision, recall and F1, micro, macro and weighted, in percent."""
    names = ("micro", "macro", "weighted")
    columns = {"average": list(names)} | {
        header: [percent(evaluation.score(f"{header.lower()}_{name}")) for name in names]
        for header in ("precision", "recall", "F1")
    }
    return _table(
        f"{evaluation.n_clips} clips x {len(evaluation.tags)} tags, in %",
        columns,
        f"mean average precision {percent(evaluation.mean_average_precision)}",
    )


def per_tag(evaluation: Evaluation, sort: str = "f1", rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, sorted from worst (lowest; names from A) on; 0 rows means all."""
    found = evaluation.per_tag
    order = sorted(range(len(evaluation.tags)), key=lambda tag: _key(found[sort][tag]))
    shown = order[: rows or None]
    title = f"tags by {sort}, lowest first"
    if len(shown) < len(order):
        title += f" ({len(shown)} of {len(order)})"
    columns = {HEADERS[name]: [_cell(name, found[name][tag]) for tag in shown] for name in COLUMNS}
    caption = "P: precision, R: recall, AP: average precision"
    left_out = []
    for name in ("predicted", "average_precision", "support"):
        if not _fits(columns, width) and name != sort:
            del columns[HEADERS[name]]
            left_out.append(name.replace("_", " "))
    if left_out:
        caption = f"P: precision, R: recall; wider terminals show {', '.join(left_out)}"
    return _table(title, columns, caption)


def _key(value: str | float) -> tuple[bool, str | float]:
    missing = isinstance(value, float) and math.isnan(value)
    return missing, 0.0 if missing else value


def _cell(name: str, value: str | float) -> str:
    if isinstance(value, str):
        return value
    if name in PERCENT:
        return percent(value)
    return number(value)


def percent(share: float, decimals: int = 2) -> str:
    """Share of 1 in percent; a dash for NaN."""
    return "-" if math.isnan(share) else f"{100 * share:.{decimals}f}"


def number(value: float, digits: int = 4) -> str:
    """Give some significant digits, whole numbers in full, "never" for +inf."""
    if value == math.inf:
        return "never"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.{digits}g}"


def trust(solution: Solution, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, the one that rests on least first; 0 rows means all."""
    evidence = solution.evidence
    order = np.argsort(evidence.seen, kind="stable").tolist()
    shown = order[: rows or None]
    title = f"what thresholds rest on, least first: {evidence.summary}"
    if len(shown) < len(order):
        title += f" ({len(shown)} of {len(order)} shown)"
    columns = _trusted(solution, shown, " ")
    if not _fits(columns, width):
        columns = _trusted(solution, shown, "\n")
    few = f"positives: a group counts once; few: fewer than {FEW}"
    expected = "; P, R: precision and recall to expect on unseen clips; in brackets, 95 % intervals"
    return _table(title, columns, few + (expected if evidence.precision else ""))


def _trusted(solution: Solution, shown: Sequence[int], separator: str) -> dict[str, list[str]]:
    """Columns of `trust`, with intervals after a separator, blank or new line."""
    found = solution.per_tag

    def told(name: str, text: Callable[[float], str]) -> list[str]:
        low, high = f"{name}_low", f"{name}_high"
        if low not in found:
            return [text(found[name][tag]) for tag in shown]
        ends = [f"[{text(found[low][tag])}, {text(found[high][tag])}]" for tag in shown]
        return [
            f"{text(found[name][tag])}{separator}{interval}"
            for tag, interval in zip(shown, ends, strict=True)
        ]

    columns = {
        "tag": [found["tag"][tag] for tag in shown],
        "positives": [f"{found['seen'][tag]:.4g}" for tag in shown],
        "threshold": told("threshold", lambda value: number(value, 3)),
    }
    for name in ("precision", "recall"):
        if name in found:
            columns[HEADERS[name]] = told(name, lambda share: percent(share, 0))
    return columns | {"status": [found["status"][tag] for tag in shown]}


def guarantee(result: Guarantee, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, 0 rows for all: the most useful promises first, then who needs least."""
    found = result.per_tag
    rival = found["recall" if result.metric == "precision" else "precision"]
    order = sorted(
        range(len(found["tag"])),
        key=lambda tag: -rival[tag] if result.feasible[tag] else 1 + result.needed[tag],
    )
    shown = order[: rows or None]
    unit = "clips" if result.metric == "precision" else "positives"
    columns = {
        HEADERS[name]: [_cell(name, found[name][tag]) for tag in shown]
        for name in ("tag", "threshold", "precision", "recall", "support", "predicted")
    }
    columns["needed"] = [_needed(result.needed[tag]) for tag in shown]
    for name in ("predicted", "support"):
        if not _fits(columns, width):
            del columns[HEADERS[name]]
    caption = f"P, R: on the clips given; needed: about as many {unit} to review, in all"
    title = result.promise + (f" ({len(shown)} of {len(order)})" if len(shown) < len(order) else "")
    return _table(title, columns, caption)


def _needed(clips: float) -> str:
    if math.isnan(clips):
        return ""
    return "no cut" if clips == math.inf else number(clips)


def frontier(result: Frontier) -> Table:
    """Best precision at recalls of 10 % to 100 %, and at the best F1; all tags together."""
    found = result.columns
    wanted = np.arange(1, 11) / 10
    places = np.searchsorted(found["recall"], wanted - ROUNDING)
    named = {int(place): f"{share:.0%}" for share, place in zip(wanted, places, strict=True)}
    best = int(found["f1"].argmax())
    named[best] = f"{named[best]}, best F1" if best in named else "best F1"
    shown = sorted(named)
    columns = {"from recall": [named[place] for place in shown]}
    for header, name in (("R %", "recall"), ("P %", "precision"), ("F1 %", "f1")):
        columns[header] = [percent(found[name][place]) for place in shown]
    columns["tags a clip"] = [f"{found['per_clip'][place]:.3g}" for place in shown]
    return _table(
        "points of the frontier: no thresholds have more of both, all tags together", columns
    )


def operating_point(point: OperatingPoint, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, worst recall first; 0 rows means all."""
    found = point.per_tag
    order = np.argsort(found["recall"], kind="stable").tolist()
    shown = order[: rows or None]
    title = f"highest {point.goal}"
    if len(shown) < len(order):
        title += f" ({len(shown)} of {len(order)} tags shown)"
    names = ("tag", "threshold", "precision", "recall", "support", "predicted")
    columns = {HEADERS[name]: [_cell(name, found[name][tag]) for tag in shown] for name in names}
    for name in ("predicted", "support"):
        if not _fits(columns, width):
            del columns[HEADERS[name]]
    totals = f"all tags: P {percent(point.precision)} %, R {percent(point.recall)} %"
    gap = f"no thresholds do better by more than {100 * point.gap:.2g} points"
    return _table(title, columns, f"{totals}, {point.per_clip:.3g} tags a clip; {gap}")


def outcomes(results: Sequence[Outcome]) -> Table:
    """Micro-F1 of several methods, on the clips fitted on and on the others, in percent."""
    columns = {
        "thresholds": [result.name for result in results],
        "clips fitted on": [percent(result.solution.score) for result in results],
        "unseen clips": [percent(result.unseen.score("f1_micro")) for result in results],
    }
    return _table("micro-F1 in %", columns)


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
    return _table("effect of the ontology, in %", columns, f"{number(added)} tags added")


def gains(before: Evaluation, after: Evaluation, rows: int = 5) -> Table:
    """Show the tags whose F1 rises most from one evaluation to another, in points."""
    old, new = before.per_tag["f1"], after.per_tag["f1"]
    shown = (new - old).argsort()[::-1][:rows]
    columns = {
        "tag": [after.tags[tag] for tag in shown],
        "threshold": [number(after.thresholds[tag]) for tag in shown],
        "before": [percent(old[tag]) for tag in shown],
        "after": [percent(new[tag]) for tag in shown],
        "gain": [f"{100 * (new[tag] - old[tag]):+.2f}" for tag in shown],
    }
    return _table("tags that gain most on unseen clips, F1 in %", columns)


def reliability(found: Mapping[str, Calibration]) -> Table:
    """How far probabilities can be believed: scores as they are, calibrated, and where trusted."""
    parts = found.values()
    columns = {
        "probabilities": list(found),
        "pairs": [number(each.curve.mass.sum()) for each in parts],
        "positives": [number(sum(each.per_tag["positives"])) for each in parts],
        "expected": [f"{sum(each.per_tag['expected']):.1f}" for each in parts],
        "Brier score": [_fine(each.brier) for each in parts],
        "calibration error": [_fine(each.ece) for each in parts],
    }
    return _table("probabilities of clips and tags", columns, "expected: sum of probabilities")


def _fine(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"


def comparison(result: Comparison, width: int = WIDTH) -> Table:
    """Methods side by side; shares in percent, their differences to the reference in points."""
    columns = _compared(result, " ")
    if not _fits(columns, width):
        columns = _compared(result, "\n")
    if not _fits(columns, width):
        del columns["seconds"]
    unit = " in %" if result.share else ""
    return _table(
        f"{result.metric}{unit}; in brackets, 95 % intervals over clips",
        columns,
        f"difference: to {result.reference}, on the same clips",
    )


def _compared(result: Comparison, separator: str) -> dict[str, list[str]]:
    """Columns of a comparison, with intervals and options after a separator, blank or new line."""
    shown = percent if result.share else number
    return {
        "method": [entry.name.replace("(", f"{separator.strip(' ')}(") for entry in result.entries],
        "fit": [shown(entry.solution.score) for entry in result.entries],
        "eval": [
            f"{shown(entry.score)}{separator}[{', '.join(map(shown, entry.interval))}]"
            for entry in result.entries
        ],
        "difference": [
            "" if entry.name == result.reference else _difference(entry, separator, result)
            for entry in result.entries
        ],
        "seconds": [f"{entry.seconds:.3f}" for entry in result.entries],
    }


def _difference(entry: Entry, separator: str, result: Comparison) -> str:
    estimate = entry.difference, *entry.difference_interval
    if result.share:
        return _signed_spread(estimate, separator)
    value, low, high = (f"{each:+.4g}" for each in estimate)
    return f"{value}{separator}[{low}, {high}]"


def thresholds_in_all(result: ThresholdComparison) -> Table:
    """Old and new thresholds over all tags, in percent, and the difference in points."""
    facts = {
        "old": _spread(result.old),
        "new": _spread(result.new),
        "difference": _signed_spread(result.difference),
        "draws in which new is better": percent(result.share_better),
        **{f"tags {verdict}": str(count) for verdict, count in result.verdicts.items()},
    }
    return _table(
        f"{result.n_clips} clips; in brackets, 95 % intervals over clips",
        {"thresholds": list(facts), f"{result.metric} in %": list(facts.values())},
    )


def thresholds_by_tag(result: ThresholdComparison, rows: int = 20, width: int = WIDTH) -> Table:
    """Show a row a tag, the better and worse ones first, then by difference; 0 rows means all."""
    found = result.per_tag
    shown = result.order[: rows or None]
    title = f"{result.metric.rpartition('_')[0]} of each tag, clear and great differences first"
    if len(shown) < len(found["tag"]):
        title += f" ({len(shown)} of {len(found['tag'])})"
    columns = _by_tag(found, shown, " ")
    if not _fits(columns, width):
        columns = _by_tag(found, shown, "\n")
    caption = "better, worse: of all tags called so, about one in twenty at most is so by luck"
    for name in ("p", "changed"):
        if not _fits(columns, width):
            del columns[name]
    if "changed" in columns:
        caption = f"changed: clips decided differently; {caption}"
    return _table(title, columns, caption)


def _by_tag(found: Mapping[str, Any], shown: Iterable[int], separator: str) -> dict[str, list[str]]:
    """Columns of a comparison by tag, with new values and intervals after a separator."""
    triples = list(zip(found["difference"], found["low"], found["high"], strict=True))
    old, new = found["threshold_old"], found["threshold_new"]
    return {
        "tag": [found["tag"][tag] for tag in shown],
        "threshold": [f"{number(old[tag])}{separator}-> {number(new[tag])}" for tag in shown],
        "old %": [percent(found["old"][tag]) for tag in shown],
        "new %": [percent(found["new"][tag]) for tag in shown],
        "difference": [_signed_spread(triples[tag], separator) for tag in shown],
        "changed": [number(found["changed"][tag]) for tag in shown],
        "p": [f"{found['p_value'][tag]:.4f}" for tag in shown],
        "verdict": [found["verdict"][tag] for tag in shown],
    }


def _spread(estimate: tuple[float, float, float]) -> str:
    value, low, high = map(percent, estimate)
    return f"{value} [{low}, {high}]"


def _signed_spread(estimate: tuple[float, float, float], separator: str = " ") -> str:
    value, low, high = (f"{100 * share:+.2f}" for share in estimate)
    return f"{value}{separator}[{low}, {high}]"


def metrics(columns: Mapping[str, Sequence[str]]) -> Table:
    """Show the columns of `metrics.names.table`, folded where they are too wide."""
    caption = "exact, coordinate ascent: averages whose maximum the method finds, or a local one"
    table = Table(title="metrics, and methods that maximise them", caption=caption)
    for header in columns:
        table.add_column(header.replace("_", " "), no_wrap=header == "metric")
    for row in zip(*columns.values(), strict=True):
        table.add_row(*map(escape, row))
    return table


def reproduction(lines: Sequence[Line], width: int = WIDTH) -> Table:
    """Show the paper's figures beside the measured ones; eval, and fit in brackets."""
    columns = _measured(lines, " ")
    if not _fits(columns, width):
        columns = _measured(lines, "\n")
    if not _fits(columns, width):
        del columns["seconds"]
    return _table(
        "SGL-Thresh, Table 2: micro-F1 in %, on clips judged on (fitted on)",
        columns,
        "+-: half the range over seeds; holds: measured is what it was before, within 0.1 point",
    )


def _measured(lines: Sequence[Line], separator: str) -> dict[str, list[str]]:
    """Columns of a reproduction; a data set's name has a row of its own above its methods."""
    headers = ("method", "paper", "measured", "holds", "seconds")
    rows: list[tuple[str, ...]] = []
    for i, line in enumerate(lines):
        if i == 0 or line.dataset != lines[i - 1].dataset:
            rows.append((line.dataset, "", "", "", ""))
        rows.append(_line(line, separator))
    return {header: [row[i] for row in rows] for i, header in enumerate(headers)}


def _line(line: Line, separator: str) -> tuple[str, ...]:
    spread = "" if line.spread is None else f"{separator}+- {_figures(line.spread, 1)}"
    return (
        f"  {line.method}",
        "" if line.paper is None else _figures(line.paper, 1),
        _figures(line.measured, 2) + spread,
        "" if line.expected is None else "yes" if line.holds else "NO",
        f"{line.seconds:.3f}",
    )


def _figures(figures: Figures, digits: int) -> str:
    return f"{figures.eval:.{digits}f} ({figures.fit:.{digits}f})"


def _table(title: str, columns: Mapping[str, Sequence[str]], caption: str | None = None) -> Table:
    """Draw columns by header: names on the left, then numbers."""
    table = Table(title=escape(title), caption=caption and escape(caption))
    for i, header in enumerate(columns):
        if i == 0:
            table.add_column(header, overflow="fold")
        else:
            table.add_column(header, justify="right", no_wrap=True)
    for row in zip(*columns.values(), strict=True):
        table.add_row(*map(escape, row))
    return table


def _fits(columns: Mapping[str, Sequence[str]], width: int) -> bool:
    """Tell whether a table leaves its names `NAME_WIDTH`, or what they need if that is less."""
    names, *numbers = (
        max(cell_len(line) for cell in (header, *cells) for line in cell.split("\n"))
        for header, cells in columns.items()
    )
    content = min(names, NAME_WIDTH) + sum(numbers)
    return content + 3 * len(columns) + 1 <= width  # a border and two blanks a column
