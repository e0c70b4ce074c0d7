"""Counts from passes over parts: thresholds are those of all clips at once, to the bit."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tagthresh as tt
from strategies import Case, cases, examples
from tagthresh.counts.streaming import between_cuts, multipass
from tagthresh.counts.streaming.multipass import Census
from tagthresh.methods import as_method
from tagthresh.validation import LabelledScores, labelled_part, labelled_scores, limits

METHODS = ["exact", "hierarchical"]
METRICS = ["f1_micro", "f0.5_macro", "jaccard_weighted"]


def parts_of(case: Case, order: list[int]) -> list[LabelledScores]:
    """Clips one by one, in some order."""
    rows = [slice(clip, clip + 1) for clip in order]
    return [labelled_part(case.y_true[each], case.y_score[each])[0] for each in rows]


def counted(parts: list[LabelledScores], *, quantiles: bool, within: Any = None) -> tt.Counts:
    """Count parts by three workers apart, in every pass."""
    scores = parts[0].scores
    work, working = (
        Census.start(scores.shape[1], scores.dtype, None, within or (), quantiles=quantiles),
        True,
    )
    while working:
        workers = [work.blank() for _ in range(3)]
        for place, part in enumerate(parts):
            workers[place % 3].update(part)
        work += workers[2] + workers[0] + workers[1]
        working = work.advance()
    return work.counts()


def same(case: Case, order: list[int], method: str, metric: str, **limited: Any) -> None:
    """Compare the solution of parts with that of all clips at once."""
    within = limits(limited.get("fixed"), limited.get("bounds"), None, case.y_score.shape[1])
    quantiles = as_method(method).quantiles(tt.metrics.FBeta())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        options = {"method": method, "metric": metric, **limited}
        counts = counted(parts_of(case, order), quantiles=quantiles, within=within)
        ours = tt.find_thresholds(counts, **options)
        whole = tt.find_thresholds(tt.Counts.from_arrays(case.y_true, case.y_score), **options)
    assert ours.thresholds.values.tobytes() == whole.thresholds.values.tobytes()
    assert (ours.score, ours.status) == (whole.score, whole.status)
    assert (ours.certificate is None) == (whole.certificate is None)
    if ours.certificate is not None and whole.certificate is not None:
        assert ours.certificate.gap == whole.certificate.gap
    if ours.calibrator is None or whole.calibrator is None:
        assert ours.calibrator is whole.calibrator
    else:
        assert ours.calibrator.to_dict() == whole.calibrator.to_dict()


@settings(max_examples=examples(150))
@given(
    cases(max_clips=12, max_tags=4, weighted=False),
    st.sampled_from([np.float16, np.float32, np.float64]),
    st.sampled_from(METHODS),
    st.sampled_from(METRICS),
    st.randoms(use_true_random=False),
)
def test_any_parts_in_any_order_give_the_same(
    case: Case, dtype: Any, method: str, metric: str, random: Any
) -> None:
    with np.errstate(over="ignore"):
        scores = case.y_score.astype(dtype)
    scores[~np.isfinite(scores)] = 6e4
    order = list(range(len(scores)))
    random.shuffle(order)
    same(case._replace(y_score=scores), order, method, metric)


@settings(max_examples=examples(100))
@given(
    cases(max_clips=12, max_tags=3, weighted=False),
    st.sampled_from(METHODS),
    st.sampled_from([-1.0, 0.0, 0.3, 2.0]),
    st.sampled_from([None, 0.1, 0.25]),
)
def test_within_limits_too(case: Case, method: str, low: float, fixed: float | None) -> None:
    limited = {"bounds": (low, low + 1.5), "fixed": {"0": fixed}}
    same(case, list(range(len(case.y_true))), method, "f1_micro", **limited)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("method", METHODS)
def test_many_clips(dtype: Any, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipass, "WAITING", 50)
    monkeypatch.setattr(between_cuts, "TAGS_AT_A_TIME", 2)
    rng = np.random.default_rng(0)
    y_true = (rng.random((900, 5)) < [0.01, 0.05, 0.2, 0.5, 0.9]).astype(np.int8)
    y_true[rng.random(y_true.shape) < 0.1] = -1
    y_score = (rng.normal(size=y_true.shape) + (y_true == 1)).astype(dtype)
    whole = tt.find_thresholds(tt.Counts.from_arrays(y_true, y_score), method=method)
    parts = [labelled_scores(y_true[i : i + 70], y_score[i : i + 70]) for i in range(0, 900, 70)]
    counts = counted(parts, quantiles=method == "hierarchical")
    ours = tt.find_thresholds(counts, method=method)
    assert ours.thresholds.values.tobytes() == whole.thresholds.values.tobytes()
    assert sum(map(len, counts.known.score)) < sum(map(len, whole_scores(y_true, y_score)))


def whole_scores(y_true: Any, y_score: Any) -> list[Any]:
    """Distinct known scores of each tag."""
    return [np.unique(score[known >= 0]) for score, known in zip(y_score.T, y_true.T, strict=True)]


@given(cases(max_clips=10, weighted=False), st.booleans(), st.integers(0, 3), st.data())
def test_what_a_file_holds_goes_on(case: Case, quantiles: bool, stop: int, data: Any) -> None:  # noqa: FBT001
    order = list(range(len(case.y_true)))
    at = data.draw(st.integers(0, len(order) - 1))
    begin = Census.start(case.y_score.shape[1], case.y_score.dtype, quantiles=quantiles)
    straight, halting = begin.blank(), begin.blank()
    working, passes = True, 0
    while working:
        for place, part in enumerate(parts_of(case, order)):
            straight.update(part)
            halting.update(part)
            if (passes, place) == (stop, at):
                halting = Census.from_arrays(begin, halting.to_arrays())
        working, passes = straight.advance(), passes + 1
        assert halting.advance() == working
    for ours, theirs in zip(halting.to_arrays().items(), straight.to_arrays().items(), strict=True):
        assert ours[0] == theirs[0]
        assert ours[1].tobytes() == theirs[1].tobytes()


def test_counts_come_after_the_last_pass() -> None:
    with pytest.raises(RuntimeError, match="after the last pass"):
        Census.start(1, np.dtype(np.float32), quantiles=False).counts()
