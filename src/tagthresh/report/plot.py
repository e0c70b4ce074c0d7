"""Pictures with matplotlib, an optional package; drawn to a file, never to a screen."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from tagthresh.checks import InputError
from tagthresh.files import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from tagthresh.calibration import Calibration
    from tagthresh.compare import Comparison

SUFFIXES = (".png", ".svg", ".pdf")
MARKS = ("o", "s", "^")
COLOURS = ("#999999", "#4477aa", "#cc3311")  # told apart by the colour-blind


def comparison(result: Comparison) -> Figure:
    """Bars of the score on the clips judged on, with intervals, and marks of the one fitted on."""
    places = range(len(result.entries))
    names = [_wrapped(entry.name) for entry in result.entries]
    lines = sum(max(2, 1 + name.count("\n")) for name in names)
    figure = _figure(8, 1.4 + 0.28 * lines)
    axes = figure.subplots()
    scores = [100 * entry.score for entry in result.entries]
    errors = [
        [100 * (entry.score - entry.interval.low) for entry in result.entries],
        [100 * (entry.interval.high - entry.score) for entry in result.entries],
    ]
    axes.barh(places, scores, color="#4477aa", label="clips judged on, 95 % interval")
    axes.errorbar(scores, places, xerr=errors, fmt="none", ecolor="black", capsize=3)
    fitted = [100 * entry.solution.score for entry in result.entries]
    axes.plot(fitted, places, "D", mfc="white", mec="black", label="clips fitted on")
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlabel(f"{result.metric} in %")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def reliability(found: Mapping[str, Calibration]) -> Figure:
    """Share of positives against probability, with intervals; the diagonal is as promised.

    Of what `tagthresh.reliability` found, calibrated pairs are shown in their two parts.
    """
    figure = _figure(6, 6.4)
    axes = figure.subplots()
    shown = {name: each for name, each in found.items() if name != "calibrated"}
    axes.plot([0, 1], [0, 1], "--", color="black", linewidth=1)
    for (name, each), mark, colour in zip(shown.items(), MARKS, COLOURS, strict=False):
        curve = each.curve
        # Rounding may put a limit a hair on the wrong side of a share of 0 or 1.
        errors = [(curve.observed - curve.low).clip(0), (curve.high - curve.observed).clip(0)]
        label = f"{name}: Brier {each.brier:.4f}, calibration error {each.ece:.4f}"
        axes.errorbar(
            *(curve.probability, curve.observed, errors),
            fmt=mark,
            markersize=5,
            color=colour,
            capsize=3,
            label=label,
        )
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.set_xlabel("probability said")
    axes.set_ylabel("share of positives, with 95 % interval")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", frameon=False)
    return figure


def _figure(width: float, height: float) -> Figure:
    """Begin a picture, sizes in inches."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError('pictures need matplotlib: pip install "tagthresh[plot]"') from None
    return Figure(figsize=(width, height), layout="constrained")


def _wrapped(name: str) -> str:
    """Break a long name after brackets and commas."""
    spaced = name.replace("(", "( ", 1)
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
        raise InputError(f"{path}: the suffix must be one of {', '.join(SUFFIXES)}")
    with replacing(path) as temporary:
        figure.savefig(temporary, format=suffix[1:], dpi=150)
