"""Every function that takes thresholds takes them in every form, with the same result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import tagthresh as tt
from tagthresh.thresholds.thresholds import as_thresholds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RNG = np.random.default_rng(1)
TAGS = ["a", "b", "c"]
Y_TRUE = (RNG.random((40, 3)) < 0.4).astype(int)
Y_SCORE = (0.4 * Y_TRUE + 0.6 * RNG.random((40, 3))).round(2)
DATA: dict[str, Any] = {"y_true": Y_TRUE, "y_score": Y_SCORE, "tags": TAGS}
SOLUTION = tt.find_thresholds(**DATA, cv=None, method="hierarchical")
HALF = tt.Thresholds([0.5] * 3, TAGS)
VALUES = [0.3, np.inf, 0.6]
MIXED = tt.Thresholds(VALUES, TAGS)
FORMS: list[tuple[Any, tt.Thresholds]] = [
    (SOLUTION, SOLUTION.thresholds),
    (replace(SOLUTION, thresholds=MIXED), MIXED),
    ({"c": 0.6, "a": 0.3, "b": None}, MIXED),
    (dict(MIXED), MIXED),
    (VALUES, MIXED),
    (tuple(VALUES), MIXED),
    (np.array(VALUES, np.float32), tt.Thresholds(np.array(VALUES, np.float32), TAGS)),
    (pd.Series(VALUES), MIXED),
    (0.5, HALF),
    (np.float32(0.5), HALF),
    (1, tt.Thresholds([1] * 3, TAGS)),
    (np.inf, tt.Thresholds([np.inf] * 3, TAGS)),
]
CALLS: dict[str, Callable[[Any], Any]] = {
    "evaluate": lambda given: tt.evaluate(**DATA, thresholds=given).to_dict(),
    "of counts": lambda given: tt.evaluate(
        tt.Counts.from_arrays(**DATA), thresholds=given
    ).to_dict(),
    "of shards": lambda given: tt.evaluate(
        tt.Shards.from_arrays(**DATA), thresholds=given
    ).to_dict(),
    "old": lambda given: tt.compare_thresholds(
        **DATA, old=given, new=HALF, n_resamples=20
    ).to_dict(),
    "new": lambda given: tt.compare_thresholds(
        **DATA, old=HALF, new=given, n_resamples=20
    ).to_dict(),
    "profile": lambda given: tt.Profile.from_scores(Y_SCORE, given, tags=TAGS).to_dict(),
    "report": lambda given: tt.report(**DATA, thresholds=given, others={"x": HALF}).content,
    "others": lambda given: tt.report(**DATA, thresholds=HALF, others={"x": given}).content,
    "frontier": lambda given: (
        tt.displays.FrontierDisplay.from_predictions(**DATA, thresholds=given).marks
    ),
    "frontiers": lambda given: (
        tt.displays.FrontierDisplay.from_predictions(
            **DATA, thresholds={"x": given, "y": HALF}
        ).marks
    ),
    "gain": lambda given: tt.displays.GainDisplay.from_predictions(
        **DATA, thresholds=given
    ).gains.tolist(),
    "baseline": lambda given: tt.displays.GainDisplay.from_predictions(
        **DATA, thresholds=HALF, baseline=given
    ).gains.tolist(),
    "threshold": lambda given: (
        tt.displays.ThresholdDisplay.from_predictions(**DATA, thresholds=given, tag="c").threshold
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_form_of_thresholds_makes_no_difference(name: str) -> None:
    for given, same in FORMS:
        np.testing.assert_equal(CALLS[name](given), CALLS[name](same))


@pytest.mark.parametrize(("given", "same"), FORMS)
def test_files_are_decided_by_every_form(given: Any, same: tt.Thresholds, tmp_path: Path) -> None:
    np.savez(tmp_path / "s.npz", scores=Y_SCORE, tags=TAGS)
    for name, each in (("given.csv", given), ("same.csv", same)):
        tt.apply_files(str(tmp_path / "s.npz"), each, str(tmp_path / name))
    assert (tmp_path / "given.csv").read_text() == (tmp_path / "same.csv").read_text()


def test_thresholds_are_adapted_of_a_solution() -> None:
    found = [
        tt.adapt(Y_SCORE, each, calibrator=SOLUTION.calibrator).thresholds.values.tolist()  # type: ignore[arg-type]
        for each in (SOLUTION, SOLUTION.thresholds)
    ]
    assert found[0] == found[1]
    for unfitted in (0.5, VALUES, dict(MIXED)):
        with pytest.raises(tt.InputError, match="thresholds must come from a fit"):
            tt.adapt(Y_SCORE, unfitted, calibrator=SOLUTION.calibrator)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("0.5", "must be Thresholds, such as .*, numbers by tag, an array of them, or one number"),
        (None, "must be Thresholds, such as .*; got None"),
        (True, "must be Thresholds, such as .*; got True"),
        (object(), "must be Thresholds, such as .*; got <object"),
        ([[0.5, 0.5, 0.5]], "must be Thresholds, such as .*"),
        (["0.5"] * 3, "must be Thresholds, such as .*"),
        ([0.5, 0.5], "must hold one threshold per tag; got 2 for 3 tags"),
        ([0.5, np.nan, 0.5], r"must be numbers, \+inf for never; got nan at tag 1"),
        (np.nan, "must be finite; got nan"),
        (-np.inf, "must be finite; got -inf"),
        ({}, "must hold one threshold per tag"),
        ({"a": 0.5, "b": 0.5}, "must have the same tags as the rest; it lacks 'c'"),
        ({"a": 0.5, "b": 0.5, "d": 0.5}, "must have the same tags as the rest; it lacks 'c'"),
        ({"a": 0.5, "b": 0.5, "c": "1"}, "the threshold of 'c' must be a number; got '1'"),
        (0.5 + 0j, "must be Thresholds, such as .*"),
    ],
)
def test_whatever_else_is_refused_in_one_line(given: Any, message: str) -> None:
    with pytest.raises(tt.InputError, match=f"^thresholds:? {message}") as error:
        tt.evaluate(**DATA, thresholds=given)
    assert "\n" not in str(error.value)
    with pytest.raises(tt.InputError, match=message.replace("^", "")):
        tt.compare_thresholds(**DATA, old=given, new=HALF)


def test_whatever_holds_thresholds_stands_for_them() -> None:
    point = tt.operating_point(**DATA, precision=0.5)
    assert as_thresholds(point, 3, None) is point.thresholds
    assert as_thresholds(MIXED, 3, None) is MIXED
