"""What to maximise: pure functions of (tp, fp, fn, tn), and averages of them."""

from tagthresh.metrics.agreement import (
    Accuracy,
    CohenKappa,
    ExactMatch,
    HammingLoss,
    MatthewsCorrcoef,
)
from tagthresh.metrics.base import Metric, ratio
from tagthresh.metrics.cost import Cost
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.function import FunctionMetric
from tagthresh.metrics.jaccard import Jaccard
from tagthresh.metrics.precision import Precision
from tagthresh.metrics.rates import BalancedAccuracy, GMean, Specificity, Youden
from tagthresh.metrics.recall import Recall
from tagthresh.metrics.registry import METRICS, as_metric

__all__ = [
    "METRICS",
    "Accuracy",
    "BalancedAccuracy",
    "CohenKappa",
    "Cost",
    "ExactMatch",
    "FBeta",
    "FunctionMetric",
    "GMean",
    "HammingLoss",
    "Jaccard",
    "MatthewsCorrcoef",
    "Metric",
    "Precision",
    "Recall",
    "Specificity",
    "Youden",
    "as_metric",
    "ratio",
]
