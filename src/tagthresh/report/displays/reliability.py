"""Share of positives against probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tagthresh.evaluation.probabilities import reliability
from tagthresh.report import plot
from tagthresh.report.displays.base import Display

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from tagthresh.calibration.calibrator import Calibrator
    from tagthresh.evaluation.probabilities import Calibration


@dataclass(eq=False, repr=False)
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
            When an argument breaks a rule of `tagthresh.validation`, or matplotlib is missing.

        Examples
        --------
        >>> import tagthresh as tt
        >>> fit, unseen = tt.datasets.load_demo()
        >>> curves = tt.find_thresholds(fit.labels, fit.scores, cv=None).calibrator
        >>> draw = tt.displays.ReliabilityDisplay.from_predictions
        >>> shown = draw(unseen.labels, unseen.scores, curves)
        >>> list(shown.found)
        ['raw', 'calibrated', 'trusted', 'not trusted']
        """
        found = reliability(y_true, y_score, calibrator, tags=tags, sample_weight=sample_weight)
        return cls(found).plot(ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on given axes, or on a figure of its own."""
        plot.reliability(self.found, self.begin(ax, 18))
        return self
