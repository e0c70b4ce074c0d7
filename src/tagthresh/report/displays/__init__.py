"""Displays in the manner of scikit-learn: ``from_predictions`` computes and draws.

They need matplotlib, an optional package. Each has ``ax_`` and ``figure_`` once it is drawn;
``plot(ax)`` draws it again, on axes of one's own. Without `ax` they draw on a figure of their own,
which pyplot does not know and never shows by itself.
"""

from tagthresh.report.displays.frontier import FrontierDisplay
from tagthresh.report.displays.gain import GainDisplay
from tagthresh.report.displays.reliability import ReliabilityDisplay
from tagthresh.report.displays.threshold import ThresholdDisplay

__all__ = ["FrontierDisplay", "GainDisplay", "ReliabilityDisplay", "ThresholdDisplay"]
