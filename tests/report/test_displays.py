"""Displays hold what scikit-learn and Python compute, and draw it."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.metrics import f1_score, precision_score, recall_score

import tagthresh as tt

DISPLAYS = [
    tt.displays.ThresholdDisplay,
    tt.displays.GainDisplay,
    tt.displays.FrontierDisplay,
    tt.displays.ReliabilityDisplay,
]


@pytest.fixture(scope="module")
def solution() -> tt.Solution:
    fit, _ = tt.datasets.load_demo()
    return tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags, cv=None)


def arguments(display: Any, solution: tt.Solution) -> tuple[Any, ...]:
    """Arguments that a display takes."""
    _, unseen = tt.datasets.load_demo()
    what = solution.calibrator if display is tt.displays.ReliabilityDisplay else solution.thresholds
    tag = ("Dog",) if display is tt.displays.ThresholdDisplay else ()
    return unseen.labels, unseen.scores, what, *tag


def test_curves_of_a_tag_are_those_of_scikit_learn(solution: tt.Solution) -> None:
    labels, scores, *given = arguments(tt.displays.ThresholdDisplay, solution)
    display = tt.displays.ThresholdDisplay.from_predictions(labels, scores, *given)
    at = solution.thresholds.names.index("Dog")
    assert display.threshold == solution.thresholds.values[at]
    references = {"precision": precision_score, "recall": recall_score, "F1": f1_score}
    for place in range(0, len(display.values), 50):
        accepted = scores[:, at] >= display.values[place]
        for name, score in references.items():
            expected = score(labels[:, at], accepted)
            assert display.curves[name][place] == pytest.approx(expected)


def test_gains_are_differences_of_f1(solution: tt.Solution) -> None:
    labels, scores, thresholds = arguments(tt.displays.GainDisplay, solution)
    display = tt.displays.GainDisplay.from_predictions(labels, scores, thresholds, 0.01)
    before, after = (
        dict(zip(thresholds.names, f1_score(labels, accepted, average=None), strict=True))
        for accepted in (scores >= 0.01, thresholds.predict(scores))
    )
    assert sorted(display.tags) == sorted(thresholds.names)
    assert (np.diff(display.gains) <= 0).all()
    for tag, gain in zip(display.tags, display.gains, strict=True):
        assert gain == pytest.approx(after[tag] - before[tag])


def test_marks_lie_where_the_thresholds_are(solution: tt.Solution) -> None:
    labels, scores, thresholds = arguments(tt.displays.FrontierDisplay, solution)
    display = tt.displays.FrontierDisplay.from_predictions(labels, scores, thresholds)
    accepted = thresholds.predict(scores)
    expected = (
        score(labels, accepted, average="micro") for score in (recall_score, precision_score)
    )
    assert display.marks["thresholds"] == pytest.approx(tuple(expected))
    drawn = {line.get_label(): line for line in display.ax_.lines}
    assert drawn["thresholds"].get_xydata()[0] / 100 == pytest.approx(display.marks["thresholds"])


@pytest.mark.parametrize("display", DISPLAYS)
def test_displays_draw_on_axes_of_ones_own(display: Any, solution: tt.Solution) -> None:
    axes = Figure().subplots()
    shown = display.from_predictions(*arguments(display, solution), ax=axes)
    assert shown.ax_ is axes
    assert shown.figure_ is axes.figure
    again = shown.plot()
    assert again is shown
    assert shown.ax_ is not axes
    assert shown._repr_png_().startswith(b"\x89PNG")
    assert len(shown.ax_.lines) == len(axes.lines) > 0


@pytest.mark.parametrize("display", DISPLAYS)
def test_without_matplotlib_the_way_to_it_is_told(
    display: Any, solution: tt.Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(tt.InputError, match=r"pictures need matplotlib. Run pip install"):
        display.from_predictions(*arguments(display, solution))


def test_many_tags_have_no_room_for_names() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, (50, 60)), rng.random((50, 60))
    display = tt.displays.GainDisplay.from_predictions(labels, scores, tt.Thresholds([0.2] * 60))
    assert not display.ax_.get_yticks().size
    assert display.ax_.get_ylabel() == "60 tags"


def test_an_unknown_tag_is_told(solution: tt.Solution) -> None:
    labels, scores, thresholds, _ = arguments(tt.displays.ThresholdDisplay, solution)
    with pytest.raises(tt.InputError, match="tag must be the name of a tag; got 'Dogs'"):
        tt.displays.ThresholdDisplay.from_predictions(labels, scores, thresholds, "Dogs")


def test_never_has_no_line_and_log_odds_only_where_scores_allow() -> None:
    shown = tt.displays.ThresholdDisplay.from_predictions(
        *([[1], [0]], [[3.0], [-1.0]], tt.Thresholds([np.inf]), "0")
    )
    assert [line.get_label() for line in shown.ax_.lines] == ["precision", "recall", "F1"]
    assert shown.ax_.get_xscale() == "linear"
