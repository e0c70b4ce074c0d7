"""Precision against recall of all tags together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tagthresh import validation
from tagthresh.counts.counts import Counts
from tagthresh.evaluation.evaluate import evaluate
from tagthresh.report import plot
from tagthresh.report.displays.base import Display
from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


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
        thresholds: Thresholds | Mapping[str, Thresholds],
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
        thresholds : Thresholds, or mapping of str to Thresholds
            To be marked, several by name.
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
        sets = {"thresholds": thresholds} if isinstance(thresholds, Thresholds) else thresholds
        sets = validation.mapping("thresholds", sets, "{'old': old, 'new': new}, or Thresholds")
        if not sets:
            raise InputError("thresholds", "must hold at least one", "none")
        counts = Counts.of(y_true, y_score, tags=tags, sample_weight=sample_weight)
        marks = {}
        for name, each in sets.items():
            found = evaluate(counts, thresholds=each)
            marks[name] = found.score("recall_micro"), found.score("precision_micro")
        return cls(Frontier.from_arrays(counts), marks).plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        plot.draw_frontier(self.begin(ax), self.frontier, self.marks)
        return self
