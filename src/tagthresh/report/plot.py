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
    from collections.abc import Mapping, Sequence

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
    "raw": ("scores as they are", "#888888", "o"),
    "trusted": ("calibrated, in the trusted range", "#228833", "s"),
    "not trusted": ("calibrated, outside it", "#ee6677", "^"),
}
RIGHT = "probabilities are right (above the line: more clips are positive than they say)"


def comparison(result: Comparison) -> Figure:
    """Bars of the score on the clips judged on, with intervals, and marks of the one fitted on."""
    names = [entry.name for entry in result.entries]
    axes = new_axes(sum(max(2, 1 + _wrapped(name).count("\n")) for name in names))
    places = range(len(names))
    unit, scale = (" in %", 100) if result.share else ("", 1)
    table = {key: np.multiply(scale, result.table[key]) for key in ("fit", "eval")}
    low, high = (np.multiply(scale, result.table[f"eval_{end}"]) for end in ("low", "high"))
    score = table["eval"]
    axes.barh(places, score, color="#4477aa", label="clips judged on, 95 % interval")
    errors = [score - low, high - score]
    axes.errorbar(score, places, xerr=errors, fmt="none", ecolor="black", capsize=3)
    axes.plot(table["fit"], places, "D", mfc="white", mec="black", label="training clips")
    name_rows(axes, names)
    metric = visible(result.metric)
    axes.set_title(f"Methods compared by {metric}", **AS_IT_IS)
    axes.set_xlabel(f"{metric}{unit}", **AS_IT_IS)
    return _with_legend(axes, ncols=2)


def reliability(found: Mapping[str, Calibration], axes: Axes | None = None) -> Figure:
    """Share of positives against probability, with intervals.

    Of what `tagthresh.reliability` found, calibrated pairs are shown in their two parts.
    """
    axes = axes or new_axes(18)
    axes.plot([0, 1], [0, 1], "--", color="black", linewidth=1, label=RIGHT)
    for name, (scale, color, mark) in PROBABILITIES.items():
        if name not in found:
            continue
        judged, curve = found[name], found[name].curve
        # Rounding may put a limit a hair on the wrong side of a share of 0 or 1.
        errors = [(curve.observed - curve.low).clip(0), (curve.high - curve.observed).clip(0)]
        axes.errorbar(
            *(curve.probability, curve.observed, errors),
            fmt=mark,
            markersize=5,
            color=color,
            capsize=3,
            label=f"{scale}: Brier {judged.brier:.4f}, calibration error {judged.ece:.4f}",
        )
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.set(xlabel="probability", ylabel="share of positives, 95 % interval")
    axes.set_title("Reliability: are probabilities as often right as they say?")
    return _with_legend(axes)


def thresholds_by_tag(result: ThresholdComparison, rows: int = 20) -> Figure:
    """Difference of each tag with its interval, the clear and great ones; 0 rows means all."""
    shown = sorted(result.order[: rows or None], key=lambda tag: -result.table["difference"][tag])
    found = {name: [column[tag] for tag in shown] for name, column in result.table.items()}
    axes = new_axes(sum(1 + _wrapped(name).count("\n") for name in found["tag"]))
    for place, verdict in enumerate(found["verdict"]):
        value, low, high = (100 * found[name][place] for name in ("difference", "low", "high"))
        color, mark = MARKS.get(verdict, MARKS["unclear"])
        axes.plot([low, high], [place, place], color=color)
        axes.plot(value, place, mark, color=color)
    axes.axvline(0, color="black", linewidth=0.8)
    name_rows(axes, found["tag"])
    stem = visible(result.metric.rpartition("_")[0])
    axes.set_title(f"What the new thresholds change in {stem}, per tag", **AS_IT_IS)
    axes.set_xlabel(f"{stem}: new less old, in points, 95 % interval", **AS_IT_IS)
    for verdict, (color, mark) in MARKS.items():
        axes.plot([], [], mark, color=color, label=verdict)
    return _with_legend(axes, ncols=3)


def frontier(result: Frontier, point: OperatingPoint | None = None) -> Figure:
    """Best precision at each recall, with the best F1 and an operating point."""
    best = result.fbeta().argmax()
    marks = {f"best F1, {result.fbeta()[best]:.1%}": (result.recall[best], result.precision[best])}
    if point is not None:
        marks[f"highest {point.goal}"] = point.recall, point.precision
    return draw_frontier(new_axes(), result, marks)


def draw_frontier(axes: Axes, result: Frontier, marks: Mapping[str, tuple[float, float]]) -> Figure:
    """Draw precision against recall, lines of equal F1, and pairs of recall and precision."""
    shares = np.linspace(0.01, 1, 200)
    for f1 in (0.2, 0.4, 0.6, 0.8):
        shown = shares[shares > f1 / (2 - f1)]
        precision = f1 * shown / (2 * shown - f1)
        axes.plot(100 * shown, 100 * precision, color="#cccccc", linewidth=0.8, zorder=0)
        axes.annotate(f"F1 {f1:.0%}", (101, 100 * precision[-1]), color="#888888", fontsize=7)
    axes.plot(100 * result.recall[1:], 100 * result.precision[1:], color="#4477aa")
    for (name, place), mark in zip(marks.items(), cycle("Dos^v"), strict=False):
        # A legend leaves out what begins with an underscore.
        label = visible(f" {name}" if name.startswith("_") else name)
        axes.plot(100 * place[0], 100 * place[1], mark, mec="black", label=label)
    axes.set(xlim=(0, 108), ylim=(0, 102))
    axes.set(xlabel="recall in %", ylabel="best precision in %")
    axes.set_title("Precision and recall of all tags together")
    return _with_legend(axes, ncols=2)


def new_axes(lines: int = 12) -> Axes:
    """Axes of a new figure that holds so many lines of names."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError(
            "pictures", "need matplotlib", remedy='Run pip install "tagthresh[plot]"'
        ) from None
    axes = Figure(figsize=(8, 1.8 + 0.28 * lines), layout="constrained").subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Name rows from the top down, the first and last with room to the frame."""
    axes.set_yticks(range(len(names)), [_wrapped(name) for name in names], **AS_IT_IS)
    axes.set_ylim(len(names) - 0.3, -0.7)


def _with_legend(axes: Any, ncols: int = 1) -> Figure:
    """Put a legend below; names in it are no formulas."""
    legend = axes.figure.legend(loc="outside lower center", ncols=ncols, frameon=False)
    for text in legend.get_texts():
        text.set(**AS_IT_IS)
    figure: Figure = axes.figure
    return figure


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
