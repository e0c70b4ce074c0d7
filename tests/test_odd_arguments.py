"""Every public function and constructor takes every argument of the wrong kind in one clear line.

One table gives a call of each, another the kind of each argument. An argument without an entry
fails the test.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

import tagthresh as tt
from tagthresh.validation import described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RNG = np.random.default_rng(0)
Y_TRUE = (RNG.random((24, 2)) < 0.4).astype(int)
Y_TRUE[0], Y_TRUE[1] = 1, 0
Y_SCORE = (0.4 * Y_TRUE + 0.6 * RNG.random((24, 2))).round(2)
DATA: dict[str, Any] = {"y_true": Y_TRUE, "y_score": Y_SCORE}
SMALL: dict[str, Any] = {"bootstrap": 40}
FEW: dict[str, Any] = {"n_resamples": 40}
STEPS = {
    "random_search": {"rounds": 2, "proposals": 3},
    "numerical_gradient": {"epochs": 2},
    "surrogate_gradient": {"epochs": 2},
}


class Call(NamedTuple):
    """Something to call, arguments with which it works, and what has the signature."""

    function: Callable[..., Any]
    good: dict[str, Any]
    signature: Any = None


def calls(folder: Path) -> Iterator[tuple[str, Call]]:
    """Give a call of everything public that users pass arguments to."""
    solution = tt.find_thresholds(**DATA, cv=None, tags=["a", "b"])
    thresholds, calibrator = solution.thresholds, solution.calibrator
    assert calibrator is not None
    grid = tt.GridCounts(cells=64)
    grid.update(Y_TRUE, Y_SCORE)
    profile = tt.Profile.from_scores(Y_SCORE, thresholds)
    files = {name: str(folder / name) for name in ("t.json", "c.json", "p.json", "g.npz")}
    saved: Any
    for name, saved in zip(files, (thresholds, calibrator, profile, grid), strict=True):
        saved.save(files[name])
    np.savez(folder / "d.npz", scores=Y_SCORE, labels=Y_TRUE)
    np.savez(folder / "s.npz", scores=Y_SCORE)
    (folder / "o.csv").write_text("child,parent\na,b\n")
    (folder / "k.csv").write_text("tag,miss\na,2\n")
    data, scores = str(folder / "d.npz"), str(folder / "s.npz")
    out = {"path": str(folder / "out.json")}
    judged: dict[str, Any] = {**DATA, "thresholds": thresholds}
    named = {"tags": ["a", "b"]}
    pairs = (Y_TRUE, Y_SCORE)
    frontier, ontology = tt.Frontier.from_arrays(**DATA), tt.Ontology.from_pairs([("a", "b")])
    table: list[tuple[Any, dict[str, Any]]] = [
        (tt.find_thresholds, {**DATA, "cv": 2, **SMALL}),
        (tt.evaluate, judged),
        (tt.evaluate(**judged).score, {}),
        (tt.crossfit, {**DATA, "cv": 2, **FEW}),
        (
            tt.compare_methods,
            {"fit": pairs, "evaluate": pairs, "methods": ["exact", "shared"], **FEW},
        ),
        (tt.compare_thresholds, {**DATA, "old": thresholds, "new": thresholds, **FEW}),
        (tt.adapt, {"thresholds": thresholds, "y_score": Y_SCORE, "calibrator": calibrator}),
        (
            tt.apply_files,
            {"scores": scores, "thresholds": thresholds, "output": str(folder / "o.parquet")},
        ),
        (tt.evaluate_probabilities, DATA),
        (tt.reliability, {**DATA, "calibrator": calibrator}),
        (tt.drift, {"profile": profile, "y_score": Y_SCORE}),
        (tt.guarantee, {**DATA, "precision": 0.5}),
        (tt.Thresholds.load, {"path": files["t.json"]}),
        (tt.operating_point, {**DATA, "precision": 0.5}),
        (tt.review.plan, {"y_score": Y_SCORE}),
        (tt.review.weights, {**DATA, "bands": 1}),
        (tt.report, judged),
        (tt.report(**judged).save, out),
        (solution.report, DATA),
        (calibrator.predict_proba, {"y_score": Y_SCORE}),
        (calibrator.is_trusted, {"y_score": Y_SCORE}),
        (calibrator.aligned, {"y_score": Y_SCORE}),
        (calibrator.save, out),
        (tt.Calibrator.load, {"path": files["c.json"]}),
        (tt.metrics.Cost.from_file, {"path": str(folder / "k.csv")}),
        (tt.Counts.from_arrays, DATA),
        (tt.Counts.from_arrays(**DATA).confusion, {"thresholds": [0.5, 0.5]}),
        (tt.metrics.FunctionMetric, {"function": lambda tp, _fp, _fn, _tn: tp}),
        (tt.Frontier.from_arrays, DATA),
        (frontier.fbeta, {}),
        (frontier.cuts, {"vertex": 0}),
        (tt.displays.FrontierDisplay.from_predictions, judged),
        (tt.displays.GainDisplay.from_predictions, judged),
        (tt.displays.ReliabilityDisplay.from_predictions, {**DATA, "calibrator": calibrator}),
        (tt.displays.ThresholdDisplay.from_predictions, {**judged, "tag": "a"}),
        (tt.GridCounts, {}),
        (tt.GridCounts(cells=64).update, DATA),
        (grid.save, {"path": str(folder / "out.npz")}),
        (tt.GridCounts.load, {"path": files["g.npz"]}),
        (tt.Ontology, {"parents": {"a": ("b",), "b": ()}}),
        (tt.Ontology.from_pairs, {"pairs": [("a", "b")]}),
        (tt.Ontology.from_file, {"path": str(folder / "o.csv")}),
        (ontology.close_labels, {"y_true": Y_TRUE, **named}),
        (ontology.consistent, {"decisions": Y_TRUE == 1, **named}),
        (tt.Profile.from_scores, {"thresholds": thresholds, "y_score": Y_SCORE}),
        (profile.save, out),
        (tt.Profile.load, {"path": files["p.json"]}),
        (tt.Shards.from_arrays, DATA),
        (tt.Shards.from_files, {"scores": data}),
        (tt.Thresholds, {"values": [0.5, 0.5]}),
        (thresholds.predict, {"y_score": Y_SCORE}),
        (thresholds.aligned, {"y_score": Y_SCORE}),
        (thresholds.override, {"values": {"a": 0.2}}),
        (thresholds.save, out),
        (tt.metrics.as_metric, {"metric": "f1_micro"}),
        (tt.methods.as_method, {"method": "exact"}),
        (tt.io.read, {"path": data}),
        (tt.io.read_labelled, {"path": data}),
        (tt.io.write_columns, {"path": str(folder / "w.csv"), "columns": {"a": [1]}}),
    ]
    for function, good in table:
        yield function.__qualname__, Call(function, good)
    for name, kind in tt.metrics.METRICS.items():
        yield f"metric {name}", Call(kind, {})
    for name, method in tt.methods.METHODS.items():
        yield f"method {name}", Call(_fit_of(method), STEPS.get(name, {}), method)


def _fit_of(method: Any) -> Callable[..., Any]:
    """Fit of a method with options."""
    return lambda **options: tt.find_thresholds(**DATA, method=method(**options), cv=None)


@pytest.fixture(name="table", scope="module")
def table_of_calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Call]:
    """Make the table of calls, by name."""
    return dict(calls(tmp_path_factory.mktemp("odd")))


# Made by the functions above and not by users, or taken as they are.
MADE = {
    *("Evaluation", "Solution", "InputError", "UnseenTagWarning", "__version__"),
    "FewPositivesWarning",
    *("datasets", "displays", "integrations", "io", "methods", "metrics", "review"),
}
INSIDE = {"of", "from_checked", "from_curve", "for_tags", "of_tags", "over_tags", "slopes", "moved"}
INSIDE |= {"name", "limited", "highest_rejected", "placed", "in_order", "fitted_on", "check"}
INSIDE |= {"parts", "located", "plot", "to_dict", "reset", "counts", "pooled", "begin"}
INSIDE |= {"confusion_from", "thresholds_for", "log_odds_of", "scores_of", "at_edges", "beside"}

BIG = 10**400
HUGE = (2**63, 10**18, BIG, 10**5000, -(10**400), np.uint64(2**64 - 1))
WORDLESS: tuple[Any, ...] = (1j, b"10", object(), int, np.array(0.5), np.datetime64("2020-01-01"))
NUMBER = ("10", "", True, float("nan"), float("inf"), [[]], BIG, np.True_, *WORDLESS)
WHOLE = (*NUMBER, 1.5, -1, np.float64(3), [3], pd.Series([3]))
FILE = (3, 1.5, [], {}, "a\0b", "", "x" * 5000, *WORDLESS)
LIST = (3, 1.5, "ab", {"a": 1}, *WORDLESS)
MATRIX = (3, "10", [], {}, [[]], [None], "a", *WORDLESS)
OWN = (3, "t.json", [], {}, Y_SCORE, 10**5000, *WORDLESS)
NAN = float("nan")
NO_THRESHOLDS = ("t.json", [], {}, {"a": "x", "b": 1}, Y_SCORE, NAN, [NAN, 1], True, *OWN[5:])
MAPPING = (3, "ab", [1], ["a"], Y_SCORE, 10**5000, *WORDLESS)
WORD = (3, 1.5, [], {}, np.array("x"), 10**5000, *WORDLESS)
REFUSED: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("y_true", "y_score", "decisions"), MATRIX),
    **dict.fromkeys(("thresholds", "old", "new", "baseline"), NO_THRESHOLDS),
    **dict.fromkeys(("calibrator", "profile", "ontology", "expected"), OWN),
    **dict.fromkeys(
        ("bootstrap", "n_resamples", "bins", "epochs", "rounds", "proposals"), (*WHOLE, *HUGE)
    ),
    **dict.fromkeys(("reach", "vertex"), (*WHOLE, *HUGE)),
    "cv": WHOLE,
    **dict.fromkeys(("random_state", "per_band", "cells"), tuple(v for v in WHOLE if v is not BIG)),
    "bands": ("10", "", True, 1.5, 0, -1, [], ["10"], [0.5, 0.5], [float("nan")], *HUGE, *WORDLESS),
    **dict.fromkeys(("precision", "recall", "confidence"), (*NUMBER, 0, -1, 2, *HUGE)),
    **dict.fromkeys(("per_clip", "per_hour", "clip_seconds"), (*NUMBER, 0, -1)),
    **dict.fromkeys(("beta", "learning_rate", "step", "spread", "sigma"), (*NUMBER, 0, -1)),
    **dict.fromkeys(("value", "start", "pull"), NUMBER),
    **dict.fromkeys(("miss", "false_alarm"), ("10", True, float("nan"), -1, [-1], np.array("x"))),
    **dict.fromkeys(
        (
            "jointly",
            "positive_only",
            "excel_safe",
            "header",
            "tag_by_tag",
            "polish",
            "joint",
            "best",
            "learn_sigma",
        ),
        (0, ""),
    ),
    **dict.fromkeys(("path", "output", "scores"), FILE),
    **dict.fromkeys(("labels", "checkpoint"), FILE),
    **dict.fromkeys(("tags", "groups", "clips", "methods", "pairs"), LIST),
    "ignore": (3, 1.5, [3], [""], *WORDLESS),
    **dict.fromkeys(("name", "title", "tag", "stem", "group_column", "reference", "average"), WORD),
    **dict.fromkeys(("metric", "method"), ("zzz", "", 3, [], {}, 10**5000, np.array("x"))),
    "memory": ("zzz", "", "1e400GB", "9" * 400, -1, 0, True, 1.5, 10**400, 10**5000, [], *WORDLESS),
    **dict.fromkeys(("fixed", "overrides", "others", "columns", "parents"), MAPPING),
    "values": (3, "ab", [[0.5]], ["a"], 10**5000, *WORDLESS),
    "bounds": (3, "ab", [1], [1, 0], [float("nan"), 1], *WORDLESS),
    "unseen": ("zzz", float("nan"), [], Y_SCORE, pd.Series([1, 2]), 10**400, *WORDLESS),
    **dict.fromkeys(("fit", "evaluate"), (3, "ab", (), (Y_TRUE,), 10**5000, *WORDLESS)),
    **dict.fromkeys(("progress", "function", "ax"), (3, "ab", [], {}, 1j, np.array(0.5))),
    "sample_weight": (3, "ab", [-1] * 24, [float("nan")] * 24, ["1"] * 24, {}, *WORDLESS),
    "origin": (),
    "ci": (0, 1, 95, -0.5, "0.95", True, float("nan"), *WORDLESS),
}
BY_POSITION = {"Counts.confusion": {"thresholds": (3, "ab", [0.5], [float("nan")] * 2, *WORDLESS)}}
BY_POSITION |= {
    "adapt": {"thresholds": (0.5, [0.5, 0.5], {"a": 0.5, "b": None}, *OWN)},
    "Shards.from_arrays": dict.fromkeys(
        ("y_true", "y_score"), (*MATRIX, Y_TRUE.tolist(), pd.DataFrame(Y_TRUE))
    ),
}
ODD = (
    *(3, 0, -1, 1.5, float("nan"), *HUGE, True, None, "", "10", "zzz", [], (), {}, set(), [[]]),
    *([None], ["a"], [1, 2], {"a": 1}, {1: "a"}, {10**5000: 1}, np.array([]), np.str_("q")),
    *(range(3), pd.Series([1, 2]), pd.DataFrame({"a": [1]}), Y_SCORE, *WORDLESS),
)


def _arguments(call: Call) -> list[str]:
    parameters = inspect.signature(call.signature or call.function).parameters.values()
    some = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [parameter.name for parameter in parameters if parameter.kind not in some]


def _message(call: Call, argument: str, value: Any) -> str | None:
    """Return the error that a value ends in; None where the value is taken."""
    try:
        call.function(**{**call.good, argument: value})
    except tt.InputError as error:
        return str(error)
    return None


def test_every_argument_has_an_entry(table: dict[str, Call]) -> None:
    missing = {
        (name, argument)
        for name, call in table.items()
        for argument in _arguments(call)
        if argument not in REFUSED
    }
    assert not missing


def test_every_public_name_has_a_call(table: dict[str, Call]) -> None:
    called = {name.split(".")[0] for name in table}
    called |= {kind.__name__ for kind in tt.metrics.METRICS.values()}
    assert set(tt.__all__) - MADE <= called
    for name in set(tt.__all__) - MADE:
        public = getattr(tt, name)
        if inspect.isclass(public):
            own = {key for key, value in vars(public).items() if _is_method(key, value)}
            assert own - INSIDE <= {key.split(".")[-1] for key in table if key.startswith(name)}


def _is_method(key: str, value: object) -> bool:
    if key.startswith("_") or not (inspect.isfunction(value) or isinstance(value, classmethod)):
        return False
    function: Any = value.__func__ if isinstance(value, classmethod) else value
    return len(inspect.signature(function).parameters) > 1


def test_what_is_odd_for_an_argument_is_refused_in_one_line(
    table: dict[str, Call], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    taken = set()
    for name, call in table.items():
        call.function(**call.good)
        for argument in _arguments(call):
            for value in BY_POSITION.get(name, {}).get(argument, REFUSED[argument]):
                message = _message(call, argument, value)
                if message is None:
                    taken.add((name, argument, described(value)))
                assert len(message or "") <= 300
                assert "\n" not in (message or "")
    assert not taken


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_whatever_is_given_ends_well_or_in_one_line(
    table: dict[str, Call], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for call in table.values():
        for argument in _arguments(call):
            for value in ODD:
                if callable(value) and argument in {"progress", "function", "metric"}:
                    continue  # a function of the user's, with an error of its own
                message = _message(call, argument, value) or ""
                assert len(message) <= 300
                assert "\n" not in message


def test_numbers_of_numpy_are_taken_as_pythons(table: dict[str, Call]) -> None:
    whole = {
        "seed": 3,
        "bootstrap": 40,
        "cv": 2,
        "bins": 5,
        "per_band": 2,
        "epochs": 2,
        "rounds": 2,
    }
    real = {"beta": 2, "value": 0.5, "start": 0.5, "sigma": 2, "miss": 2, "confidence": 0.5}
    for call in table.values():
        for argument in set(_arguments(call)) & {*whole, *real}:
            kinds = (np.int8, np.uint64) if argument in whole else (np.float16, np.float64)
            for kind in kinds:
                assert _message(call, argument, kind({**whole, **real}[argument])) is None
