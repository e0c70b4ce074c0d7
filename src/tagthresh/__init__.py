"""Thresholds for multi-label classifiers: from scores to decisions.

>>> import tagthresh as tt
>>> y_true = [[1, 0], [1, 1], [0, 0], [0, 1]]
>>> y_score = [[0.9, 0.1], [0.3, 0.4], [0.2, 0.2], [0.1, 0.3]]
>>> tt.find_thresholds(y_true, y_score).thresholds.predict([[0.4, 0.1]])
array([[ True, False]])
"""

from tagthresh import demo, methods, metrics, tables
from tagthresh.adapt import Adaptation, adapt
from tagthresh.apply_files import Applied, apply_files
from tagthresh.calibration import Calibration, calibration, reliability
from tagthresh.calibrator import Calibrator
from tagthresh.checks import InputError
from tagthresh.compare import Comparison, compare
from tagthresh.compare_thresholds import ThresholdComparison, compare_thresholds
from tagthresh.counts import Counts
from tagthresh.crossfit import CrossFit, crossfit
from tagthresh.drift import Drift, drift
from tagthresh.evaluate import Evaluation, evaluate
from tagthresh.find import UnseenTagWarning, find_thresholds
from tagthresh.frontier import Frontier
from tagthresh.grid import GridCounts
from tagthresh.guarantee import Guarantee, guarantee
from tagthresh.metrics import Cost, FBeta, FunctionMetric, Precision, Recall
from tagthresh.ontology import Ontology
from tagthresh.operating import OperatingPoint, operating_point
from tagthresh.profiles import Profile
from tagthresh.report.displays import (
    FrontierDisplay,
    GainDisplay,
    ReliabilityDisplay,
    ThresholdDisplay,
)
from tagthresh.report.page import Page, report
from tagthresh.review import plan_review, review_weights
from tagthresh.shards import Shards
from tagthresh.solution import Solution
from tagthresh.thresholds import Thresholds, load
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
