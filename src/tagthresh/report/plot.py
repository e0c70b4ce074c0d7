"""Pictures with matplotlib, an optional package; drawn to a file, never to a screen."""

from __future__ import annotations

import textwrap
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.formatting import visible
from tagthresh.io.atomic import replacing
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tagthresh.compare import Comparison
    from tagthresh.evaluation.compare_thresholds import ThresholdComparison
    from tagthresh.evaluation.probabilities import Calibration
    from tagthresh.tradeoffs.frontier import Frontier
    from tagthresh.tradeoffs.operating_point import OperatingPoint

AS_IT_IS: Any = {"parse_math": False, "usetex": False}  # a name with $ in it is no formula
SUFFIXES = (".png", ".svg", ".pdf")
MARKS = {"better": ("#228833", "^"), "worse": ("#ee6677", "v"), "unclear": ("#888888", "o")}
PROBABILITIES = {
    "raw": ("#888888", "o"),
    "trusted": ("#228833", "s"),
    "not trusted": ("#ee6677", "^"),
}


def comparison(result: Comparison) -> Figure:
    """Bars of the score on the clips judged on, with intervals, and marks of the one fitted on."""
    places = range(len(result.entries))
    names = [_wrapped(entry.name) for entry in result.entries]
    lines = sum(max(2, 1 + name.count("\n")) for name in names)
    figure = empty(lines)
    axes = figure.subplots()
    unit, scale = (" in %", 100) if result.share else ("", 1)
    scores = [scale * entry.score for entry in result.entries]
    errors = [
        [scale * (entry.score - entry.interval.low) for entry in result.entries],
        [scale * (entry.interval.high - entry.score) for entry in result.entries],
    ]
    axes.barh(places, scores, color="#4477aa", label="clips judged on, 95 % interval")
    axes.errorbar(scores, places, xerr=errors, fmt="none", ecolor="black", capsize=3)
    fitted = [scale * entry.solution.score for entry in result.entries]
    axes.plot(fitted, places, "D", mfc="white", mec="black", label="clips fitted on")
    axes.set_yticks(places, names, **AS_IT_IS)
    axes.invert_yaxis()
    axes.set_xlabel(f"{visible(result.metric)}{unit}", **AS_IT_IS)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def reliability(found: Mapping[str, Calibration]) -> Figure:
    """Share of positives against probability, with intervals; the diagonal is as promised.

    Of what `tagthresh.reliability` found, calibrated pairs are shown in their two parts.
    """
    figure = empty(18)
    draw_reliability(figure.subplots(), found)
    return figure


def draw_reliability(axes: Axes, found: Mapping[str, Calibration]) -> None:
    """Draw what `reliability` shows."""
    axes.plot([0, 1], [0, 1], "--", color="black", linewidth=1)
    for name, (color, mark) in PROBABILITIES.items():
        if name not in found:
            continue
        each, curve = found[name], found[name].curve
        # Rounding may put a limit a hair on the wrong side of a share of 0 or 1.
        errors = [(curve.observed - curve.low).clip(0), (curve.high - curve.observed).clip(0)]
        scale = name if name == "raw" else f"calibrated, {name}"
        label = f"{scale}: Brier {each.brier:.4f}, calibration error {each.ece:.4f}"
        axes.errorbar(
            *(curve.probability, curve.observed, errors),
            fmt=mark,
            markersize=5,
            color=color,
            capsize=3,
            label=label,
        )
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.set_xlabel("probability said")
    axes.set_ylabel("share of positives, with 95 % interval")
    axes.spines[["top", "right"]].set_visible(False)
    axes.figure.legend(loc="outside lower center", frameon=False)


def thresholds_by_tag(result: ThresholdComparison, rows: int = 20) -> Figure:
    """Difference of each tag with its interval, the clear and great ones; 0 rows means all."""
    shown = sorted(result.order[: rows or None], key=lambda tag: -result.table["difference"][tag])
    found = {name: [column[tag] for tag in shown] for name, column in result.table.items()}
    names = [_wrapped(name) for name in found["tag"]]
    figure = empty(sum(1 + name.count("\n") for name in names))
    axes = figure.subplots()
    for place, verdict in enumerate(found["verdict"]):
        value, low, high = (100 * found[name][place] for name in ("difference", "low", "high"))
        color, mark = MARKS.get(verdict, MARKS["unclear"])
        axes.plot([low, high], [place, place], color=color)
        axes.plot(value, place, mark, color=color)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(names)), names, **AS_IT_IS)
    axes.invert_yaxis()
    stem = visible(result.metric.rpartition("_")[0])
    axes.set_xlabel(f"{stem}: new less old, in points, 95 % interval", **AS_IT_IS)
    axes.spines[["top", "right"]].set_visible(False)
    for verdict, (color, mark) in MARKS.items():
        axes.plot([], [], mark, color=color, label=verdict)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def frontier(result: Frontier, point: OperatingPoint | None = None) -> Figure:
    """Best precision at each recall, of all tags together, with lines of equal F1."""
    best = result.fbeta().argmax()
    marks = {f"best F1, {result.fbeta()[best]:.1%}": (result.recall[best], result.precision[best])}
    if point is not None:
        marks[f"highest {point.goal}"] = point.recall, point.precision
    figure = empty(12)
    draw_frontier(figure.subplots(), result, marks)
    return figure


def draw_frontier(axes: Axes, result: Frontier, marks: Mapping[str, tuple[float, float]]) -> None:
    """Draw what `frontier` shows, with pairs of recall and precision marked by name."""
    shares = np.linspace(0.01, 1, 200)
    for f1 in (0.2, 0.4, 0.6, 0.8):
        shown = shares[shares > f1 / (2 - f1)]
        precision = f1 * shown / (2 * shown - f1)
        axes.plot(100 * shown, 100 * precision, color="#cccccc", linewidth=0.8, zorder=0)
        axes.annotate(f"F1 {f1:.0%}", (101, 100 * precision[-1]), color="#888888", fontsize=7)
    axes.plot(100 * result.recall[1:], 100 * result.precision[1:], color="#4477aa")
    for (label, place), mark in zip(marks.items(), cycle("Dos^v"), strict=False):
        axes.plot(100 * place[0], 100 * place[1], mark, mec="black", label=_label(label))
    axes.set(xlim=(0, 108), ylim=(0, 102))
    axes.set_xlabel("recall in %, all tags together")
    axes.set_ylabel("best precision in %")
    axes.spines[["top", "right"]].set_visible(False)
    legend = axes.figure.legend(loc="outside lower center", ncols=2, frameon=False)
    for text in legend.get_texts():
        text.set(**AS_IT_IS)


def _label(name: str) -> str:
    """Name in a legend, which leaves out what begins with an underscore."""
    return visible(f" {name}" if name.startswith("_") else name)


def empty(lines: int) -> Figure:
    """Empty figure that holds so many lines of names."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError(
            "pictures", "need matplotlib", remedy='Run pip install "tagthresh[plot]"'
        ) from None
    return Figure(figsize=(8, 1.4 + 0.28 * lines), layout="constrained")


def _wrapped(name: str) -> str:
    """Break a long name after brackets and commas."""
    spaced = visible(name).replace("(", "( ", 1)
    lines = textwrap.wrap(spaced, 30, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).replace("( ", "(")


def save(figure: Figure, path: str) -> None:
    """Write a picture, whole or not at all, in the format of its suffix.

    Raises
    ------
    InputError
        When the suffix is none of `SUFFIXES` or the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            "the suffix", f"must be one of {', '.join(SUFFIXES)}", place=Place(file=path)
        )
    with replacing(path) as temporary:
        figure.savefig(temporary, format=suffix[1:], dpi=150)
