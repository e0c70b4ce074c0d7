"""Judging probabilities: against scikit-learn and plain loops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

import tagthresh as tt
from tagthresh.evaluation.probabilities import _Pairs
from tagthresh.report import plot, terminal

if TYPE_CHECKING:
    from pathlib import Path


def drawn(n_clips: int = 200, n_tags: int = 3, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    probability = rng.beta(0.5, 2, (n_clips, n_tags))
    return (rng.random(probability.shape) < probability**1.3).astype(int), probability


def slow_bins(probability: Any, share: Any, bins: int) -> list[int]:
    """Bin of each pair: where the middle of the share of its equals lies."""
    total = share.sum()
    found = []
    for one in probability:
        below, equal = share[probability < one].sum(), share[probability == one].sum()
        place = int(bins * (below + equal / 2) / total) if total else 0
        found.append(min(place, bins - 1))
    return found


def slow_ece(y_true: Any, probability: Any, weight: Any, bins: int) -> float:
    place = np.array(slow_bins(probability, weight, bins))
    error = 0.0
    for each in range(bins):
        part = place == each
        mass = weight[part].sum()
        if mass:
            said = (weight * probability)[part].sum() / mass
            error += mass * abs((weight * y_true)[part].sum() / mass - said)
    return float(error / weight.sum())


@given(
    hnp.arrays(np.float64, 12, elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])),
    hnp.arrays(np.int8, 12, elements=st.integers(0, 1)),
    hnp.arrays(np.float64, 12, elements=st.sampled_from([0.25, 1.0, 2.0, 4.0])),
    st.integers(1, 6),
)
def test_errors_vs_plain_loops(probability: Any, label: Any, weight: Any, bins: int) -> None:
    found = tt.evaluate_probabilities(
        label[:, None], probability[:, None], sample_weight=weight, bins=bins
    )
    assert found.ece == pytest.approx(slow_ece(label, probability, weight, bins), abs=1e-12)
    assert found.table["ece"][0] == found.ece
    wanted = brier_score_loss(label, probability, sample_weight=weight, pos_label=1)
    assert found.brier == pytest.approx(wanted, abs=1e-12)
    place = np.array(slow_bins(probability, weight * probability, bins))
    masses = [weight[place == each].sum() for each in range(bins) if (place == each).any()]
    np.testing.assert_allclose(found.curve.mass, masses)


@pytest.mark.parametrize("bins", [1, 5, 10])
def test_bins_of_equal_mass_vs_scikit_learn(bins: int) -> None:
    y_true, probability = drawn(n_tags=1)
    label, p = y_true[:, 0], probability[:, 0]
    observed, said = calibration_curve(label, p, n_bins=bins, strategy="quantile")
    ours = _Pairs(label == 1, p, np.ones(len(p))).binned(np.ones(len(p)), bins)
    np.testing.assert_allclose(ours.observed, observed, atol=1e-12)
    np.testing.assert_allclose(ours.probability, said, atol=1e-12)


def test_the_curve_expects_equally_many_positives_in_each_bin() -> None:
    y_true, probability = drawn(5000, 4)
    curve = tt.evaluate_probabilities(y_true, probability, bins=8).curve
    np.testing.assert_allclose(curve.mass * curve.probability, probability.sum() / 8, atol=1.0)
    assert (np.diff(curve.probability) > 0).all()
    assert curve.mass.sum() == y_true.size


def test_unknown_pairs_count_nowhere_and_weights_are_repetitions() -> None:
    y_true, probability = drawn()
    hidden = np.random.default_rng(5).random(y_true.shape) < 0.3
    away = np.where(hidden, np.nan, probability)
    found = tt.evaluate_probabilities(np.where(hidden, -1, y_true), away)
    flat = brier_score_loss(y_true[~hidden], probability[~hidden])
    assert found.brier == pytest.approx(flat, abs=1e-12)
    tag = brier_score_loss(y_true[~hidden[:, 1], 1], probability[~hidden[:, 1], 1])
    assert found.table["brier"][1] == pytest.approx(tag, abs=1e-12)
    assert found.table["expected"].sum() == pytest.approx(probability[~hidden].sum())
    weight = np.random.default_rng(1).integers(0, 4, len(y_true))
    weighted = tt.evaluate_probabilities(y_true, probability, sample_weight=weight)
    repeated = tt.evaluate_probabilities(
        np.repeat(y_true, weight, axis=0), np.repeat(probability, weight, axis=0)
    )
    assert weighted.brier == pytest.approx(repeated.brier, abs=1e-12)
    assert weighted.ece == pytest.approx(repeated.ece, abs=1e-12)
    np.testing.assert_allclose(weighted.curve.observed, repeated.curve.observed)
    assert (weighted.curve.low <= repeated.curve.low).all()  # fewer clips tell less


def test_no_known_pair_is_no_number() -> None:
    found = tt.evaluate_probabilities([[1, -1], [0, -1]], [[0.9, 0.1], [0.2, 0.3]])
    assert np.isnan(found.table["brier"][1])
    assert np.isnan(found.table["ece"][1])
    nothing = tt.evaluate_probabilities([[-1]], [[0.5]])
    assert np.isnan([nothing.brier, nothing.ece]).all()
    assert len(nothing.curve.mass) == 0
    assert nothing.to_dict()["brier"] is None
    json.dumps(nothing.to_dict(), allow_nan=False)


def test_intervals_vs_scipy() -> None:
    label, probability = np.array([[1], [1], [0], [1], [0]]), np.full((5, 1), 0.5)
    curve = tt.evaluate_probabilities(label, probability).curve
    wanted = binomtest(3, 5).proportion_ci(0.95, method="exact")
    assert (curve.low[0], curve.high[0]) == pytest.approx((wanted.low, wanted.high))


def test_rounding_just_outside_is_none() -> None:
    found = tt.evaluate_probabilities([[1], [0]], np.array([[1 + 1.2e-7], [-1e-7]], np.float32))
    assert found.brier == 0
    assert found.curve.probability.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"y_score": [[1.5], [0.2]]}, "must be probabilities, from 0 to 1; got 1.5 at clip 0, tag"),
        ({"y_score": [[-0.1], [0.2]]}, r"got -0.1 at clip 0, tag 0"),
        ({"bins": 0}, "bins must be at least 1; got 0"),
        ({"y_true": [[1, 0]]}, "must have the same shape"),
    ],
)
def test_bad_arguments(options: Any, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.evaluate_probabilities(**({"y_true": [[1], [0]], "y_score": [[0.9], [0.2]]} | options))


def test_parts_make_up_the_whole() -> None:
    fit, unseen = tt.datasets.load_demo()
    solution = tt.find_thresholds(
        fit.labels, fit.scores, tags=fit.tags, method="hierarchical", cv=None
    )
    calibrator = solution.calibrator
    assert calibrator is not None
    found = tt.reliability(unseen.labels, unseen.scores, calibrator, tags=unseen.tags)
    assert list(found) == ["raw", "calibrated", "trusted", "not trusted"]
    assert found["raw"].brier == tt.evaluate_probabilities(unseen.labels, unseen.scores).brier
    probability = calibrator.predict_proba(unseen.scores)
    wanted = brier_score_loss(unseen.labels.ravel(), probability.ravel())
    assert found["calibrated"].brier == pytest.approx(wanted, abs=1e-12)
    mass = {name: each.curve.mass.sum() for name, each in found.items()}
    assert mass["trusted"] == calibrator.is_trusted(unseen.scores).sum()
    assert mass["trusted"] + mass["not trusted"] == mass["calibrated"] == unseen.labels.size
    order = np.random.default_rng(0).permutation(10)
    shuffled = tt.reliability(
        unseen.labels[:, order],
        unseen.scores[:, order],
        calibrator,
        tags=[unseen.tags[i] for i in order],
    )
    assert shuffled["calibrated"].brier == pytest.approx(wanted, abs=1e-12)
    assert shuffled["calibrated"].table["tag"] == found["calibrated"].table["tag"]
    logits = np.log(unseen.scores + 1e-30)
    assert "raw" not in tt.reliability(unseen.labels, logits, calibrator)
    unknown = np.where(np.arange(10) == 2, -1, unseen.labels.astype(int))
    away = np.where(np.arange(10) == 2, np.nan, unseen.scores)
    known = tt.reliability(unknown, away, calibrator)
    assert known["raw"].curve.mass.sum() == 0.9 * unseen.labels.size


def test_reliability_keeps_weights_of_pairs() -> None:
    fit, new = tt.datasets.load_demo()
    calibrator = tt.find_thresholds(
        fit.labels, fit.scores, tags=fit.tags, method="hierarchical", cv=None
    ).calibrator
    assert calibrator is not None
    weight = np.random.default_rng(0).integers(0, 4, new.labels.shape).astype(float)
    order = np.random.default_rng(1).permutation(10)
    judged = tt.reliability(
        new.labels[:, order],
        new.scores[:, order],
        calibrator,
        tags=[new.tags[i] for i in order],
        sample_weight=weight[:, order],
    )
    probability = calibrator.predict_proba(new.scores)
    for name, y_prob in {"raw": new.scores, "calibrated": probability}.items():
        wanted = np.average((y_prob.astype(float) - new.labels) ** 2, weights=weight)
        assert judged[name].brier == pytest.approx(wanted, abs=1e-12)
    trusted = calibrator.is_trusted(new.scores)
    assert judged["trusted"].curve.mass.sum() == weight[trusted].sum()


def test_pictures_and_tables(tmp_path: Path) -> None:
    y_true, probability = drawn()
    found = {
        "raw": tt.evaluate_probabilities(y_true, probability),
        "trusted": tt.evaluate_probabilities([[-1]], [[0.5]]),
    }
    figure = plot.reliability(found)
    assert len(figure.axes[0].containers) == 2
    plot.save(figure, str(tmp_path / "a.svg"))
    assert (tmp_path / "a.svg").stat().st_size > 1000
    table = terminal.reliability(found).drawn(120)
    assert table.row_count == 2
    assert [str(cell) for cell in table.columns[4].cells] == [f"{found['raw'].brier:.4f}", "-"]
    assert repr(found["raw"]).startswith("Calibration(600 pairs, brier=")
