"""Score-stratified review: which pairs are drawn, and what their weights make up for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
import tagthresh as tt
from strategies import Case, cases
from tagthresh.datasets.demo import load_demo
from tagthresh.evaluation.review import band_of, review_columns

if TYPE_CHECKING:
    from pathlib import Path

RNG = np.random.default_rng(0)
SCORES = np.round(RNG.normal(size=(600, 2)), 2)
LABELS = (RNG.random((600, 2)) < 1 / (1 + np.exp(3 - 2 * SCORES))).astype(int)


@given(cases(weighted=False), st.data())
def test_pair_weights_vs_counting_pairs(case: Case, data: Any) -> None:
    """Weights of pairs: the same as the sum over pairs, one by one; 0 as an unknown label."""
    shape = case.y_score.shape
    flat = data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=shape[0] * shape[1]))
    weight = np.reshape(flat[: shape[0] * shape[1]], shape)
    weight[0, 0] = 1.0
    counts = tt.Counts.from_arrays(case.y_true, case.y_score, sample_weight=weight)
    values = case.y_score[0].astype(float)
    wanted: Any = np.zeros((4, shape[1]))
    for tag in range(shape[1]):
        y_true, y_score = (each[:, tag : tag + 1] for each in (case.y_true, case.y_score))
        found = oracles.confusion(y_true, y_score, [values[tag]], weight[:, tag])
        wanted[:, tag] = found[:, 0]
    np.testing.assert_allclose(counts.confusion(values), wanted, atol=1e-9)
    rows = tt.evaluate(
        *(case.y_true, case.y_score, tt.Thresholds(values)), sample_weight=weight
    ).confusion
    np.testing.assert_allclose(rows, wanted, atol=1e-9)
    unknown = np.where(weight > 0, case.y_true, -1)
    given = unknown, case.y_score
    same = tt.Counts.from_arrays(*given, sample_weight=weight, positive_only=True)
    np.testing.assert_array_equal(same.confusion(values), counts.confusion(values))


def test_weights_of_clips_are_weights_of_their_pairs() -> None:
    fit, unseen = load_demo()
    weight = RNG.integers(0, 3, 500).astype(float)
    pairs = np.repeat(weight[:, None], 10, axis=1)
    one, other = (
        tt.find_thresholds(fit.labels, fit.scores, sample_weight=each, bootstrap=40)
        for each in (weight, pairs)
    )
    np.testing.assert_allclose(one.thresholds.values, other.thresholds.values)
    assert one.expected is not None
    assert other.expected is not None
    assert other.expected.score == pytest.approx(one.expected.score, abs=1e-12)
    np.testing.assert_allclose(other.expected.interval, one.expected.interval)
    np.testing.assert_allclose(other.expected.precision, one.expected.precision)
    np.testing.assert_allclose(other.evidence.seen, one.evidence.seen)
    judged = [
        tt.compare_thresholds(
            *(unseen.labels, unseen.scores),
            *(tt.Thresholds([cut] * 10) for cut in (0.01, 0.02)),
            sample_weight=each,
            n_resamples=20,
        )
        for each in (weight, pairs)
    ]
    np.testing.assert_allclose(judged[0].table["p_value"], judged[1].table["p_value"])
    found = [
        tt.evaluate_probabilities(unseen.labels, unseen.scores, sample_weight=each).to_dict()
        for each in (weight, pairs)
    ]
    assert found[0]["brier"] == pytest.approx(found[1]["brier"])


@pytest.mark.parametrize("bands", [5, [-0.5, 0.0, 1.0]])
def test_estimates_are_those_of_all_clips_on_average(bands: Any) -> None:
    """Counts are unbiased over draws: off by less than 4 standard errors of the mean."""
    values = [1.0, 0.5]
    whole = np.stack(tt.Counts.from_arrays(LABELS, SCORES).confusion(values))
    draws = []
    for seed in range(200):
        chosen = tt.review.plan(SCORES, bands=bands, per_band=15, random_state=seed)
        reviewed = np.where(chosen, LABELS, -1)
        weight = tt.review.weights(reviewed, SCORES, bands=bands)
        np.testing.assert_allclose(weight.sum(axis=0), 600)
        counts = tt.Counts.from_arrays(reviewed, SCORES, sample_weight=weight)
        draws.append(np.stack(counts.confusion(values)))
    error = np.std(draws, axis=0) / np.sqrt(len(draws))
    assert (np.abs(np.mean(draws, axis=0) - whole) <= 4 * error + 1e-9).all()
    assert error.max() > 0
    tp, fp, fn, _ = np.mean(draws, axis=0)
    np.testing.assert_allclose(tp / (tp + fp), whole[0] / (whole[0] + whole[1]), atol=0.02)
    np.testing.assert_allclose(tp / (tp + fn), whole[0] / (whole[0] + whole[2]), atol=0.02)


def test_thresholds_are_near_those_of_all_clips() -> None:
    """With the reviewed labels alone, F1 on all clips falls by less than a point on average."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(5000, 3))
    labels = (rng.random((5000, 3)) < 1 / (1 + np.exp(7 - 5 * scores))).astype(int)
    best = tt.find_thresholds(labels, scores, method="exact", cv=None).score
    reached: list[float] = []
    naive: list[float] = []
    for seed in range(10):
        reviewed = np.where(
            tt.review.plan(scores, bands=8, per_band=100, random_state=seed), labels, -1
        )
        weight = tt.review.weights(reviewed, scores, bands=8)
        for each, found in ((weight, reached), (None, naive)):
            solution = tt.find_thresholds(
                reviewed, scores, method="exact", sample_weight=each, cv=None
            )
            found.append(tt.evaluate(labels, scores, solution.thresholds).score())
    assert best - np.mean(reached) < 0.01
    assert np.mean(reached) > np.mean(naive)


@given(cases(weighted=False), st.integers(1, 4), st.integers(1, 3), st.integers(0, 5))
def test_a_plan_draws_so_many_of_every_band(case: Case, bands: int, most: int, seed: int) -> None:
    chosen = tt.review.plan(case.y_score, bands=bands, per_band=most, random_state=seed)
    band = band_of(case.y_score, bands)
    for tag, column in enumerate(case.y_score.T):
        for one in range(bands):
            inside = band[:, tag] == one
            assert chosen[inside, tag].sum() == min(inside.sum(), most)
        order = np.argsort(column)
        assert (np.diff(band[order, tag]) >= 0).all()
        assert len({(s, b) for s, b in zip(column, band[:, tag], strict=True)}) == len(set(column))


def test_bands_hold_half_of_the_rest() -> None:
    band = band_of(np.arange(64.0)[:, None], 5)
    assert np.bincount(band[:, 0]).tolist() == [32, 16, 8, 4, 4]


def write(path: Path, columns: dict[str, Any]) -> None:
    tt.io.write_columns(str(path), columns)


def test_a_reviewed_table_weighs_what_is_labelled(tmp_path: Path) -> None:
    names = ["Dog", "Rain"], [f"c{i}" for i in range(600)]
    columns = review_columns(SCORES, *names, bands=4, per_band=12)
    place = [int(name[1:]) for name in columns["clip"]]
    tag = [names[0].index(name) for name in columns["tag"]]
    columns["label"] = LABELS[place, tag].astype(float)
    columns["label"][[5, 17, 40]] = np.nan  # unsure
    write(tmp_path / "r.csv", columns)
    table = tt.io.read_labelled(str(tmp_path / "r.csv"))
    found = tt.Counts.from_arrays(
        table.labels, table.scores, tags=table.tags, sample_weight=table.weights
    )
    labels = np.full(SCORES.shape, -1)
    labels[place, tag] = np.where(np.isnan(columns["label"]), -1, columns["label"])
    weight = tt.review.weights(labels, SCORES, bands=4)
    wanted = tt.Counts.from_arrays(labels, SCORES, sample_weight=weight)
    np.testing.assert_allclose(found.confusion([0.5, 1]), wanted.confusion([0.5, 1]), atol=1e-9)
    first = columns["band"][:4]
    assert sorted(first) == [0, 1, 2, 3]  # the bands take turns


def test_tables_that_cannot_be_weighed(tmp_path: Path) -> None:
    columns = review_columns(SCORES, ["Dog", "Rain"], [str(i) for i in range(600)], bands=3)
    columns["label"][:] = 0.0
    columns["label"][(columns["tag"] == "Rain") & (columns["band"] == 2)] = np.nan
    write(tmp_path / "r.csv", columns)
    with pytest.raises(tt.InputError, match="band 2 of 'Rain' has none"):
        tt.io.read(str(tmp_path / "r.csv"))
    columns["band_clips"][0] += 1
    write(tmp_path / "r.csv", columns)
    with pytest.raises(tt.InputError, match="band_clips must be the same in all rows"):
        tt.io.read(str(tmp_path / "r.csv"))


def test_a_long_table_with_a_weight_a_pair(tmp_path: Path) -> None:
    text = "clip,tag,score,label,weight\na,Dog,0.9,1,2\na,Rain,0.4,0,3\nb,Rain,0.8,1,1\n"
    text += "c,Dog,0.1,0,5\n"
    (tmp_path / "w.csv").write_text(text, "utf-8")
    table = tt.io.read_labelled(str(tmp_path / "w.csv"))
    np.testing.assert_array_equal(table.weights, [[2, 3], [np.nan, 1], [5, np.nan]])
    solution = tt.find_thresholds(
        *(table.labels, table.scores), sample_weight=table.weights, method="exact", tags=table.tags
    )
    assert solution.thresholds.origin is not None
    assert solution.thresholds.origin.known == (7, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tt.review.plan([[0.1]], bands=0), "bands must be at least 1"),
        (lambda: tt.review.plan([[0.1]], bands=[]), "bands must be a number or ascending edges"),
        (lambda: tt.review.plan([[0.1]], bands=[0.5, 0.2]), "bands must be a number or ascending"),
        (lambda: tt.review.plan([[0.1]], per_band=0), "per_band must be at least 1"),
        (lambda: tt.review.plan([[0.1]], random_state=-1), "random_state must be at least 0"),
        (lambda: tt.review.plan([[np.nan]]), "y_score must be finite"),
        (lambda: tt.review.weights([[-1]], [[np.nan]]), "y_score must be finite"),
        (
            lambda: tt.review.weights([[1], [-1]], [[0.9], [0.1]], bands=[0.5], tags=["Dog"]),
            "in every band of a tag with labels; band 0 of tag 'Dog' has 1 clip and no label",
        ),
        (
            lambda: tt.find_thresholds([[1, 0]], [[1, 2]], sample_weight=[[1, 2, 3]]),
            "sample_weight must hold one weight per clip, or per pair; got shape (1, 3)",
        ),
        (
            lambda: tt.find_thresholds([[1, 0]], [[1, 2]], sample_weight=[[1, -2]]),
            "sample_weight must be finite and at least 0; got -2.0 at clip 0, tag 1",
        ),
        (
            lambda: tt.find_thresholds(
                [[1, 0]], [[1, 2]], sample_weight=[[1, 2]], metric="f1_samples", method="shared"
            ),
            "sample_weight must hold one weight per clip for a metric that is averaged over clips",
        ),
        (
            lambda: tt.evaluate(
                [[1, 0]], [[1, 2]], tt.Thresholds([0, 0]), sample_weight=[[1, 2]]
            ).score("f1_samples"),
            "sample_weight must hold one weight per clip for a metric that is averaged over clips",
        ),
        (
            lambda: tt.guarantee(
                tt.Counts.from_arrays([[1, 0]], [[1, 2]], sample_weight=[[1, 2]]), precision=0.9
            ),
            "weight",
        ),
    ],
)
def test_reviews_that_make_no_sense(call: Any, message: str) -> None:
    with pytest.raises(tt.InputError) as error:
        call()
    assert message in str(error.value)


def test_what_unknown_pairs_weigh_is_not_looked_at() -> None:
    counts = tt.Counts.from_arrays(
        [[1, -1], [0, -1]], [[0.9, np.nan], [0.1, 0.2]], sample_weight=[[1.0, np.nan], [2.0, -1.0]]
    )
    assert counts.known.mass.tolist() == [3, 0]
