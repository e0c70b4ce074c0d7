"""Thresholds for multi-label classifiers: from scores to decisions.

>>> import tagthresh as tt
>>> y_true = [[1, 0], [1, 1], [0, 0], [0, 1]]
>>> y_score = [[0.9, 0.1], [0.3, 0.4], [0.2, 0.2], [0.1, 0.3]]
>>> tt.find_thresholds(y_true, y_score).thresholds.predict([[0.4, 0.1]])
array([[ True, False]])
"""

from tagthresh import demo, methods, metrics, tables
from tagthresh.checks import InputError
from tagthresh.compare import Comparison, compare
from tagthresh.counts import Counts
from tagthresh.crossfit import CrossFit, crossfit
from tagthresh.evaluate import Evaluation, evaluate
from tagthresh.find import UnseenTagWarning, find_thresholds
from tagthresh.guarantee import Guarantee, guarantee
from tagthresh.metrics import Cost, FBeta, FunctionMetric, Precision, Recall
from tagthresh.solution import Solution
from tagthresh.thresholds import Thresholds, load
from tagthresh.version import __version__

__all__ = [
    "Comparison",
    "Cost",
    "Counts",
    "CrossFit",
    "Evaluation",
    "FBeta",
    "FunctionMetric",
    "Guarantee",
    "InputError",
    "Precision",
    "Recall",
    "Solution",
    "Thresholds",
    "UnseenTagWarning",
    "__version__",
    "compare",
    "crossfit",
    "demo",
    "evaluate",
    "find_thresholds",
    "guarantee",
    "load",
    "methods",
    "metrics",
    "tables",
]
