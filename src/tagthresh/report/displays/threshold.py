"""Precision, recall and F1 of one tag against its threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from tagthresh import validation
from tagthresh.counts.as_counts import as_counts
from tagthresh.formatting import visible
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.precision import Precision
from tagthresh.metrics.recall import Recall
from tagthresh.report import plot
from tagthresh.report.displays.base import Display
from tagthresh.thresholds.thresholds import as_thresholds
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from tagthresh.thresholds.thresholds import AnyThresholds


LINES = {"precision": ("#0072b2", "-"), "recall": ("#d55e00", "--"), "F1": ("black", "-")}


@dataclass(eq=False, repr=False)
class ThresholdDisplay(Display):
    """Precision, recall and F1 of one tag against its threshold.

    Attributes
    ----------
    tag : str
        Name of the tag.
    threshold : float
        Its threshold, marked.
    values : ndarray of float64, shape (n_values,)
        Thresholds, ascending: every known score.
    curves : dict of str to ndarray of float64, each of shape (n_values,)
        "precision", "recall" and "F1", in [0, 1].
    """

    tag: str
    threshold: float
    values: NDArray[np.float64]
    curves: dict[str, NDArray[np.float64]]

    @classmethod
    def from_predictions(
        cls,
        y_true: object,
        y_score: object,
        thresholds: AnyThresholds,
        tag: str,
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
        tag : str
            Name of the tag; its position, as a string, where tags have no names.
        ax : matplotlib.axes.Axes, optional
            Where to draw.

        Returns
        -------
        ThresholdDisplay

        Raises
        ------
        InputError
            When an argument breaks a rule, no tag is called so, or matplotlib is missing.

        Examples
        --------
        >>> import tagthresh as tt
        >>> fit, _ = tt.datasets.load_demo()
        >>> thresholds = tt.Thresholds([0.01] * 10, fit.tags)
        >>> draw = tt.displays.ThresholdDisplay.from_predictions
        >>> shown = draw(fit.labels, fit.scores, thresholds, "Dog")
        >>> shown.ax_.get_title(), len(shown.values)
        ('Dog', 500)
        """
        validation.text("tag", tag)
        counts = as_counts(y_true, y_score, tags, sample_weight).counts
        thresholds = as_thresholds(thresholds, counts.n_tags, counts.tags)
        values = thresholds.in_order(counts.tags, counts.n_tags)
        names = counts.tags or thresholds.names
        if tag not in names:
            hint = validation.nearest(tag, names)
            raise InputError("tag", "must be the name of a tag", f"{tag!r}{hint}")
        at = names.index(tag)
        cuts = np.unique(counts.known.score[at]).astype(np.float64)
        found = counts.confusion(np.tile(cuts, (counts.n_tags, 1)))
        own = [count[at] for count in found]
        metrics = (Precision(), Recall(), FBeta())
        curves = {name: each.of(*own) for name, each in zip(LINES, metrics, strict=True)}
        return cls(tag, float(values[at]), cuts, curves).plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        axes = self.begin(ax)
        for name, (color, style) in LINES.items():
            axes.plot(self.values, 100 * self.curves[name], style, color=color, label=name)
        if np.isfinite(self.threshold):
            axes.axvline(self.threshold, color="black", linewidth=1, label="threshold")
        if len(self.values) and self.values[0] > 0 and self.values[-1] < 1:
            axes.set_xscale("logit")
        axes.set_title(visible(self.tag), **plot.AS_IT_IS)
        axes.set(xlabel="threshold", ylabel="%", ylim=(0, 102))
        axes.legend(frameon=False)
        return self
