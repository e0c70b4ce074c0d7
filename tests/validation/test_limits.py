"""Fixed and bounded thresholds: the best ones within limits, against brute force."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
import tagthresh as tt
from strategies import Case, cases, examples
from tagthresh.datasets.demo import load_demo

METRICS = [
    *(
        tt.metrics.FBeta(beta, average=a)
        for beta in (0.5, 2)
        for a in ("micro", "macro", "weighted")
    ),
    *(tt.metrics.Accuracy(average=a) for a in ("micro", "macro")),
    *(tt.metrics.BalancedAccuracy(average=a) for a in ("micro", "macro")),
]
ENDS = st.sampled_from([None, -1.0, 0.0, 0.2, 0.25, 0.5])


@st.composite
def limited(draw: st.DrawFn) -> tuple[Case, dict[str, Any], dict[str, Any]]:
    """Draw a case, and fixed and bounded thresholds of some of its tags."""
    case = draw(cases())
    fixed, bounds = {}, {}
    for tag in range(case.y_score.shape[1]):
        kind, low, high = draw(st.tuples(st.integers(0, 2), ENDS, ENDS))
        if kind == 1:
            fixed[str(tag)] = low
        if kind == 2:
            swap = low is not None and high is not None and low > high
            bounds[str(tag)] = (high, low) if swap else (low, high)
    return case, fixed, bounds


def solve(case: Case, metric: Any, method: Any, **limits: Any) -> tt.Solution:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        return tt.find_thresholds(
            case.y_true,
            case.y_score,
            metric=metric,
            method=method,
            sample_weight=case.weight,
            cv=None,
            **limits,
        )


def ends(fixed: dict[str, Any], bounds: dict[str, Any], n_tags: int) -> list[tuple[float, float]]:
    """Lowest and highest threshold of each tag."""
    found = []
    for tag in map(str, range(n_tags)):
        low, high = bounds.get(tag, (None, None))
        low, high = -np.inf if low is None else low, np.inf if high is None else high
        if tag in fixed:
            low = high = np.inf if fixed[tag] is None else fixed[tag]
        found.append((low, high))
    return found


def best_of_all(case: Case, metric: Any, limits: list[tuple[float, float]]) -> float:
    """Highest value over all combinations of thresholds within limits."""
    cuts = [
        {float(np.clip(cut, low, high)) for cut in (*column.astype(float), low, np.inf)}
        for column, (low, high) in zip(case.y_score.T, limits, strict=True)
    ]
    return max(
        oracles.value(metric, oracles.confusion(case.y_true, case.y_score, each, case.weight).T)
        for each in itertools.product(*cuts)
    )


@given(limited(), st.sampled_from(METRICS))
@settings(max_examples=examples(500))
def test_exact_within_limits_vs_brute_force(drawn: Any, metric: Any) -> None:
    case, fixed, bounds = drawn
    limits = ends(fixed, bounds, case.y_score.shape[1])
    solution = solve(case, metric, "exact", fixed=fixed, bounds=bounds)
    values = solution.thresholds.values
    for value, (low, high) in zip(values, limits, strict=True):
        assert low <= value <= high
    best = best_of_all(case, metric, limits)
    assert solution.score == pytest.approx(best, abs=1e-12)
    found = oracles.confusion(case.y_true, case.y_score, values, case.weight)
    assert oracles.value(metric, found.T) == pytest.approx(solution.score, abs=1e-12)
    assert solution.certificate is not None
    assert solution.certificate.gap == pytest.approx(0, abs=1e-9)


@given(limited(), st.sampled_from(METRICS), st.sampled_from(["constant", "shared", "exact"]))
@settings(max_examples=examples(100))
def test_the_gap_bounds_what_limits_allow(drawn: Any, metric: Any, method: str) -> None:
    case, fixed, bounds = drawn
    solution = solve(case, metric, method, fixed=fixed, bounds=bounds)
    best = best_of_all(case, metric, ends(fixed, bounds, case.y_score.shape[1]))
    assert solution.certificate is not None
    assert best <= solution.score + solution.certificate.gap + 1e-9


@given(limited(), st.sampled_from([*METRICS[:6], "f1_samples", "accuracy_samples"]))
@settings(max_examples=examples(100))
def test_shared_within_limits_vs_every_cut(drawn: Any, metric: Any) -> None:
    case, fixed, bounds = drawn
    limits = ends(fixed, bounds, case.y_score.shape[1])
    solution = solve(case, metric, "shared", fixed=fixed, bounds=bounds)
    best = max(
        solve(case, metric, tt.methods.Constant(cut), fixed=fixed, bounds=bounds).score
        for cut in [*np.unique(case.y_score).astype(float), 3.5e38]
    )
    assert solution.score == pytest.approx(best, abs=1e-12)
    for value, (low, high) in zip(solution.thresholds.values, limits, strict=True):
        assert low <= value <= high


@given(limited(), st.sampled_from(["f1_samples", "gmean_micro"]))
@settings(max_examples=examples(100))
def test_coordinate_ascent_stays_within_limits_and_at_a_maximum(drawn: Any, metric: str) -> None:
    case, fixed, bounds = drawn
    limits = ends(fixed, bounds, case.y_score.shape[1])
    solution = solve(case, metric, "coordinate_ascent", fixed=fixed, bounds=bounds)
    values = solution.thresholds.values
    for tag, (low, high) in enumerate(limits):
        assert low <= values[tag] <= high
        for cut in (*case.y_score[:, tag].astype(float), low, np.inf):
            moved = values.copy()
            moved[tag] = max(np.clip(cut, low, high), -4e38)
            judged = tt.evaluate(
                case.y_true, case.y_score, tt.Thresholds(moved), sample_weight=case.weight
            )
            assert judged.score(metric) <= solution.score + 1e-9


@pytest.mark.parametrize(
    "method", ["hierarchical", "sgl", "numerical_gradient", "random_search", "exact", "shared"]
)
def test_every_method_keeps_limits_and_tells_the_score(method: str) -> None:
    fit, _ = load_demo()
    options = {"rounds": 2} if method == "random_search" else {}
    solution = tt.find_thresholds(
        *(fit.labels, fit.scores),
        tags=fit.tags,
        method=tt.methods.as_method(method, **options),
        fixed={"Dog": 0.5, "Rain": None},
        bounds={"Chicken, rooster": (0.2, 0.25), "Helicopter": (None, 1e-4)},
        cv=None,
    )
    value = dict(zip(fit.tags, solution.thresholds.values, strict=True))
    assert value["Dog"] == 0.5
    assert value["Rain"] == np.inf
    assert 0.2 <= value["Chicken, rooster"] <= 0.25
    assert value["Helicopter"] <= 1e-4
    judged = tt.evaluate(fit.labels, fit.scores, solution.thresholds, tags=fit.tags)
    assert judged.score() == pytest.approx(solution.score, abs=1e-12)
    assert solution.status.endswith(", within limits")


def test_hierarchical_cuts_the_others_for_what_is_reached() -> None:
    """A tag that must accept everything lowers F, and with it the cuts of the others."""
    fit, _ = load_demo()
    free, bound = (
        tt.find_thresholds(fit.labels, fit.scores, cv=None, bounds=bounds)
        for bounds in (None, {"0": (None, -1.0), "1": (None, -1.0)})
    )
    assert bound.score < free.score
    assert (bound.thresholds.values[2:] <= free.thresholds.values[2:]).all()
    assert (bound.thresholds.values[2:] < free.thresholds.values[2:]).any()


@given(cases())
@settings(max_examples=30)
def test_limits_of_no_effect_change_nothing(case: Case) -> None:
    for method in ("exact", "hierarchical", "shared", "sgl"):
        free = solve(case, "f1_micro", method)
        bound = solve(case, "f1_micro", method, bounds=(None, None))
        assert bound.score == pytest.approx(free.score, abs=1e-12)
        np.testing.assert_array_equal(bound.thresholds.values, free.thresholds.values)


def test_limits_hold_in_every_fold_and_draw() -> None:
    fit, _ = load_demo()
    solution = tt.find_thresholds(
        *(fit.labels, fit.scores), cv=2, bootstrap=40, fixed={"0": 0.5}, bounds={"1": (None, 0.01)}
    )
    interval = solution.evidence.threshold
    assert interval is not None
    assert interval[:, 0].tolist() == [0.5, 0.5]
    assert (interval[:, 1] <= 0.01).all()


def test_limits_are_recorded_and_read() -> None:
    solution = tt.find_thresholds(
        *([[1, 0, 1], [0, 1, 0]], [[0.9, 0.2, 0.1], [0.1, 0.8, 0.2]]),
        tags=["Dog", "Rain", "Wind"],
        fixed={"Dog": 0.3, "Wind": None},
        bounds={"Rain": (0.1, None)},
    )
    assert solution.thresholds.origin is not None
    method = solution.thresholds.origin.method
    assert method["fixed"] == {"Dog": 0.3, "Wind": None}
    assert method["bounds"] == {"Rain": [0.1, None]}
    assert solution.thresholds.overrides == {}


def test_bounds_of_all_tags_leave_fixed_ones_alone() -> None:
    counts = tt.Counts.from_arrays([[1, 1], [0, 0]], [[0.9, 0.9], [0.1, 0.1]])
    solution = tt.find_thresholds(counts, fixed={"0": 0.05}, bounds=(0.6, 0.7), method="constant")
    assert solution.thresholds.values.tolist() == [0.05, 0.6]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"fixed": {"Dgo": 0.2}}, "fixed: no tag is called 'Dgo'; did you mean 'Dog'?"),
        ({"bounds": {"Dgo": (0, 1)}}, "bounds: no tag is called 'Dgo'; did you mean 'Dog'?"),
        ({"fixed": {"Dog": np.nan}}, "fixed threshold of 'Dog' must be finite; got nan"),
        ({"fixed": {"Dog": "low"}}, "fixed threshold of 'Dog' must be a number; got 'low'"),
        ({"fixed": 0.3}, "fixed must give values by tag; got 0.3"),
        ({"bounds": 0.3}, "bounds must be (lowest, highest); got 0.3"),
        ({"bounds": {"Dog": 0.3}}, "bounds of 'Dog' must be (lowest, highest); got 0.3"),
        ({"bounds": (0.6, 0.1)}, "bounds must be in order, lowest first; got (0.6, 0.1)"),
        ({"bounds": (0.1, "x")}, "bounds, the highest, must be a number; got 'x'"),
        (
            {"fixed": {"Dog": 0.2}, "bounds": {"Dog": (0.1, 0.3)}},
            "fixed and bounds must not name the same tag; both name 'Dog'",
        ),
    ],
)
def test_limits_that_make_no_sense(limits: Any, message: str) -> None:
    with pytest.raises(tt.InputError) as error:
        tt.find_thresholds([[1], [0]], [[0.9], [0.1]], tags=["Dog"], **limits)
    assert str(error.value) == message


METHODS = ["constant", "shared", "exact", "hierarchical", "sgl", "numerical_gradient"]


@given(limited(), st.sampled_from(METHODS), st.sampled_from(["never", "shared", 0.25]))
@settings(max_examples=examples(100))
def test_unseen_tags_get_what_was_asked_for(drawn: Any, method: str, unseen: Any) -> None:
    case, fixed, bounds = drawn
    limits = ends(fixed, bounds, case.y_score.shape[1])
    solution = solve(case, "f1_micro", method, fixed=fixed, bounds=bounds, unseen=unseen)
    value = {"never": np.inf, 0.25: 0.25}.get(unseen)
    if value is None:
        shared = solve(case, "f1_micro", "shared", fixed=fixed, bounds=bounds).thresholds
    for tag, (low, high) in enumerate(limits):
        wanted = shared.values[tag] if value is None else np.clip(value, low, high)
        if solution.evidence.seen[tag] == 0:
            assert solution.thresholds.values[tag] == wanted
        assert low <= solution.thresholds.values[tag] <= high


@given(limited(), st.sampled_from(["never", "shared", 0.25]))
@settings(max_examples=examples(100))
def test_exact_beside_unseen_tags_vs_brute_force(drawn: Any, unseen: Any) -> None:
    case, fixed, bounds = drawn
    solution = solve(case, "f1_micro", "exact", fixed=fixed, bounds=bounds, unseen=unseen)
    limits = [
        (float(value), float(value)) if seen == 0 else pair
        for value, seen, pair in zip(
            solution.thresholds.values,
            solution.evidence.seen,
            ends(fixed, bounds, case.y_score.shape[1]),
            strict=True,
        )
    ]
    assert solution.score == pytest.approx(best_of_all(case, tt.metrics.FBeta(), limits), abs=1e-12)
    assert solution.certificate is not None
    assert solution.certificate.gap == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("unseen", ["always", float("nan"), [0.5], True])
def test_bad_rules_for_unseen_tags(unseen: Any) -> None:
    with pytest.raises(tt.InputError, match='unseen, where not "never", "prior"'):
        tt.find_thresholds([[1, 0], [0, 0]], [[0.9, 0.2], [0.1, 0.1]], unseen=unseen)


@pytest.mark.parametrize("method", ["hierarchical", "exact"])
def test_the_rule_for_unseen_tags_holds_in_folds_and_draws(method: str) -> None:
    fit, _ = load_demo()
    labels = fit.labels * (np.arange(10) != 4)
    with pytest.warns(tt.UnseenTagWarning):
        solution = tt.find_thresholds(
            labels, fit.scores, method=method, unseen="never", cv=3, bootstrap=40
        )
    assert solution.evidence.threshold is not None
    assert solution.evidence.threshold[:, 4].tolist() == [np.inf, np.inf]
    origin = solution.thresholds.origin
    assert origin is not None
    assert origin.method["fixed"] == {"4": None}
