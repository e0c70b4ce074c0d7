"""What to expect on unseen clips: how it is found out, and for how many clips without being asked.

Cross-fitting (`tagthresh.crossfit`) tells the metric and each tag's precision and recall; fits on
resampled clips (`evaluation.bootstrap`) tell how far each threshold may move. Both need whole rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy

from tagthresh.evaluation.bootstrap import threshold_interval
from tagthresh.evaluation.crossfit import CrossFit, crossfit_checked
from tagthresh.metrics.binomial_intervals import effective
from tagthresh.thresholds.evidence import Evidence
from tagthresh.validation import MOST, InputError, whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.methods.base import Method
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores

FOLDS, DRAWS = 10, 100
LEAST_DRAWS = 40  # 5 % of them can be left out
LEAST_CLIPS, MOST_CLIPS = 10, 200_000  # more take seconds to be dealt into folds
MOST_PAIRS = 20_000_000  # of clip and tag: the folds take a few times what the fit takes
MOST_PAIRS_DRAWN = 30_000  # a hundred fits take about a second


class Plan(NamedTuple):
    """Folds of the cross-fitting and draws of the bootstrap; None leaves them out."""

    folds: int | None
    draws: int | None

    @classmethod
    def of(
        cls,
        cv: int | str | None,
        bootstrap: int | str | None,
        method: Method,
        counts: Counts,
        unit: NDArray[np.int64] | None,
        *,
        grouped: bool,
    ) -> Plan:
        """Read the arguments of `find_thresholds`; `unit` is None where there are no rows."""
        folds, draws = _number("cv", cv, 2), _number("bootstrap", bootstrap, LEAST_DRAWS)
        if unit is None:
            check_rowless(folds, draws, grouped=grouped)
            return cls(None, None)
        n_units, n_pairs = int(unit.max()) + 1, counts.n_clips * counts.n_tags
        known = bool(counts.positive.mass.any())  # else there is nothing to expect
        quick = method.quick and known and LEAST_CLIPS <= counts.n_clips <= MOST_CLIPS
        if folds == "auto":
            wanted = grouped or (quick and n_pairs <= MOST_PAIRS)
            folds = min(FOLDS, n_units) if wanted else None
        if draws == "auto":
            wanted = quick and folds is not None and n_pairs <= MOST_PAIRS_DRAWN
            draws = DRAWS if wanted else None
        return cls(folds, draws)


def check_rowless(cv: object, bootstrap: object, *, grouped: bool) -> None:
    """Refuse what cannot be done without rows."""
    asked = [each for each in (cv, bootstrap) if each is not None]
    if grouped or not all(isinstance(each, str) and each == "auto" for each in asked):
        rule = "need rows of dense scores; Counts, Shards and sparse matrices have none"
        raise InputError("cv, bootstrap and groups", rule)


def _number(name: str, value: int | str | None, least: int) -> Any:
    """Check a number that may be "auto" or None."""
    if value is None or (isinstance(value, str) and value == "auto"):
        return value
    if isinstance(value, str):
        rule = f'must be an integer of at least {least}, "auto" or None'
        raise InputError(name, rule, repr(value))
    return whole_number(name, value, least, MOST)


def expectation(
    data: LabelledScores,
    counts: Counts,
    unit: NDArray[np.int64],
    method: Method,
    metric: Metric,
    plan: Plan,
) -> tuple[Evidence, CrossFit | None]:
    """Look at thresholds of other clips: those of all folds but one, and those of draws.

    `unit` holds the number of each clip's group, as from `crossfit.units`.
    """
    seen = counts.positive.effective
    if unit.max() + 1 < len(unit):
        positive = scipy.sparse.csr_array(data.weighed(data.positive).T, dtype=np.float64)
        seen = effective(positive, data.clip_weight, unit)
    threshold = expected = precision = recall = None
    if plan.draws is not None:
        threshold = threshold_interval(data, method, metric, unit, draws=plan.draws)
    if plan.folds is not None:
        expected = crossfit_checked(data, counts, method, metric, unit, folds=plan.folds)
        precision, recall = expected.precision, expected.recall
    return Evidence(seen, threshold, precision, recall), expected
