"""What all displays have in common."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tagthresh.counts.as_counts import as_counts
from tagthresh.evaluation.evaluate import evaluate
from tagthresh.report import plot
from tagthresh.thresholds.thresholds import as_thresholds
from tagthresh.validation import InputError, described

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.evaluation.evaluate import Evaluation
    from tagthresh.validation import Tags


@dataclass(eq=False, repr=False)
class Display:
    """Something drawn with matplotlib.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where it was last drawn.
    """

    ax_: Any = field(init=False, default=None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    @property
    def figure_(self) -> Figure:
        """Figure that holds `ax_`."""
        figure: Figure = self.ax_.figure
        return figure

    def _repr_png_(self) -> bytes:
        drawn = io.BytesIO()
        self.figure_.savefig(drawn, format="png", dpi=100)
        return drawn.getvalue()

    def begin(self, ax: Axes | None, lines: int = 12) -> Axes:
        """Axes to draw on: those given, or new ones of a figure with room for so many lines."""
        if ax is not None and not hasattr(ax, "spines"):
            raise InputError("ax", "must be axes of matplotlib, such as plt.gca()", described(ax))
        axes: Axes = plot.new_axes(lines) if ax is None else ax
        axes.spines[["top", "right"]].set_visible(False)
        self.ax_ = axes
        return axes


def judge(
    y_true: object,
    y_score: object,
    sets: Mapping[str, object],
    tags: Sequence[str] | None,
    sample_weight: ArrayLike | None,
) -> tuple[Counts, list[Evaluation]]:
    """Count clips once and evaluate sets of thresholds, named as in messages, on them."""

    def in_order(names: Tags | None, n_tags: int) -> list[NDArray[np.float64]]:
        forms = (as_thresholds(form, n_tags, names, name) for name, form in sets.items())
        return [thresholds.in_order(names, n_tags) for thresholds in forms]

    counts = as_counts(y_true, y_score, tags, sample_weight, at=in_order).counts
    forms = (as_thresholds(form, counts.n_tags, counts.tags, name) for name, form in sets.items())
    return counts, [evaluate(counts, thresholds=thresholds) for thresholds in forms]
