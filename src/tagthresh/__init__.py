"""Thresholds for multi-label classifiers: from scores to decisions.

>>> import tagthresh as tt
>>> y_true = [[1, 0], [1, 1], [0, 0], [0, 1]]
>>> y_score = [[0.9, 0.1], [0.3, 0.4], [0.2, 0.2], [0.1, 0.3]]
>>> tt.find_thresholds(y_true, y_score).thresholds.predict([[0.4, 0.1]])
array([[ True, False]])
"""

from tagthresh import process  # noqa: F401 - first: Ctrl-C while the others load ends the command

# isort: split
from tagthresh import datasets, integrations, io, methods, metrics
from tagthresh.calibration.adapt import adapt
from tagthresh.calibration.calibrator import Calibrator
from tagthresh.compare import compare_methods
from tagthresh.counts.counts import Counts
from tagthresh.counts.streaming.grid import GridCounts
from tagthresh.evaluation import review
from tagthresh.evaluation.compare_thresholds import compare_thresholds
from tagthresh.evaluation.crossfit import FewPositivesWarning, crossfit
from tagthresh.evaluation.drift import drift
from tagthresh.evaluation.evaluate import Evaluation, evaluate
from tagthresh.evaluation.probabilities import evaluate_probabilities, reliability
from tagthresh.evaluation.profile import Profile
from tagthresh.find import UnseenTagWarning, find_thresholds
from tagthresh.io.shards import Shards
from tagthresh.report import displays
from tagthresh.report.page import report
from tagthresh.solution import Solution
from tagthresh.thresholds.apply_files import apply_files
from tagthresh.thresholds.ontology import Ontology
from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.tradeoffs.guarantee import guarantee
from tagthresh.tradeoffs.operating_point import operating_point
from tagthresh.validation import InputError
from tagthresh.version import __version__

__all__ = [
    "Calibrator",
    "Counts",
    "Evaluation",
    "FewPositivesWarning",
    "Frontier",
    "GridCounts",
    "InputError",
    "Ontology",
    "Profile",
    "Shards",
    "Solution",
    "Thresholds",
    "UnseenTagWarning",
    "__version__",
    "adapt",
    "apply_files",
    "compare_methods",
    "compare_thresholds",
    "crossfit",
    "datasets",
    "displays",
    "drift",
    "evaluate",
    "evaluate_probabilities",
    "find_thresholds",
    "guarantee",
    "integrations",
    "io",
    "methods",
    "metrics",
    "operating_point",
    "reliability",
    "report",
    "review",
]


def __dir__() -> list[str]:
    """List the public names alone."""
    return __all__
