"""Metrics by name, as scikit-learn's scorers: ``f1_micro``, ``f0.5_macro``, ``recall_weighted``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tagthresh.checks import InputError
from tagthresh.metrics.base import AVERAGES, Metric
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.precision import Precision
from tagthresh.metrics.recall import Recall

if TYPE_CHECKING:
    from collections.abc import Callable

_F = re.compile(r"f(\d+(?:\.\d+)?)")
_SIMPLE: dict[str, Callable[..., Metric]] = {"precision": Precision, "recall": Recall}


def as_metric(metric: str | Metric) -> Metric:
    """Return the metric that a name stands for; metrics pass through.

    Raises
    ------
    InputError
        When the name is unknown.

    Examples
    --------
    >>> as_metric("f2_macro")
    FBeta(average='macro', beta=2.0)
    """
    if isinstance(metric, Metric):
        return metric
    if isinstance(metric, str):
        stem, _, average = metric.rpartition("_")
        beta = _F.fullmatch(stem)
        if average in AVERAGES and beta:
            return FBeta(float(beta[1]), average=average)  # type: ignore[arg-type]
        if average in AVERAGES and stem in _SIMPLE:
            return _SIMPLE[stem](average=average)
    raise InputError(
        "metric must be f1, f0.5, f2 (any beta), precision or recall, then _micro, _macro or "
        f"_weighted, such as 'f1_micro'; got {metric!r}"
    )
