"""Every JSON file with one thing changed: refused by its name, or everything it is for works."""

from __future__ import annotations

import copy
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ODD: list[Any] = [
    *(None, True, -1, 0, 10**17, 1e300, -1e300, "", "text", [], {}, [[]], [None], {"a": 1}),
    *([1, 2], [[1, 2]], ["a", "a"], 0.5),
]


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything inside a JSON value, two of every list."""
    yield path
    if isinstance(content, dict):
        for key, value in content.items():
            yield from places(value, (*path, key))
    elif isinstance(content, list):
        for i, value in enumerate(content[:2]):
            yield from places(value, (*path, i))


def changed(content: Any, path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    """Copy a JSON value and change what lies at a path."""
    whole = {"": copy.deepcopy(content)}
    parent: Any = whole
    for step in ("", *path)[:-1]:
        parent = parent[step]
    change(parent, ("", *path)[-1])
    return whole.get("", {})


def _drop(parent: Any, key: Any) -> None:
    del parent[key]


def _repeat(parent: Any, key: Any) -> None:
    if isinstance(parent, list):
        parent.append(parent[key])


def _replace(value: Any, parent: Any, key: Any) -> None:
    parent[key] = value


def changes(content: Any) -> Iterator[Any]:
    """Give the content with one thing dropped, repeated or replaced."""
    for path in places(content):
        yield changed(content, path, _drop)
        yield changed(content, path, _repeat)
        for value in ODD:
            yield changed(content, path, partial(_replace, value))


def use_thresholds(path: Path) -> None:
    thresholds = tt.Thresholds.load(path)
    thresholds.predict(np.full((2, len(thresholds)), 0.3))
    thresholds.override({thresholds.names[0]: 0.1}).save(path.with_suffix(".again"))
    assert repr(thresholds)
    assert tt.Thresholds.load(path.with_suffix(".again")).names == thresholds.names


def use_calibrator(path: Path) -> None:
    calibrator = tt.Calibrator.load(path)
    scores = np.array([[-1e9], [0.3], [1e9]]).repeat(len(calibrator), axis=1)
    probability = calibrator.predict_proba(scores)
    assert ((probability >= 0) & (probability <= 1)).all()
    assert calibrator.is_trusted(scores).shape == scores.shape
    calibrator.save(path.with_suffix(".again"))
    tt.Calibrator.load(path.with_suffix(".again"))


def use_profile(path: Path) -> None:
    profile = tt.Profile.load(path)
    found = tt.drift(np.random.default_rng(0).random((50, len(profile.thresholds))), profile)
    json.dumps(found.to_dict(), allow_nan=False)
    profile.save(path.with_suffix(".again"))
    tt.Profile.load(path.with_suffix(".again"))


def use_ontology(path: Path) -> None:
    ontology = tt.Ontology.from_file(path)
    names = tuple(ontology.parents)
    if names:
        assert ontology.close_labels(np.zeros((2, len(names))), names).sum() == 0


USE = {
    "thresholds": use_thresholds,
    "calibrator": use_calibrator,
    "profile": use_profile,
    "ontology": use_ontology,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Content of a file of every kind."""
    folder = tmp_path_factory.mktemp("whole")
    rng = np.random.default_rng(0)
    labels = (rng.random((60, 2)) < 0.4).astype(int)
    scores = rng.random((60, 2)) / 2 + labels / 2
    solution = tt.find_thresholds(labels, scores, tags=["Dog", "Rain"], cv=3, bootstrap=40)
    assert solution.calibrator is not None
    thresholds = solution.thresholds.override({"Rain": 0.4})
    profile = tt.Profile.from_scores(scores, thresholds)
    saved: tuple[Any, ...] = (thresholds, solution.calibrator, profile)
    content: dict[str, Any] = {}
    for name, made in zip(USE, saved, strict=False):
        made.save(folder / f"{name}.json")
        content[name] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    for key in ("score", "log_odds"):  # a few of many
        content["calibrator"][key] = content["calibrator"][key][:5]
    content["ontology"] = [
        {"id": "/m/1", "name": "Animal", "child_ids": ["/m/2"]},
        {"id": "/m/2", "name": "Dog", "child_ids": []},
    ]
    return content


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", USE)
def test_a_change_is_refused_by_name_or_harmless(
    kind: str, whole: dict[str, Any], tmp_path: Path
) -> None:
    path, refused, tried = tmp_path / "file.json", 0, 0
    for content in changes(whole[kind]):
        path.write_text(json.dumps(content), encoding="utf-8")
        tried += 1
        try:
            USE[kind](path)
        except tt.InputError as error:
            refused += 1
            assert "file.json" in str(error)  # noqa: PT017 - a good error
            assert len(str(error)) <= 300  # noqa: PT017
    assert refused > tried / 3


@pytest.mark.parametrize("kind", USE)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' appears more than once"),
        ('[{"id": 1, "id": 1}]', "the key 'id' appears more than once"),
        ('{"a": NaN}', "NaN is not JSON"),
        ("[" * 10**5, "not valid JSON"),
        ("", "not valid JSON"),
    ],
)
def test_what_json_cannot_hold_is_refused(
    kind: str, text: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(tt.InputError, match=message) as error:
        USE[kind](path)
    assert "file.json" in str(error.value)


OLD = {
    "schema_version": 1,
    "tags": ["Dog", "Rain"],
    "values": [0.3, None],
    "rule": "score >= threshold",
}
FITTED = {
    "metric": "f1_micro",
    "method": {"name": "exact", "options": {}},
    "score": 0.9,
    "clips": 10,
    "known": [10.0, 9.0],
    "positives": [3.0, 0.0],
    "fingerprint": "sha256:0",
    "version": "0.1.0",
    "created": "2026-01-01T00:00:00+00:00",
}


@pytest.mark.parametrize(
    "content",
    [
        OLD,
        OLD | dict.fromkeys(FITTED),
        OLD | FITTED,
        OLD | FITTED | {"evidence": None, "metric_options": None, "overrides": {}},
        OLD | FITTED | {"overrides": {"Dog": {"fitted": 0.25, "set": 0.3}}},
        OLD | FITTED | {"a_key_of_later": 1},
    ],
)
def test_files_written_before_still_load(content: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "thresholds.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert tt.Thresholds.load(path).predict([[0.3, 9.0]]).tolist() == [[True, False]]
    use_thresholds(path)
