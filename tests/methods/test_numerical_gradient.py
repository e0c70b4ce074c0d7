"""The numerical gradient against its dense form and the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt
from oracles_paper import CASES, METRICS, figures, numerical_gradient, published
from tagthresh import InputError
from tagthresh.methods import NumericalGradient

if TYPE_CHECKING:
    from tagthresh.metrics import FBeta

METHODS = [
    NumericalGradient(epochs=12),
    NumericalGradient(epochs=6, step=0.05, reach=2, start=0.5, learning_rate=0.1),
    NumericalGradient(epochs=0),
]


@pytest.mark.parametrize("method", METHODS, ids=str)
@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("case", CASES)
def test_vs_dense(case: str, metric: FBeta, method: NumericalGradient) -> None:
    data = CASES[case]
    fit = method.fit(data.counts, metric)
    np.testing.assert_allclose(fit.values, numerical_gradient(data, metric, method), atol=1e-9)
    assert len(fit.statistics["loss"]) == method.epochs + 1


@pytest.mark.parametrize(
    ("folder", "start", "evaluation", "fit"),
    [
        ("dcase2017", 0.3, 60.28, 58.73),
        ("dcase2017", 0.5, 59.22, 55.28),
        ("dcase2019", 0.5, 72.17, 71.43),
        ("dcase2019", 0.3, 72.22, 70.23),
    ],
)
def test_paper(folder: str, start: float, evaluation: float, fit: float) -> None:
    data, unseen = published(folder, "fit"), published(folder, "eval")
    method = NumericalGradient(start=start)
    solution = tt.find_thresholds(data.counts, metric="f1_micro", method=method)
    found = figures(data, unseen, solution.thresholds.values)
    assert found == pytest.approx((evaluation, fit), abs=0.01)
    assert -100 * solution.statistics["loss"][-1] == pytest.approx(found[1])


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("epochs", -1, "epochs must be at least 0; got -1"),
        ("learning_rate", np.inf, "learning_rate must be finite; got inf"),
        ("step", 0, "step must be above 0; got 0"),
        ("reach", 0, "reach must be at least 1; got 0"),
        ("start", "low", "start must be a number; got 'low'"),
    ],
)
def test_options(option: str, value: Any, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        NumericalGradient(**{option: value})
