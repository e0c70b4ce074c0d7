"""Thresholds for multi-label classifiers: from scores to decisions.

>>> import tagthresh as tt
>>> y_true = [[1, 0], [1, 1], [0, 0], [0, 1]]
>>> y_score = [[0.9, 0.1], [0.3, 0.4], [0.2, 0.2], [0.1, 0.3]]
>>> tt.find_thresholds(y_true, y_score).thresholds.predict([[0.4, 0.1]])
array([[ True, False]])
"""

from tagthresh import process  # noqa: F401 - first: Ctrl-C while the others load ends the command

# isort: split
from tagthresh import io, methods, metrics
from tagthresh.calibration.adapt import Adaptation, adapt
from tagthresh.calibration.calibrator import Calibrator
from tagthresh.compare import Comparison, compare
from tagthresh.counts.counts import Counts
from tagthresh.counts.streaming.grid import GridCounts
from tagthresh.datasets import demo
from tagthresh.evaluation.compare_thresholds import ThresholdComparison, compare_thresholds
from tagthresh.evaluation.crossfit import CrossFit, crossfit
from tagthresh.evaluation.drift import Drift, drift
from tagthresh.evaluation.evaluate import Evaluation, evaluate
from tagthresh.evaluation.probabilities import Calibration, calibration, reliability
from tagthresh.evaluation.profile import Profile
from tagthresh.evaluation.review import plan_review, review_weights
from tagthresh.find import UnseenTagWarning, find_thresholds
from tagthresh.io.shards import Shards
from tagthresh.metrics import Cost, FBeta, FunctionMetric, Precision, Recall
from tagthresh.report.displays import (
    FrontierDisplay,
    GainDisplay,
    ReliabilityDisplay,
    ThresholdDisplay,
)
from tagthresh.report.page import Page, report
from tagthresh.solution import Solution
from tagthresh.thresholds.apply_files import Applied, apply_files
from tagthresh.thresholds.ontology import Ontology
from tagthresh.thresholds.thresholds import Thresholds, load
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.tradeoffs.guarantee import Guarantee, guarantee
from tagthresh.tradeoffs.operating_point import OperatingPoint, operating_point
from tagthresh.validation import InputError
from tagthresh.version import __version__

__all__ = [
    "Adaptation",
    "Applied",
    "Calibration",
    "Calibrator",
    "Comparison",
    "Cost",
    "Counts",
    "CrossFit",
    "Drift",
    "Evaluation",
    "FBeta",
    "Frontier",
    "FrontierDisplay",
    "FunctionMetric",
    "GainDisplay",
    "GridCounts",
    "Guarantee",
    "InputError",
    "Ontology",
    "OperatingPoint",
    "Page",
    "Precision",
    "Profile",
    "Recall",
    "ReliabilityDisplay",
    "Shards",
    "Solution",
    "ThresholdComparison",
    "ThresholdDisplay",
    "Thresholds",
    "UnseenTagWarning",
    "__version__",
    "adapt",
    "apply_files",
    "calibration",
    "compare",
    "compare_thresholds",
    "crossfit",
    "demo",
    "drift",
    "evaluate",
    "find_thresholds",
    "guarantee",
    "load",
    "methods",
    "metrics",
    "operating_point",
    "plan_review",
    "reliability",
    "report",
    "review_weights",
    "tables",
]
