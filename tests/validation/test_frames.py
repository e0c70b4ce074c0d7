"""Frames: columns are matched by name, rows by index, and what is no frame is taken for none."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy

import tagthresh as tt
from tagthresh.validation import frames

RNG = np.random.default_rng(0)
Y = (RNG.random((60, 3)) < 0.35).astype(int)
S = RNG.normal(size=(60, 3)) + 2 * Y + [0, 3, -3]
SOLUTION = tt.find_thresholds(Y, S, method="exact", cv=None)
ORDERS = list(itertools.permutations(range(3)))
LABELS: dict[str, list[Any]] = {
    "ids": [17, 3, 25],
    "permuted": [2, 0, 1],
    "from one": [1, 2, 3],
    "NumPy": [np.int64(9), np.int32(4), np.uint8(7)],
    "negative": [-1, 0, 1],
    "floats": [17.0, 3.0, 2.5],
    "mixed": ["Dog", 4, 5],
    "dates": list(pd.date_range("2024-01-01", periods=3)),
    "levels": [("a", 1), ("a", 2), ("b", 1)],
    "attributes": ["collect", "column_names", "columns"],
    "internals": ["dims", "coords", "__dataframe__"],
    "numbered": [0, 1, 2],
}


def frame(values: Any, labels: list[Any]) -> pd.DataFrame:
    made = pd.DataFrame(values)
    made.columns = pd.Index(labels, tupleize_cols=False)
    return made


def pick(made: pd.DataFrame, order: Any) -> pd.DataFrame:
    return made.iloc[:, list(order)]


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("order", ORDERS)
def test_columns_in_any_order_vs_the_same_order(labels: list[Any], order: tuple[int, ...]) -> None:
    y_true, y_score = frame(Y, labels), frame(S, labels)
    moved = pick(y_score, order)
    fitted = tt.find_thresholds(y_true, moved, method="exact", cv=None)
    assert fitted.score == SOLUTION.score
    other_side = tt.find_thresholds(pick(y_true, order), y_score, method="exact", cv=None)
    assert other_side.score == SOLUTION.score
    for thresholds in (tt.find_thresholds(y_true, y_score, cv=None).thresholds, fitted.thresholds):
        judged = tt.evaluate(y_true, moved, thresholds)
        assert judged.score() == tt.evaluate(pick(y_true, order), y_score, thresholds).score()
        names = [frames.column_text(label) for label in labels]
        own = [names.index(name) for name in thresholds.names]
        wanted = S[:, own] >= thresholds.values
        np.testing.assert_array_equal(thresholds.predict(y_score), wanted)
        np.testing.assert_array_equal(thresholds.predict(moved), wanted)
    counts = tt.Counts.from_arrays(y_true, y_score)
    both = counts + tt.Counts.from_arrays(pick(y_true, order), moved)
    np.testing.assert_array_equal(both.positive.mass, 2 * counts.positive.mass)


@pytest.mark.parametrize("labels", [[17, 3, 25], [2, 0, 1], [1, 2, 3]])
@pytest.mark.parametrize("make", [pl.DataFrame, pa.table], ids=["polars", "Arrow"])
def test_a_number_and_its_text_are_one_name(labels: list[int], make: Any) -> None:
    columns = {str(label): S[:, i] for i, label in reversed(list(enumerate(labels)))}
    found = tt.find_thresholds(frame(Y, labels), make(columns), method="exact", cv=None)
    assert found.score == SOLUTION.score


def test_other_numbers_are_other_tags() -> None:
    with pytest.raises(tt.InputError, match="lacks '4', '5', '6'"):
        tt.Counts.from_arrays(frame(Y, [1, 2, 3]), frame(S, [4, 5, 6]))
    with pytest.raises(tt.InputError, match="columns of y_score must be distinct; '17' appears"):
        tt.Counts.from_arrays(Y, frame(S, [17, 3, "17"]))
    with pytest.raises(tt.InputError, match="columns of y_score must be distinct; '17' appears"):
        tt.Counts.from_arrays(Y, frame(S, [17, 3, 17]))


def test_an_array_beside_a_frame_goes_by_position() -> None:
    for labels in LABELS.values():
        assert tt.find_thresholds(Y, frame(S, labels), method="exact").score == SOLUTION.score
        fitted = tt.find_thresholds(frame(Y, labels), frame(S, labels), method="exact", cv=None)
        decided = fitted.thresholds.predict(S)
        np.testing.assert_array_equal(decided, fitted.thresholds.values <= S)


def test_tags_name_the_order_and_a_frame_keeps_its_names() -> None:
    thresholds = tt.Thresholds([0.5, 0.1, 0.9], ["a", "b", "c"])
    given = frame(S, list("abc"))
    wanted = thresholds.predict(given)
    np.testing.assert_array_equal(thresholds.predict(given, ["c", "a", "b"]), wanted)
    fitted = tt.find_thresholds(Y, S, tags=list("abc"), method="hierarchical", cv=None)
    assert fitted.calibrator is not None
    probability = fitted.calibrator.predict_proba(given)
    again = fitted.calibrator.predict_proba(given, ["c", "a", "b"])
    np.testing.assert_array_equal(again, probability)


def test_numbered_grids_do_not_mix_with_others() -> None:
    grid = tt.GridCounts()
    grid.update(frame(Y, [0, 1, 2]), frame(S, [0, 1, 2]))
    with pytest.raises(tt.InputError, match="must have its columns in order, 0, 1"):
        grid.update(frame(Y, [2, 0, 1]), frame(S, [2, 0, 1]))


def indexed(values: Any, index: Any) -> pd.DataFrame:
    return pd.DataFrame(values, columns=list("abc"), index=index)


SHUFFLED = np.random.default_rng(1).permutation(60)
RANGE = pd.RangeIndex(60)
DATES = pd.date_range("2024-01-01", periods=60, freq="h")
PAIRS = pd.MultiIndex.from_product([range(6), range(10)])
WRONG = {
    "shuffled": (RANGE, RANGE[SHUFFLED]),
    "reversed": (RANGE, RANGE[::-1]),
    "text of the same numbers": (RANGE, pd.Index(SHUFFLED.astype(str))),
    "floats": (RANGE, pd.Index(SHUFFLED.astype(float))),
    "drawn with repetition": (RANGE, pd.Index(SHUFFLED % 30)),
    "two slices": (pd.RangeIndex(10, 70), pd.RangeIndex(5, 65)),
    "other numbers in two orders": (pd.Index(SHUFFLED + 100), pd.Index(SHUFFLED[::-1] + 100)),
    "text": (pd.Index(SHUFFLED.astype(str)), pd.Index(SHUFFLED[::-1].astype(str))),
    "dates": (DATES, DATES[SHUFFLED]),
    "time zones": (DATES, DATES.tz_localize("UTC")),
    "levels": (PAIRS, PAIRS[SHUFFLED]),
    "duplicates": (pd.Index(SHUFFLED % 7 + 100), pd.Index(SHUFFLED[::-1] % 7 + 100)),
}
RIGHT = {
    "a subset of others": (RANGE, pd.Index(SHUFFLED * 3 + 1)),
    "dates": (RANGE, DATES),
    "levels": (RANGE, PAIRS),
    "names": (RANGE, pd.Index([f"{i}.wav" for i in SHUFFLED])),
    "the same": (PAIRS[SHUFFLED], PAIRS[SHUFFLED]),
    "numbers of two types": (RANGE, pd.Index(np.arange(60.0))),
    "another start": (RANGE, pd.RangeIndex(100, 160)),
}


@pytest.mark.parametrize("pair", WRONG.values(), ids=WRONG)
def test_rows_that_do_not_go_together_are_refused(pair: Any) -> None:
    for one, other in (pair, pair[::-1]):
        y_true, y_score, series = indexed(Y, one), indexed(S, other), pd.Series(1.0, other)
        calls: list[Any] = [
            lambda: tt.find_thresholds(y_true, y_score),  # noqa: B023
            lambda: tt.find_thresholds(y_true, S, sample_weight=series),  # noqa: B023
            lambda: tt.find_thresholds(y_true, S, groups=series),  # noqa: B023
            lambda: tt.crossfit(Y, y_score, groups=pd.Series(range(60), one)),  # noqa: B023
            lambda: tt.compare_methods((Y, S), (y_true, S), groups=series),  # noqa: B023
            lambda: tt.evaluate_probabilities(y_true, S, sample_weight=y_score),  # noqa: B023
        ]
        for call in calls:
            with pytest.raises(tt.InputError, match="must have the same index, in the same order"):
                call()


@pytest.mark.parametrize("pair", RIGHT.values(), ids=RIGHT)
def test_rows_without_names_go_by_position(pair: Any) -> None:
    for one, other in (pair, pair[::-1]):
        found = tt.find_thresholds(indexed(Y, one), indexed(S, other), method="exact", cv=None)
        assert found.score == SOLUTION.score


class Labelled:
    """A stand-in for xarray.DataArray."""

    def __init__(self, values: Any) -> None:
        self.values, self.dims, self.coords = values, ("tag", "clip"), {"tag": ["a"]}

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.values, dtype)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tt.find_thresholds(Labelled(Y), S),
        lambda: tt.find_thresholds(Y, Labelled(S)),
        lambda: tt.find_thresholds(Y, S, sample_weight=Labelled(np.ones(60))),
        lambda: tt.find_thresholds(Y, S, groups=Labelled(np.arange(60))),  # type: ignore[arg-type]
        lambda: SOLUTION.thresholds.predict(Labelled(S)),
        lambda: tt.review.plan(Labelled(S)),
    ],
)
def test_labelled_arrays_are_refused(call: Any) -> None:
    with pytest.raises(tt.InputError, match=r"Pass \.to_pandas\(\), .* or \.values"):
        call()


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_is_an_array() -> None:
    found = tt.find_thresholds(np.matrix(Y), np.matrix(S), method="exact", cv=None)
    assert found.score == SOLUTION.score
    masked = np.ma.masked_array(np.matrix(Y), np.zeros(Y.shape, bool))
    assert tt.Counts.from_arrays(masked, S).fingerprint == tt.Counts.from_arrays(Y, S).fingerprint
    assert isinstance(SOLUTION.thresholds.predict(np.matrix(S)), np.ndarray)


WIDE = {
    "complex": S + 0j,
    "complex64": S.astype(np.complex64),
    "long double": S.astype(np.longdouble),
    "objects": np.array([[np.longdouble(x) for x in row] for row in S], object),
    "complex objects": np.array([[np.complex128(x) for x in row] for row in S], object),
    "Python complex": np.array([[complex(x) for x in row] for row in S], object),
    "frame": frame(S + 0j, list("abc")),
    "frame of objects": frame(S.astype(np.longdouble).astype(object), list("abc")),
    "sparse": scipy.sparse.csr_array(S + 0j),
    "sparse long double": scipy.sparse.coo_array(S.astype(np.longdouble)),
}


@pytest.mark.parametrize("wide", WIDE.values(), ids=WIDE)
def test_numbers_beyond_float64_are_refused_everywhere(wide: Any) -> None:
    shards = tt.Shards.from_arrays(Y, wide) if isinstance(wide, np.ndarray) else None
    calls: list[Any] = [
        lambda: tt.Counts.from_arrays(Y, wide),
        lambda: tt.find_thresholds(Y, wide),
        lambda: SOLUTION.thresholds.predict(wide),
    ]
    if shards is not None:
        calls.append(lambda: tt.find_thresholds(shards, method="exact"))
    for call in calls:
        with pytest.raises(tt.InputError, match="must hold real numbers of at most 64 bits"):
            call()


@pytest.mark.parametrize("labels", [[17, 3, 25], [2, 0, 1], [0, 1, 2]])
@pytest.mark.parametrize("order", ORDERS)
def test_every_judge_of_thresholds_matches_by_name(
    labels: list[int], order: tuple[int, ...]
) -> None:
    y_true, y_score = frame(Y, labels), frame(S, labels)
    y_moved, moved = pick(y_true, order), pick(y_score, order)
    fitted = tt.find_thresholds(y_true, y_score, cv=None)
    thresholds, calibrator = fitted.thresholds, fitted.calibrator
    assert calibrator is not None
    other = tt.Thresholds(thresholds.values + 0.3, thresholds.tags)
    one, two = (
        tt.compare_thresholds(*data, thresholds, other, n_resamples=10)
        for data in ((y_true, y_score), (y_moved, moved))
    )
    assert one.difference.value == two.difference.value
    by_name = [dict(zip(x.table["tag"], x.table["old"], strict=True)) for x in (one, two)]
    assert by_name[0] == by_name[1]
    before, after = (
        tt.reliability(*data, calibrator) for data in ((y_true, y_score), (y_moved, moved))
    )
    assert before["calibrated"].brier == pytest.approx(after["calibrated"].brier)
    pages = [tt.report(*data, thresholds) for data in ((y_true, y_score), (y_moved, moved))]
    scores = [page.content["starts"][0]["score"] for page in pages]
    assert scores[0] == scores[1]
    profile = tt.Profile.from_scores(y_score, thresholds)
    np.testing.assert_array_equal(profile.given, tt.Profile.from_scores(moved, thresholds).given)
    compared = [
        tt.compare_methods((y_true, y_score), data, methods=["exact"], n_resamples=10)
        .entries[0]
        .score
        for data in ((y_true, y_score), (y_moved, moved))
    ]
    assert compared[0] == compared[1]
