"""A metric of one's own: any function of (tp, fp, fn, tn)."""

from __future__ import annotations

import inspect
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.metrics.base import Array, Average, Metric
from tagthresh.validation import InputError, described, text

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class FunctionMetric(Metric):
    """A function of counts, with an average.

    Nothing is known of its shape, so it has an exact maximum as a macro or weighted average, and
    from "coordinate_ascent" a local one as micro or samples. A class that derives from
    `tagthresh.metrics.Metric` can say more, in `monotone` and `quasi_convex`.

    Parameters
    ----------
    function : callable
        Takes true and false positives, false and true negatives: four arrays of float of one
        shape. Returns their values, an array of that shape, finite for all counts; higher is
        better. `tagthresh.metrics.ratio` divides, with 0 where the denominator is 0. What is made
        of arithmetic, powers and `ratio` can be differentiated.
    stem : str, optional
        Its name without the average; that of the function by default.
    average : {"micro", "macro", "weighted", "samples"}, default "micro"
        Where the sum over tags sits.

    Raises
    ------
    InputError
        When `function` is no function of four arrays; when it is called, where its values are of
        another shape or not finite.

    Examples
    --------
    The share of positives found less twice that of negatives let through:

    >>> import tagthresh as tt
    >>> from tagthresh.metrics import ratio
    >>> def careful(tp, fp, fn, tn):
    ...     return ratio(tp, tp + fn) - 2 * ratio(fp, fp + tn)
    >>> metric = tt.metrics.FunctionMetric(careful, average="macro")
    >>> metric.name
    'careful_macro'
    >>> y_true, y_score = [[1], [1], [0], [0]], [[0.9], [0.3], [0.4], [0.2]]
    >>> tt.find_thresholds(y_true, y_score, metric=metric, method="exact").score
    0.5
    """

    share = False
    bounds = (-np.inf, np.inf)
    formula = "a function of yours"

    function: Callable[..., Any]
    stem: str = ""
    _: KW_ONLY
    average: Average = "micro"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.function):
            raise InputError("function", "must be a function of counts", described(self.function))
        _check_arguments(self.function)
        text("stem", self.stem)
        object.__setattr__(self, "stem", self.stem or getattr(self.function, "__name__", "custom"))

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts."""
        with np.errstate(all="ignore"):
            values = np.asarray(self.function(tp, fp, fn, tn))
        if values.shape != np.shape(tp):
            raise InputError(
                f"metric {self.name!r}",
                f"must give a value for each entry of the counts, shape {np.shape(tp)}",
                f"shape {values.shape}",
            )
        bad = ~np.isfinite(values)
        if bad.any():
            counts = ", ".join(
                f"{np.asarray(count)[bad].ravel()[0]:g}" for count in (tp, fp, fn, tn)
            )
            raise InputError(
                f"metric {self.name!r}",
                "must be finite",
                f"{values[bad].flat[0]} for (tp, fp, fn, tn) = ({counts})",
            )
        return values


def _check_arguments(function: Callable[..., Any]) -> None:
    """Refuse functions with other arguments, such as scikit-learn's of labels and decisions."""
    try:
        signature = inspect.signature(function)
    except ValueError:
        return  # some functions written in C do not tell
    try:
        signature.bind("tp", "fp", "fn", "tn")
    except TypeError:
        name = getattr(function, "__name__", "function")
        raise InputError(
            "metric", "must be a function of (tp, fp, fn, tn), four arrays", f"{name}{signature}"
        ) from None
