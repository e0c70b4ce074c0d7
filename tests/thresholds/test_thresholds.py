from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse

import tagthresh as tt
from tagthresh.validation import arrays

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCORES = np.array([[0.4, 0.4], [0.1, 0.9]])
WANTED = [[True, False], [False, True]]


@pytest.fixture
def fitted() -> tt.Thresholds:
    y_true = [[1, 0], [1, 1], [0, 0]]
    y_score = np.array([[0.9, 0.1], [0.3, 0.4], [0.2, 0.2]], np.float32)
    return tt.find_thresholds(y_true, y_score, method="exact", tags=["Dog", "Räin"]).thresholds


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(SCORES[:, ::-1], columns=["Rain", "Dog"]),
        pl.DataFrame({"Rain": SCORES[:, 1], "Dog": SCORES[:, 0]}),
        pa.table({"Rain": SCORES[:, 1], "Dog": SCORES[:, 0]}),
    ],
    ids=["pandas", "polars", "pyarrow"],
)
def test_data_frames_are_matched_by_name(frame: Any) -> None:
    thresholds = tt.Thresholds([0.3, 0.7], ["Dog", "Rain"])
    assert thresholds.predict(frame).tolist() == WANTED


def test_named_columns_are_matched_by_name() -> None:
    thresholds = tt.Thresholds([0.3, 0.7], ["Dog", "Rain"])
    assert thresholds.predict(SCORES[:, ::-1], ["Rain", "Dog"]).tolist() == WANTED
    with pytest.raises(tt.InputError, match="lacks 'Rain'"):
        thresholds.predict(SCORES, ["Rainy", "Dog"])
    with pytest.raises(tt.InputError, match="'Wind' is not among them"):
        thresholds.predict(np.zeros((1, 3)), ["Rain", "Dog", "Wind"])


def test_sparse_scores_that_are_not_stored_are_below_everything() -> None:
    stored = scipy.sparse.coo_array(([0.4, 0.9, -5.0], ([0, 1, 2], [0, 1, 0])), shape=(3, 2))
    decisions = tt.Thresholds([-1.0, 0.7]).predict(stored)
    assert decisions.toarray().tolist() == [[True, False], [False, True], [False, False]]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_predict_vs_comparison_in_double_precision(dtype: type) -> None:
    rng = np.random.default_rng(0)
    scores: Any = rng.normal(size=(500, 4)).astype(dtype)
    values = np.append(scores[7, :2].astype(float), [0.1, np.inf])
    for cuts in (values, np.abs(values), -np.abs(values[:3].repeat([1, 1, 2])), np.zeros(4)):
        found = tt.Thresholds(cuts).predict(scores)
        np.testing.assert_array_equal(found, scores.astype(float) >= cuts)


def test_saved_and_loaded_are_the_same(fitted: tt.Thresholds, tmp_path: Path) -> None:
    changed = fitted.override({"Dog": None, "Räin": 0.1}).override({"Räin": 1 / 3})
    changed.save(tmp_path / "a.json")
    loaded = tt.Thresholds.load(tmp_path / "a.json")
    assert loaded.values.tolist() == [np.inf, 1 / 3]
    assert loaded.to_dict() == changed.to_dict()
    assert loaded.origin == changed.origin
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_the_file_says_where_thresholds_came_from(fitted: tt.Thresholds, tmp_path: Path) -> None:
    fitted.override({"Dog": 0.4}).save(tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert content["schema_version"] == 1
    assert content["tags"] == ["Dog", "Räin"]
    assert content["rule"] == "score >= threshold"
    assert content["metric"] == "f1_micro"
    assert content["method"] == {"name": "exact", "options": {}}
    assert content["score"] == 1.0
    assert (content["clips"], content["known"], content["positives"]) == (3, [3, 3], [2, 1])
    assert content["fingerprint"].startswith("sha256:")
    assert content["version"] == tt.__version__
    assert content["created"].endswith("+00:00")
    assert content["overrides"]["Dog"]["fitted"] == pytest.approx(0.25)
    assert content["overrides"]["Dog"]["set"] == 0.4


def test_the_fingerprint_knows_clips_not_their_order() -> None:
    y_true, y_score = np.array([[1], [0], [1]]), np.array([[0.9], [0.1], [0.4]])
    prints = [
        tt.find_thresholds(y_true[order], y_score[order]).thresholds.origin
        for order in ([0, 1, 2], [2, 0, 1], [0, 1, 1])
    ]
    assert prints[0] is not None
    assert prints[1] is not None
    assert prints[2] is not None
    assert prints[0].fingerprint == prints[1].fingerprint != prints[2].fingerprint


def test_overriding_keeps_the_original_as_it_was(fitted: tt.Thresholds) -> None:
    before = fitted.values.tolist()
    fitted.override({"Dog": 0.9})
    assert fitted.values.tolist() == before
    assert fitted.overrides == {}
    with pytest.raises(ValueError, match="read-only"):
        fitted.values[0] = 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Dgo": 0.3}, "must name a tag; none is called 'Dgo'; did you mean 'Dog'?"),
        ({"Dog": "high"}, "threshold of 'Dog' must be a number; got 'high'"),
        ({"Dog": float("nan")}, "must be finite; got nan"),
    ],
)
def test_overrides_that_make_no_sense_are_refused(
    fitted: tt.Thresholds, values: Any, message: str
) -> None:
    with pytest.raises(tt.InputError, match=message.replace("?", r"\?")):
        fitted.override(values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[]", r"it must hold an object; got \[\]"),
        ("{}", "schema_version must be 1; got None"),
        ('{"schema_version": 2}', "schema_version must be 1; got 2"),
        ('{"schema_version": 1, "tags": null, "rule": ""}', "lacks the key 'values'"),
        ('{"schema_version": 1, "tags": null, "values": [1], "rule": ">"}', "rule must be"),
        ('{"schema_version": 1, "tags": null, "values": ["a"], "rule": "R"}', "got 'a'"),
        ('{"schema_version": true}', "schema_version must be 1; got True"),
        ('{"schema_version": 1, "tags": {}, "values": [1], "rule": "R"}', "tags must be a list"),
        ('{"schema_version": 1, "tags": null, "values": [true], "rule": "R"}', "got True"),
        (
            '{"schema_version": 1, "tags": null, "values": [1e999], "rule": "R"}',
            "values must be finite; got inf",
        ),
        (
            '{"schema_version": 1, "tags": null, "values": [1' + "0" * 400 + '], "rule": "R"}',
            "values must be finite",
        ),
        ('{"schema_version": 1, "tags": null, "values": [NaN], "rule": "R"}', "NaN is not JSON"),
        (
            '{"schema_version": 1, "tags": null, "values": [], "rule": "R"}',
            "at least one threshold",
        ),
        ('{"schema_version": 1, "tags": ["a"], "values": [1, 2], "rule": "R"}', "got 1 for 2 tags"),
        ('{"schema_version": 1, "tags": ["a", "a"], "values": [1, 2], "rule": "R"}', "distinct"),
        (
            '{"schema_version": 1, "tags": null, "values": 3, "rule": "R"}',
            "values must be a list; got 3",
        ),
        (
            '{"schema_version": 1, "tags": null, "values": [1], "rule": "R", "clips": 3}',
            "lacks the key",
        ),
    ],
)
def test_files_that_are_not_thresholds_say_what_is_wrong(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text.replace('"R"', '"score >= threshold"'))
    with pytest.raises(tt.InputError, match=message) as error:
        tt.Thresholds.load(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"overrides": []}, "overrides must be an object"),
        ({"overrides": None}, "lacks the key 'overrides'"),
        ({"overrides": {"Cat": {"fitted": 1, "set": 2}}}, "overrides must name tags; got 'Cat'"),
        ({"overrides": {"Dog": 0.4}}, "overrides of 'Dog' must hold fitted and set"),
        ({"overrides": {"Dog": {"fitted": 1, "set": 2}}}, "'Dog' must be set to its value"),
        ({"metric": 5}, "metric must be a string; got 5"),
        ({"method": "exact"}, "method must be an object; got 'exact'"),
        ({"score": "a"}, "score must be a number; got 'a'"),
        ({"clips": None}, "lacks the key 'clips'"),
        ({"known": "12"}, "known must be a list; got '12'"),
        ({"known": ["a", "b"]}, "known must be a number; got 'a'"),
        ({"positives": [1]}, "positives must hold 2 numbers; got 1"),
    ],
)
def test_files_changed_by_hand_say_what_is_wrong(
    fitted: tt.Thresholds, tmp_path: Path, change: Any, message: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(fitted.to_dict() | change), encoding="utf-8")
    with pytest.raises(tt.InputError, match=message):
        tt.Thresholds.load(path)


def test_a_byte_order_mark_is_no_error(fitted: tt.Thresholds, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(fitted.to_dict()), encoding="utf-8-sig")
    assert tt.Thresholds.load(path).to_dict() == fitted.to_dict()


def test_options_of_numpy_types_are_saved(tmp_path: Path) -> None:
    method = tt.methods.Constant(np.float32(0.25))  # type: ignore[arg-type]
    solution = tt.find_thresholds([[1], [0]], [[0.9], [0.2]], method=method)
    solution.thresholds.save(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text())["method"]["options"] == {"value": 0.25}


def test_no_clips_get_no_tags() -> None:
    assert tt.Thresholds([0.5, 0.5]).predict(np.empty((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("values", [[0.3], None, 0.5])
def test_overrides_go_by_tag(values: Any) -> None:
    with pytest.raises(tt.InputError, match="override must give thresholds by tag; got"):
        tt.Thresholds([0.3]).override(values)


def test_objects_show_themselves_in_a_line(fitted: tt.Thresholds) -> None:
    assert repr(fitted) == "Thresholds(2 tags, 0.25 to 0.3, f1_micro 1.0000 on 3 clips)"
    data = [[1], [0]], [[0.9], [0.2]]
    solution = tt.find_thresholds(*data, method="exact")
    assert repr(tt.Counts.from_arrays(*data)) == "Counts(2 clips x 1 tag, float64)"
    assert repr(solution).startswith("Solution(f1_micro=1.0000, gap=0, 1 tag: best on these clips")
    assert repr(tt.evaluate(*data, solution.thresholds)).startswith("Evaluation(2 clips x 1 tag")
    assert repr(solution.certificate) == "Certificate(gap=0, least slack=1)"


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray, lambda a: a[::2, ::3]])
@pytest.mark.parametrize("cache", [1, 100, 1000])
def test_deciding_in_parts_vs_all_at_once(
    layout: Callable[[Any], Any], cache: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "CACHE_BYTES", cache)
    y_score = layout(np.random.default_rng(0).random((30, 12)).round(2))
    thresholds = tt.Thresholds(y_score[3])
    np.testing.assert_array_equal(thresholds.predict(y_score), y_score >= thresholds.values)
    y_score[14, 2] = np.nan
    for refused in (thresholds.predict, thresholds.aligned):
        with pytest.raises(tt.InputError, match="got nan at clip 14, tag 2"):
            refused(y_score)


MAPPINGS: list[tuple[Any, list[float]]] = [
    ({"Dog": 0.4, "Rain": None}, [0.4, np.inf]),
    ({"Dog": np.inf, "Rain": -2}, [np.inf, -2.0]),
    ({"Dog": np.float32(0.5), "Rain": np.int64(3)}, [0.5, 3.0]),
]


@pytest.mark.parametrize(("given", "values"), MAPPINGS)
def test_thresholds_from_a_mapping_are_a_mapping(given: Any, values: list[float]) -> None:
    thresholds = tt.Thresholds(given)
    assert thresholds.tags == ("Dog", "Rain")
    assert thresholds.values.tolist() == values
    assert dict(thresholds) == dict(zip(("Dog", "Rain"), values, strict=True))
    assert tt.Thresholds(dict(thresholds)).values.tolist() == values
    assert [thresholds[tag] for tag in thresholds] == values
    assert "Dog" in thresholds
    assert "Cat" not in thresholds
    with pytest.raises(KeyError, match=r"no tag is called 'Dgo'.*'Dog'"):
        thresholds["Dgo"]


def test_tags_without_names_are_asked_for_by_position() -> None:
    thresholds = tt.Thresholds([0.4, 0.6, np.inf])
    assert thresholds.keys() == tuple(thresholds) == ("0", "1", "2")
    assert len(thresholds) == 3
    assert dict(thresholds) == {"0": 0.4, "1": 0.6, "2": np.inf}
    assert thresholds.tags is None


@pytest.mark.parametrize("dtype", [None, np.float32, np.float64, object])
def test_numpy_takes_thresholds_for_their_values(dtype: Any) -> None:
    thresholds = tt.Thresholds({"Dog": 0.5, "Rain": None})
    assert np.asarray(thresholds, dtype).tolist() == [0.5, np.inf]
    copy = np.array(thresholds)
    copy[0] = 1
    assert thresholds["Dog"] == 0.5
    assert (np.array([[0.5, 9.0]]) >= thresholds).tolist() == [[True, False]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "values must hold one threshold per tag"),
        ({1: 0.5}, "tags must hold non-empty strings; got 1"),
        ({"": 0.5}, "tags must hold non-empty strings"),
        ({"Dog": "0.5"}, "values: the threshold of 'Dog' must be a number; got '0.5'"),
        ({"Dog": True}, "the threshold of 'Dog' must be a number; got True"),
        ({"Dog": float("nan")}, "the threshold of 'Dog' must be finite"),
        ({"Dog": -np.inf}, "the threshold of 'Dog' must be finite"),
        ({"Dog": [0.5]}, "the threshold of 'Dog' must be a number"),
    ],
)
def test_a_mapping_of_anything_else_is_refused(given: Any, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.Thresholds(given)


def test_a_mapping_has_its_own_tags() -> None:
    with pytest.raises(tt.InputError, match="tags must not be given with a mapping"):
        tt.Thresholds({"Dog": 0.5}, tags=["Dog"])


def test_counts_match_thresholds_by_tag() -> None:
    counts = tt.Counts.from_arrays([[1, 0], [0, 1]], [[0.9, 0.2], [0.1, 0.6]], tags=["a", "b"])
    found = counts.confusion(tt.Thresholds({"b": 0.1, "a": 0.5}))
    assert found.fp.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    "scores", [SCORES, pd.DataFrame(SCORES), scipy.sparse.csr_array(SCORES), SCORES.tolist()]
)
def test_a_solution_predicts_and_saves_as_its_thresholds(scores: Any, tmp_path: Path) -> None:
    solution = tt.find_thresholds([[1, 0], [0, 1]], SCORES, method="exact", cv=None)
    decisions = [each.predict(scores) for each in (solution, solution.thresholds)]
    if scipy.sparse.issparse(decisions[0]):
        decisions = [each.toarray() for each in decisions]
    assert decisions[0].tolist() == decisions[1].tolist() == WANTED
    solution.save(tmp_path / "t.json")
    assert tt.Thresholds.load(tmp_path / "t.json").to_dict() == solution.thresholds.to_dict()


def test_a_solution_matches_columns_by_name() -> None:
    named: dict[str, Any] = {"tags": ["Dog", "Rain"], "method": "exact", "cv": None}
    solution = tt.find_thresholds([[1, 0], [0, 1]], SCORES, **named)
    assert solution.predict(SCORES[:, ::-1], ["Rain", "Dog"]).tolist() == WANTED
