"""Pictures with matplotlib, an optional package; drawn to a file, never to a screen."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from tagthresh.checks import InputError
from tagthresh.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tagthresh.compare import Comparison

SUFFIXES = (".png", ".svg", ".pdf")


def comparison(result: Comparison) -> Figure:
    """Bars of the score on the clips judged on, with intervals, and marks of the one fitted on."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError('pictures need matplotlib: pip install "tagthresh[plot]"') from None
    places = range(len(result.entries))
    names = [_wrapped(entry.name) for entry in result.entries]
    lines = sum(max(2, 1 + name.count("\n")) for name in names)
    figure = Figure(figsize=(8, 1.4 + 0.28 * lines), layout="constrained")
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
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlabel(f"{result.metric}{unit}")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


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
