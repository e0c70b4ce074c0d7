from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
import tagthresh as tt
from comparing import same_counts
from strategies import Case, cases, examples


def counts_of(case: Case, rows: Any = slice(None)) -> tt.Counts:
    weight = None if case.weight is None else case.weight[rows]
    return tt.Counts.from_arrays(
        *(case.y_true[rows], case.y_score[rows]), sample_weight=weight, positive_only=True
    )


@given(cases(), st.sampled_from([-1.0, 0.0, 0.25, 0.3, 1.0, np.inf]))
@settings(max_examples=examples(500))
def test_confusion_vs_clip_by_clip(case: Case, threshold: float) -> None:
    thresholds = np.full(case.y_score.shape[1], threshold)
    found = counts_of(case).confusion(thresholds)
    wanted = oracles.confusion(case.y_true, case.y_score, thresholds, case.weight)
    np.testing.assert_allclose(np.array(found), wanted, rtol=1e-12, atol=1e-9)


@pytest.mark.filterwarnings("ignore:no known negative clip:tagthresh.UnseenTagWarning")
@given(cases(max_clips=12), st.data())
@settings(max_examples=examples(500))
def test_any_split_in_any_order_adds_up_to_the_same_bytes(case: Case, data: st.DataObject) -> None:
    if case.weight is not None:
        case = case._replace(weight=np.where(case.weight == 0, 0.7, case.weight))
    n_clips = len(case.y_score)
    order = np.array(data.draw(st.permutations(range(n_clips))))
    ends = data.draw(st.lists(st.integers(1, n_clips), max_size=4).map(sorted))
    parts = [part for part in np.split(order, ends) if len(part)]
    total = counts_of(case, parts[0])
    for part in parts[1:]:
        total = total + counts_of(case, part)
    assert same_counts(total, counts_of(case))
    for metric in ("f1_micro", "f2_macro"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", tt.UnseenTagWarning)
            whole, merged = (
                tt.find_thresholds(each, metric=metric) for each in (counts_of(case), total)
            )
        assert whole.thresholds.values.tobytes() == merged.thresholds.values.tobytes()


@given(cases(weighted=False), st.data())
def test_weights_are_repetitions(case: Case, data: st.DataObject) -> None:
    n_clips = len(case.y_score)
    times = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n_clips, max_size=n_clips)))
    times[0] = max(times[0], 1)
    weighted = counts_of(case._replace(weight=times.astype(float)))
    repeated = tt.Counts.from_arrays(
        np.repeat(case.y_true, times, axis=0),
        np.repeat(case.y_score, times, axis=0),
        positive_only=True,  # no clip without a tag may be left
    )
    cuts = np.broadcast_to(
        np.append(np.unique(case.y_score), np.inf),
        (case.y_score.shape[1], len(np.unique(case.y_score)) + 1),
    )
    np.testing.assert_array_equal(weighted.confusion(cuts), repeated.confusion(cuts))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.uint8, np.int32])
def test_every_type_of_score_counts_the_same_counts(dtype: type) -> None:
    rng = np.random.default_rng(1)
    y_score: Any = rng.integers(0, 100, (200, 3)).astype(dtype)
    y_true = rng.integers(0, 2, (200, 3))
    found = tt.Counts.from_arrays(y_true, y_score).confusion([17, 50, 99])
    wanted = oracles.confusion(y_true, y_score, [17, 50, 99])
    np.testing.assert_array_equal(np.array(found), wanted)


@pytest.mark.parametrize(
    "y_true",
    [
        np.array([[1, 0], [-1, 1]]),
        np.array([[1, 0], [np.nan, 1]]),
        np.ma.masked_array([[1, 0], [1, 1]], [[False, False], [True, False]]),
        [[1, 0], [None, 1]],
    ],
    ids=["-1", "NaN", "masked", "None"],
)
def test_unknown_labels_count_nowhere(y_true: Any) -> None:
    counts = tt.Counts.from_arrays(y_true, [[0.9, 0.2], [np.nan, 0.6]])
    assert counts.known.mass.tolist() == [1, 2]
    assert counts.confusion([0.0, 0.0]).tp.tolist() == [1, 1]


def test_input_arrays_are_left_as_they_were() -> None:
    rng = np.random.default_rng(2)
    for order in ("C", "F"):
        y_score = np.array(rng.random((50, 4)), order=order)
        y_true = (rng.random((50, 4)) < 0.3).astype(np.uint8)
        before = y_score.copy(), y_true.copy()
        tt.find_thresholds(y_true, y_score)
        np.testing.assert_array_equal(y_score, before[0])
        np.testing.assert_array_equal(y_true, before[1])


def test_counts_are_added_by_tag_name() -> None:
    a = tt.Counts.from_arrays([[1, 0]], [[0.9, 0.1]], tags=["Dog", "Rain"])
    b = tt.Counts.from_arrays([[1, 0]], [[0.8, 0.2]], tags=["Rain", "Dog"])
    both = a + b
    assert both.tags == ("Dog", "Rain")
    assert both.positive.score[0].tolist() == [0.9]
    assert both.positive.score[1].tolist() == [0.8]
    with pytest.raises(tt.InputError, match="lacks 'Rain'"):
        a + tt.Counts.from_arrays([[1, 0]], [[0.8, 0.2]], tags=["Wind", "Dog"])
    with pytest.raises(tt.InputError, match="got 2 and 1"):
        a + tt.Counts.from_arrays([[1]], [[0.8]])
    with pytest.raises(TypeError):
        a + 1  # type: ignore[operator]


def test_equal_scores_are_stored_once() -> None:
    y_score = np.zeros((70_000, 1), np.float32)
    counts = tt.Counts.from_arrays(np.ones((70_000, 1), np.uint8), y_score)
    assert counts.known.score[0].tolist() == [0.0]
    assert counts.known.count(0).tolist() == [70_000]


def test_counts_can_be_summed_and_judged() -> None:
    rng = np.random.default_rng(3)
    y_true, y_score = rng.integers(0, 2, (90, 3)), rng.random((90, 3))
    parts = [tt.Counts.from_arrays(y_true[i::3], y_score[i::3]) for i in range(3)]
    total, whole = sum(parts), tt.Counts.from_arrays(y_true, y_score)
    assert isinstance(total, tt.Counts)
    assert total.fingerprint == whole.fingerprint
    thresholds = tt.Thresholds([0.3, 0.5, 0.7])
    by_counts = tt.evaluate(total, thresholds=thresholds)
    assert by_counts.to_dict() == tt.evaluate(y_true, y_score, thresholds, ci=None).to_dict()


@pytest.mark.parametrize(
    "other",
    [
        {"y_true": [[1], [-1]]},
        {"y_true": [[0], [1]]},
        {"y_score": [[0.8], [0.2]]},
        {"y_score": np.array([[0.9], [0.2]], np.float32)},
        {"tags": ["b"]},
        {"sample_weight": [2.0, 1.0]},
    ],
)
def test_the_fingerprint_tells_clips_and_names_apart(other: dict[str, Any]) -> None:
    given: dict[str, Any] = {"y_true": [[1], [0]], "y_score": [[0.9], [0.2]], "tags": ["a"]}
    given["positive_only"] = True
    fingerprint = tt.Counts.from_arrays(**given).fingerprint
    assert fingerprint == tt.Counts.from_arrays(**given | {"tags": np.array(["a"])}).fingerprint
    assert fingerprint != tt.Counts.from_arrays(**given | other).fingerprint


def test_the_fingerprint_leaves_out_the_scores_of_negatives() -> None:
    prints = {
        tt.Counts.from_arrays([[1], [0]], [[0.9], [score]]).fingerprint for score in (0.2, 0.4)
    }
    assert len(prints) == 1


def test_the_fingerprint_tells_apart_which_tag_a_positive_belongs_to() -> None:
    y_score = np.full((2, 2), 0.9)
    one, other = (tt.Counts.from_arrays(y_true, y_score) for y_true in ([[1, 0]] * 2, [[0, 1]] * 2))
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("thresholds", "message"),
    [
        ([0.5], r"one row for each of 2 tags; got \(1,\)"),
        ([0.5, 0.5, 0.5], r"got \(3,\)"),
        ([[[0.5]]], r"got \(1, 1, 1\)"),
        ([0.5, np.nan], "must be numbers; got nan"),
    ],
)
def test_confusion_checks_its_thresholds(thresholds: Any, message: str) -> None:
    counts = tt.Counts.from_arrays([[1, 0]], [[0.9, 0.1]])
    with pytest.raises(tt.InputError, match=message):
        counts.confusion(thresholds)


@given(cases(max_clips=8))
def test_pooled_counts_are_those_of_all_columns_in_one(case: Case) -> None:
    pooled = counts_of(case).pooled()
    n_tags = case.y_score.shape[1]
    weight = None if case.weight is None else np.repeat(case.weight, n_tags)
    column = tt.Counts.from_arrays(
        case.y_true.reshape(-1, 1), case.y_score.reshape(-1, 1), sample_weight=weight
    )
    for one, other in ((pooled.known, column.known), (pooled.positive, column.positive)):
        np.testing.assert_array_equal(one.score[0], other.score[0])
        np.testing.assert_array_equal(one.above[0], other.above[0])
