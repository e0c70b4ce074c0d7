"""A decision is the same whatever holds the scores and whatever type they pass through.

The oracle compares fractions: a threshold goes to the nearest value of the scores' type, found by
looking at all values next to it, and is compared there.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import tagthresh as tt
from in_process import Done, runner
from tagthresh import decision_rule as rounding
from tagthresh.evaluation.review import band_of
from tagthresh.report.page.stops import Stops

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.filterwarnings("ignore::tagthresh.UnseenTagWarning")
TYPES = [np.float16, np.float32, np.float64]
TENTHS = [k / 10 for k in range(1, 10)]


def nearest(threshold: float, kind: Any) -> Fraction:
    """Value of a type that is nearest to a finite threshold, the even one of two."""
    with np.errstate(all="ignore"):
        start = np.array(threshold).astype(kind)
        ends = [np.nextafter(start, kind(end)) for end in (-np.inf, np.inf)]
    finite = {Fraction(float(value)) for value in (start, *ends) if np.isfinite(value)}
    wanted = Fraction(threshold)
    distance = min(abs(value - wanted) for value in finite)
    ties = [value for value in finite if abs(value - wanted) == distance]
    bits = f"u{np.dtype(kind).itemsize}"
    return next(v for v in ties if len(ties) == 1 or not kind(float(v)).view(bits) & 1)


def accepted(score: Any, threshold: float) -> bool:
    """Decide one score, in fractions; integers as they are."""
    if isinstance(score, np.integer):
        return Fraction(int(score)) >= Fraction(threshold)
    return Fraction(float(score)) >= nearest(threshold, type(score))


def decimals(rng: np.random.Generator, n: int) -> list[float]:
    """Decimals of 1 to 6 digits, small, large and negative ones among them."""
    digits = rng.integers(1, 7, n)
    plain = [round(float(x), int(d)) for x, d in zip(rng.random(n), digits, strict=True)]
    logits = [round(float(x), int(d)) for x, d in zip(rng.normal(0, 8, n), digits, strict=True)]
    return [*TENTHS, *plain, *logits, 1e-7, 3e-5, 6e4, -6e4, 254.02, 0.0]


def around(thresholds: list[float], kind: Any) -> NDArray[Any]:
    """Give each threshold a column: what it becomes in a type, two values on either side."""
    rows = [np.array(thresholds).astype(kind)]
    for end in (np.inf, -np.inf):
        once = np.nextafter(rows[0], kind(end))
        rows += [once, np.nextafter(once, kind(end))]
    return np.stack(rows)


def dense(scores: NDArray[Any], values: NDArray[np.float64]) -> Any:
    return tt.Thresholds(values).predict(scores)


def stored(scores: NDArray[Any], values: NDArray[np.float64]) -> Any:
    rows, columns = np.indices(scores.shape).reshape(2, -1)
    matrix = scipy.sparse.csr_array((scores.ravel(), (rows, columns)), shape=scores.shape)
    return tt.Thresholds(values).predict(matrix).toarray()


def by_counts(count: Callable[[Any, Any], tt.Counts]) -> Callable[..., Any]:
    """Decide clip by clip with the counts of one clip."""

    def decide(scores: NDArray[Any], values: NDArray[np.float64]) -> Any:
        label = np.ones((1, scores.shape[1]), int)
        return np.stack([count(label, row[None]).confusion(values).tp == 1 for row in scores])

    return decide


def grid(y_true: Any, y_score: Any) -> tt.Counts:
    made = tt.GridCounts()
    made.update(y_true, y_score)
    return made.counts()


def evaluated(scores: NDArray[Any], values: NDArray[np.float64]) -> Any:
    label = np.ones((1, scores.shape[1]), int)
    judged = (tt.evaluate(label, row[None], tt.Thresholds(values)) for row in scores)
    return np.stack([each.confusion.tp == 1 for each in judged])


def in_parts(scores: NDArray[Any], values: NDArray[np.float64]) -> Any:
    """Evaluate clips that are read in parts, one set for each row."""
    label = np.ones((1, scores.shape[1]), np.int8)
    shards = (tt.Shards.from_arrays(label, row[None]) for row in scores)
    judged = (tt.evaluate(each, thresholds=tt.Thresholds(values)) for each in shards)
    return np.stack([each.confusion.tp == 1 for each in judged])


def layer(scores: NDArray[Any], values: NDArray[np.float64]) -> Any:
    torch = pytest.importorskip("torch")
    from tagthresh.integrations.torch import ThresholdLayer

    tensor = torch.from_numpy(scores)
    return ThresholdLayer(tt.Thresholds(values), tensor.dtype)(tensor).numpy()


def halved(scores: NDArray[Any], values: NDArray[np.float64]) -> Any:
    """Decide with a layer that was made wide and then converted."""
    torch = pytest.importorskip("torch")
    from tagthresh.integrations.torch import ThresholdLayer

    tensor = torch.from_numpy(scores)
    return ThresholdLayer(tt.Thresholds(values), torch.float32).to(tensor.dtype)(tensor).numpy()


def trained(scores: NDArray[Any], values: NDArray[np.float64]) -> Any:
    torch = pytest.importorskip("torch")
    from tagthresh.integrations.torch import SGLThreshold

    tensor = torch.from_numpy(scores)
    made = SGLThreshold.from_thresholds(tt.Thresholds(values), dtype=torch.float64)
    return made(tensor).detach().numpy() == 1


WAYS: dict[str, Callable[..., Any]] = {
    "dense": dense,
    "sparse": stored,
    "Counts": by_counts(tt.Counts.from_arrays),
    "GridCounts": by_counts(grid),
    "evaluate": evaluated,
    "Shards": in_parts,
    "ThresholdLayer": layer,
    "ThresholdLayer.to": halved,
    "SGLThreshold": trained,
}


# SciPy has no sparse matrix of float16, and a grid does not know scores of float64 to the bit.
NOT_HELD = {("sparse", np.float16), ("GridCounts", np.float64)}


@pytest.mark.parametrize(
    ("way", "kind"), [(w, k) for w in WAYS for k in TYPES if (w, k) not in NOT_HELD]
)
def test_every_way_to_decide_vs_fractions(way: str, kind: Any) -> None:
    values = decimals(np.random.default_rng(3), 25)
    scores = around(values, kind)
    wanted = [[accepted(s, t) for s, t in zip(row, values, strict=True)] for row in scores]
    np.testing.assert_array_equal(WAYS[way](scores, np.array(values)), wanted)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64])
@pytest.mark.parametrize("way", ["dense", "sparse", "Counts", "GridCounts", "evaluate", "Shards"])
def test_integers_are_compared_exactly(way: str, kind: Any) -> None:
    values = np.array([3.0, 3.0000001, 100.02, 99.9999999999, 126.51, -0.25])
    scores = np.array([[2, 3, 100, 99, 126, 0], [3, 4, 101, 100, 127, 1]], kind)
    wanted = [[accepted(s, t) for s, t in zip(row, values, strict=True)] for row in scores]
    np.testing.assert_array_equal(WAYS[way](scores, values), wanted)


@pytest.mark.parametrize("way", ["dense", "sparse", "Counts", "GridCounts", "evaluate"])
def test_a_byte_is_not_accepted_just_above_it(way: str) -> None:
    scores = np.array([[254, 255]], np.uint8)
    assert WAYS[way](scores, np.array([254.02, 254.02])).tolist() == [[False, True]]


@given(
    st.sampled_from(TYPES),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-3, 3),
)
@settings(max_examples=500)
def test_rounded_vs_fractions(kind: Any, threshold: float, steps: int) -> None:
    with np.errstate(over="ignore"):
        score = np.float64(threshold).astype(kind)
        for _ in range(abs(steps)):
            score = np.nextafter(score, kind(np.copysign(np.inf, steps)))
        score = np.clip(score, np.finfo(kind).min, np.finfo(kind).max)
        assert bool(rounding.accepts(score, threshold)) == bool(score >= threshold)
    if abs(threshold) < float(np.finfo(kind).max):
        assert bool(rounding.accepts(score, threshold)) == accepted(score, threshold)


@given(st.floats(-6e4, 6e4), st.floats(-6e4, 6e4))
def test_what_is_accepted_stays_accepted_in_a_narrower_type(score: float, threshold: float) -> None:
    kinds: list[Any] = [np.float64(score), np.float32(score), np.float16(np.float32(score))]
    decisions = [bool(rounding.accepts(each, threshold)) for each in kinds]
    assert decisions == sorted(decisions)


# Thresholds placed on scores, and scores that change their type.

PASSAGES: dict[str, Callable[[NDArray[np.float64]], Any]] = {
    "as they are": lambda s: s,
    "float32": lambda s: s.astype(np.float32),
    "float16": lambda s: s.astype(np.float16),
    "float32, widened": lambda s: s.astype(np.float32).astype(np.float64),
    "float16, widened": lambda s: s.astype(np.float16).astype(np.float32),
    "float16 of float32": lambda s: s.astype(np.float32).astype(np.float16),
    "CSV of float32": lambda s: printed(s.astype(np.float32)),
    "CSV of float16": lambda s: printed(s.astype(np.float16)),
}


def printed(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Scores as pandas writes and reads them."""
    return np.array([[float(str(score)) for score in row] for row in scores])


def lowest_scores(rng: np.random.Generator) -> NDArray[np.float64]:
    """Make two clips of many tags, all of them positive."""
    tags = [*decimals(rng, 40), *rng.random(200), *rng.normal(0, 5, 200)]
    low = np.array([t for t in tags if t == 0 or abs(t) > 1e-4])
    low = low[np.abs(low) < 6e4]
    return np.stack([low, low + 0.25 * np.abs(low)])


@pytest.mark.parametrize("applied", PASSAGES)
@pytest.mark.parametrize("fitted", PASSAGES)
@pytest.mark.parametrize("method", ["exact", "guarantee"])
def test_a_threshold_on_the_lowest_score_survives(method: str, fitted: str, applied: str) -> None:
    original = lowest_scores(np.random.default_rng(7))
    scores = PASSAGES[fitted](original)
    if fitted.endswith("widened") or fitted.startswith(("CSV", "float16 of")):
        original = np.asarray(scores, np.float64)  # it cannot be known what was lost before
    labels = np.ones(scores.shape, int)
    if method == "exact":
        found = tt.find_thresholds(labels, scores, method="exact", cv=None).thresholds
    else:
        found = tt.guarantee(labels, scores, recall=0.9).thresholds
    assert (found.values <= scores.min(axis=0)).all()
    assert (found.values >= scores.min(axis=0) - 0.001 * np.abs(scores.min(axis=0))).all()
    assert found.predict(PASSAGES[applied](original)).all()


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_a_threshold_between_neighbours_survives(kind: Any) -> None:
    rng = np.random.default_rng(11)
    low = np.concatenate([rng.random(300), rng.normal(0, 6, 300), TENTHS]).astype(kind)
    pair = np.stack([low, np.nextafter(low, kind(np.inf))])
    labels = np.tile([[0], [1]], (1, len(low)))
    found = tt.find_thresholds(labels, pair, method="exact", cv=None).thresholds
    forms = [pair, pair.astype(np.float64), printed(pair), pair.astype(np.float32)]
    for scores in forms:
        np.testing.assert_array_equal(found.predict(scores), labels)


def test_a_list_of_detections_survives() -> None:
    rng = np.random.default_rng(5)
    stored_scores = rng.uniform(0.1, 1, 60)
    place = (np.arange(60), np.arange(60) % 3)
    shape = (60, 3)
    labels = scipy.sparse.csr_array((np.ones(60, int), place), shape=shape)
    wide = scipy.sparse.csr_array((stored_scores, place), shape=shape)
    for kind in (np.float32, np.float64):
        scores = scipy.sparse.csr_array((stored_scores.astype(kind), place), shape=shape)
        found = tt.find_thresholds(labels, scores, method="exact", cv=None).thresholds
        for form in (scores, wide, wide.astype(np.float32)):
            assert found.predict(form).nnz == 60


# Thresholds given by hand.


def columns(kind: Any) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Make a tag for each tenth, with a score below it, at it and above, and its labels."""
    at = np.array(TENTHS).astype(kind)
    scores = np.stack([np.nextafter(at, kind(0)), at, at + kind(0.05)])
    return scores, np.tile([[0], [1], [1]], (1, len(at)))


@pytest.mark.parametrize("kind", TYPES)
def test_thresholds_by_hand_accept_what_prints_alike(kind: Any) -> None:
    scores, wanted = columns(kind)
    by_tag = {str(i): t for i, t in enumerate(TENTHS)}
    hand = {
        "Thresholds": tt.Thresholds(TENTHS),
        "override": tt.Thresholds(np.zeros(9)).override(by_tag),
        "fixed": tt.find_thresholds(wanted, scores, fixed=by_tag, cv=None).thresholds,
        "bounds": tt.find_thresholds(
            wanted, scores, bounds={tag: (t, t) for tag, t in by_tag.items()}, cv=None
        ).thresholds,
    }
    for thresholds in hand.values():
        np.testing.assert_array_equal(thresholds.predict(scores), wanted)
        assert tt.evaluate(wanted, scores, thresholds).score() == 1


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("value", [0.3, 0.35, 0.7, 0.9, 0.55])
def test_a_constant_and_unseen_number_accept_what_prints_alike(kind: Any, value: float) -> None:
    scores = np.array([[value, 0.8], [value / 2, 0.1]]).astype(kind)
    labels = [[1, 0], [0, 0]]
    solution = tt.find_thresholds(labels, scores, method=tt.methods.Constant(value), cv=None)
    assert solution.thresholds.predict(scores)[:, 0].tolist() == [True, False]
    unseen = tt.find_thresholds(
        [[1, 0], [0, 0]], scores[:, ::-1], method="exact", unseen=value, cv=None
    )
    assert unseen.thresholds.predict(scores[:, ::-1])[:, 1].tolist() == [True, False]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("metric", ["f1_micro", "f1_macro", "f1_samples"])
@pytest.mark.parametrize("method", ["exact", "coordinate_ascent", "shared"])
def test_limits_decide_as_the_thresholds_they_become(kind: Any, metric: str, method: str) -> None:
    goal = tt.metrics.as_metric(metric)
    if not tt.methods.as_method(method).maximises(goal):
        return
    rng = np.random.default_rng(2)
    scores = rng.choice(TENTHS, (60, 5)).astype(kind)
    labels = (rng.random((60, 5)) < 0.2 + 0.5 * scores).astype(int)
    found = tt.find_thresholds(
        labels, scores, metric=metric, method=method, bounds=(0.3, 0.7), cv=None
    )
    assert tt.evaluate(labels, scores, found.thresholds).score(metric) == found.score
    assert (found.thresholds.values >= 0.3).all()
    assert (found.thresholds.values <= 0.7).all()
    tenths = tt.find_thresholds(
        labels,
        np.rint(scores * 10).astype(np.int8),
        metric=metric,
        method=method,
        bounds=(3, 7),
        cv=None,
    )
    assert found.score == tenths.score


def test_unknown_labels_are_never_accepted_by_a_threshold_far_below() -> None:
    labels, scores = [[1, -1], [-1, 0]], np.array([[0.9, 0.1], [np.nan, 0.4]], np.float16)
    judged = tt.evaluate(labels, scores, tt.Thresholds([-1e300, -7e4]))
    assert np.array(judged.confusion).sum(axis=0).tolist() == [1, 1]
    solution = tt.find_thresholds(
        labels, scores, metric="f1_samples", method=tt.methods.Constant(-1e9), cv=None
    )
    assert solution.score == 0.5


def test_masked_scores_keep_their_type() -> None:
    scores = np.ma.masked_array(np.array([[0.7], [0.2]], np.float32), [[False], [False]])
    assert tt.Thresholds([0.7]).predict(scores).tolist() == [[True], [False]]
    assert tt.Counts.from_arrays([[1], [0]], scores).dtype == np.float32


@pytest.mark.parametrize("kind", TYPES)
def test_stops_of_a_page_compare_as_float64(kind: Any) -> None:
    rng = np.random.default_rng(4)
    scores = rng.choice([*TENTHS, *rng.random(30)], (200, 4)).astype(kind)
    frontier = tt.Frontier.from_arrays((rng.random((200, 4)) < scores).astype(int), scores)
    stops = Stops.from_frontier(frontier, np.array([[0.7] * 4, [0.9] * 4, [0.35] * 4]))
    for tag, (start, stop) in enumerate(pairwise(stops.offset)):
        reached = stops.reached(scores[:, tag], np.full(200, tag))
        for value in stops.value[start:stop]:
            np.testing.assert_array_equal(reached >= value, rounding.accepts(scores[:, tag], value))


# The command line.


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    return runner(monkeypatch, capfd)


def test_a_file_of_float32_and_its_csv_are_decided_alike(
    run: Callable[..., Done], tmp_path: Path
) -> None:
    rng = np.random.default_rng(8)
    scores = rng.choice(TENTHS, (50, 3))
    labels, tags, clips = rng.integers(0, 2, (50, 3)), list("abc"), [f"c{i}" for i in range(50)]
    files = {}
    for kind in (np.float16, np.float32, np.float64):
        files[kind.__name__] = str(tmp_path / f"{kind.__name__}.npz")
        np.savez(
            files[kind.__name__], scores=scores.astype(kind), labels=labels, tags=tags, clips=clips
        )
    frame = pd.DataFrame(scores.astype(np.float32), columns=tags)
    frame.insert(0, "clip", clips)
    frame.to_csv(files.setdefault("csv", str(tmp_path / "scores.csv")), index=False)
    frame.to_parquet(files.setdefault("parquet", str(tmp_path / "scores.parquet")))
    thresholds = str(tmp_path / "t.json")
    tt.Thresholds([0.7, 0.9, 0.3], tags).save(thresholds)
    tables = set()
    for name, path in files.items():
        output = str(tmp_path / f"{name}.out.csv")
        assert run("apply", path, "-t", thresholds, "-o", output).code == 0
        tables.add(pd.read_csv(output)[["clip", "tag"]].to_csv())
    assert len(tables) == 1


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int8])
def test_files_of_several_types_are_decided_as_one_matrix(
    run: Callable[..., Done], tmp_path: Path, kind: Any
) -> None:
    first = np.array([[0.9, 0.3], [0.7, 0.1]], np.float16)
    second = np.array([[0.9, 0.3], [0.7, 1.0]]).astype(kind)
    folder = tmp_path / "scores"
    folder.mkdir()
    np.save(folder / "a.npy", first)
    np.save(folder / "b.npy", second)
    tt.Thresholds([0.9, 0.3]).save(tmp_path / "t.json")
    output = str(tmp_path / "out.csv")
    assert run("apply", str(folder), "-t", str(tmp_path / "t.json"), "-o", output).code == 0
    both = np.concatenate([first, second.astype(np.float64 if kind == np.int8 else kind)])
    rows, tags = tt.Thresholds([0.9, 0.3]).predict(both).nonzero()
    table = pd.read_csv(output)
    assert table["clip"].tolist() == rows.tolist()
    assert table["tag"].tolist() == tags.tolist()


# Other numbers that scores are compared with.


@pytest.mark.parametrize("kind", TYPES)
def test_edges_of_bands_are_compared_by_the_rule(kind: Any) -> None:
    scores = columns(kind)[0]
    for tag, edge in enumerate(TENTHS):
        assert band_of(scores[:, [tag]], [edge]).ravel().tolist() == [0, 1, 1]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_profile_of_float32_knows_the_clips_of_its_csv(kind: Any) -> None:
    rng = np.random.default_rng(6)
    scores = rng.choice(TENTHS, (300, 4)).astype(np.float32)
    thresholds = tt.Thresholds([0.7, 0.9, 0.3, 0.5])
    other = printed(scores).astype(kind)
    for one, two in ((scores, other), (other, scores)):
        found = tt.drift(two, tt.Profile.from_scores(one, thresholds))
        assert not found.table["distance"].any()
        assert (found.table["ratio"] == 1).all()


BY_HAND = [
    ("--method", "constant", "--option", "value=0.7"),
    ("--fix", "a=0.7"),
    ("--set", "a=0.7"),
    ("--min", "a=0.7", "--max", "a=0.7"),
    ("--unseen", "0.7"),
]


@pytest.mark.parametrize("given_by", BY_HAND, ids=lambda words: words[0])
def test_options_by_hand_mean_what_the_user_sees(
    run: Callable[..., Done], tmp_path: Path, given_by: tuple[str, ...]
) -> None:
    rng = np.random.default_rng(9)
    scores = rng.choice(TENTHS, (80, 2))
    labels = (rng.random((80, 2)) < scores).astype(int)
    if given_by[0] == "--unseen":
        labels[:, 0] = 0
    tables = []
    for kind in TYPES:
        name = str(tmp_path / np.dtype(kind).name)
        np.savez(f"{name}.npz", scores=scores.astype(kind), labels=labels, tags=["a", "b"])
        fitted = run("fit", f"{name}.npz", *given_by, "--no-cv", "-o", f"{name}.json")
        assert fitted.code == 0, fitted.err
        assert tt.Thresholds.load(f"{name}.json").values[0] == 0.7
        assert run("apply", f"{name}.npz", "-t", f"{name}.json", "-o", f"{name}.csv").code == 0
        found = pd.read_csv(f"{name}.csv")
        tables.append(found.loc[found["tag"] == "a", "clip"].tolist())
    wanted = np.flatnonzero(scores[:, 0] >= 0.7).tolist()
    assert tables == [wanted] * 3
