"""Columns that are no tags, and labels in which what stands for "no" is taken for unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tagthresh as tt
from in_process import runner
from tagthresh.validation import Signs

if TYPE_CHECKING:
    from pathlib import Path

N = 40
RNG = np.random.default_rng(2)
Y = pd.DataFrame((RNG.random((N, 2)) < 0.4).astype(int), columns=["Dog", "Rain"])
S = pd.DataFrame(1 / (1 + np.exp(-RNG.normal(size=(N, 2)) - 2 * Y + 1)), columns=Y.columns)
ONE, NONE = np.ones(N), np.zeros(N)
HALF = np.arange(N) % 2
METADATA = {
    "fold": HALF,
    "is_test": HALF == 0,
    "end_time": ONE,
    "blank": np.where(HALF, 1.0, np.nan),
    "unknown": np.where(np.arange(N) % 3, HALF, -1),
    "rare": (np.arange(N) == 7).astype(float),
    "integers": pd.array(HALF, dtype="Int64"),
}
METHODS: dict[str, Any] = {"cv": None, "bootstrap": None, "method": "exact"}
QUICK: Any = {"methods": ["exact"], "n_resamples": 10}
CALIBRATOR: Any = tt.find_thresholds(Y, S, cv=None).calibrator
THRESHOLDS = tt.find_thresholds(Y, S, **METHODS).thresholds
NO_TAG = "is the same in scores and labels: it is no tag. Leave it out with ignore="


@pytest.mark.parametrize("name", METADATA)
def test_a_column_about_the_clips_is_refused_by_name(name: str) -> None:
    y_true, y_score = (each.assign(**{name: METADATA[name]}) for each in (Y, S))
    calls: list[Any] = [
        lambda **options: tt.find_thresholds(y_true, y_score, **METHODS, **options),
        lambda **options: tt.evaluate(y_true, y_score, THRESHOLDS, **options),
        lambda **options: tt.Counts.from_arrays(y_true, y_score, **options),
        lambda **options: tt.crossfit(y_true, y_score, method="exact", n_resamples=10, **options),
        lambda **options: tt.compare_methods(
            (y_true, y_score), (y_true, y_score), **QUICK, **options
        ),
        lambda **options: tt.evaluate_probabilities(y_true, y_score, **options),
        lambda **options: tt.guarantee(y_true, y_score, recall=0.5, **options),
        lambda **options: tt.operating_point(y_true, y_score, recall=0.5, **options),
        lambda **options: tt.report(y_true, y_score, THRESHOLDS, **options),
        lambda **options: tt.Frontier.from_arrays(y_true, y_score, **options),
    ]
    for call in calls:
        with pytest.raises(tt.InputError) as caught:
            call()
        assert str(caught.value).startswith(f"column '{name}' {NO_TAG}['{name}']")
        call(ignore=[name])
    assert tt.find_thresholds(y_true, y_score, ignore=[name], **METHODS).thresholds.tags == (
        "Dog",
        "Rain",
    )


def test_columns_on_one_side_and_of_text_can_be_left_out() -> None:
    y_true = Y.assign(fold=HALF, file="a.wav")
    found = tt.find_thresholds(y_true, S.assign(site="x"), ignore=["fold", "file", "site"])
    assert found.thresholds.tags == ("Dog", "Rain")
    numbered = pd.DataFrame(Y.to_numpy()).assign(fold=HALF)
    assert tt.Counts.from_arrays(numbered, S.to_numpy(), ignore=["fold"]).tags is None
    ids = Y.set_axis([17, 3], axis=1), S.set_axis(["17", "3"], axis=1)
    assert tt.Counts.from_arrays(*ids, ignore=[17]).tags == ("3",)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("ignore", "message"),
    [
        (["Fold"], "ignore must name columns; none is called 'Fold'"),
        (["dog"], "none is called 'dog'; did you mean 'Dog'"),
        ("Dog", "ignore must be a list, such as"),
        (3, "ignore must be a list, such as"),
    ],
)
def test_names_to_ignore_are_names_of_columns(ignore: Any, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.Counts.from_arrays(Y, S, ignore=ignore)
    with pytest.raises(tt.InputError, match="ignore must not be given with Counts"):
        tt.find_thresholds(tt.Counts.from_arrays(Y, S), ignore=["Dog"])


def test_a_column_of_zeros_is_a_tag() -> None:
    y_true, y_score = Y.assign(Cat=NONE), S.assign(Cat=NONE)
    assert tt.Counts.from_arrays(y_true, y_score).n_tags == 3


def test_decisions_may_be_right() -> None:
    decisions = Y.astype(float)
    assert tt.evaluate(Y, decisions, tt.Thresholds([0.5, 0.5])).score() == 1
    wrong = decisions.assign(Rain=1 - decisions["Rain"])
    assert tt.Counts.from_arrays(Y, wrong).n_tags == 2


def test_a_classifier_that_is_sure_of_the_known_clips_is_one() -> None:
    y_true = Y.assign(Cat=np.where(np.arange(N) < 5, 1, -1))
    y_score = S.assign(Cat=np.where(np.arange(N) < 5, 1.0, 0.3))
    with pytest.warns(tt.UnseenTagWarning):
        assert len(tt.find_thresholds(y_true, y_score, **METHODS).thresholds) == 3


def test_one_clip_says_nothing() -> None:
    assert tt.Counts.from_arrays([[1, 0]], [[1.0, 0.3]]).n_clips == 1


def test_sparse_columns_about_the_clips() -> None:
    y_true, y_score = (
        scipy.sparse.csr_array(each.assign(fold=HALF).to_numpy(float)) for each in (Y, S)
    )
    tags = ["Dog", "Rain", "fold"]
    for truth in (y_true, y_true.toarray()):
        with pytest.raises(tt.InputError, match="column 'fold' is the same"):
            tt.Counts.from_arrays(truth, y_score, tags=tags)
        with pytest.raises(tt.InputError, match="column 2 is the same"):
            tt.Counts.from_arrays(truth, y_score)


@pytest.mark.parametrize("memory", [8000, "1MB"])
def test_parts_are_judged_together(memory: Any) -> None:
    y_true, y_score = (each.assign(fold=HALF).to_numpy(float) for each in (Y, S))
    tags = ["Dog", "Rain", "fold"]
    shards = tt.Shards.from_arrays(y_true, y_score, tags=tags, memory=memory)
    with pytest.raises(tt.InputError, match="column 'fold' is the same"):
        tt.find_thresholds(shards, method="exact")
    y_score[-1, 2] = 0.3  # in the last part alone
    shards = tt.Shards.from_arrays(y_true, y_score, tags=tags, memory="1MB")
    assert len(tt.find_thresholds(shards, method="exact").thresholds) == 3


FORMS: dict[str, Any] = {
    "-1": Y.where(Y == 1, -1),
    "blank": Y.where(Y == 1, np.nan),
    "masked": np.ma.masked_array(np.ones(Y.shape), Y.to_numpy() == 0),
    "None": Y.astype(object).where(Y == 1, None),
    "NA": Y.astype("Int64").where(Y == 1, pd.NA),
    "both": np.where(Y == 1, 1, np.where(HALF[:, None], np.nan, -1)),
    "all but one column of ones": np.where([[True, False]] * N, 1, Y.where(Y == 1, -1)),
}


@pytest.mark.filterwarnings("ignore::tagthresh.UnseenTagWarning")
@pytest.mark.parametrize("form", FORMS)
def test_labels_without_a_zero_are_refused(form: str) -> None:
    y_true, y_score = FORMS[form], S.to_numpy()
    y_true = y_true.to_numpy() if isinstance(y_true, pd.DataFrame) else y_true
    calls: list[Any] = [
        lambda **options: tt.find_thresholds(y_true, y_score, **METHODS, **options),
        lambda **options: tt.evaluate(y_true, y_score, THRESHOLDS, **options),
        lambda **options: tt.Counts.from_arrays(y_true, y_score, **options),
        lambda **options: tt.compare_methods(
            (y_true, y_score), (y_true, y_score), **QUICK, **options
        ),
        lambda **options: tt.compare_thresholds(
            *(y_true, y_score, THRESHOLDS, THRESHOLDS), n_resamples=10, **options
        ),
        lambda **options: tt.reliability(*(y_true, y_score, CALIBRATOR), **options),
    ]
    if y_true.dtype.kind in "if" and not np.ma.isMaskedArray(y_true):
        calls.append(
            lambda **options: tt.find_thresholds(
                tt.Shards.from_arrays(y_true, y_score, memory=8000, **options), method="exact"
            )
        )
    for call in calls:
        with pytest.raises(tt.InputError, match="y_true must hold 0 for a clip without the tag"):
            call()
        call(positive_only=True)


@pytest.mark.filterwarnings("ignore::tagthresh.UnseenTagWarning")
def test_labels_that_are_all_1_or_all_unknown_are_legal() -> None:
    for value in (1, -1):
        tt.Counts.from_arrays(np.full(Y.shape, value), S)
    some = np.where(Y, 1, -1)
    some[3, 1] = 0  # one 0 says what 0 means
    tt.find_thresholds(some, S, **METHODS)
    tt.Counts.from_arrays(scipy.sparse.csr_array(np.where(Y, 1, 0)), scipy.sparse.csr_array(S))


def test_positive_only_is_true_or_false() -> None:
    with pytest.raises(tt.InputError, match="positive_only must be True or False"):
        tt.Counts.from_arrays(Y, S, positive_only="yes")  # type: ignore[arg-type]


@given(st.data())
def test_signs_of_parts_vs_all_clips(data: st.DataObject) -> None:
    shape = data.draw(st.integers(2, 200)), data.draw(st.integers(1, 3))
    fraction = data.draw(st.sampled_from([0.0, 0.01]))
    y_true = data.draw(hnp.arrays(np.int8, shape, elements=st.sampled_from([-1, 0, 1])))
    other = data.draw(hnp.arrays(np.float64, shape, elements=st.just(fraction)))
    scores = np.where(y_true == -1, data.draw(st.sampled_from([-1.0, 0.5])), y_true) + other
    known, positive = y_true >= 0, y_true == 1
    cut = data.draw(st.integers(1, shape[0] - 1))
    parts = [
        Signs.of(positive[rows], known[rows], scores[rows])
        for rows in (slice(cut), slice(cut, None))
    ]
    both = parts[0] + parts[1]
    like = np.isin(scores, [0, 1, -1])
    same = np.where(known, scores == positive, like).all(axis=0)
    np.testing.assert_array_equal(both.same, same)
    np.testing.assert_array_equal(both.positive & both.same, positive.any(axis=0) & same)
    assert both.decisions == like.all()
    assert (both.clips, both.zeros) == (shape[0], bool((y_true == 0).any()))
    assert (both.ones, both.unknown) == (bool(positive.any()), not known.all())


def test_the_command_line_names_the_file_and_the_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = runner(monkeypatch, capfd)
    scores, labels = str(tmp_path / "s.csv"), str(tmp_path / "y.csv")
    clips = pd.Index([f"{i}.wav" for i in range(N)], name="clip")
    S.set_index(clips).to_csv(scores)
    Y.where(Y == 1, -1).set_index(clips).to_csv(labels)
    output = str(tmp_path / "t.json")
    failed = run("fit", scores, "--labels", labels, "--no-cv", "-o", output)
    assert failed.code == 2
    assert "y.csv: labels must hold 0 for a clip without the tag" in failed.err
    given = [scores, "--labels", labels, "--positive-only"]
    assert run("fit", *given, "--no-cv", "-o", output).code == 0
    assert run("evaluate", *given, "-t", output).code == 0
    assert run("frontier", *given).code == 0
