"""SGL-Thresh against its dense form and the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import tagthresh as tt
from oracles_paper import CASES, METRICS, figures, published, surrogate_gradient
from tagthresh import InputError
from tagthresh.methods import SurrogateGradient
from tagthresh.methods import surrogate_gradient as module
from tagthresh.metrics import FBeta
from tagthresh.metrics.base import Average, Metric, ratio

Masses = NDArray[np.float64]
METHODS = [
    SurrogateGradient(epochs=60),
    SurrogateGradient(epochs=30, learn_sigma=False, start=0.5),
    SurrogateGradient(epochs=30, sigma=5.0, learning_rate=0.05, best=True),
    SurrogateGradient(epochs=30, sigma=0.2, learning_rate=0.05),
    SurrogateGradient(epochs=0),
]


@pytest.mark.parametrize("method", METHODS, ids=str)
@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("case", CASES)
def test_every_score_alone_vs_dense(
    case: str, metric: FBeta, method: SurrogateGradient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CELL", 1e-9)
    data = CASES[case]
    fit = method.fit(data.counts, metric)
    values, loss = surrogate_gradient(data, metric, method)
    np.testing.assert_allclose(fit.values, values, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(fit.statistics["loss"], loss, atol=1e-9)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("case", CASES)
def test_cells_vs_dense(case: str, metric: FBeta) -> None:
    data = CASES[case]
    fit = SurrogateGradient().fit(data.counts, metric)
    values, _ = surrogate_gradient(data, metric, SurrogateGradient())
    np.testing.assert_allclose(fit.values, values, atol=1e-4)


@pytest.mark.parametrize(
    ("folder", "start", "evaluation", "fit"),
    [("dcase2017", 0.3, 61.96, 61.83), ("dcase2019", 0.5, 72.96, 72.93)],
)
def test_paper(folder: str, start: float, evaluation: float, fit: float) -> None:
    data, unseen = published(folder, "fit"), published(folder, "eval")
    method = SurrogateGradient(start=start)
    solution = tt.find_thresholds(data.counts, metric="f1_micro", method=method)
    values = solution.thresholds.values
    assert figures(data, unseen, values) == pytest.approx((evaluation, fit), abs=0.01)
    np.testing.assert_allclose(values, surrogate_gradient(data, FBeta(), method)[0], atol=1e-4)


def test_best_is_the_best_on_the_way() -> None:
    data = CASES["plain"]
    last, best = (SurrogateGradient(best=best).fit(data.counts, FBeta()) for best in (False, True))
    scores = [-float(FBeta()(data.counts.confusion(fit.values))) for fit in (last, best)]
    assert last.statistics["loss"] == best.statistics["loss"]
    assert len(last.statistics["loss"]) == 101
    assert len(last.statistics["sigma"]) == data.counts.n_tags
    assert scores == [last.statistics["loss"][-1], min(last.statistics["loss"])]


@dataclass(frozen=True)
class Matthews(Metric):
    """Matthews correlation coefficient, a metric that the package does not have."""

    stem = "mcc"

    def of(self, tp: Masses, fp: Masses, fn: Masses, tn: Masses) -> Masses:
        sides = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
        return ratio(tp * tn - fp * fn, sides**0.5)


@pytest.mark.parametrize("average", ["micro", "macro"])
def test_any_function_of_the_confusion(average: Average) -> None:
    counts, metric = CASES["plain"].counts, Matthews(average=average)
    best = max(
        float(metric(counts.confusion(np.full(counts.n_tags, cut))))
        for cut in np.arange(0, 1, 0.01)
    )
    loss = SurrogateGradient(start=0.2).fit(counts, metric).statistics["loss"]
    assert -loss[0] < 0.95 * best <= -loss[-1]


def test_same_for_clips_in_any_order_and_split() -> None:
    data, order = CASES["plain"], np.random.default_rng(0).permutation(60)
    first, second = (
        tt.Counts.from_arrays(data.y_true[part], data.y_score[part])
        for part in (order[:20], order[20:])
    )
    whole, parts = (
        SurrogateGradient().fit(counts, FBeta()).values for counts in (data.counts, first + second)
    )
    np.testing.assert_array_equal(whole, parts)


def test_alias() -> None:
    assert tt.methods.as_method("sgl", epochs=3) == SurrogateGradient(epochs=3)


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("epochs", -1, "epochs must be at least 0; got -1"),
        ("epochs", 1.5, "epochs must be an integer; got 1.5"),
        ("learning_rate", 0.0, "learning_rate must be above 0; got 0.0"),
        ("sigma", -3.0, "sigma must be above 0; got -3.0"),
        ("start", np.nan, "start must be finite; got nan"),
        ("learn_sigma", 1, "learn_sigma must be True or False; got 1"),
        ("best", "yes", "best must be True or False; got 'yes'"),
    ],
)
def test_options(option: str, value: Any, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        SurrogateGradient(**{option: value})
