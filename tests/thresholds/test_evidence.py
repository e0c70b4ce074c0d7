"""What thresholds rest on: status, intervals of thresholds, precision and recall to expect."""

from __future__ import annotations

import io
import json
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from scipy.stats import binomtest

import tagthresh as tt
from strategies import Case, cases, simulate
from tagthresh.counts.counts import Counts
from tagthresh.evaluation.bootstrap import drawn
from tagthresh.metrics.binomial_intervals import effective, share
from tagthresh.report import terminal
from tagthresh.thresholds import evidence

if TYPE_CHECKING:
    from pathlib import Path


def rows(*clips: list[int]) -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array(np.array(clips, np.float64))


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_of_single_clips_vs_scipy(case: tuple[int, int]) -> None:
    hits, n = case
    part = rows([1] * hits + [0] * (n - hits))
    found = share(part, rows([1] * n), np.ones(n), np.arange(n))
    exact = binomtest(hits, n).proportion_ci(method="exact")
    assert found.value[0] == hits / n
    assert (found.low[0], found.high[0]) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_no_clips_have_no_share() -> None:
    found = share(rows([0, 0]), rows([0, 0]), np.ones(2), np.arange(2))
    assert np.isnan(found).all()


def test_clips_of_a_group_tell_as_much_as_one() -> None:
    clips, group = rows([1, 1, 1, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])
    assert effective(clips, np.ones(6), group).tolist() == [3]
    assert effective(clips, np.ones(6), np.zeros(6, int)).tolist() == [1]
    unlike = effective(clips, np.array([2.0, 1, 1, 1, 1, 0]), np.arange(6))
    assert unlike == pytest.approx([36 / 8])
    alike = share(clips, clips, np.ones(6), group)
    assert alike.low[0] == pytest.approx(binomtest(3, 3).proportion_ci(method="exact").low)


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e12, 1e300])
def test_the_unit_of_weights_does_not_matter(scale: float) -> None:
    weight = np.array([1.0, 2.0, 3.0])
    clips = rows([1, 1, 0], [0, 1, 1], [0, 0, 0])
    scaled = effective(clips, scale * weight, np.arange(3))
    assert scaled == pytest.approx([9 / 5, 25 / 13, 0])


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e11])
def test_the_unit_of_weights_does_not_matter_to_counts(scale: float) -> None:
    weight, clips = np.array([1.0, 2.0, 3.0]), rows([1, 1, 0], [0, 1, 1], [0, 0, 0])
    counts = Counts.from_arrays(
        clips.toarray().T.astype(int), np.eye(3), sample_weight=scale * weight
    )
    assert counts.positive.effective == pytest.approx([9 / 5, 25 / 13, 0])


def quiet(*args: Any, **options: Any) -> tt.Solution:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        return tt.find_thresholds(*args, **options)


def data(n_clips: int = 120, seed: int = 0) -> tuple[Any, Any]:
    """Five tags: 0, 4, 12, 30 and 60 positives."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((n_clips, 5), int)
    for tag, positives in enumerate((0, 4, 12, 30, 60)):
        labels[rng.choice(n_clips, positives, replace=False), tag] = 1
    return labels, rng.normal(size=labels.shape) + 2 * labels


@pytest.mark.parametrize("method", ["hierarchical", "exact"])
def test_status_from_rows_and_from_counts(method: str) -> None:
    status = ["no positives", "few positives", "ok", "ok", "ok"]
    labels, scores = data()
    found = quiet(labels, scores, method=method).evidence
    assert found.status == status
    assert found.seen == pytest.approx([0, 4, 12, 30, 60])
    assert repr(found) == "Evidence(3 ok, 1 few positives, 1 no positives)"
    bare = quiet(Counts.from_arrays(labels, scores), method=method).evidence
    assert bare.status == status
    assert (bare.threshold, bare.precision, bare.recall) == (None, None, None)


def test_positives_of_one_recording_are_few() -> None:
    labels, scores = data()
    recording = np.where(labels[:, 3] == 1, 0, 1 + np.arange(len(labels)) % 40)
    found = quiet(labels, scores, groups=recording).evidence
    assert found.seen[3] == pytest.approx(1)
    assert found.status[3] == "few positives"


def test_precision_and_recall_are_those_of_clips_held_out() -> None:
    labels, scores = data()
    solution = quiet(labels, scores, method="exact")
    assert solution.expected is not None
    accepted = np.empty(labels.shape)
    for k in range(10):
        held_out = solution.expected.fold == k
        fit = quiet(labels[~held_out], scores[~held_out], method="exact", cv=None)
        accepted[held_out] = fit.thresholds.predict(scores[held_out])
    judged = tt.evaluate(labels, accepted, tt.Thresholds(np.full(5, 0.5))).table
    found = solution.table
    seen = judged["predicted"] > 0
    assert found["precision"][seen] == pytest.approx(judged["precision"][seen], abs=1e-12)
    assert np.isnan(found["precision"][~seen]).all()
    assert found["recall"][1:] == pytest.approx(judged["recall"][1:], abs=1e-12)
    assert np.isnan(found["recall"][0])
    for name in ("precision", "recall"):
        low, value, high = (found[f"{name}{end}"][1:] for end in ("_low", "", "_high"))
        some = ~np.isnan(value)
        assert ((low <= value) & (value <= high))[some].all()
        assert (high - low)[some].min() > 0.1


@pytest.mark.slow
def test_intervals_cover_what_unseen_clips_show() -> None:
    """Of 12 tags in 25 fits, nine in ten; the interval is for a little fewer clips."""
    rng = np.random.default_rng(2)
    unseen = Counts.from_arrays(*simulate(rng, 50_000))
    covered = []
    for _ in range(25):
        solution = tt.find_thresholds(*simulate(rng, 500), bootstrap=None)
        judged, found = (
            tt.evaluate(unseen, thresholds=solution.thresholds).table,
            solution.table,
        )
        for name in ("precision", "recall"):
            low, high = found[f"{name}_low"], found[f"{name}_high"]
            covered += ((low <= judged[name]) & (judged[name] <= high))[~np.isnan(low)].tolist()
    assert len(covered) > 500
    assert np.mean(covered) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 3])
def test_threshold_intervals_vs_a_plain_bootstrap(size: int) -> None:
    labels, scores = data(60)
    group = np.arange(60) // size
    options: dict[str, Any] = {"groups": group} if size > 1 else {}
    found = quiet(labels, scores, method="exact", bootstrap=40, **options).evidence.threshold
    values = []
    for times in np.hstack(list(drawn(group.max() + 1, 40, 0))).T:
        picked = [i for i in range(60) for _ in range(int(times[group[i]]))]
        values.append(quiet(labels[picked], scores[picked], method="exact").thresholds.values)
    ordered = np.sort(values, axis=0)
    assert found is not None
    assert found.tolist() == [ordered[0].tolist(), ordered[39].tolist()]
    assert found[1, 0] == np.inf


def test_auto_draws_only_where_it_is_quick() -> None:
    labels, scores = data()
    assert quiet(labels, scores).evidence.threshold is not None
    assert quiet(labels, scores, cv=None).evidence.threshold is None
    assert quiet(labels, scores, bootstrap=None).evidence.threshold is None
    assert quiet(labels, scores, cv=None, bootstrap=40).evidence.threshold is not None
    wide = np.tile(scores, 60), np.tile(labels, 60)
    assert quiet(wide[1], wide[0]).evidence.threshold is None
    assert quiet(wide[1], wide[0]).evidence.precision is not None


@pytest.mark.parametrize(
    ("bootstrap", "rule"),
    [
        (39, "bootstrap must be at least 40; got 39"),
        ("x", "bootstrap must be an integer of at least 40, \"auto\" or None; got 'x'"),
        (1.5, "bootstrap must be an integer; got 1.5"),
    ],
)
def test_bad_bootstrap(bootstrap: Any, rule: str) -> None:
    with pytest.raises(tt.InputError, match=rule):
        tt.find_thresholds(*data(), bootstrap=bootstrap)


@given(cases(max_clips=12), st.sampled_from(["exact", "hierarchical", "shared"]))
@settings(max_examples=30)
def test_any_case_has_evidence(case: Case, method: str) -> None:
    solution = quiet(
        case.y_true, case.y_score, method=method, sample_weight=case.weight, bootstrap=40
    )
    found = solution.evidence
    known = np.where(case.weight is None, 1, case.weight) * (case.y_true == 1).T
    assert ((found.seen > 0) == (known.sum(axis=1) > 0)).all()
    assert found.threshold is not None
    assert (found.threshold[0] <= found.threshold[1]).all()
    json.dumps(solution.to_dict(), allow_nan=False)


def test_the_file_keeps_the_evidence(tmp_path: Path) -> None:
    solution = quiet(*data())
    solution.thresholds.save(tmp_path / "t.json")
    origin = tt.Thresholds.load(tmp_path / "t.json").origin
    assert origin is not None
    assert origin.evidence == solution.evidence.to_dict()
    assert origin.evidence["status"][1] == "few positives"
    assert set(origin.evidence) == set(evidence.COLUMNS)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"status": ["ok"] * 4}, "evidence status must hold 5 entries"),
        (
            {"status": ["fine"] * 5},
            (
                "evidence status must be one of no labels, no positives, no negatives, few "
                "positives, ok, never seen"
            ),
        ),
        ({"seen": None}, "evidence lacks the key 'seen'"),
        ({"seen": [1, 2, None, 3, 4]}, "evidence seen must be a number; got None"),
        ({"recall": ["x"] * 5}, "evidence recall must be a number; got 'x'"),
        ({"more": []}, "evidence must hold status, seen"),
    ],
)
def test_broken_evidence_is_told(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    content = quiet(*data()).thresholds.to_dict()
    content["evidence"] |= change
    (tmp_path / "t.json").write_text(json.dumps(content))
    with pytest.raises(tt.InputError, match=rule):
        tt.Thresholds.load(tmp_path / "t.json")


def printed(solution: tt.Solution, rows: int, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(terminal.trust(solution, rows))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_shows_what_was_found_first() -> None:
    labels, scores = data()
    solution = quiet(labels[:, ::-1], scores[:, ::-1], tags=list("edcba"))
    shown = printed(solution, 2, 100)
    assert "3 ok, 1 few positives, 1 no positives (2 of 5" in " ".join(shown.split())
    lines = [line.split("│")[1:] for line in shown.splitlines() if "│" in line]
    assert [(line[0].strip(), line[-2].strip()) for line in lines] == [
        ("e", "ok"),
        ("d", "ok"),
    ]
    assert max(map(len, printed(solution, 0, 70).splitlines())) <= 70
    bare = printed(quiet(labels, scores, cv=None), 0, 70)
    assert "P %" not in bare
    assert "[" not in bare


@pytest.mark.parametrize("n_clips", [137, 200, 333, 500])
def test_ten_positives_are_not_few(n_clips: int) -> None:
    rng = np.random.default_rng(n_clips)
    labels = np.zeros((n_clips, 4), int)
    for tag in range(4):
        labels[rng.choice(n_clips, 10, replace=False), tag] = 1
    found = quiet(labels, rng.normal(size=labels.shape), cv=None, bootstrap=40).evidence
    assert found.seen.tolist() == [10.0] * 4
    assert set(found.status) == {"ok"}


def test_nothing_is_expected_where_no_positive_is_known() -> None:
    labels = np.zeros((50, 2), int)
    solution = quiet(labels, np.random.default_rng(0).normal(size=labels.shape))
    assert solution.expected is None


def test_tags_without_negatives_are_told(tmp_path: Path) -> None:
    labels = np.array([[1, 1, -1, 0]] * 6 + [[0, -1, -1, 0]] * 6)
    scores = np.linspace(0.9, 0.1, 12)[:, None].repeat(4, axis=1)
    tags = ["both", "presence", "nothing", "absence"]
    with pytest.warns(tt.UnseenTagWarning) as told:
        solution = tt.find_thresholds(labels, scores, tags=tags)
    assert [str(each.message) for each in told] == [
        (
            '1 of 4 tags: no clip has a known label; they are never given, which unseen="prior" '
            "changes: nothing"
        ),
        "1 of 4 tags: no clip is known to be positive: absence",
        "1 of 4 tags: no clip is known to be negative: presence",
    ]
    status = ["few positives", "no negatives", "no labels", "no positives"]
    assert solution.evidence.status == solution.table["status"] == status
    assert repr(solution.evidence) == (
        "Evidence(0 ok, 1 few positives, 1 no negatives, 1 no positives, 1 no labels)"
    )
    assert np.isfinite(solution.thresholds.values[1])
    assert solution.thresholds.values[1] <= scores[5, 1]  # its known positives are accepted
    solution.thresholds.save(tmp_path / "t.json")
    read = tt.Thresholds.load(tmp_path / "t.json").origin
    assert read is not None
    assert read.evidence is not None
    assert read.evidence["status"] == status


def test_a_weight_of_0_leaves_no_negative() -> None:
    with pytest.warns(tt.UnseenTagWarning, match="no clip is known to be negative"):
        solution = tt.find_thresholds(
            [[1], [0], [1]], [[0.9], [0.1], [0.8]], sample_weight=[1, 0, 2], method="exact"
        )
    assert solution.evidence.status == ["no negatives"]
