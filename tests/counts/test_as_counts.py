"""Labels and scores go through one door, in whatever form they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import tagthresh as tt
from tagthresh.counts.as_counts import as_counts, next_to_positives

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(2)
TAGS = ["a", "b", "c"]
Y_TRUE = (RNG.random((300, 3)) < [0.4, 0.2, 0.02]).astype(int)
Y_SCORE = (0.5 * Y_TRUE + 0.5 * RNG.random((300, 3))).round(2) + 0.005  # off the thresholds
DATA: dict[str, Any] = {"y_true": Y_TRUE, "y_score": Y_SCORE, "tags": TAGS}
COUNTS = tt.Counts.from_arrays(**DATA)


def grid() -> tt.GridCounts:
    made = tt.GridCounts(TAGS)
    made.update(Y_TRUE[:100], Y_SCORE[:100])
    made.update(Y_TRUE[100:], Y_SCORE[100:])
    return made


def shards(progress: Any = None) -> tt.Shards:
    return tt.Shards.from_arrays(**DATA, progress=progress)


NO_SCORES: dict[str, Any] = {"y_score": None}
FORMS: dict[str, dict[str, Any]] = {
    "arrays": DATA,
    "lists": {"y_true": Y_TRUE.tolist(), "y_score": Y_SCORE.tolist(), "tags": TAGS},
    "frames": {
        "y_true": pd.DataFrame(Y_TRUE, columns=TAGS),
        "y_score": pd.DataFrame(Y_SCORE, columns=TAGS)[TAGS[::-1]],
        "tags": TAGS,
    },
    "sparse": {
        "y_true": scipy.sparse.csr_array(Y_TRUE),
        "y_score": scipy.sparse.csr_array(Y_SCORE),
        "tags": TAGS,
    },
    "counts": {"y_true": COUNTS},
    "grid": {"y_true": grid()},
    "shards": {"y_true": shards()},
}
MARKED: dict[str, Any] = {"low": 0.3, "high": [0.5, 0.6, 0.7]}
CALLS: dict[str, Callable[..., Any]] = {
    "evaluate": lambda **given: tt.evaluate(**given, thresholds=0.5).table,
    "exact": lambda **given: (
        tt.find_thresholds(**given, method="exact", cv=None, bootstrap=None).score
    ),
    "operating point": lambda **given: tt.operating_point(**given, precision=0.7).recall,
    "frontier": lambda **given: tt.Frontier.from_arrays(**given).fbeta().max(),
    "recall": lambda **given: tt.guarantee(**given, recall=0.8).confusion,
    "precision": lambda **given: tt.guarantee(**given, precision=0.8).confusion,
    "marks": lambda **given: (
        tt.displays.FrontierDisplay.from_predictions(**(NO_SCORES | given), thresholds=MARKED).marks
    ),
    "gains": lambda **given: (
        tt.displays.GainDisplay.from_predictions(
            **(NO_SCORES | given), thresholds=0.6, baseline={"a": 0.4, "b": None, "c": 0.4}
        ).gains
    ),
    "one tag": lambda **given: tt.displays.ThresholdDisplay.from_predictions(
        **(NO_SCORES | given), thresholds=0.6, tag="b"
    ).curves["F1"],
}
NEED_ALL_SCORES = ("precision", "one tag")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CALLS)
def test_the_form_of_clips_makes_no_difference(name: str, form: str) -> None:
    if form == "shards" and name in NEED_ALL_SCORES:
        with pytest.raises(
            tt.InputError, match=r"^y_true must be arrays, Counts or GridCounts.*tt\.GridCounts$"
        ):
            CALLS[name](**FORMS[form])
        return
    found, wanted = CALLS[name](**FORMS[form]), CALLS[name](**DATA)
    exact = form != "grid"  # scores of a grid are known up to a cell
    for one, other in zip(_flat(found), _flat(wanted), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12 if exact else 0.02)


def _flat(found: Any) -> list[Any]:
    """Numbers of a result, in order."""
    if isinstance(found, dict):
        return [each for name, each in sorted(found.items()) if name != "tag"]
    return list(found) if isinstance(found, tuple) else [found]


@pytest.mark.parametrize("form", FORMS)
def test_only_dense_rows_are_kept(form: str) -> None:
    rows, counts = as_counts(**FORMS[form], at=next_to_positives)
    assert (rows is not None) == (form in {"arrays", "lists", "frames"})
    assert counts.n_clips == 300
    assert counts.tags is not None
    assert set(counts.tags) == set(TAGS)


@pytest.mark.parametrize(
    "given",
    [
        {"y_score": Y_SCORE},
        {"tags": TAGS},
        {"sample_weight": np.ones(300)},
        {"ignore": ["fold"]},
        {"positive_only": True},
    ],
)
@pytest.mark.parametrize("form", ["counts", "grid", "shards"])
def test_what_is_held_already_must_not_be_given(given: dict[str, Any], form: str) -> None:
    word = "Shards" if form == "shards" else "Counts"
    message = f"{next(iter(given))} must not be given with {word}, which already hold it"
    for call in (tt.find_thresholds, tt.operating_point, tt.Frontier.from_arrays):
        options: Any = {"precision": 0.5} if call is tt.operating_point else {}
        with pytest.raises(tt.InputError, match=message):
            call(**(FORMS[form] | given | options))


@pytest.mark.parametrize(
    "given",
    [
        {"cv": 3},
        {"bootstrap": 50},
        {"groups": [1] * 300},
        {"tags": TAGS},
        {"sample_weight": np.ones(300)},
        {"y_score": Y_SCORE},
        {"ignore": ["fold"]},
        {"fixed": {"d": 0.5}},
        {"bounds": (1, 0)},
        {"unseen": "shared"},
        {"method": "shared"},
    ],
)
def test_shards_are_refused_before_they_are_counted(given: dict[str, Any]) -> None:
    steps: list[Any] = []
    clips = shards(progress=lambda *step: steps.append(step))
    with pytest.raises(tt.InputError):
        tt.find_thresholds(clips, **given)
    assert not steps


@pytest.mark.parametrize("form", ["counts", "grid", "shards"])
def test_functions_that_need_rows_say_so(form: str) -> None:
    clips = FORMS[form]["y_true"]
    message = "^y_true must be labels; (Counts|GridCounts|Shards) do not tell clips apart$"
    for call in (
        lambda: tt.compare_thresholds(clips, None, 0.4, 0.5),
        lambda: tt.report(clips, None, 0.5),
        lambda: tt.crossfit(clips, None),
    ):
        with pytest.raises(tt.InputError, match=message):
            call()


def test_labels_alone_are_refused() -> None:
    for call in (as_counts, tt.guarantee, tt.evaluate):
        options: Any = {"precision": 0.5} if call is tt.guarantee else {}
        with pytest.raises(tt.InputError, match="y_score must be given, unless y_true"):
            call(Y_TRUE, **options)
