"""Sparse scores and labels against dense ones, in which absent scores lie below all others."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import oracles
import tagthresh as tt
from comparing import same_counts
from strategies import Case, cases, examples
from tagthresh.counts import sparse as pairs
from tagthresh.counts import step_functions
from tagthresh.counts.normal_scores import Binned
from tagthresh.counts.score_counts import ABSENT
from tagthresh.counts.step_functions import StepFunctions
from tagthresh.decision_rule import between
from tagthresh.methods.hierarchical import values

pytestmark = pytest.mark.filterwarnings("ignore::tagthresh.UnseenTagWarning")
LOW = -3.3e38  # below every score of the cases
METRICS = ["f1_micro", "f2_macro", "f0.5_weighted"]


class Sparse(NamedTuple):
    """A case and its sparse form; absent scores are NaN in the first, of which `>=` is false."""

    case: Case
    y_true: Any
    y_score: Any

    def dense(self) -> Any:
        """Scores with those absent below all others."""
        return np.where(np.isnan(self.case.y_score), LOW, self.case.y_score).astype(
            self.case.y_score.dtype
        )

    def counts(self, rows: Any = slice(None)) -> tt.Counts:
        weight = None if self.case.weight is None else self.case.weight[rows]
        y_true, y_score = (scipy.sparse.csr_array(each)[rows] for each in self[1:])
        return tt.Counts.from_arrays(y_true, y_score, sample_weight=weight, positive_only=True)


def sparse(y_true: Any, y_score: Any) -> tuple[Any, Any]:
    """Sparse forms of labels and scores; the scores that are NaN are absent."""
    stored = np.nonzero(~np.isnan(y_score))
    scores = scipy.sparse.csr_array((y_score[stored], stored), shape=y_score.shape)
    return scipy.sparse.csr_array(y_true), scores


@st.composite
def sparse_cases(draw: st.DrawFn, *, weighted: bool | None = None) -> Sparse:
    """Draw a small case and leave some of its scores out."""
    case = draw(cases(weighted=weighted))
    absent = draw(hnp.arrays(bool, case.y_score.shape))
    case = case._replace(y_score=np.where(absent, np.nan, case.y_score).astype(case.y_score.dtype))
    return Sparse(case, *sparse(case.y_true, case.y_score))


def drawn(n_clips: int = 400, n_tags: int = 30, stored: float = 0.1) -> Sparse:
    """Labels of rising prevalence, and scores of which most of the low ones are absent."""
    rng = np.random.default_rng(5)
    y_true = (rng.random((n_clips, n_tags)) < np.linspace(0.003, 0.05, n_tags)).astype(np.int8)
    y_score = (rng.standard_normal(y_true.shape) + 2.5 * y_true).astype(np.float32)
    y_score[y_score < np.quantile(y_score, 1 - stored)] = np.nan
    case = Case(y_true, y_score, None)
    return Sparse(case, *sparse(y_true, y_score))


@given(sparse_cases(), st.sampled_from([-2.0, 0.0, 0.25, 1.0, np.inf]))
@settings(max_examples=examples(300))
def test_confusion_vs_clip_by_clip(found: Sparse, threshold: float) -> None:
    case = found.case
    thresholds = np.full(case.y_score.shape[1], threshold)
    wanted = oracles.confusion(case.y_true, case.y_score, thresholds, case.weight)
    got = np.array(found.counts().confusion(thresholds))
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-9)


@given(cases())
@settings(max_examples=examples(300))
def test_scores_that_are_all_stored_count_as_dense_ones(case: Case) -> None:
    y_true, y_score = sparse(case.y_true, case.y_score)
    found = tt.Counts.from_arrays(y_true, y_score, sample_weight=case.weight)
    wanted = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=case.weight)
    assert same_counts(found, wanted)
    assert found.fingerprint == wanted.fingerprint


@given(sparse_cases(), st.data())
@settings(max_examples=examples(300))
def test_any_split_adds_up_to_the_same_bytes(found: Sparse, data: st.DataObject) -> None:
    weight = found.case.weight
    if weight is not None:
        found = found._replace(case=found.case._replace(weight=np.where(weight == 0, 0.7, weight)))
    order = np.array(data.draw(st.permutations(range(len(found.case.y_true)))))
    parts = np.array_split(order, data.draw(st.integers(1, 3)))
    assert same_counts(sum(found.counts(part) for part in parts if len(part)), found.counts())  # type: ignore[arg-type]


@given(sparse_cases(), st.sampled_from(METRICS))
@settings(max_examples=examples(300))
def test_exact_vs_brute_force(found: Sparse, metric: str) -> None:
    case, counts = found.case, found.counts()
    goal = tt.metrics.as_metric(metric)
    solution = tt.find_thresholds(counts, method="exact", metric=metric)
    best = oracles.brute_force(case.y_true, case.y_score, goal, case.weight)
    assert solution.score == pytest.approx(best, abs=1e-9)
    assert solution.certificate is not None
    assert solution.certificate.gap <= 1e-9
    kinds = oracles.confusion(case.y_true, case.y_score, solution.thresholds.values, case.weight)
    assert solution.score == pytest.approx(oracles.value(goal, kinds.T), abs=1e-9)


def at_lowest(counts: tt.Counts) -> Any:
    """Thresholds that accept all scores that are stored."""
    lowest = counts.known.lowest
    return between(np.full_like(lowest, -np.inf), lowest, counts.dtype)


@given(sparse_cases(), st.sampled_from(METRICS), st.sampled_from(["exact", "shared"]))
@settings(max_examples=examples(300))
def test_thresholds_vs_dense(found: Sparse, metric: str, method: str) -> None:
    case, counts = found.case, found.counts()
    dense = tt.Counts.from_arrays(case.y_true, found.dense(), sample_weight=case.weight)
    wanted = tt.find_thresholds(dense, method=method, metric=metric)
    if wanted.thresholds.predict(found.dense())[np.isnan(case.y_score)].any():
        return  # accepts clips that have no score, which sparse thresholds never do
    got = tt.find_thresholds(counts, method=method, metric=metric)
    assert got.score == wanted.score
    lowest = at_lowest(counts) if method == "exact" else at_lowest(counts).min()
    np.testing.assert_array_equal(
        got.thresholds.values, np.maximum(wanted.thresholds.values, lowest)
    )


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("method", ["exact", "shared", "hierarchical", "sgl"])
def test_thresholds_vs_dense_where_most_scores_are_absent(method: str, metric: str) -> None:
    found = drawn()
    got = tt.find_thresholds(found.y_true, found.y_score, method=method, metric=metric)
    dense = tt.Counts.from_arrays(found.case.y_true, found.dense())
    wanted = tt.find_thresholds(dense, method=method, metric=metric)
    assert (wanted.thresholds.values > LOW).all()
    lowest = dict.fromkeys(("exact", "shared"), at_lowest(found.counts())).get(method, -np.inf)
    np.testing.assert_array_equal(
        got.thresholds.values, np.maximum(wanted.thresholds.values, lowest)
    )
    assert got.score == wanted.score


@given(sparse_cases())
def test_hierarchical_never_accepts_what_has_no_score(found: Sparse) -> None:
    counts = found.counts()
    solution = tt.find_thresholds(counts)
    assert (solution.thresholds.values > -np.inf).all()
    accepted = solution.thresholds.predict(found.y_score)
    assert accepted.sum() <= found.y_score.nnz
    if np.isinf(counts.positive.lowest).all():
        assert np.isinf(solution.thresholds.values).all()


def test_a_threshold_with_nothing_below_is_the_lowest_score_stored() -> None:
    y_score = scipy.sparse.csr_array(([0.5, 0.25], ([0, 1], [0, 0])), shape=(4, 1))
    for method in ("exact", "shared", "hierarchical"):
        solution = tt.find_thresholds([[1], [1], [0], [0]], y_score, method=method)
        assert solution.thresholds.values.tolist() == [0.25]
        assert solution.score == 1.0


def test_positives_without_a_score_are_missed() -> None:
    y_score = scipy.sparse.csr_array(([0.5], ([0], [0])), shape=(4, 1))
    y_true = [[1], [1], [0], [0]]
    solution = tt.find_thresholds(y_true, y_score, method="exact")
    evaluation = tt.evaluate(y_true, y_score, solution.thresholds)
    assert np.array(evaluation.confusion).ravel().tolist() == [1, 0, 1, 2]
    assert evaluation.average_precision.tolist() == [0.5]
    assert tt.Frontier.from_arrays(y_true, y_score).recall.tolist() == [0.0, 0.5]
    with pytest.raises(
        tt.InputError, match=r"at most 0\.5 on these clips, because some positives have no score"
    ):
        tt.operating_point(y_true, y_score, recall=0.8)
    point = tt.operating_point(y_true, y_score, recall=0.8, tag_by_tag=True)
    assert point.infeasible == ("0",)


@pytest.mark.parametrize("method", ["exact", "shared", "hierarchical"])
def test_no_score_at_all(method: str) -> None:
    y_score = scipy.sparse.csr_array((3, 2))
    solution = tt.find_thresholds([[1, 1], [0, 1], [1, 0]], y_score, method=method)
    assert solution.thresholds.values.tolist() == [np.inf, np.inf]
    assert solution.score == 0.0
    with pytest.raises(tt.InputError, match="y_true must have a known positive with a score"):
        tt.operating_point([[1, 1], [0, 1], [1, 0]], y_score, precision=0.5)


def test_average_precision_vs_a_sum_over_cuts() -> None:
    found = drawn()
    y_true, y_score = found.case.y_true, found.case.y_score
    values = np.zeros(y_true.shape[1])
    got = tt.evaluate(found.y_true, found.y_score, tt.Thresholds(values)).average_precision
    for tag, average in enumerate(got):
        positives, wanted = y_true[:, tag].sum(), 0.0
        for cut in y_score[y_true[:, tag] == 1, tag]:
            accepted = y_score[:, tag] >= cut
            wanted += y_true[accepted, tag].mean() / positives if accepted.any() else 0.0
        assert average == pytest.approx(wanted if positives else np.nan, nan_ok=True)


@pytest.mark.parametrize("floor", [{"precision": 0.5}, {"recall": 0.3}])
def test_guarantee_vs_dense(floor: Any) -> None:
    found = drawn(n_clips=2000, n_tags=8)
    got = tt.guarantee(found.y_true, found.y_score, **floor)
    wanted = tt.guarantee(found.case.y_true, found.dense(), **floor)
    np.testing.assert_array_equal(got.feasible, wanted.feasible)
    assert got.feasible.sum() > 0
    promised = got.feasible
    np.testing.assert_array_equal(
        got.thresholds.values[promised], wanted.thresholds.values[promised]
    )
    assert (got.thresholds.values[~promised] >= np.nanmin(found.case.y_score)).all()


def test_operating_point_vs_dense() -> None:
    found = drawn()
    limits: Any = ({"precision": 0.6}, {"recall": 0.4}, {"per_clip": 0.3})
    for limit in limits:
        got = tt.operating_point(found.y_true, found.y_score, **limit)
        wanted = tt.operating_point(found.case.y_true, found.dense(), **limit)
        np.testing.assert_array_equal(got.thresholds.values, wanted.thresholds.values)
        assert (got.precision, got.recall, got.gap) == (
            wanted.precision,
            wanted.recall,
            wanted.gap,
        )


@pytest.mark.parametrize("method", ["exact", "shared", "hierarchical"])
def test_limits_vs_dense(method: str) -> None:
    found = drawn()
    wanted, got = (
        tt.find_thresholds(
            found.case.y_true,
            scores,
            method=method,
            cv=None,
            fixed={"3": 2.0, "4": None},
            bounds={"7": (2.5, 3.0), "8": (None, 1.5)},
        )
        for scores in (found.dense(), found.y_score)
    )
    np.testing.assert_array_equal(got.thresholds.values, wanted.thresholds.values)
    assert got.score == wanted.score


def test_every_form_of_the_same_data_counts_the_same() -> None:
    found = drawn()
    wanted = found.counts()
    for form in ("csr", "csc", "coo", "lil", "dok"):
        for kind in (scipy.sparse.csr_array, scipy.sparse.csr_matrix):
            y_true, y_score = (kind(each).asformat(form) for each in found[1:])
            assert same_counts(tt.Counts.from_arrays(y_true, y_score), wanted)
    assert same_counts(tt.Counts.from_arrays(found.case.y_true, found.y_score), wanted)
    dense = tt.find_thresholds(found.y_true, found.dense(), cv=None)
    assert dense.score == tt.find_thresholds(found.case.y_true, found.dense(), cv=None).score


def test_what_is_stored_decides() -> None:
    row, column = [0, 0, 1, 2], [0, 0, 0, 0]
    y_score = scipy.sparse.coo_array(([0.25, 0.5, 0.0, np.nan], (row, column)), shape=(5, 1))
    y_true = scipy.sparse.coo_array(([1, 0, -1, np.nan], ([0, 1, 2, 3], [0] * 4)), shape=(5, 1))
    counts = tt.Counts.from_arrays(y_true, y_score)
    assert counts.known.score[0].tolist() == [ABSENT, 0.0, 0.75]  # stored twice: the sum
    assert counts.known.count(0).tolist() == [1, 1, 1]
    assert counts.positive.score[0].tolist() == [0.75]
    assert y_score.nnz == 4  # as it was


def test_labels_of_a_data_frame_are_matched_by_name() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"Rain": [0, 1], "Dog": [1, 0]})
    y_score = scipy.sparse.csr_array([[0.9, 0.0], [0.0, 0.8]])
    counts = tt.Counts.from_arrays(frame, y_score, tags=["Dog", "Rain"])
    assert counts.confusion([0.5, 0.5]).tp.tolist() == [1, 1]
    assert tt.Counts.from_arrays(frame, y_score).tags == ("Rain", "Dog")


@given(sparse_cases(weighted=False), st.data())
def test_weights_are_repetitions(found: Sparse, data: st.DataObject) -> None:
    n_clips = len(found.case.y_true)
    times = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n_clips, max_size=n_clips)))
    times[0] = max(times[0], 1)
    weighted = tt.Counts.from_arrays(found.y_true, found.y_score, sample_weight=times)
    repeated = found.counts(np.repeat(np.arange(n_clips), times))
    cuts = np.tile([-1.0, 0.0, 0.25, np.inf], (weighted.n_tags, 1))
    np.testing.assert_array_equal(weighted.confusion(cuts), repeated.confusion(cuts))


def stored(value: complex) -> Any:
    return scipy.sparse.csr_array(([0.5, value], ([0, 1], [0, 1])), shape=(2, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y_score": stored(np.nan)}, "y_score must be finite; got nan at clip 1, tag 'Rain'"),
        ({"y_score": stored(1j)}, "y_score must hold real numbers .* got complex128"),
        ({"y_score": stored(1)[:1]}, r"must have the same shape .* \(2, 2\) and \(1, 2\)"),
        ({"y_score": scipy.sparse.csr_array((0, 2))}, "at least one clip and one tag"),
        ({"y_score": scipy.sparse.coo_array(np.ones(2))}, r"two dimensions .* got 1"),
        ({"y_true": stored(1.5)}, r"y_true must hold 0, 1 .* got 0\.5 at clip 0, tag 'Dog'"),
        ({"tags": ["Dog"]}, "tags must hold one name per tag; got 1 for 2 tags"),
        ({"sample_weight": [1.0]}, "sample_weight must hold one weight per clip"),
        ({"cv": 2}, "need rows of dense scores; Counts, Shards and sparse"),
        ({"groups": [0, 1]}, "need rows of dense scores; Counts, Shards and sparse"),
        ({"metric": "f1_samples", "method": "coordinate_ascent"}, "needs labels and dense scores"),
    ],
)
def test_errors(arguments: Any, message: str) -> None:
    good = {"y_true": np.eye(2), "y_score": stored(0.5), "tags": ["Dog", "Rain"]}
    with pytest.raises(tt.InputError, match=message):
        tt.find_thresholds(**{**good, **arguments})


def test_what_needs_dense_scores_says_so() -> None:
    message = "y_score must be dense here, with a value for every clip and tag; it is sparse"
    with pytest.raises(tt.InputError, match=message):
        tt.crossfit(np.eye(2), stored(0.5))
    with pytest.raises(tt.InputError, match=message):
        tt.compare_methods((np.eye(2), stored(0.5)), (np.eye(2), stored(0.5)))


def test_too_many_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MOST_ABSENT", 3)
    with pytest.raises(
        tt.InputError, match="at most 1 different weights for sparse scores of 2 tags; got 2"
    ):
        tt.Counts.from_arrays(np.eye(2), stored(0.5), sample_weight=[1.0, 2.0])
    tt.Counts.from_arrays(np.eye(2), stored(0.5), sample_weight=[2.0, 2.0])


@given(
    hnp.arrays(np.int8, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=st.integers(0, 3))
)
def test_step_functions_vs_rows(drops: Any) -> None:
    rows = np.cumsum(drops[:, ::-1], axis=1)[:, ::-1].astype(float)
    found = StepFunctions.from_rows(rows)
    np.testing.assert_array_equal(found.rows(slice(0, len(rows))), rows)
    np.testing.assert_array_equal(found.total, rows.sum(axis=0))
    for tag in range(len(rows)):
        np.testing.assert_array_equal(found.rows(slice(tag, tag + 1)), rows[[tag]])
    for edge in range(rows.shape[1]):
        np.testing.assert_array_equal(found.at(edge), rows[:, edge])


@pytest.mark.parametrize("metric", METRICS)
def test_a_few_tags_at_a_time_are_all_tags_at_once(
    metric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, goal = drawn().counts(), tt.metrics.as_metric(metric)
    at_once = values(Binned.from_counts(counts), goal)  # type: ignore[arg-type]
    wanted = tt.find_thresholds(counts, metric=metric)
    monkeypatch.setattr(step_functions, "TAGS_AT_A_TIME", 7)
    binned = Binned.from_counts(counts)
    assert [tags.stop for tags, _, _ in binned.blocks()] == [7, 14, 21, 28, 30]
    np.testing.assert_array_equal(values(binned, goal), at_once)  # type: ignore[arg-type]
    found = tt.find_thresholds(counts, metric=metric)
    np.testing.assert_array_equal(found.thresholds.values, wanted.thresholds.values)
    assert found.calibrator is not None
    assert wanted.calibrator is not None
    np.testing.assert_array_equal(found.calibrator.trusted, wanted.calibrator.trusted)
