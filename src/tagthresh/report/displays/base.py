"""What all displays have in common."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tagthresh.report import plot
from tagthresh.validation import InputError, described

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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
        axes: Axes = plot.empty(lines).subplots() if ax is None else ax
        axes.spines[["top", "right"]].set_visible(False)
        self.ax_ = axes
        return axes
