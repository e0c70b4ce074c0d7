from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student

import oracles
import tagthresh as tt
from strategies import Case, cases
from tagthresh.evaluation.permutation_test import swap_test
from tagthresh.metrics.decisions import decide
from tagthresh.report import plot, terminal
from tagthresh.validation import labelled_scores

if TYPE_CHECKING:
    from pathlib import Path

    from tagthresh.evaluation.compare_thresholds import ThresholdComparison


def simulate(n_clips: int = 200, n_tags: int = 6) -> Any:
    rng = np.random.default_rng(0)
    labels = rng.random((n_clips, n_tags)) < 0.3
    return labels, rng.normal(size=labels.shape) + 1.5 * labels


def constant(value: float, n_tags: int = 6) -> tt.Thresholds:
    return tt.Thresholds(np.full(n_tags, value))


def compared(old: float, new: float) -> ThresholdComparison:
    labels, scores = simulate()
    return tt.compare_thresholds(labels, scores, constant(old), constant(new))


def p_of_all_swaps(case: Case, cuts: Any, metric: Any, groups: Any) -> Any:
    """Share of all ways to swap groups that differ as much as none swapped, for each tag."""
    accepted = [(case.y_score >= cut).astype(float) for cut in cuts]
    half = np.full(case.y_true.shape[1], 0.5)
    differences = []
    for swaps in itertools.product((False, True), repeat=max(groups) + 1):
        swapped = np.array(swaps)[groups][:, None]
        old, new = (
            metric.of(*oracles.confusion(case.y_true, decided, half, case.weight))
            for decided in (
                np.where(swapped, *accepted[::-1]),
                np.where(swapped, *accepted),
            )
        )
        differences.append(np.abs(new - old))
    return np.mean(differences >= differences[0] - 1e-12, axis=0)


@settings(max_examples=60)
@given(cases(max_clips=5), st.sampled_from(["f1_micro", "f2_macro", "precision_micro"]), st.data())
def test_the_randomisation_test_vs_all_swaps(case: Case, name: str, draw: st.DataObject) -> None:
    if case.weight is not None:
        kept = case.weight > 0
        case = Case(case.y_true[kept], case.y_score[kept], case.weight[kept])
    n_clips = len(case.y_true)
    groups = draw.draw(st.sampled_from([np.arange(n_clips), np.arange(n_clips) // 2]))
    metric, cuts = tt.metrics.as_metric(name), (0.0, 0.25)
    data = labelled_scores(case.y_true, case.y_score, None, case.weight)
    decisions = [decide(data, np.full(case.y_true.shape[1], cut)) for cut in cuts]
    found = swap_test(data, decisions, metric, groups=groups, swaps=4000)
    wanted = p_of_all_swaps(case, cuts, metric, groups)
    np.testing.assert_allclose(found, wanted, atol=0.04)  # five standard deviations at least


@pytest.mark.slow
def test_p_values_are_even_where_thresholds_are_equally_good() -> None:
    """Positives between the cuts are F1 / 2 of the clips there, so that F1 does not change."""
    rng, n_tags = np.random.default_rng(1), 600
    score = rng.choice([0.0, 1.0, 2.0], p=[0.7, 0.1, 0.2], size=(300, n_tags))
    labels = rng.random(score.shape) < np.choose(score.astype(int), [0.05, 0.3421, 0.7])
    result = tt.compare_thresholds(
        labels, score, constant(1.5, n_tags), constant(0.5, n_tags), n_resamples=100
    )
    for level in (0.05, 0.2, 0.5):
        assert np.mean(result.table["p_value"] <= level) == pytest.approx(level, abs=0.04)
    outside = (result.table["low"] > 0) | (result.table["high"] < 0)
    assert outside.sum() > 15  # what the verdicts guard against
    assert result.verdicts == {"better": 0, "worse": 0, "unclear": n_tags, "same": 0}


def test_intervals_vs_a_plain_bootstrap() -> None:
    labels, scores = simulate()
    weight = np.random.default_rng(3).random(200) + 0.5
    old, new = constant(0.4), constant(0.9)
    result = tt.compare_thresholds(
        *(labels, scores, old, new),
        sample_weight=weight,
        n_resamples=40,
        random_state=7,
        metric="f1_macro",
    )

    def difference(times: Any) -> Any:
        judged = [
            tt.evaluate(labels, scores, each, sample_weight=weight * times) for each in (old, new)
        ]
        before, after = ([each.score("f1_macro"), *each.table["f1"]] for each in judged)
        return np.subtract(after, before)

    rng = np.random.default_rng(7)
    draws = np.array(
        [difference(np.bincount(rng.integers(200, size=200), minlength=200)) for _ in range(40)]
    )
    value = difference(np.ones(200))
    few = student.ppf(0.975, 199) / norm.ppf(0.975) * np.sqrt(200 / 199)
    low, high = few * (np.quantile(draws, [0.025, 0.975], axis=0) - draws.mean(axis=0)) + value
    found = result.table
    assert result.difference == pytest.approx((value[0], low[0], high[0]))
    np.testing.assert_allclose(found["difference"], value[1:], atol=1e-12)
    np.testing.assert_allclose(found["low"], low[1:], atol=1e-12)
    np.testing.assert_allclose(found["high"], high[1:], atol=1e-12)
    assert result.share_better == np.mean(draws[:, 0] > 0)


def test_real_thresholds(real: Any) -> None:
    fit, unseen = (real(f"dcase2017/{part}.npz") for part in ("fit", "eval"))
    old, new = (
        tt.find_thresholds(fit["labels"], fit["scores"], method=method, cv=None).thresholds
        for method in (tt.methods.Constant(0.3), "hierarchical")
    )
    data = unseen["labels"], unseen["scores"]
    result = tt.compare_thresholds(*data, old, new)
    for estimate, thresholds in ((result.old, old), (result.new, new)):
        evaluation = tt.evaluate(*data, thresholds)
        assert estimate.low < estimate.value < estimate.high
        assert estimate.value == pytest.approx(evaluation.score(), abs=1e-12)
    np.testing.assert_allclose(result.table["new"], evaluation.table["f1"], atol=1e-12)
    compared = tt.compare_methods(
        (fit["labels"], fit["scores"]),
        data,
        methods=[tt.methods.Constant(0.3), "hierarchical"],
    ).entries[1]
    assert result.difference[1:] == pytest.approx(compared.difference_interval)
    assert result.verdicts["better"] > 0
    first = result.table["verdict"][result.order[0]]
    assert first in {"better", "worse"}


def test_the_other_way_round_turns_signs() -> None:
    one, other = compared(0.3, 1.2), compared(1.2, 0.3)
    assert other.difference == pytest.approx(
        (-one.difference.value, -one.difference.high, -one.difference.low)
    )
    assert other.share_better == pytest.approx(1 - one.share_better)
    assert other.verdicts["better"] == one.verdicts["worse"]
    np.testing.assert_allclose(other.table["p_value"], one.table["p_value"])


def test_what_decides_the_same_is_the_same() -> None:
    result = compared(0.3, 0.3)
    assert tuple(result.difference) == (0, 0, 0)
    assert result.share_better == 0.5
    assert result.verdicts == {"better": 0, "worse": 0, "unclear": 0, "same": 6}
    assert (result.table["p_value"] == 1).all()


def test_few_clips_prove_nothing() -> None:
    """Four of four clips for the better: an interval may leave out 0, tosses of four clips not."""
    labels = np.array([[1]] * 50 + [[0]] * 50)
    scores = np.array([[0.5]] * 4 + [[0.9]] * 46 + [[0.1]] * 50)
    result = tt.compare_thresholds(labels, scores, constant(0.6, 1), constant(0.4, 1))
    assert result.table["low"][0] > 0
    assert result.table["p_value"][0] == pytest.approx(0.125, abs=0.02)
    assert result.verdicts["unclear"] == 1


def test_whole_groups_are_drawn_and_swapped() -> None:
    """Five copies of every clip say no more than the clip, if they stay together."""
    labels, scores = simulate()
    alone = compared(0.3, 0.6)
    copies = np.repeat(labels, 5, axis=0), np.repeat(scores, 5, axis=0)
    groups = np.repeat(np.arange(200), 5)
    grouped = tt.compare_thresholds(*copies, constant(0.3), constant(0.6), groups=groups)
    assert grouped.difference == pytest.approx(alone.difference)
    np.testing.assert_allclose(grouped.table["p_value"], alone.table["p_value"])
    np.testing.assert_allclose(grouped.table["high"], alone.table["high"], atol=1e-12)
    np.testing.assert_array_equal(grouped.table["changed"], 5 * alone.table["changed"])
    split = tt.compare_thresholds(*copies, constant(0.3), constant(0.6))
    assert (split.table["p_value"] <= alone.table["p_value"]).all()


def test_unknown_labels_and_clips_of_no_weight_change_nothing() -> None:
    labels, scores = simulate()
    old, new = constant(0.3), constant(0.6)
    wanted = tt.compare_thresholds(labels[:150], scores[:150], old, new)
    weight = np.arange(200) < 150
    found = tt.compare_thresholds(
        labels, scores, old, new, sample_weight=weight, groups=np.arange(200)
    )
    assert found.to_dict() == wanted.to_dict()
    unknown = labels.astype(int)
    unknown[:, 0] = -1
    other = tt.compare_thresholds(unknown, scores, old, new).table
    whole = tt.compare_thresholds(labels, scores, old, new).table
    assert other["verdict"][0] == "same"
    np.testing.assert_allclose(other["low"][1:], whole["low"][1:], atol=1e-12)


def test_tags_are_matched_by_name() -> None:
    labels, scores = simulate(n_tags=2)
    tags = ["Dog", "Rain"]
    old, new = tt.Thresholds([0.3, 0.9], tags), tt.Thresholds([0.5, np.inf], tags[::-1])
    result = tt.compare_thresholds(labels, scores, old, new, tags=tags)
    assert result.table["threshold_new"].tolist() == [np.inf, 0.5]
    rows = result.to_dict()["per_tag"]
    assert (rows[0]["tag"], rows[0]["threshold_new"]) == ("Dog", None)
    assert "better" in repr(result)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"old": "0.5"}, r"old must be Thresholds, such as .*; got '0\.5'"),
        ({"new": tt.Thresholds([0.5])}, "new must hold one threshold per tag; got 1 for 6 tags"),
        ({"y_true": tt.Counts.from_arrays(*simulate())}, "y_true must be labels; Counts do not"),
        (
            {"groups": ["a"] * 200},
            "groups must name at least two groups; all clips are in the same",
        ),
        ({"n_resamples": 0}, "n_resamples must be at least 1; got 0"),
        ({"random_state": -1}, "random_state must be at least 0; got -1"),
        ({"metric": "f1"}, "did you mean f1_micro"),
        ({"metric": "f1_samples"}, "metric must be defined for each tag by itself"),
        ({"metric": "hamming_loss"}, "with higher values better; got 'hamming_loss'"),
    ],
)
def test_bad_arguments(options: Any, message: str) -> None:
    labels, scores = simulate()
    given = {"y_true": labels, "y_score": scores, "old": constant(0.3), "new": constant(0.6)}
    with pytest.raises(tt.InputError, match=message):
        tt.compare_thresholds(**(given | options))


def test_pictures_and_tables_show_the_clear_ones(tmp_path: Path) -> None:
    labels, scores = simulate(n_tags=3)
    tags = ["A tag with a name that is far too long for a line of any picture", "Dog", "Rain"]
    old, new = tt.Thresholds([0.7, 0.7, 0.7], tags), tt.Thresholds([0.7, np.inf, 0.75], tags)
    result = tt.compare_thresholds(labels, scores, old, new)
    assert result.table["verdict"] == ["same", "worse", "unclear"]
    assert result.order.tolist() == [1, 2, 0]
    figure = plot.thresholds_by_tag(result, 2)
    ticks = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert ticks == ["Rain", "Dog"]  # from gain to loss
    plot.save(plot.thresholds_by_tag(result, 0), str(tmp_path / "a.svg"))
    assert (tmp_path / "a.svg").stat().st_size > 1000
    table = terminal.thresholds_by_tag(result, 1).drawn(60)
    assert table.row_count == 1
    assert "changed" not in [str(column.header) for column in table.columns]
    for width in (80, 100):
        shown = [
            str(column.header)
            for column in terminal.thresholds_by_tag(result, 0).drawn(width).columns
        ]
        assert {"p", "difference", "verdict"} <= set(shown)
