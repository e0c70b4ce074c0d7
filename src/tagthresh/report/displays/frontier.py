"""Precision against recall of all tags together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tagthresh.report import plot
from tagthresh.report.displays.base import Display, judge
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.validation import InputError, described

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from tagthresh.thresholds.thresholds import AnyThresholds


@dataclass(eq=False, repr=False)
class FrontierDisplay(Display):
    """Best precision at each recall, of all tags together, and where thresholds lie.

    Attributes
    ----------
    frontier : Frontier
        What is drawn.
    marks : dict of str to (float, float)
        Recall and precision of thresholds, by name.
    """

    frontier: Frontier
    marks: Mapping[str, tuple[float, float]]

    @classmethod
    def from_predictions(
        cls,
        y_true: object,
        y_score: object,
        thresholds: AnyThresholds | Mapping[str, AnyThresholds],
        *,
        tags: Sequence[str] | None = None,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Compute and draw.

        Parameters
        ----------
        y_true, y_score, tags, sample_weight
            As for `evaluate`.
        thresholds : Thresholds, any other form of thresholds, or mapping of str to these
            To be marked, several by name. A mapping of numbers is one set of thresholds, by tag.
        ax : matplotlib.axes.Axes, optional
            Where to draw.

        Returns
        -------
        FrontierDisplay

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.validation`, or matplotlib is missing.

        Examples
        --------
        >>> import tagthresh as tt
        >>> fit, _ = tt.datasets.load_demo()
        >>> sets = {"0.01": tt.Thresholds([0.01] * 10), "0.1": tt.Thresholds([0.1] * 10)}
        >>> shown = tt.displays.FrontierDisplay.from_predictions(fit.labels, fit.scores, sets)
        >>> [round(share, 2) for share in shown.marks["0.1"]]
        [0.34, 0.97]
        """
        sets = _sets(thresholds)
        arguments = {
            "thresholds" if len(sets) == 1 else f"thresholds {described(name)}": each
            for name, each in sets.items()
        }
        counts, found = judge(y_true, y_score, arguments, tags, sample_weight)
        marks = {
            name: (each.score("recall_micro"), each.score("precision_micro"))
            for name, each in zip(sets, found, strict=True)
        }
        return cls(Frontier.from_arrays(counts), marks).plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        plot.draw_frontier(self.begin(ax), self.frontier, self.marks)
        return self


def _sets(thresholds: object) -> Mapping[str, Any]:
    """Name the sets of thresholds; a mapping of numbers is one set, by tag."""
    if not isinstance(thresholds, Mapping):
        return {"thresholds": thresholds}
    if not thresholds:
        raise InputError("thresholds", "must hold at least one set of thresholds", "none")
    by_tag = all(each is None or np.isscalar(each) for each in thresholds.values())
    return {"thresholds": thresholds} if by_tag else thresholds
