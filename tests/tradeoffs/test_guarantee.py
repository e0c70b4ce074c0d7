"""Promises: how often they hold, what they cost, and what cannot be promised.

In the simulations every tag is a draw of the clips of its own, so that one fit is 2,000 draws.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from scipy.special import expit
from scipy.stats import norm

import tagthresh as tt
from strategies import Case, cases
from tagthresh.tradeoffs.floor_tests import PrecisionFloor, RecallFloor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Chance = Callable[[NDArray[np.float64]], NDArray[Any]]

DRAWS = 2000
# A binomial share of 2,000 draws with this mean exceeds it by more than this once in 1,000 times.
LUCK = 3.1 * np.sqrt(0.1 * 0.9 / DRAWS)


class World:
    """Scores are uniform; a clip with score s is positive with probability chance(s)."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.score = (np.arange(20_000) + 0.5) / 20_000
        self.above = np.cumsum(chance(self.score)[::-1])[::-1] / 20_000

    def draw(self, n_clips: int, n_tags: int = DRAWS, seed: int = 0) -> tuple[Any, Any]:
        rng = np.random.default_rng(seed)
        y_score = rng.random((n_clips, n_tags))
        return rng.random(y_score.shape) < self.chance(y_score), y_score

    def precision(self, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 for never."""
        share = np.maximum(1 - thresholds, 0.0)
        mass = np.interp(thresholds, self.score, self.above)
        return np.where(share > 0, mass / np.where(share > 0, share, 1), 1.0)

    def recall(self, thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
        found = np.interp(thresholds, self.score, self.above) / self.above[0]
        return np.where(thresholds > 1, 0.0, found)

    def most_recall(self, least: float) -> float:
        """Recall of the loosest cut of all whose precision is at least `least`."""
        inside = self.score[100:-100]
        return float(self.recall(inside[self.precision(inside) >= least].min()))


WORLDS = {
    "just below the floor": World(lambda s: np.full_like(s, 0.799)),
    "sure above a score": World(lambda s: (s > 0.7) * 1.0),
    "rises slowly": World(lambda s: expit(8 * (s - 0.5))),
    "rises fast": World(lambda s: expit(30 * (s - 0.8))),
    "highest not the surest": World(lambda s: np.select([s > 0.97, s > 0.7], [0.6, 0.98], 0.05)),
    "a dip": World(lambda s: np.select([s > 0.95, s > 0.9, s > 0.8], [1, 0.5, 0.95], 0.2)),
}


@pytest.mark.parametrize("n_clips", [40, 300])
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_precision_holds_as_often_as_promised(world: World, n_clips: int) -> None:
    found = tt.guarantee(*world.draw(n_clips), precision=0.8, confidence=0.9)
    broken = world.precision(found.thresholds.values) < 0.8 - 1e-6
    assert broken.mean() <= 0.1 + LUCK
    assert not broken[~found.feasible].any()


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_recall_holds_as_often_as_promised(world: World) -> None:
    found = tt.guarantee(*world.draw(150), recall=0.7, confidence=0.9)
    broken = world.recall(found.thresholds.values) < 0.7
    assert found.feasible.all()
    assert 0.04 < broken.mean() <= 0.1 + LUCK  # no more is given away than the steps of a binomial


@pytest.mark.parametrize(
    ("name", "least", "n_clips"),
    [
        ("sure above a score", 0.9, 150),
        ("rises slowly", 0.8, 300),
        ("rises slowly", 0.9, 1500),
        ("rises fast", 0.8, 300),
        ("highest not the surest", 0.8, 1000),
    ],
)
def test_recall_is_at_least_half_of_what_is_possible(name: str, least: float, n_clips: int) -> None:
    world = WORLDS[name]
    found = tt.guarantee(*world.draw(n_clips), precision=least, confidence=0.9)
    reached = world.recall(found.thresholds.values)  # 0 where nothing is promised
    assert reached.mean() >= world.most_recall(least) / 2


def test_precision_is_at_least_half_of_what_is_possible() -> None:
    world = WORLDS["rises slowly"]
    found = tt.guarantee(*world.draw(100), recall=0.8, confidence=0.9)
    score = world.score[100:-100]
    possible = world.precision(score[world.recall(score) >= 0.8].max())
    assert world.precision(found.thresholds.values).mean() >= possible / 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", [PrecisionFloor, RecallFloor])
def test_joint_promises_hold_all_at_once(kind: type[PrecisionFloor | RecallFloor]) -> None:
    worlds = [WORLDS["just below the floor"], WORLDS["rises slowly"]] * 2
    parts = [world.draw(60, seed=seed) for seed, world in enumerate(worlds)]
    y_true, y_score = (np.stack(each, axis=2) for each in zip(*parts, strict=True))
    accepted = np.empty((2, len(worlds), DRAWS))
    for draw in range(DRAWS):
        floor = kind(tt.Counts.from_arrays(y_true[:, draw], y_score[:, draw]), 0.8)
        for row, level in enumerate((0.1, floor.joint_level(0.1))):
            accepted[row, :, draw] = floor.passed(level).accepted
    share = np.ones(accepted.shape)
    for tag, world in enumerate(worlds):
        truth = world.precision if kind is PrecisionFloor else world.recall
        share[:, tag] = truth(accepted[:, tag])
    alone, jointly = (share < 0.8 - 1e-6).any(axis=1).mean(axis=1)
    assert jointly <= 0.1 + LUCK
    assert alone > 0.1 + LUCK  # which is why one asks for all at once


def test_two_normal_classes_as_of_an_audio_tagger() -> None:
    """Clips of a tag with 10 % positives; true precision and recall in closed form."""
    rng = np.random.default_rng(0)
    y_true = rng.random((2000, DRAWS)) < 0.1
    found = tt.guarantee(
        y_true, rng.standard_normal(y_true.shape) + 2.5 * y_true, precision=0.8, confidence=0.9
    )
    cut = np.append(np.linspace(0, 5, 2001), found.thresholds.values)
    recall = norm.sf(cut - 2.5)
    precision = 0.1 * recall / np.maximum(0.1 * recall + 0.9 * norm.sf(cut), 1e-300)
    possible = recall[:2001][precision[:2001] >= 0.8].max()
    assert (precision[2001:][found.feasible] < 0.8).sum() <= (0.1 + LUCK) * DRAWS
    assert recall[2001:].mean() >= possible / 2


@given(cases(max_clips=10, weighted=False))
def test_any_order_and_any_rising_scale_give_the_same_decisions(case: Case) -> None:
    order = np.random.default_rng(0).permutation(len(case.y_true))
    rank = np.unique(case.y_score, return_inverse=True)[1].reshape(case.y_score.shape) / 64
    for floor in ({"precision": 0.3}, {"recall": 0.3}):
        first = tt.guarantee(case.y_true, case.y_score, **floor, confidence=0.6)  # type: ignore[arg-type]
        same = tt.guarantee(case.y_true[order], case.y_score[order], **floor, confidence=0.6)  # type: ignore[arg-type]
        scaled = tt.guarantee(case.y_true, rank, **floor, confidence=0.6)  # type: ignore[arg-type]
        assert first.thresholds.values.tolist() == same.thresholds.values.tolist()
        known = case.y_true >= 0
        decisions = first.thresholds.predict(case.y_score)
        assert (decisions == scaled.thresholds.predict(rank))[known].all()


@given(cases(max_clips=10, weighted=False))
def test_unknown_labels_and_clips_of_weight_0_are_no_clips(case: Case) -> None:
    found = tt.guarantee(case.y_true, case.y_score, precision=0.3, confidence=0.6)
    for tag in range(case.y_true.shape[1]):
        known = case.y_true[:, tag] >= 0
        column = slice(tag, tag + 1)
        if known.any():
            alone = tt.guarantee(
                *(case.y_true[known, column], case.y_score[known, column]),
                precision=0.3,
                confidence=0.6,
            )
            assert alone.thresholds.values == found.thresholds.values[tag]
    counts = tt.Counts.from_arrays(
        np.vstack([case.y_true, case.y_true]),
        np.vstack([case.y_score, case.y_score]),
        sample_weight=np.repeat([1, 0], len(case.y_true)),
    )
    weighted = tt.guarantee(counts, precision=0.3, confidence=0.6)
    assert weighted.thresholds.values.tolist() == found.thresholds.values.tolist()


def test_what_cannot_be_promised_is_listed_with_what_it_needs() -> None:
    y_true = np.zeros((60, 4), int)
    y_true[:30, 0] = 1  # well separated
    y_true[:9, 1] = 1  # well separated, but few
    y_true[::3, 2] = 1  # not separated
    y_true[:, 3] = -1  # not known
    scores = np.repeat(np.arange(60, 0.0, -1)[:, None], 4, axis=1)
    tags = ["Dog", "Rain", "Wind", "Owl"]
    found = tt.guarantee(y_true, scores, precision=0.8, tags=tags)
    assert found.feasible.tolist() == [True, False, False, False]
    assert found.thresholds.values.tolist()[1:] == [np.inf] * 3
    assert list(found.infeasible) == ["Rain", "Wind", "Owl"]
    assert found.infeasible["Rain"] is not None
    assert 60 < found.infeasible["Rain"] < 1000
    assert found.infeasible["Wind"] is found.infeasible["Owl"] is None
    assert np.isnan(found.needed[0])
    misses = tt.guarantee(y_true, scores, recall=0.8, tags=tags)
    assert misses.infeasible == {"Rain": 14, "Owl": 14}
    assert misses.thresholds.values.tolist()[1] == 1  # every clip at hand
    assert misses.thresholds.values[3] == np.inf


def test_the_file_says_what_is_promised(tmp_path: Path) -> None:
    fit, _ = tt.datasets.load_demo()
    found = tt.guarantee(fit.labels, fit.scores, precision=0.8, jointly=True, tags=fit.tags)
    found.thresholds.save(tmp_path / "t.json")
    origin = tt.Thresholds.load(tmp_path / "t.json").origin
    assert origin is not None
    assert origin.metric == "recall_macro"
    assert origin.score == pytest.approx(found.table["recall"].mean())
    assert origin.method == {
        "name": "guarantee",
        "options": {"precision": 0.8, "confidence": 0.95, "jointly": True},
        "infeasible": list(found.infeasible),
    }
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["infeasible"] == found.infeasible
    assert [row["feasible"] for row in content["per_tag"]] == found.feasible.tolist()
    assert "all tags at once: " in repr(found)


def test_counts_give_what_arrays_give() -> None:
    fit, _ = tt.datasets.load_demo()
    counts = tt.Counts.from_arrays(fit.labels[:200], fit.scores[:200]) + tt.Counts.from_arrays(
        fit.labels[200:], fit.scores[200:]
    )
    for floor in ({"precision": 0.8}, {"recall": 0.8}):
        one, other = tt.guarantee(counts, **floor), tt.guarantee(fit.labels, fit.scores, **floor)  # type: ignore[arg-type]
        assert one.thresholds.values.tolist() == other.thresholds.values.tolist()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "exactly one of precision and recall must be given; got precision=None, recall=None"),
        (
            {"precision": 0.5, "recall": 0.5},
            "exactly one of precision and recall must be given; got pre",
        ),
        ({"precision": 1}, "precision must be above 0 and below 1; got 1"),
        ({"recall": 0.0}, "recall must be above 0 and below 1; got 0.0"),
        ({"recall": "0.5"}, "recall must be a number; got '0.5'"),
        ({"recall": 0.5, "confidence": 95}, "confidence must be above 0 and below 1; got 95"),
        ({"recall": 0.5, "jointly": 1}, "jointly must be True or False; got 1"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], told: str) -> None:
    with pytest.raises(tt.InputError) as error:
        tt.guarantee([[1], [0]], [[0.9], [0.2]], **options)
    assert str(error.value).startswith(told)


def test_weights_are_refused() -> None:
    counts = tt.Counts.from_arrays([[1], [0]], [[0.9], [0.2]], sample_weight=[1, 2])
    with pytest.raises(tt.InputError, match=r"^sample_weight must be 0 or 1 .* count clips; got 2"):
        tt.guarantee(counts, precision=0.5)


def test_pooled_real_clips_hold_as_often_as_promised(real: Callable[[str], dict[str, Any]]) -> None:
    parts = [real(f"dcase2017/{half}.npz") for half in ("fit", "eval")]
    labels, scores = (np.concatenate([part[key] for part in parts]) for key in ("labels", "scores"))
    pool, rng = tt.Counts.from_arrays(labels, scores), np.random.default_rng(0)
    broken, promised = np.zeros(17), 0
    for _ in range(100):
        clips = rng.integers(len(labels), size=488)
        found = tt.guarantee(labels[clips], scores[clips], precision=0.8, confidence=0.9)
        truth = tt.evaluate(pool, thresholds=found.thresholds).table["precision"]
        broken += found.feasible & (truth < 0.8)
        promised += found.feasible.sum()
    assert promised > 300
    assert broken.max() <= 20  # 10 expected at most; 20 or fewer with probability 0.999
    assert broken.sum() <= 0.1 * promised


def test_precision_of_a_tag_never_given_and_recall_without_positives_are_not_known() -> None:
    result = tt.guarantee(
        [[1, 0]] * 3 + [[0, 0]] * 3, np.linspace(1, 0, 12).reshape(6, 2), precision=0.9
    )
    rows = result.to_dict()["per_tag"]
    assert [row["precision"] for row in rows] == [None, None]
    assert [row["recall"] for row in rows] == [0.0, None]
