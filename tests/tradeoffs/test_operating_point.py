"""Operating points against all combinations of thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import oracles
import tagthresh as tt
from strategies import Case, cases, examples

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = st.sampled_from(
    [
        *({"precision": value} for value in (0.1, 0.5, 0.6, 0.75, 0.9, 1.0)),
        *({"recall": value} for value in (0.1, 0.4, 0.5, 0.8, 1.0)),
        *({"per_clip": value} for value in (0.05, 0.3, 0.5, 1.0, 2.0, 9.0)),
    ]
)


def combinations(case: Case) -> Any:
    """TP, FP, FN, TN of every combination of thresholds, summed over tags."""
    for thresholds in oracles.all_thresholds(case.y_score):
        found = oracles.confusion(case.y_true, case.y_score, thresholds, case.weight)
        yield found.sum(axis=1)


def kept(limit: dict[str, Any], found: Any, n_tags: int) -> tuple[bool, float]:
    """Whether a limit is kept, and what is maximised; rounding is given the benefit."""
    tp, fp, fn, tn = found
    precision, recall = tp / max(tp + fp, 1e-300), tp / max(tp + fn, 1e-300)
    [(name, value)] = limit.items()
    if name == "precision":
        return tp + fp == 0 or precision >= value - 1e-9, recall
    if name == "recall":
        return recall >= value - 1e-9, precision
    return n_tags * (tp + fp) <= (value + 1e-9) * (tp + fp + fn + tn), recall


@given(cases(max_clips=5, weighted=False), LIMITS)
@settings(max_examples=examples(600))
def test_total_vs_all_combinations(case: Case, limit: dict[str, Any]) -> None:
    assume((case.y_true == 1).any())
    n_tags = case.y_true.shape[1]
    allowed = [kept(limit, found, n_tags) for found in combinations(case)]
    best = max(value for holds, value in allowed if holds)
    if best == 0 and "precision" in limit:
        with pytest.raises(tt.InputError, match="must be at most"):
            tt.operating_point(case.y_true, case.y_score, **limit)
        return
    point = tt.operating_point(case.y_true, case.y_score, **limit)
    found = np.array([count.sum() for count in point.confusion])
    holds, value = kept(limit, found, n_tags)
    assert holds
    assert value <= best + 1e-9
    assert best <= value + point.gap + 1e-9
    given_any = found[0] + found[1] > 0
    precision = found[0] / (found[0] + found[1]) if given_any else np.nan
    wanted = (precision, found[0] / (found[0] + found[2]))
    assert (point.precision, point.recall) == pytest.approx(wanted, nan_ok=True)


@given(cases(max_clips=6, max_tags=2), LIMITS)
@settings(max_examples=examples(400))
def test_tag_by_tag_vs_all_cuts(case: Case, limit: dict[str, Any]) -> None:
    weight = np.ones(len(case.y_true)) if case.weight is None else case.weight
    assume((case.y_true[weight > 0] == 1).any())
    point = tt.operating_point(
        case.y_true, case.y_score, sample_weight=case.weight, tag_by_tag=True, **limit
    )
    for tag in range(case.y_true.shape[1]):
        alone = case._replace(y_true=case.y_true[:, [tag]], y_score=case.y_score[:, [tag]])
        allowed = [kept(limit, found, 1) for found in combinations(alone)]
        best = max((value for holds, value in allowed if holds), default=0.0)
        own = [count[tag] for count in point.confusion]
        if str(tag) in point.infeasible:
            assert best == 0
        else:
            holds, value = kept(limit, own, 1)
            assert holds
            assert value == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("folder", ["dcase2017", "dcase2019"])
@pytest.mark.parametrize("limit", [{"precision": 0.8}, {"recall": 0.7}, {"per_clip": 0.8}])
def test_real_data_leave_little_to_the_bound(
    real: Callable[[str], dict[str, Any]], folder: str, limit: dict[str, Any]
) -> None:
    data = real(f"{folder}/fit.npz")
    point = tt.operating_point(data["labels"], data["scores"], **limit)
    [(name, value)] = limit.items()
    reached = getattr(point, name)
    assert reached <= value if name == "per_clip" else reached >= value
    assert reached == pytest.approx(value, abs=0.004)
    assert point.gap < 0.003


@pytest.mark.slow
def test_at_audioset_size(audioset_sized: tuple[Any, Any]) -> None:
    frontier = tt.Frontier.from_arrays(*audioset_sized)
    assert (np.diff(frontier.recall) >= 0).all()
    assert frontier.recall[-1] == pytest.approx(1)
    best = tt.find_thresholds(*audioset_sized, method="exact").score
    assert frontier.fbeta().max() == pytest.approx(best, abs=1e-12)
    point = tt.operating_point(tt.Counts.from_arrays(*audioset_sized), precision=0.7)
    assert point.precision >= 0.7
    assert point.gap < 1e-4
    vertex = np.flatnonzero(frontier.precision >= 0.7)[-1]
    assert point.recall >= frontier.recall[vertex]


def test_alarms_per_hour_are_tags_per_clip() -> None:
    fit, _ = tt.datasets.load_demo()
    hourly = tt.operating_point(fit.labels, fit.scores, per_hour=180, clip_seconds=10)
    point = tt.operating_point(fit.labels, fit.scores, per_clip=0.5)
    assert hourly.thresholds.values.tolist() == point.thresholds.values.tolist()
    assert point.per_clip == 0.5
    assert (hourly.per_hour, point.per_hour) == (180, None)
    assert hourly.goal == "recall with at most 180 alarms an hour"
    assert repr(hourly).endswith("180 alarms an hour)")
    assert repr(point).endswith("0.5 tags per clip)")
    origin = hourly.thresholds.origin
    assert origin is not None
    asked = {"per_hour": 180, "clip_seconds": 10, "tag_by_tag": False}
    assert origin.method["options"] == asked
    assert hourly.to_dict()["per_hour"] == 180
    predicted = point.thresholds.predict(fit.scores).sum()
    assert predicted == 250


def test_the_file_says_what_was_asked_for() -> None:
    fit, _ = tt.datasets.load_demo()
    point = tt.operating_point(fit.labels, fit.scores, recall=0.8, tags=fit.tags)
    origin = point.thresholds.origin
    assert origin is not None
    assert origin.metric == "precision_micro"
    assert origin.score == pytest.approx(point.precision)
    assert origin.method["options"] == {"recall": 0.8, "tag_by_tag": False}
    content = point.to_dict()
    assert content["goal"] == "precision with recall at least 0.8"
    assert content["per_tag"][4]["tag"] == "Dog"
    assert repr(point).startswith("OperatingPoint(precision with recall at least 0.8: precision=0.")


@pytest.mark.parametrize(
    ("limit", "rule"),
    [
        ({}, "per_hour must be given; got none"),
        ({"precision": 0.5, "recall": 0.5}, "got precision=0.5, recall=0.5"),
        ({"precision": 1.5}, "precision must be above 0 and at most 1; got 1.5"),
        ({"recall": 0}, "recall must be above 0; got 0"),
        ({"per_clip": -1}, "per_clip must be above 0; got -1"),
        ({"per_hour": 5}, "per_hour and clip_seconds must be given together"),
        ({"recall": 0.5, "clip_seconds": 5}, "per_hour and clip_seconds must be given together"),
        ({"per_hour": 5, "clip_seconds": 0}, "clip_seconds must be above 0; got 0"),
        ({"precision": 0.9, "tag_by_tag": 1}, "tag_by_tag must be True or False; got 1"),
    ],
)
def test_bad_limits(limit: dict[str, Any], rule: str) -> None:
    with pytest.raises(tt.InputError, match=rule):
        tt.operating_point([[1], [0]], [[0.9], [0.1]], **limit)


def test_a_precision_that_nothing_reaches() -> None:
    with pytest.raises(
        tt.InputError, match=r"at most 0\.5, the highest .* on these clips; got 0\.9"
    ):
        tt.operating_point([[1], [0]], [[0.1], [0.9]], precision=0.9)
    point = tt.operating_point([[1], [0]], [[0.1], [0.9]], precision=0.9, tag_by_tag=True)
    assert point.infeasible == ("0",)
    assert point.thresholds.values.tolist() == [np.inf]
    with pytest.raises(tt.InputError, match="known positive with a score; it has none"):
        tt.operating_point([[0], [0]], [[0.1], [0.9]], precision=0.9)
