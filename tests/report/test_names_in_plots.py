"""Names in pictures are text: no formula, no line break, none left out."""

from __future__ import annotations

import numpy as np

import tagthresh as tt

NAMES = [
    "$",
    "a $x_{",
    "$\\frac$",
    "b^_^",
    "\\alpha$\\",
    "new\nline",
    "_hidden",
    "esc\x1b[2J",
    "%{}#&~",
]


def test_ticks_titles_and_legends() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random((60, len(NAMES)))
    labels = (scores > rng.random(scores.shape)).astype(int)
    for name in NAMES:
        thresholds = tt.Thresholds([0.5] * len(NAMES), NAMES)
        shown = tt.displays.ThresholdDisplay.from_predictions(
            labels, scores, thresholds, name, tags=NAMES
        )
        title = shown.ax_.title
        assert not title.get_parse_math()
        assert title.get_text().isprintable()
        shown.figure_.canvas.draw()
    gains = tt.displays.GainDisplay.from_predictions(labels, scores, thresholds, 0.3, tags=NAMES)
    gains.figure_.canvas.draw()
    ticks = gains.ax_.get_yticklabels()
    assert sorted(tick.get_text() for tick in ticks) == sorted(
        name.replace("\n", "\\n").replace("\x1b", "\\x1b") for name in NAMES
    )
    marked = tt.displays.FrontierDisplay.from_predictions(
        labels, scores, dict.fromkeys(NAMES, thresholds), tags=NAMES
    )
    marked.figure_.canvas.draw()
    assert len(marked.figure_.legends[0].get_texts()) == len(NAMES)
