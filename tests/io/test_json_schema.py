"""JSON files and costs: what loads works later; anything else is refused by key and value."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tagthresh as tt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCORES = np.random.default_rng(0).random((30, 2))
LABELS = (np.random.default_rng(1).random((30, 2)) < SCORES).astype(int)
TAGS = ["Dog", "Rain"]
SOLUTION = tt.find_thresholds(
    LABELS, SCORES, tags=TAGS, cv=2, bootstrap=40, bounds={"Rain": (0.01, None)}
)
ONTOLOGY = [
    {"id": "a", "name": "Animal", "child_ids": ["d"]},
    {"id": "d", "name": "Dog", "child_ids": []},
    {"id": "r", "name": "Rain", "child_ids": []},
]


def thresholds(path: Path) -> None:
    """Load thresholds and do everything with them that reads what they hold."""
    loaded = tt.Thresholds.load(path)
    loaded.predict(SCORES, TAGS)
    repr(loaded)
    loaded.override({"Dog": 0.3}).save(path.with_suffix(".copy"))
    assert SOLUTION.calibrator is not None
    tt.adapt(SCORES, loaded, calibrator=SOLUTION.calibrator, tags=TAGS)
    json.dumps(loaded.to_dict(), allow_nan=False).encode()


def calibrator(path: Path) -> None:
    loaded = tt.Calibrator.load(path)
    assert np.isfinite(loaded.predict_proba(SCORES, TAGS)).all()
    loaded.is_trusted(SCORES, TAGS)
    tt.adapt(SCORES, SOLUTION.thresholds, calibrator=loaded, tags=TAGS)
    loaded.save(path.with_suffix(".copy"))


def profile(path: Path) -> None:
    loaded = tt.Profile.load(path)
    json.dumps(tt.drift(SCORES, loaded, tags=TAGS).to_dict(), allow_nan=False)
    loaded.save(path.with_suffix(".copy"))


def ontology(path: Path) -> None:
    tt.Ontology.from_file(path).close_labels(LABELS, TAGS)


CONTENT: dict[str, tuple[Callable[[Path], None], Any]] = {
    "thresholds": (thresholds, SOLUTION.thresholds.override({"Rain": 0.4}).to_dict()),
    "calibrator": (calibrator, SOLUTION.calibrator and SOLUTION.calibrator.to_dict()),
    "profile": (profile, tt.Profile.from_scores(SCORES, SOLUTION.thresholds, tags=TAGS).to_dict()),
    "ontology": (ontology, ONTOLOGY),
}


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where values stand: keys and positions, of lists the first, second and last."""
    found = [path] if path else []
    if isinstance(content, dict):
        keys: list[Any] = list(content)
    else:
        keys = (
            sorted({0, 1, len(content) - 1} & set(range(len(content))))
            if isinstance(content, list)
            else []
        )
    for key in keys:
        found += places(content[key], (*path, key))
    return found


ODD: list[Any] = [
    *(None, True, False, 0, -1, 2, 0.5, -0.5, 10**400, 2**63, -(10**30), "", "x", "Dog", "\ud800"),
    *([], [[]], [None], ["Dog"], [1, 2], [[1, 2], [3]], {}, {"a": 1}, {"Dog": None}, 1e308, -1e308),
]
DROP, TWICE, INFINITE = object(), object(), object()


def changed(content: Any, path: tuple[Any, ...], value: Any) -> str:
    """JSON with a value changed, dropped, repeated or infinite."""
    content = copy.deepcopy(content)
    holder = content
    for key in path[:-1]:
        holder = holder[key]
    if value is DROP:
        del holder[path[-1]]
    elif value is TWICE and isinstance(holder, list):
        holder.append(holder[path[-1]])
    else:
        holder[path[-1]] = "@" if value in (INFINITE, TWICE) else value
    return json.dumps(content).replace('"@"', "1e999")


@pytest.mark.parametrize("kind", CONTENT)
def test_what_is_written_loads(kind: str, tmp_path: Path) -> None:
    use, content = CONTENT[kind]
    (tmp_path / "f.json").write_text(json.dumps(content))
    use(tmp_path / "f.json")


@pytest.mark.parametrize("kind", CONTENT)
@settings(max_examples=700)
@given(data=st.data())
def test_a_changed_file_works_or_is_refused_on_load(
    kind: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    use, content = CONTENT[kind]
    path = tmp_path_factory.getbasetemp() / f"{kind}.json"
    place = data.draw(st.sampled_from(places(content)))
    path.write_text(
        changed(content, place, data.draw(st.sampled_from([*ODD, DROP, TWICE, INFINITE])))
    )
    try:
        use(path)
    except tt.InputError as error:
        text = str(error)
        assert len(text) <= 300
        assert "\n" not in text
        on_load = text.startswith(str(path))
        of_a_later_step = ("thresholds must", "y_score must have")
        later = (
            *of_a_later_step,
            "calibrator must record",
            "override: no tag",
            "the ontology must name",
        )
        assert on_load or text.startswith(later), text


def refused(kind: str, tmp_path: Path, text: str) -> str:
    path = tmp_path / "f.json"
    path.write_text(text)
    load = {
        "thresholds": tt.Thresholds.load,
        "calibrator": tt.Calibrator.load,
        "profile": tt.Profile.load,
        "ontology": tt.Ontology.from_file,
    }[kind]
    with pytest.raises(tt.InputError) as error:
        load(path)
    assert str(error.value).startswith(str(path))
    assert len(str(error.value)) <= 300
    return str(error.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("kind", "place", "value", "message"),
    [
        (
            "thresholds",
            ("values", 1),
            10**400,
            "values must be finite; got an integer of 1329 bits at entry 1",
        ),
        ("thresholds", ("values", 1), INFINITE, "values must be finite; got inf at entry 1"),
        ("thresholds", ("tags", 0), "\ud800", "tags must be text in Unicode; got"),
        ("thresholds", ("tags", 0), "Rain", "tags must be distinct; 'Rain' appears more than once"),
        ("thresholds", ("clips",), -3, "clips must be at least 0; got -3"),
        ("thresholds", ("clips",), 10**30, f"clips must be at most {2**53}"),
        ("thresholds", ("known",), [1e308, 1e308], "known must have a finite sum; got inf"),
        ("thresholds", ("metric",), "\udfff", "metric must be text in Unicode"),
        ("thresholds", ("method", "name"), 3, "method name must be a string; got 3"),
        (
            "thresholds",
            ("method", "options"),
            {"x": [INFINITE]},
            "method.options.x must be finite; got inf",
        ),
        ("thresholds", ("method", "bounds", "Rain"), [1], "must hold pairs of numbers; got [1]"),
        ("thresholds", ("method", "bounds", "Rain"), [2, 1], "must hold ranges from low to high"),
        ("thresholds", ("evidence", "recall", 0), 1.5, "evidence recall must be from 0 to 1"),
        ("thresholds", ("evidence", "status", 1), [[]], "evidence status must be one of"),
        ("thresholds", ("score",), True, "score must be a number; got True"),
        ("profile", ("score",), [1.0, 2.0], "score must be lists of numbers; got [1.0, 2.0]"),
        ("profile", ("score", 0, 0), 9, "score must ascend; got 9.0 before"),
        ("profile", ("score", 0, 0), -1e308, None),
        ("profile", ("above", 0, 31), 30, "above must not rise from one score to the next"),
        ("profile", ("above", 0, 0), 10**25, f"above must be at most {2**53}"),
        ("profile", ("above", 0, 0), True, "above must be an integer; got True"),
        ("profile", ("given", 0), -1, "given must be at least 0; got -1 at entry 0"),
        ("profile", ("thresholds", 0), "0.5", "thresholds must be a number; got '0.5' at entry 0"),
        ("profile", ("per_clip", 1), None, "per_clip must be a number; got None at entry 1"),
        ("calibrator", ("log_odds", 0), 10**400, "log_odds must be finite"),
        ("calibrator", ("curves", 0), [1e308, 1], "curves must be from -1e+100 to 1e+100"),
        ("calibrator", ("trusted", 1), [True, 1], "trusted must be a number; got True"),
        ("calibrator", ("known", 1), 1e308 * 10, "NaN is not JSON|Infinity is not JSON"),
        ("ontology", (0, "child_ids"), [[]], "child_ids must be a string; got [] at entry 0"),
        ("ontology", (0, "child_ids"), "d", "child_ids must be a list; got 'd' at entry 0"),
        ("ontology", (1, "id"), "a", "id must be distinct; got 'a' more than once"),
        ("ontology", (1, "name"), "Rain", "name must be distinct; got 'Rain' more than once"),
        ("ontology", (1, "name"), "\ud800", "name must be text in Unicode"),
        (
            "ontology",
            (1, "child_ids"),
            ["a"],
            "must have no cycle; got 'Animal' > 'Dog' > 'Animal'",
        ),
        ("ontology", (2,), {}, "it lacks the key 'child_ids'; got [] at entry 2"),
    ],
)
def test_messages(
    kind: str, place: tuple[Any, ...], value: Any, message: str | None, tmp_path: Path
) -> None:
    content = CONTENT[kind][1]
    if isinstance(value, dict) and value.get("x") == [INFINITE]:
        text = changed(content, place, {"x": ["@"]})
    else:
        text = changed(content, place, value)
    if message is None:
        (tmp_path / "f.json").write_text(text)
        CONTENT[kind][0](tmp_path / "f.json")
        return
    found = refused(kind, tmp_path, text)
    assert any(part in found for part in message.split("|")), found


@pytest.mark.parametrize("kind", CONTENT)
def test_keys_that_appear_twice(kind: str, tmp_path: Path) -> None:
    text = json.dumps(CONTENT[kind][1])
    key = "id" if kind == "ontology" else "tags"
    double = text.replace(f'"{key}":', f'"{key}": 1, "{key}":', 1)
    assert f"the key '{key}' appears more than once" in refused(kind, tmp_path, double)


def test_keys_that_appear_twice_deep_inside(tmp_path: Path) -> None:
    text = json.dumps(CONTENT["thresholds"][1])
    double = text.replace('"fitted":', '"set": 1, "fitted":', 1)
    assert "the key 'set' appears more than once" in refused("thresholds", tmp_path, double)


@pytest.mark.parametrize("kind", CONTENT)
@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 100_000, "1" * 5000, '"' + "x" * 10**6 + '"', "null", "NaN", ""],
)
def test_files_of_another_kind(kind: str, text: str, tmp_path: Path) -> None:
    refused(kind, tmp_path, text)


def test_long_strings_and_deep_options(tmp_path: Path) -> None:
    content = CONTENT["thresholds"][1]
    text = changed(content, ("tags", 0), "x" * 10**6)
    assert "tags must have at most 100000 characters; got 1000000" in refused(
        "thresholds", tmp_path, text
    )
    nested: Any = 1
    for _ in range(30):
        nested = [nested]
    text = changed(content, ("method", "options"), {"a": nested})
    assert "must be nested at most 20 levels deep" in refused("thresholds", tmp_path, text)


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(changed(CONTENT["thresholds"][1], ("values", 0), -0.0))
    assert not np.signbit(tt.Thresholds.load(tmp_path / "f.json").values[0])


OLD = {
    "bare": """{
  "schema_version": 1, "tags": null, "values": [0.5, null], "rule": "score >= threshold"}""",
    "before evidence": """{
  "schema_version": 1, "tags": ["Dog", "Rain"], "values": [0.25, null],
  "rule": "score >= threshold",
  "metric": "f1_micro", "method": {"name": "exact", "options": {}}, "score": 1.0, "clips": 3,
  "known": [3.0, 3.0], "positives": [2.0, 1.0], "fingerprint": "sha256:0", "version": "0.1.0",
  "created": "2025-01-01T00:00:00+00:00",
  "overrides": {"Rain": {"fitted": 0.5, "set": null}}}""",
    "before options of metrics": """{
  "schema_version": 1, "tags": null, "values": [0.25], "rule": "score >= threshold",
  "metric": "mine", "method": {"name": "guarantee", "options": {"precision": 0.9},
  "infeasible": ["0"]}, "score": -2, "clips": 3, "known": [3], "positives": [0],
  "fingerprint": "sha256:0", "version": "0.1.0", "created": "2025-01-01T00:00:00+00:00",
  "evidence": {"status": ["never seen"], "seen": [0], "threshold_low": null,
  "threshold_high": null, "precision": null, "precision_low": null, "precision_high": null,
  "recall": [null], "recall_low": [0], "recall_high": [1]}, "overrides": {}}""",
    "not fitted": """{
  "schema_version": 1, "tags": null, "values": [0.25], "rule": "score >= threshold",
  "metric": null, "method": null, "score": null, "clips": null, "known": null, "positives": null,
  "fingerprint": null, "version": null, "created": null, "evidence": null,
  "metric_options": null, "overrides": {}, "a key of later": [1]}""",
}


@pytest.mark.parametrize("name", OLD)
def test_files_written_before_load(name: str, tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(OLD[name])
    loaded = tt.Thresholds.load(tmp_path / "f.json")
    loaded.save(tmp_path / "again.json")
    assert tt.Thresholds.load(tmp_path / "again.json").to_dict() == loaded.to_dict()
    written = json.loads(OLD[name])
    for key in ("values", "metric", "method", "evidence", "overrides"):
        assert loaded.to_dict()[key] == written.get(key, loaded.to_dict()[key])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tag,miss,miss\nDog,1,2\n", "column names must be distinct; 'miss' appears more than"),
        ("tag,miss\nDog,1e999\n", "miss of 'Dog' must be a finite number"),
        ("tag,miss\nDog,1e308\n", "miss of 'Dog' must be at most 1e+100; got 1e+308"),
        ("tag,miss\nDog,-1\n", "miss of 'Dog' must be at least 0; got -1.0"),
        ("tag,miss\nDog,nan\n", "miss of 'Dog' must be a finite number"),
        ("tag,miss\nDog,1\nDog,2\n", "tags must be distinct; 'Dog' appears more than once"),
        ("tag,miss\n,1\n", "tags must be names; one is empty"),
        ("tag,miss\nDog,1,2\n", "as many cells in each row as columns"),
    ],
)
def test_costs_that_are_none(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(text)
    with pytest.raises(tt.InputError) as error:
        tt.metrics.Cost.from_file(tmp_path / "c.csv")
    assert message in str(error.value)
    assert str(tmp_path / "c.csv") in str(error.value)


def test_costs_in_arrays() -> None:
    assert tt.metrics.Cost(miss=np.array(0.5)).miss == 0.5  # type: ignore[arg-type]
    assert tt.metrics.Cost(miss=np.array([0.5, 1])).miss == (0.5, 1.0)  # type: ignore[arg-type]
    with pytest.raises(tt.InputError, match="miss must be a number"):
        tt.metrics.Cost(miss=np.ones((2, 2)))  # type: ignore[arg-type]
