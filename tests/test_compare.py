from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt
from tagthresh.datasets.simulate import audioset_shaped
from tagthresh.report import plot, terminal

if TYPE_CHECKING:
    from pathlib import Path

METHODS: list[Any] = [tt.methods.Constant(0.3), "shared", "exact"]


def halves(real: Any, folder: str) -> Any:
    parts = (real(f"{folder}/{part}.npz") for part in ("fit", "eval"))
    fit, unseen = ((part["labels"], part["scores"]) for part in parts)
    return fit, unseen


def test_scores_are_those_of_each_method_alone(real: Any) -> None:
    fit, unseen = halves(real, "dcase2017")
    result = tt.compare_methods(fit, unseen, methods=METHODS, reference="shared")
    assert [entry.name for entry in result.entries] == ["constant(value=0.3)", "shared", "exact"]
    assert result.reference == "shared"
    for entry, method in zip(result.entries, METHODS, strict=True):
        alone = tt.find_thresholds(*fit, method=method)
        assert entry.solution.score == alone.score
        assert entry.score == tt.evaluate(unseen[0], unseen[1], alone.thresholds).score()
        assert entry.interval.low < entry.score < entry.interval.high
        assert entry.seconds > 0
    best = result.entries[2]
    assert best.difference == pytest.approx(best.score - result.entries[1].score)
    assert best.difference_interval.low > 0  # exact beats shared by more than luck
    assert result.entries[1].difference_interval == (0, 0)


def test_pairing_makes_intervals_of_differences_narrow(real: Any) -> None:
    """Thresholds that hardly differ score alike on every draw, far more so than draws do."""
    fit, unseen = halves(real, "dcase2017")
    methods = [tt.methods.Constant(0.3), tt.methods.Constant(0.301)]
    low, high = tt.compare_methods(fit, unseen, methods=methods).entries[1].difference_interval
    alone = tt.compare_methods(fit, unseen, methods=methods).entries[1].interval
    assert high - low < 0.2 * (alone.high - alone.low)


def test_the_same_seed_gives_the_same_intervals() -> None:
    rng = np.random.default_rng(0)
    data = rng.integers(0, 2, (50, 3)), rng.random((50, 3))
    a, b, c = (
        tt.compare_methods(data, data, random_state=seed).entries[1].interval for seed in (1, 1, 2)
    )
    assert a == b != c


def test_unseen_tags_are_named_once() -> None:
    data = [[1, 0], [0, 0]], [[0.9, 0.1], [0.2, 0.3]]
    with pytest.warns(tt.UnseenTagWarning) as found:
        tt.compare_methods(data, data, methods=["shared", "exact"], n_resamples=2)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"methods": []}, "at least one method"),
        ({"methods": "exact"}, "got the single string 'exact'"),
        ({"random_state": -1}, "random_state must be at least 0; got -1"),
        ({"n_resamples": 0}, "n_resamples must be at least 1; got 0"),
        ({"methods": ["exact", "exact"]}, "'exact' appears more than once"),
        ({"methods": ["magic"]}, "method must be one of"),
        (
            {"reference": "sgl"},
            "reference must be one of constant, shared, exact, hierarchical; got 'sgl'",
        ),
        ({"evaluate": [1]}, "evaluate must be a tuple"),
    ],
)
def test_bad_arguments(options: Any, message: str) -> None:
    data = [[1], [0]], [[0.9], [0.2]]
    with pytest.raises(tt.InputError, match=message):
        tt.compare_methods(**({"fit": data, "evaluate": data} | options))


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_pictures_are_written_whole(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(0)
    data = rng.integers(0, 2, (50, 3)), rng.random((50, 3))
    figure = plot.comparison(tt.compare_methods(data, data, n_resamples=20))
    plot.save(figure, str(tmp_path / f"a{suffix}"))
    assert (tmp_path / f"a{suffix}").stat().st_size > 1000
    assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(tt.InputError, match="suffix must be one of"):
        plot.save(figure, str(tmp_path / "a.jpg"))


def test_the_table_names_methods_and_reference() -> None:
    data = [[1], [0]], [[0.9], [0.2]]
    result = tt.compare_methods(data, data, n_resamples=5)
    table = terminal.comparison(result).drawn(120)
    assert table.row_count == 4
    assert str(table.caption).endswith("difference: to constant, on the same clips")
    assert result.to_dict()["methods"][2]["method"] == "exact"


def test_intervals_hold_the_score_of_rare_tags_too() -> None:
    simulation = audioset_shaped(600)
    half = slice(0, 300), slice(300, 600)
    fit, unseen = ((simulation.labels[part], simulation.scores[part]) for part in half)
    with pytest.warns(tt.UnseenTagWarning):
        result = tt.compare_methods(fit, unseen, metric="f1_macro", n_resamples=100)
    for entry in result.entries:
        assert entry.interval.low < entry.score < entry.interval.high


def test_warnings_are_the_callers_to_filter() -> None:
    data = [[1, 0], [0, 0]], [[0.9, 0.1], [0.2, 0.3]]
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("ignore")
        tt.compare_methods(data, data, n_resamples=2)
    assert found == []
    with pytest.warns(tt.UnseenTagWarning) as one:
        tt.compare_methods(data, data, n_resamples=2)
    assert one[0].filename == __file__


def test_the_reference_may_be_an_alias() -> None:
    data = [[1], [0]], [[0.9], [0.2]]
    result = tt.compare_methods(
        data, data, methods=["exact", "sgl"], reference="sgl", n_resamples=2
    )
    assert result.reference == "surrogate_gradient"


def test_the_clips_fitted_on_are_told() -> None:
    fit, unseen = ((half.labels, half.scores) for half in tt.datasets.load_demo())
    assert tt.compare_methods(fit, fit, methods=["shared"], n_resamples=2).same_clips
    assert not tt.compare_methods(fit, unseen, methods=["shared"], n_resamples=2).same_clips


def test_other_tags_are_told_before_any_method_runs() -> None:
    fit, unseen = ([[1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.3]]), ([[1], [0]], [[0.9], [0.2]])
    with pytest.raises(tt.InputError, match="evaluate must have as many tags as fit, 2; got 1"):
        tt.compare_methods(fit, unseen)


def test_pictures_hold_long_names() -> None:
    rng = np.random.default_rng(0)
    data = rng.integers(0, 2, (50, 3)), rng.random((50, 3))
    long = tt.methods.SurrogateGradient(
        epochs=77, start=0.123456789, sigma=33.0, learning_rate=0.02, learn_sigma=False, best=True
    )
    methods: list[Any] = [long, *(tt.methods.Constant(i / 10) for i in range(9))]
    figure = plot.comparison(tt.compare_methods(data, data, methods=methods, n_resamples=5))
    figure.draw_without_rendering()  # warns, and so fails, where the layout does not fit
    ticks = figure.axes[0].get_yticklabels()
    assert ticks[0].get_text().count("\n") >= 2
    assert all(tick.get_window_extent().x0 >= 0 for tick in ticks)


def test_whole_groups_are_drawn() -> None:
    """Five copies of every clip say no more than the clip, if they are drawn together."""
    rng = np.random.default_rng(0)
    labels = rng.random((60, 3)) < 0.4
    scores = rng.normal(size=labels.shape) + labels
    once, copies = (
        (np.repeat(labels, times, axis=0), np.repeat(scores, times, axis=0)) for times in (1, 5)
    )
    groups = np.repeat([f"site {i}" for i in range(60)], 5)
    alone = tt.compare_methods(once, once).entries[2]
    grouped = tt.compare_methods(once, copies, groups=groups).entries[2]
    split = tt.compare_methods(once, copies).entries[2]
    assert grouped.interval == pytest.approx(alone.interval)
    assert grouped.difference_interval == pytest.approx(alone.difference_interval)
    assert split.interval.high - split.interval.low < 0.7 * (
        alone.interval.high - alone.interval.low
    )
    with pytest.raises(
        tt.InputError, match="groups must name at least two groups; all clips are in the same"
    ):
        tt.compare_methods(once, copies, groups=["one"] * 300)
    with pytest.raises(
        tt.InputError, match="groups must hold one group per clip; got 60 for 300 clips"
    ):
        tt.compare_methods(once, copies, groups=range(60))


def test_methods_nobody_asked_for_are_left_out_where_they_do_not_fit() -> None:
    data = [[1, 0], [0, 1], [0, 0]], [[0.9, 0.1], [0.2, 0.8], [0.1, 0.3]]
    result = tt.compare_methods(data, data, metric="mcc_macro", n_resamples=5)
    assert [entry.name for entry in result.entries] == ["constant", "shared", "exact"]
    assert repr(result).startswith("Comparison(matthews_corrcoef_macro: constant ")
