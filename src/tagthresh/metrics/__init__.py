"""What to maximise: pure functions of (tp, fp, fn, tn) and their averages over tags."""

from tagthresh.metrics.base import Metric
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.names import as_metric
from tagthresh.metrics.precision import Precision
from tagthresh.metrics.recall import Recall

__all__ = ["FBeta", "Metric", "Precision", "Recall", "as_metric"]
