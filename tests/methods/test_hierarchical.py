"""Hierarchical calibration as a method: what it promises, and on unseen clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given

import tagthresh as tt
from strategies import Case, cases
from tagthresh import InputError
from tagthresh.datasets.simulate import audioset_shaped
from tagthresh.methods import Exact, Hierarchical, Shared, SurrogateGradient

if TYPE_CHECKING:
    from collections.abc import Callable

    from tagthresh.methods import Method

METRICS = [
    tt.metrics.FBeta(),
    tt.metrics.FBeta(0.5, average="macro"),
    tt.metrics.FBeta(2, average="weighted"),
]
INCREASING: dict[str, Callable[[Any], Any]] = {
    # From 0.5 up: ranks of 0 and 1 could equal the labels, and such a column is refused.
    "rank": lambda s: np.unique(s, return_inverse=True)[1].reshape(s.shape) + 0.5,
    "exp": lambda s: np.exp(20 * s.astype(np.float64)),
    "logit": lambda s: np.log(s.astype(np.float64)) - np.log1p(-s.astype(np.float64)),
    "negative": lambda s: -1 / (1 + s.astype(np.float64)) - 100,
}


def small(seed: int = 0, n_clips: int = 300, n_tags: int = 12) -> tuple[Any, Any]:
    """Labels and probabilities in float32, some tags rare."""
    rng = np.random.default_rng(seed)
    y_true = (rng.random((n_clips, n_tags)) < np.linspace(0.005, 0.3, n_tags)).astype(int)
    logits = rng.normal(size=y_true.shape) + 2.5 * y_true - 2 + rng.normal(size=n_tags)
    return y_true, (1 / (1 + np.exp(-logits))).astype(np.float32)


def counted(y_true: Any, y_score: Any, **options: Any) -> tt.Counts:
    return tt.Counts.from_arrays(y_true, y_score, **options)


def f1(
    method: Method, fit: tt.Counts, unseen: tt.Counts, metric: tt.metrics.FBeta | None = None
) -> float:
    """F1 in % on unseen clips."""
    metric = metric or tt.metrics.FBeta()
    return 100 * float(metric(unseen.confusion(method.fit(fit, metric).values)))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("name", INCREASING)
def test_any_increasing_function_of_the_scores_gives_the_same_decisions(
    name: str, metric: tt.metrics.FBeta
) -> None:
    y_true, y_score = small()
    moved = INCREASING[name](y_score)
    plain, other = (
        Hierarchical().fit(counted(y_true, score), metric).values for score in (y_score, moved)
    )
    np.testing.assert_array_equal(y_score >= plain, moved >= other)


@given(cases(weighted=False))
def test_ranks_give_the_same_decisions(case: Case) -> None:
    ranks = INCREASING["rank"](case.y_score)
    plain, other = (
        Hierarchical().fit(counted(case.y_true, score), tt.metrics.FBeta()).values
        for score in (case.y_score, ranks)
    )
    np.testing.assert_array_equal(case.y_score >= plain, ranks >= other)


@given(cases())
def test_any_case_gives_thresholds(case: Case) -> None:
    counts = counted(case.y_true, case.y_score, sample_weight=case.weight)
    for metric in METRICS:
        fit = Hierarchical().fit(counts, metric)
        assert fit.values.shape == (counts.n_tags,)
        assert not np.isnan(fit.values).any()
        assert (fit.values > -np.inf).all()
        if counts.positive.mass.sum() == 0:
            assert (fit.values == np.inf).all()


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_weights_are_repetitions(metric: tt.metrics.FBeta) -> None:
    y_true, y_score = small()
    weight = np.random.default_rng(1).integers(0, 4, len(y_true))
    weighted = counted(y_true, y_score, sample_weight=weight)
    repeated = counted(np.repeat(y_true, weight, axis=0), np.repeat(y_score, weight, axis=0))
    first, second = (Hierarchical().fit(counts, metric).values for counts in (weighted, repeated))
    np.testing.assert_array_equal(first, second)


def test_clips_in_any_order_and_split_and_tags_in_any_order() -> None:
    y_true, y_score = small()
    order = np.random.default_rng(0).permutation(len(y_true))
    parts = [counted(y_true[part], y_score[part]) for part in (order[:99], order[99:])]
    values = Hierarchical().fit(counted(y_true, y_score), tt.metrics.FBeta()).values
    np.testing.assert_array_equal(Hierarchical().fit(sum(parts), tt.metrics.FBeta()).values, values)  # type: ignore[arg-type]
    flipped = (
        Hierarchical().fit(counted(y_true[:, ::-1], y_score[:, ::-1]), tt.metrics.FBeta()).values
    )
    np.testing.assert_array_equal(flipped[::-1], values)


def test_unknown_labels_count_nowhere() -> None:
    y_true, y_score = small()
    hidden = np.random.default_rng(5).random(y_true.shape) < 0.3
    unknown = np.where(hidden, -1, y_true)
    elsewhere = np.where(hidden, np.float32(0.999), y_score)
    first, second = (
        Hierarchical().fit(counted(unknown, score), tt.metrics.FBeta()).values
        for score in (y_score, elsewhere)
    )
    np.testing.assert_array_equal(first, second)


def test_a_tag_without_positives_keeps_a_cut_near_the_others() -> None:
    y_true, y_score = small()
    y_true[:, 3] = 0
    y_true[:, 5] = -1
    values = Hierarchical().fit(counted(y_true, y_score), tt.metrics.FBeta()).values
    assert np.isfinite(values).all()
    seen = np.delete(values, [3, 5])
    assert seen.min() < values[5] < seen.max()
    assert values[3] > values[5]  # its negatives speak for a higher cut


def test_no_positive_at_all_accepts_nothing() -> None:
    _, y_score = small()
    fit = Hierarchical().fit(counted(np.zeros(y_score.shape, int), y_score), tt.metrics.FBeta())
    assert (fit.values == np.inf).all()
    assert fit.status == "no known positive: nothing is accepted"


@pytest.mark.parametrize(
    ("y_true", "y_score"),
    [
        ([[1]], [[0.3]]),
        ([[1], [1]], [[0.3], [0.3]]),
        (np.ones((50, 3), int), np.random.default_rng(0).random((50, 3))),
    ],
    ids=["one clip", "constant", "all positive"],
)
def test_all_positives_are_accepted(y_true: Any, y_score: Any) -> None:
    values = Hierarchical().fit(counted(y_true, y_score), tt.metrics.FBeta()).values
    assert (np.asarray(y_score) >= values).all()


def test_separable_tags_are_separated() -> None:
    y_true = np.tile([[0], [1]], (40, 3))
    y_score = y_true + np.random.default_rng(0).random(y_true.shape) / 2
    assert f1(Hierarchical(), counted(y_true, y_score), counted(y_true, y_score)) == 100


def test_ties_and_extreme_scores() -> None:
    y_true, y_score = small()
    ties = (y_score * 32).round() / 32
    extreme = np.where(y_score > 0.9, np.float32(3e38), (y_score - 0.5) * np.float32(1e-38))
    for score in (ties, extreme):
        counts = counted(y_true, score)
        ours, shared = (f1(method, counts, counts) for method in (Hierarchical(), Shared()))
        assert ours > shared - 0.3


def test_pull_ends_at_the_shared_cut() -> None:
    counts = counted(*small())
    cuts = [
        np.array(Hierarchical(pull=pull).fit(counts, tt.metrics.FBeta()).statistics["cut"])
        for pull in (0.0, 0.5, 1.0)
    ]
    np.testing.assert_allclose(cuts[1], cuts[0] / 2, atol=0.011)
    np.testing.assert_array_equal(cuts[2], 0)
    shared = Shared().fit(counts, tt.metrics.FBeta())
    pulled = Hierarchical(pull=1.0).fit(counts, tt.metrics.FBeta())
    scores = [float(tt.metrics.FBeta()(counts.confusion(fit.values))) for fit in (shared, pulled)]
    assert scores[1] == pytest.approx(scores[0], abs=0.005)


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("pull", 1.5, "pull must be from 0 to 1; got 1.5"),
        ("pull", -0.1, "pull must be from 0 to 1; got -0.1"),
        ("pull", np.nan, "pull must be finite; got nan"),
        ("polish", 1, "polish must be True or False; got 1"),
    ],
)
def test_options(option: str, value: Any, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        Hierarchical(**{option: value})


def test_other_metrics_are_refused() -> None:
    with pytest.raises(InputError, match="'hierarchical' does not maximise metric 'recall_micro'"):
        tt.find_thresholds([[1]], [[0.5]], metric="recall_micro", method="hierarchical")


@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
def test_jaccard_is_highest_where_f1_is(average: str) -> None:
    fit, _ = tt.datasets.load_demo()
    f1, jaccard = (
        tt.find_thresholds(fit.labels, fit.scores, metric=f"{stem}_{average}", cv=None).thresholds
        for stem in ("f1", "jaccard")
    )
    np.testing.assert_array_equal(f1.values, jaccard.values)


@pytest.fixture(scope="module")
def unseen() -> tt.Counts:
    simulation = audioset_shaped(30_000, random_state=1_000)
    return counted(simulation.labels, simulation.scores)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_clips", "draws", "gain"), [(1_000, 8, 1.4), (4_000, 2, 0.85), (12_958, 2, 0.5)]
)
def test_simulation_beats_sgl(n_clips: int, draws: int, gain: float, unseen: tt.Counts) -> None:
    methods: list[Method] = [Hierarchical(), SurrogateGradient(start=0.3), Shared()]
    found = []
    for seed in range(draws):
        simulation = audioset_shaped(n_clips, seed)
        fit = counted(simulation.labels, simulation.scores)
        found.append([f1(method, fit, unseen) for method in methods])
    ours, sgl, shared = np.mean(found, axis=0)
    assert ours >= sgl + gain
    assert ours >= shared + 0.5


@pytest.mark.slow
def test_simulation_macro_beats_exact(unseen: tt.Counts) -> None:
    simulation = audioset_shaped(12_958, random_state=1)
    fit, macro = counted(simulation.labels, simulation.scores), tt.metrics.FBeta(average="macro")
    ours = f1(Hierarchical(), fit, unseen, macro)
    assert ours >= f1(Exact(), fit, unseen, macro) + 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("n_clips", "gain"), [(100, 7), (300, 2), (1000, 2)])
def test_simulation_macro_beats_shared_where_positives_are_few(
    n_clips: int, gain: float, unseen: tt.Counts
) -> None:
    macro, found = tt.metrics.FBeta(average="macro"), []
    for seed in range(8):
        simulation = audioset_shaped(random_state=seed)
        fit = counted(simulation.labels[:n_clips], simulation.scores[:n_clips])
        found.append([f1(method, fit, unseen, macro) for method in (Hierarchical(), Shared())])
    ours, shared = np.mean(found, axis=0)
    assert ours >= shared + gain


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "start", "gain"), [("dcase2017", 0.3, 1.5), ("dcase2019", 0.5, 0)]
)
def test_resplits_beat_sgl(
    folder: str, start: float, gain: float, real: Callable[[str], dict[str, Any]]
) -> None:
    halves = [real(f"{folder}/{part}.npz") for part in ("fit", "eval")]
    labels, scores = (
        np.concatenate([half[key] for half in halves]) for key in ("labels", "scores")
    )
    found = []
    for seed in range(12):
        order = np.random.default_rng(seed).permutation(len(labels))
        fit, other = (counted(labels[i], scores[i]) for i in np.array_split(order, 2))
        methods: list[Method] = [Hierarchical(), SurrogateGradient(start=start), Shared()]
        found.append([f1(method, fit, other) for method in methods])
    ours, sgl, shared = np.mean(found, axis=0)
    assert ours >= sgl + gain
    assert ours >= shared


def test_taggers_pretrained_elsewhere(real: Callable[[str], dict[str, Any]]) -> None:
    yamnets = ("yamnet_mean", "yamnet_max", "yamnet_int8_mean", "yamnet_int8_max")
    found = {}
    for scorer in (*yamnets, "efficientat_mn04"):
        fit, other = (real(f"esc10_mix/{scorer}/{part}.npz") for part in ("fit", "eval"))
        parts = counted(fit["labels"], fit["scores"]), counted(other["labels"], other["scores"])
        methods: list[Method] = [Hierarchical(), Exact(), SurrogateGradient(start=0.3)]
        found[scorer] = [f1(method, *parts) for method in methods]
    over_exact = [ours - exact for ours, exact, _ in found.values()]
    assert np.mean(over_exact) >= 0
    assert min(over_exact) >= -0.6
    for scorer in ("yamnet_mean", "yamnet_int8_mean"):
        ours, _, sgl = found[scorer]
        assert ours >= sgl + 10
