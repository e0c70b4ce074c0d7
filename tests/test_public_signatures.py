"""Public functions say the same things in the same words and order; a metric is one everywhere."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt
from tagthresh.metrics import ratio
from tagthresh.validation import labelled_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORDER = ("metric", "method", "methods", "tags", "sample_weight", "groups", "random_state")
OTHER_WORDS = {
    **dict.fromkeys(("seed", "rng", "generator"), "random_state"),
    **dict.fromkeys(("n_bootstrap", "n_boot", "n_draws", "draws", "repeats"), "n_resamples"),
    **dict.fromkeys(("folds", "n_folds", "n_splits", "k_folds"), "cv"),
    **dict.fromkeys(("sample_weights", "weight"), "sample_weight"),
}
METHOD_FIRST = {"crossfit"}  # its keywords are the right ones, in the old order


def members(owner: Any, names: list[str], prefix: str) -> Iterator[tuple[str, Any]]:
    """Public functions, classes and methods below a module or a class."""
    for name in names:
        value, dotted = getattr(owner, name), f"{prefix}{name}"
        if isinstance(value, ModuleType):
            inner = getattr(value, "__all__", [])
            yield from members(value, inner, f"{dotted}.")
        elif callable(value) and not isinstance(value, property):
            yield dotted, value
            if inspect.isclass(value):
                own = [name for name in vars(value) if not name.startswith("_")]
                yield from members(value, own, f"{dotted}.")


def signatures() -> Iterator[tuple[str, list[str]]]:
    """Names of the arguments of everything that is public and can be called."""
    for dotted, value in members(tt, tt.__all__, ""):
        try:
            yield dotted, list(inspect.signature(value).parameters)
        except ValueError:  # some classes of the standard library do not say
            continue


SIGNATURES = dict(signatures())


def test_the_walk_finds_functions_methods_and_modules() -> None:
    found = {"find_thresholds", "Counts.from_arrays", "metrics.FBeta", "methods.Method.fit"}
    assert found <= set(SIGNATURES)


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_stand_in_one_order(name: str) -> None:
    places = [ORDER.index(argument) for argument in SIGNATURES[name] if argument in ORDER]
    assert (places == sorted(places)) == (name not in METHOD_FIRST)


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_have_the_words_of_scikit_learn(name: str) -> None:
    assert not {word: OTHER_WORDS[word] for word in SIGNATURES[name] if word in OTHER_WORDS}


def f1(tp: Any, fp: Any, fn: Any, _tn: Any) -> Any:
    return ratio(2 * tp, 2 * tp + fp + fn)


def by_metric() -> dict[str, Callable[[Any], Any]]:
    """Public functions of a metric, each returning what it finds on small data."""
    fit, new = tt.datasets.load_demo()
    clips, pair = (fit.labels, fit.scores), (new.labels, new.scores)
    counts, few = tt.Counts.from_arrays(*clips), 10
    evaluation, method = tt.evaluate(*pair, 0.01, n_resamples=10), tt.methods.Shared()
    rows = labelled_scores(*clips)
    return {
        "find_thresholds": lambda metric: (
            tt.find_thresholds(counts, metric=metric, method="shared").thresholds.values
        ),
        "compare_methods": lambda metric: [
            entry.score
            for entry in tt.compare_methods(
                clips, pair, metric=metric, methods=["shared"], n_resamples=few
            ).entries
        ],
        "compare_thresholds": lambda metric: (
            tt.compare_thresholds(*pair, 0.01, 0.02, metric=metric, n_resamples=few).difference
        ),
        "crossfit": lambda metric: (
            tt.crossfit(*clips, method="shared", metric=metric, cv=2, n_resamples=few).score
        ),
        "Evaluation.score": evaluation.score,
        "Evaluation.interval": evaluation.interval,
        "Evaluation.intervals": lambda metric: evaluation.intervals([metric]),
        "Method.fit": lambda metric: method.fit(counts, metric).values,
        "Method.fit_rows": lambda metric: method.fit_rows(rows, metric).values,
        "Method.check": method.check,
    }


BY_METRIC = by_metric()


def test_every_public_function_of_a_metric_is_tried() -> None:
    named = {name for name, arguments in SIGNATURES.items() if {"metric", "metrics"} & {*arguments}}
    kinds = tuple(f"methods.{kind.__name__}." for kind in tt.methods.METHODS.values())
    doors = {name.removeprefix("methods.") for name in named if not name.startswith(kinds)}
    asked = {"Method.maximises", "Method.quantiles"}  # what methods answer about a `Metric`
    assert doors - asked == {*BY_METRIC, "metrics.as_metric"}


@pytest.mark.parametrize("name", BY_METRIC)
def test_a_metric_is_a_name_an_object_or_a_function(name: str) -> None:
    expected = BY_METRIC[name]("f1_micro")
    for metric in (tt.metrics.FBeta(), f1):
        np.testing.assert_allclose(
            np.array(BY_METRIC[name](metric), float), np.array(expected, float), rtol=1e-12
        )


@pytest.mark.parametrize("name", BY_METRIC)
def test_what_is_no_metric_is_refused_alike(name: str) -> None:
    for metric in ("f1", 3, None, tt.metrics.FBeta):
        with pytest.raises(tt.InputError, match=r"^metric must be"):
            BY_METRIC[name](metric)
