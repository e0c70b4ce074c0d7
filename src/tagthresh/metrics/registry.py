"""Metrics by name, as scikit-learn's scorers: ``f1_micro``, ``f0.5_macro``, ``jaccard_samples``.

After the name come numbers that a metric can be given: ``cost:miss=20:false_alarm=2``.
"""

from __future__ import annotations

import dataclasses
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from tagthresh.metrics.agreement import (
    Accuracy,
    CohenKappa,
    ExactMatch,
    HammingLoss,
    MatthewsCorrcoef,
)
from tagthresh.metrics.base import AVERAGES, Metric
from tagthresh.metrics.cost import Cost
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.function import FunctionMetric
from tagthresh.metrics.jaccard import Jaccard
from tagthresh.metrics.precision import Precision
from tagthresh.metrics.rates import BalancedAccuracy, GMean, Specificity, Youden
from tagthresh.metrics.recall import Recall
from tagthresh.validation import InputError, described, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tagthresh.metrics.base import AnyMetric

METRICS: dict[str, type[Metric]] = {
    "f1": FBeta,
    "precision": Precision,
    "recall": Recall,
    "jaccard": Jaccard,
    "accuracy": Accuracy,
    "balanced_accuracy": BalancedAccuracy,
    "specificity": Specificity,
    "matthews_corrcoef": MatthewsCorrcoef,
    "cohen_kappa": CohenKappa,
    "gmean": GMean,
    "youden": Youden,
    "hamming_loss": HammingLoss,
    "cost": Cost,
    "exact_match": ExactMatch,
}
ALIASES = {"mcc": "matthews_corrcoef"}
_F = re.compile(r"f(\d+(?:\.\d+)?)")


def as_metric(metric: AnyMetric, **options: Any) -> Metric:
    """Return the metric that a name and options, or a function, stand for; metrics pass through.

    Raises
    ------
    InputError
        When the name or an option is unknown, or an option breaks its rule.

    Examples
    --------
    >>> as_metric("f2_macro")
    FBeta(average='macro', beta=2.0)
    >>> as_metric("mcc_micro").name
    'matthews_corrcoef_micro'
    >>> as_metric("cost:miss=20") == as_metric("cost", miss=20)
    True
    """
    if isinstance(metric, str):
        name, *texts = metric.split(":")
        metric = _named(name)
        options = _read(texts) | options
    elif not isinstance(metric, Metric):
        if isinstance(metric, type) or not callable(metric):
            raise _unknown(metric)
        metric = FunctionMetric(metric)
    return _with_options(metric, options) if options else metric


def _unknown(metric: object) -> InputError:
    """Name the metric closest to a misspelt or incomplete name, then all metrics."""
    averaged, alone = (
        [name for name, kind in METRICS.items() if (len(kind.averages) > 1) == several]
        for several in (True, False)
    )
    names = (
        f"{', '.join(averaged)} (or f0.5, f2, any beta), then _micro, _macro, _weighted or "
        f"_samples; or {', '.join(alone)}"
    )
    guess = likely_name(metric) if isinstance(metric, str) else None
    if guess is None:
        return InputError("metric", f"must be {names}", described(metric))
    rule = f"must be a known name (did you mean {guess}?)"
    return InputError("metric", rule, repr(metric), remedy=f"Names are {names}")


def _named(name: str) -> Metric:
    """Metric of a name, with its average where it has several."""
    if name in METRICS and len(METRICS[name].averages) == 1:
        return METRICS[name]()
    stem, _, average = name.rpartition("_")
    stem = ALIASES.get(stem, stem)
    beta = _F.fullmatch(stem)
    kind = FBeta if beta else METRICS.get(stem)
    if kind is None or average not in kind.averages or average not in AVERAGES:
        raise _unknown(name)
    return FBeta(float(beta[1]), average=average) if beta else kind(average=average)


def likely_name(text: str) -> str | None:
    """Return the metric's name that is closest to a misspelt name, or one without average.

    Examples
    --------
    >>> likely_name("f1"), likely_name("Macro-F2"), likely_name("presicion_mikro")
    ('f1_micro', 'f2_macro', 'precision_micro')
    """
    words = re.sub(r"[^\w.]+", "_", text.lower()).removesuffix("score").strip("_")
    first, _, behind_first = words.partition("_")
    before_last, _, last = words.rpartition("_")
    for average, rest in ((last, before_last), (first, behind_first), ("micro", words)):
        averages, stem = get_close_matches(average, AVERAGES, 1), _likely_stem(rest)
        if averages and stem is not None:
            several = stem not in METRICS or len(METRICS[stem].averages) > 1
            return f"{stem}_{averages[0]}" if several else stem
    return None


def _likely_stem(text: str) -> str | None:
    """Return the metric, without average, closest to some words: exact, cut off, or misspelt.

    Examples
    --------
    >>> _likely_stem("mcc"), _likely_stem("f0.5"), _likely_stem("kappa"), _likely_stem("f1_mean")
    ('mcc', 'f0.5', 'cohen_kappa', 'f1')
    """
    known = [*METRICS, *ALIASES]
    if not text or text in known or _F.fullmatch(text):
        return text or None
    first = text.partition("_")[0]
    within = [name for name in known if name.startswith(text) or text in name.split("_")]
    starts = [first] if first in known or _F.fullmatch(first) else []
    close = [*within, *starts, *get_close_matches(text, known, 1)]
    return close[0] if close else None


def _with_options(metric: Metric, options: Mapping[str, Any]) -> Metric:
    known = [field.name for field in dataclasses.fields(metric) if field.name != "average"]
    check_options(f"metric {metric.name!r}", options, known)
    return dataclasses.replace(metric, **options)


def check_options(subject: str, options: Iterable[str], known: Sequence[str]) -> None:
    """Refuse an option that a metric or a method does not have."""
    for option in options:
        if option not in known:
            has = f"has the options {', '.join(known)}" if known else "has no options"
            raise InputError(subject, has, repr(option))


def _read(texts: Iterable[str]) -> dict[str, float]:
    """Read numbers from NAME=VALUE."""
    options: dict[str, float] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise InputError("metric options", "must be NAME=VALUE", f"{text!r}")
        if name in options:
            raise InputError(f"metric option {name!r}", "must be given once", f"{text!r} too")
        options[name] = number_of(f"metric option {name!r}", value)
    return options


def table() -> dict[str, list[str]]:
    """Return columns with each metric, its definition, and the averages each method maximises.

    Examples
    --------
    >>> table()["metric"][:3]
    ['f1', 'precision', 'recall']
    """
    rows = [(name, kind.formula, *_by_method(kind)) for name, kind in METRICS.items()]
    columns = ("metric", "definition", "exact", "coordinate_ascent")
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


def _by_method(kind: type[Metric]) -> tuple[str, str]:
    """Return the averages with an exact maximum, and those with a local maximum."""
    averages: dict[bool, list[str]] = {True: [], False: []}
    for average in kind.averages:
        is_exact = kind(average=average).exact
        averages[is_exact].append(average if len(kind.averages) > 1 else "yes")
    return ", ".join(averages[True]), ", ".join(averages[False])
