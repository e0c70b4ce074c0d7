"""What to expect of macro-averages: over tags with positives, and a warning where that is luck."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import tagthresh as tt
from in_process import runner
from tagthresh.datasets.simulate import audioset_shaped

STEMS = ("f1", "precision", "recall", "jaccard", "f0.5", "f2")


def clips(n_clips: int, n_tags: int = 527) -> tuple[Any, Any]:
    simulation = audioset_shaped(random_state=4)
    return simulation.labels[:n_clips, :n_tags], simulation.scores[:n_clips, :n_tags]


def quiet(*args: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return tt.crossfit(*args, **options)


@pytest.mark.parametrize("stem", STEMS)
def test_the_mean_is_over_tags_with_positives(stem: str) -> None:
    labels, scores = clips(300)
    seen = labels.any(axis=0)
    assert 0 < seen.sum() < len(seen)
    expected = quiet(labels, scores, metric=f"{stem}_macro", method="shared", n_resamples=50)
    accepted = np.empty(labels.shape, bool)
    for k in range(10):
        held_out = expected.fold == k
        counts = tt.Counts.from_arrays(labels[~held_out], scores[~held_out])
        metric = tt.metrics.FBeta(average="macro") if stem == "f1" else f"{stem}_macro"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            fit = tt.find_thresholds(counts, metric=metric, method="shared")
        accepted[held_out] = fit.thresholds.predict(scores[held_out])
    judged = tt.evaluate(labels[:, seen], accepted[:, seen].astype(float), 0.5, ci=None)
    assert expected.score == pytest.approx(judged.score(f"{stem}_macro"), abs=1e-12)
    assert expected.interval.low < expected.score < expected.interval.high
    assert expected.tags_with_positives == seen.sum()
    assert expected.to_dict()["tags_with_positives"] == seen.sum()


@pytest.mark.parametrize("metric", ["f1_micro", "f1_weighted", "accuracy_macro"])
def test_other_averages_are_over_all_tags(metric: str) -> None:
    labels, scores = clips(300, 60)
    expected = quiet(labels, scores, metric=metric, method="shared", n_resamples=50)
    assert 0 < expected.score <= 1
    assert expected.interval.high <= 1


@pytest.mark.parametrize(("n_clips", "few"), [(100, True), (2000, False)])
def test_few_positives_are_warned_of(n_clips: int, *, few: bool) -> None:
    labels, scores = clips(n_clips)
    for call in (tt.crossfit, tt.find_thresholds):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            call(labels, scores, metric="f1_macro", method="shared")
        few_seen = [one for one in seen if one.category is tt.FewPositivesWarning]
        assert len(few_seen) == few
        assert all(one.filename == __file__ for one in few_seen)
        if few:
            assert "cannot tell which method is better" in str(few_seen[0].message)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            call(labels, scores, metric="f1_micro", method="shared")
        assert not [one for one in seen if one.category is tt.FewPositivesWarning]


def test_the_command_line_says_over_how_many(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    labels, scores = clips(300)
    np.savez("dev.npz", labels=labels, scores=scores)
    seen = int(labels.any(axis=0).sum())
    run = runner(monkeypatch, capfd)
    done = run("fit", "dev.npz", "--metric", "f1_macro", "--method", "shared")
    assert f", over the {seen} of 527 tags with positives" in done.err
    done = run("evaluate", "dev.npz", "--no-ci")
    assert f"macro: all tags; F1 of the {seen} with positive clips is" in " ".join(done.out.split())
    few = labels.sum() < 2 * 527
    assert ("macro cannot tell which method is better" in " ".join(done.out.split())) == few
