"""Displays in the manner of scikit-learn: ``from_predictions`` computes and draws.

They need matplotlib, an optional package. Each has ``ax_`` and ``figure_`` once it is drawn;
``plot(ax)`` draws it again, on axes of one's own. Without `ax` they draw on a figure of their own,
which pyplot does not know and never shows by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tagthresh import checks
from tagthresh.calibration import reliability
from tagthresh.checks import InputError
from tagthresh.counts import Counts
from tagthresh.evaluate import evaluate
from tagthresh.frontier import Frontier
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.precision import Precision
from tagthresh.metrics.recall import Recall
from tagthresh.report import plot
from tagthresh.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

    from tagthresh.calibration import Calibration
    from tagthresh.calibrator import Calibrator

LINES = {"precision": ("#0072b2", "-"), "recall": ("#d55e00", "--"), "F1": ("black", "-")}
NAMED = 40  # tags whose names have room beside bars


@dataclass(eq=False)
class Display:
    """What displays have in common.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where it was last drawn.
    """

    ax_: Any = field(init=False, default=None, repr=False)

    @property
    def figure_(self) -> Figure:
        """Figure that holds `ax_`."""
        figure: Figure = self.ax_.figure
        return figure

    def _begin(self, ax: Axes | None, lines: int = 12) -> Axes:
        """Axes to draw on: those given, or new ones of a figure with room for so many lines."""
        axes: Axes = plot.empty(lines).subplots() if ax is None else ax
        axes.spines[["top", "right"]].set_visible(False)
        self.ax_ = axes
        return axes


@dataclass(eq=False)
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
        thresholds: Thresholds,
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
        >>> fit, _ = tt.demo.load_halves()
        >>> thresholds = tt.Thresholds([0.01] * 10, fit.tags)
        >>> shown = tt.ThresholdDisplay.from_predictions(fit.labels, fit.scores, thresholds, "Dog")
        >>> shown.ax_.get_title(), len(shown.values)
        ('Dog', 500)
        """
        counts = Counts.of(y_true, y_score, tags, sample_weight)
        values = thresholds.in_order(counts.tags, counts.n_tags)
        names = counts.tags or thresholds.names
        if tag not in names:
            hint = checks.nearest(tag, names)
            raise InputError(f"tag must be the name of a tag; got {tag!r}{hint}")
        at = names.index(tag)
        cuts = np.unique(counts.known.score[at]).astype(np.float64)
        found = counts.confusion(np.tile(cuts, (counts.n_tags, 1)))
        own = [count[at] for count in found]
        metrics = (Precision(), Recall(), FBeta())
        curves = {name: each.of(*own) for name, each in zip(LINES, metrics, strict=True)}
        display = cls(tag, float(values[at]), cuts, curves)
        display.plot(ax)
        return display

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        axes = self._begin(ax)
        for name, (color, style) in LINES.items():
            axes.plot(self.values, 100 * self.curves[name], style, color=color, label=name)
        if np.isfinite(self.threshold):
            axes.axvline(self.threshold, color="black", linewidth=1, label="threshold")
        if len(self.values) and self.values[0] > 0 and self.values[-1] < 1:
            axes.set_xscale("logit")
        axes.set(title=self.tag, xlabel="threshold", ylabel="%", ylim=(0, 102))
        axes.legend(frameon=False)
        return self


@dataclass(eq=False)
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
        thresholds: Thresholds,
        baseline: Thresholds | float = 0.5,
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
        baseline : Thresholds or float, default 0.5
            What to compare with; a number is the threshold of all tags.
        ax : matplotlib.axes.Axes, optional
            Where to draw.

        Returns
        -------
        GainDisplay

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.checks`, or matplotlib is missing.

        Examples
        --------
        >>> import tagthresh as tt
        >>> fit, _ = tt.demo.load_halves()
        >>> thresholds = tt.Thresholds([0.01] * 10, fit.tags)
        >>> shown = tt.GainDisplay.from_predictions(fit.labels, fit.scores, thresholds)
        >>> shown.tags[0], round(float(shown.gains[0]), 3)
        ('Baby cry, infant cry', 0.933)
        """
        if not isinstance(baseline, Thresholds):
            value = checks.finite_number("baseline", baseline)
            baseline = Thresholds([value] * len(thresholds), thresholds.tags)
        counts = Counts.of(y_true, y_score, tags, sample_weight)
        there, here = (evaluate(counts, thresholds=each) for each in (baseline, thresholds))
        gains = here.per_tag["f1"] - there.per_tag["f1"]
        order = np.argsort(-gains, kind="stable")
        display = cls([here.tags[tag] for tag in order], gains[order])
        display.plot(ax)
        return display

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        few = len(self.tags) <= NAMED
        axes = self._begin(ax, len(self.tags) if few else 12)
        places = np.arange(len(self.tags))
        better, worse = plot.MARKS["better"][0], plot.MARKS["worse"][0]
        colors = np.where(self.gains >= 0, better, worse)
        axes.barh(places, 100 * self.gains, color=colors, height=0.8 if few else 1.0)
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_yticks(places if few else [], self.tags if few else [])
        axes.set(xlabel="gain in F1, in points", ylabel="" if few else f"{len(places)} tags")
        axes.invert_yaxis()
        return self


@dataclass(eq=False)
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
            When an argument breaks a rule of `tagthresh.checks`, or matplotlib is missing.

        Examples
        --------
        >>> import tagthresh as tt
        >>> fit, _ = tt.demo.load_halves()
        >>> sets = {"0.01": tt.Thresholds([0.01] * 10), "0.1": tt.Thresholds([0.1] * 10)}
        >>> shown = tt.FrontierDisplay.from_predictions(fit.labels, fit.scores, sets)
        >>> [round(share, 2) for share in shown.marks["0.1"]]
        [0.34, 0.97]
        """
        sets = {"thresholds": thresholds} if isinstance(thresholds, Thresholds) else thresholds
        counts = Counts.of(y_true, y_score, tags, sample_weight)
        marks = {}
        for name, each in sets.items():
            found = evaluate(counts, thresholds=each)
            marks[name] = found.score("recall_micro"), found.score("precision_micro")
        display = cls(Frontier.from_arrays(counts), marks)
        display.plot(ax)
        return display

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        plot.draw_frontier(self._begin(ax), self.frontier, self.marks)
        return self


@dataclass(eq=False)
class ReliabilityDisplay(Display):
    """Share of positives against probability, before and after a calibrator.

    Attributes
    ----------
    found : dict of str to Calibration
        What `tagthresh.reliability` found.
    """

    found: Mapping[str, Calibration]

    @classmethod
    def from_predictions(
        cls,
        y_true: object,
        y_score: object,
        calibrator: Calibrator,
        *,
        tags: Sequence[str] | None = None,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Compute and draw.

        Parameters
        ----------
        y_true, y_score, calibrator, tags, sample_weight
            As for `tagthresh.reliability`.
        ax : matplotlib.axes.Axes, optional
            Where to draw.

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.checks`, or matplotlib is missing.

        Examples
        --------
        >>> import tagthresh as tt
        >>> fit, unseen = tt.demo.load_halves()
        >>> curves = tt.find_thresholds(fit.labels, fit.scores, cv=None).calibrator
        >>> shown = tt.ReliabilityDisplay.from_predictions(unseen.labels, unseen.scores, curves)
        >>> list(shown.found)
        ['raw', 'calibrated', 'trusted', 'not trusted']
        """
        found = reliability(y_true, y_score, calibrator, tags=tags, sample_weight=sample_weight)
        display = cls(found)
        display.plot(ax)
        return display

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        plot.draw_reliability(self._begin(ax, 18), self.found)
        return self
