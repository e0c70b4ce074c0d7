"""What each tag gains in F1 on other thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from tagthresh.counts.as_counts import as_counts
from tagthresh.evaluation.evaluate import evaluate
from tagthresh.formatting import visible
from tagthresh.metrics.fbeta import FBeta
from tagthresh.report import plot
from tagthresh.report.displays.base import Display
from tagthresh.thresholds.thresholds import as_thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from tagthresh.thresholds.thresholds import AnyThresholds
    from tagthresh.validation import Tags

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

        def at(names: Tags | None, n_tags: int) -> list[NDArray[np.float64]]:
            given = {"thresholds": thresholds, "baseline": baseline}.items()
            sets = (as_thresholds(each, n_tags, names, name) for name, each in given)
            return [each.in_order(names, n_tags) for each in sets]

        counts = as_counts(y_true, y_score, tags, sample_weight, at=at).counts
        after = evaluate(counts, thresholds=thresholds)
        old = as_thresholds(baseline, counts.n_tags, after.tags, "baseline")
        before = evaluate(counts, thresholds=old)
        gains = FBeta().of(*after.confusion) - FBeta().of(*before.confusion)
        order = np.argsort(-gains, kind="stable")
        return cls([after.tags[tag] for tag in order], gains[order]).plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        few = len(self.tags) <= NAMED
        axes = self.begin(ax, len(self.tags) if few else 12)
        places = np.arange(len(self.tags))
        better, worse = plot.MARKS["better"][0], plot.MARKS["worse"][0]
        colors = np.where(self.gains >= 0, better, worse)
        axes.barh(places, 100 * self.gains, color=colors, height=0.8 if few else 1.0)
        axes.axvline(0, color="black", linewidth=0.8)
        names = [visible(tag) for tag in self.tags]
        axes.set_yticks(places if few else [], names if few else [], **plot.AS_IT_IS)
        axes.set(xlabel="gain in F1, in points", ylabel="" if few else f"{len(places)} tags")
        axes.invert_yaxis()
        return self
