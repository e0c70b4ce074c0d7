"""What is said where labels are partly unknown, or a share is one of nothing."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import tagthresh as tt
from tagthresh.datasets import demo
from tagthresh.report import terminal

RNG = np.random.default_rng(0)
SCORES = RNG.random((200, 5))
LABELS = (RNG.random((200, 5)) < SCORES).astype(int)
PARTLY = np.where(RNG.random((200, 5)) < 0.2, LABELS, -1)
EQUALLY = np.where((np.arange(200) % 2 == 0)[:, None], LABELS, -1)


def printed(table: Any) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())  # captions are folded


@pytest.mark.parametrize("limit", [{"precision": 0.6}, {"recall": 0.5}, {"per_clip": 0.7}])
@pytest.mark.parametrize("labels", [PARTLY, EQUALLY])
def test_nobody_knows_how_many_tags_a_clip_gets(labels: Any, limit: Any) -> None:
    point = tt.operating_point(labels, SCORES, **limit)
    assert point.per_clip is None
    given = point.thresholds.predict(SCORES)[labels != -1].mean()
    assert point.known_share == pytest.approx(given)
    assert point.rate == f"{5 * given:.3g} tags per 5 known labels"
    content = json.loads(json.dumps(point.to_dict(), allow_nan=False))
    assert content["per_clip"] is None
    assert content["known_share"] == pytest.approx(given)
    assert ("unknown labels taken to be given as often" in point.goal) == ("per_clip" in limit)
    assert "tags per 5 known labels" in printed(terminal.operating_point(point))


def test_a_rate_in_hours_is_not_known_either() -> None:
    point = tt.operating_point(PARTLY, SCORES, per_hour=100, clip_seconds=10)
    assert point.per_hour is None
    assert point.to_dict()["per_hour"] is None
    assert "alarms an hour, unknown labels taken to be given as often" in point.goal


def test_the_frontier_of_partly_known_labels() -> None:
    frontier = tt.Frontier.from_arrays(PARTLY, SCORES)
    assert np.isnan(frontier.per_clip).all()
    assert set(frontier.to_dict()["per_clip"]) == {None}
    assert frontier.known_share[-1] <= 1
    assert "tags per 5 known labels" in printed(terminal.frontier(frontier))


def test_the_page_knows_whether_every_label_is_known() -> None:
    thresholds = tt.Thresholds([0.5] * 5)
    for labels, complete in ((PARTLY, False), (LABELS, True)):
        content = tt.report(labels, SCORES, thresholds).content
        assert content["complete"] is complete


@pytest.mark.parametrize("weight", [None, RNG.random(200)])
def test_tags_per_clip_where_all_is_known(weight: Any) -> None:
    point = tt.operating_point(LABELS, SCORES, precision=0.6, sample_weight=weight)
    wanted = np.average(point.thresholds.predict(SCORES).sum(axis=1), weights=weight)
    assert point.per_clip == pytest.approx(wanted)
    frontier = tt.Frontier.from_arrays(LABELS, SCORES, sample_weight=weight)
    np.testing.assert_allclose(frontier.per_clip, 5 * frontier.known_share)
    assert "tags per clip" in printed(terminal.frontier(frontier))


def test_weights_of_pairs_differ_between_tags() -> None:
    weight = RNG.random((200, 5))
    point = tt.operating_point(LABELS, SCORES, precision=0.6, sample_weight=weight)
    assert point.per_clip is None


def test_shares_of_nothing_are_null() -> None:
    labels, scores = LABELS.copy(), SCORES
    labels[:, 0] = 0
    promised = tt.guarantee(labels, scores, precision=0.99)
    rows = promised.to_dict()["per_tag"]
    assert rows[0]["precision"] is None
    assert rows[0]["recall"] is None
    assert rows[0]["predicted"] == rows[0]["support"] == 0
    for row in rows:
        assert (row["precision"] is None) == (row["predicted"] == 0)
        assert (row["recall"] is None) == (row["support"] == 0)
    never = tt.Thresholds([np.inf] * 5)
    judged = tt.evaluate(labels, scores, never).to_dict()
    assert [row["precision"] for row in judged["per_tag"]] == [None] * 5
    assert [row["f1"] for row in judged["per_tag"]] == [None, 0, 0, 0, 0]
    assert judged["f1_macro"] == 0  # by convention in averages
    by_tag = tt.operating_point(labels, scores, per_clip=1e-6, tag_by_tag=True)
    assert by_tag.to_dict()["precision"] is None
    assert tt.Frontier.from_arrays(labels, scores).to_dict()["precision"][0] is None


def test_the_demo_says_what_before_is() -> None:
    outcomes = demo.run()
    shown = printed(terminal.gains(outcomes[0], outcomes[2]))
    assert "before: best shared; after: hierarchical, with the threshold shown" in shown
