"""What each tag gains in F1 on other thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from tagthresh.metrics.fbeta import FBeta
from tagthresh.report import plot
from tagthresh.report.displays.base import Display, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from tagthresh.thresholds.thresholds import AnyThresholds

NAMED = 40  # tags whose names have room beside bars


@dataclass(eq=False, repr=False)
class GainDisplay(Display):
    """F1 of each tag with thresholds less that with others, greatest first.

    Attributes
    ----------
    tags : list of str
        Names, in order.
    gains : ndarray of float64, shape (n_tags,)
        In [-1, 1], falling.
    """

    tags: list[str]
    gains: NDArray[np.float64]

    @classmethod
    def from_predictions(
        cls,
        y_true: object,
        y_score: object,
        thresholds: AnyThresholds,
        baseline: AnyThresholds = 0.5,
        *,
        tags: Sequence[str] | None = None,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Compute and draw.

        Parameters
        ----------
        y_true, y_score, thresholds, tags, sample_weight
            As for `evaluate`.
        baseline : Thresholds, or any other form of thresholds, default 0.5
            What to compare with; a number is the threshold of all tags.
        ax : matplotlib.axes.Axes, optional
            Where to draw.

        Returns
        -------
        GainDisplay

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.validation`, or matplotlib is missing.

        Examples
        --------
        >>> import tagthresh as tt
        >>> fit, _ = tt.datasets.load_demo()
        >>> thresholds = tt.Thresholds([0.01] * 10, fit.tags)
        >>> shown = tt.displays.GainDisplay.from_predictions(fit.labels, fit.scores, thresholds)
        >>> shown.tags[0], round(float(shown.gains[0]), 3)
        ('Baby cry, infant cry', 0.933)
        """
        sets = {"thresholds": thresholds, "baseline": baseline}
        _, (after, before) = judge(y_true, y_score, sets, tags, sample_weight)
        gains = FBeta().of(*after.confusion) - FBeta().of(*before.confusion)
        order = np.argsort(-gains, kind="stable")
        return cls([after.tags[tag] for tag in order], gains[order]).plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        few = len(self.tags) <= NAMED
        axes = self.begin(ax, len(self.tags) if few else 12)
        better, worse = plot.MARKS["better"][0], plot.MARKS["worse"][0]
        colors = np.where(self.gains >= 0, better, worse)
        height = 0.8 if few else 1.0
        axes.barh(range(len(self.tags)), 100 * self.gains, color=colors, height=height)
        axes.axvline(0, color="black", linewidth=0.8)
        plot.name_rows(axes, self.tags)
        if not few:
            axes.set_yticks([])
            axes.set_ylabel(f"{len(self.tags)} tags")
        axes.set(title="Gain in F1 over the baseline, per tag", xlabel="gain in F1, in points")
        return self
