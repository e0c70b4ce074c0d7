"""Columns that are no tags, left out of files that are read in parts: as in memory, to the bit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pyarrow as pa
import pytest
import zarr
from pyarrow import parquet

import tagthresh as tt
from in_process import runner
from tagthresh.io import shards

if TYPE_CHECKING:
    from pathlib import Path

TAGS = ("Dog", "Rain", "Cat")
COLUMNS = ("Dog", "fold", "Rain", "Cat", "start")
N_CLIPS = 300
FORMS = ["npz", "compressed npz", "hdf5", "zarr", "parquet", "parquet and labels", "text columns"]


@pytest.fixture(scope="module")
def clips() -> tuple[Any, Any]:
    """Labels and scores, with columns among them that are no tags."""
    rng = np.random.default_rng(0)
    y_true = (rng.random((N_CLIPS, 5)) < 0.2).astype(np.int8)
    y_score = (rng.normal(size=y_true.shape) + 2 * y_true).astype(np.float32)
    return y_true, y_score


def of_tags(matrix: Any) -> Any:
    return matrix[:, [COLUMNS.index(tag) for tag in TAGS]]


def table(matrix: Any, columns: tuple[str, ...] = COLUMNS) -> pa.Table:
    names = [f"clip{i}" for i in range(len(matrix))]
    by_name = {name: matrix[:, COLUMNS.index(name)] for name in columns}
    return pa.table({"clip": names, **by_name})


def written(form: str, folder: Path, y_true: Any, y_score: Any) -> tuple[str, str | None]:
    """Paths of scores and labels in a form."""
    if form == "zarr":
        group = zarr.open_group(folder / "clips.zarr", mode="w", zarr_format=2)
        for name, values in (("scores", y_score), ("labels", y_true)):
            group.create_array(name, data=values, chunks=(64, 5))
        group.create_array("tags", data=np.array(COLUMNS))
        return str(folder / "clips.zarr"), None
    if form == "hdf5":
        with h5py.File(folder / "clips.h5", "w") as file:
            file["scores"], file["labels"], file["tags"] = y_score, y_true, list(COLUMNS)
        return str(folder / "clips.h5"), None
    for name in ("scores", "labels"):
        (folder / name).mkdir()
    for i in range(3):
        rows = slice(i * N_CLIPS // 3, (i + 1) * N_CLIPS // 3)
        scores, labels = folder / "scores" / f"{i}", folder / "labels" / f"{i}.parquet"
        if "npz" in form:
            save = np.savez_compressed if form == "compressed npz" else np.savez
            arrays = {"scores": y_score[rows], "labels": y_true[rows], "tags": np.array(COLUMNS)}
            save(f"{scores}.npz", **arrays)
            continue
        of_scores = table(y_score[rows])
        if form == "text columns":
            split = pa.array(["train", "test"] * (len(of_scores) // 2))
            of_scores = of_scores.set_column(2, "fold", split)
        parquet.write_table(of_scores, f"{scores}.parquet", row_group_size=30)
        # labels may lack the columns, and order the others in their own way
        columns = ("Cat", "Rain", "Dog") if form == "parquet and labels" else COLUMNS
        parquet.write_table(table(y_true[rows], columns), labels)
    has_labels = "parquet" in form or form == "text columns"
    return str(folder / "scores"), str(folder / "labels") if has_labels else None


@pytest.mark.parametrize("form", FORMS)
def test_thresholds_and_evaluation_are_those_in_memory(
    form: str, clips: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "PART", 60_000)
    in_parts = tt.Shards.from_files(
        *written(form, tmp_path, *clips), ignore=["fold", "start"], memory="100MB"
    )
    assert in_parts.tags == TAGS
    assert len(list(in_parts.parts())) >= 3
    y_true, y_score = map(of_tags, clips)
    for method in ("exact", "hierarchical"):
        whole = tt.find_thresholds(y_true, y_score, method=method, cv=None, tags=TAGS)
        solution = tt.find_thresholds(in_parts, method=method)
        assert solution.thresholds.values.tobytes() == whole.thresholds.values.tobytes()
        assert solution.score == whole.score
    of_parts = tt.evaluate(in_parts, thresholds=whole.thresholds)
    in_memory = tt.evaluate(y_true, y_score, whole.thresholds, tags=TAGS, ci=None)
    assert of_parts.to_dict() == in_memory.to_dict()


@pytest.mark.parametrize("form", ["hdf5", "parquet"])
def test_a_name_that_is_no_column_is_refused(
    form: str, clips: tuple[Any, Any], tmp_path: Path
) -> None:
    paths = written(form, tmp_path, *clips)
    for ignore in ("flod", ["fold", "flod"]):
        with pytest.raises(
            tt.InputError, match=r"ignore must name a column of .*; got 'flod'; did you mean 'fold'"
        ):
            tt.Shards.from_files(*paths, ignore=ignore)
    with pytest.raises(tt.InputError, match="ignore must be"):
        tt.Shards.from_files(*paths, ignore=5)  # type: ignore[arg-type]


def test_matrices_without_names_have_no_columns_to_leave_out(
    clips: tuple[Any, Any], tmp_path: Path
) -> None:
    for name, matrix in zip(("labels", "scores"), clips, strict=True):
        np.save(tmp_path / f"{name}.npy", matrix)
    paths = str(tmp_path / "scores.npy"), str(tmp_path / "labels.npy")
    with pytest.raises(tt.InputError, match=r"must name a column of .*scores.npy or .*labels.npy"):
        tt.Shards.from_files(*paths, ignore=["fold"])


def test_weights_are_left_out(clips: tuple[Any, Any], tmp_path: Path) -> None:
    y_true, y_score = clips
    weighted = table(y_score).append_column("weight", pa.array(np.ones(N_CLIPS)))
    parquet.write_table(weighted, tmp_path / "s.parquet")
    parquet.write_table(table(y_true), tmp_path / "l.parquet")
    paths = str(tmp_path / "s.parquet"), str(tmp_path / "l.parquet")
    with pytest.raises(tt.InputError, match="holds weights"):
        tt.Shards.from_files(*paths)
    assert tt.Shards.from_files(*paths, ignore="weight").tags == COLUMNS


def test_the_command_line_reads_parts_as_it_reads_whole_files(
    clips: tuple[Any, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    run = runner(monkeypatch, capfd)
    written("parquet", tmp_path, *clips)
    for name, matrix in zip(("labels", "scores"), clips, strict=True):
        parquet.write_table(table(matrix), f"{name}.parquet")
    ignore = ("--ignore", "fold", "--ignore", "start")
    parts, whole = (
        (f"scores{suffix}", "--labels", f"labels{suffix}", *ignore) for suffix in ("", ".parquet")
    )
    assert run("fit", *parts, "-o", "parts.json").code == 0
    assert run("fit", *whole, "--memory", "1GB", "-o", "also_parts.json").code == 0
    assert run("fit", *whole, "--no-cv").code == 0
    in_memory = tt.Thresholds.load("thresholds.json")
    assert in_memory.tags == TAGS
    for path in ("parts.json", "also_parts.json"):
        assert tt.Thresholds.load(path).values.tobytes() == in_memory.values.tobytes()
    results = [run("evaluate", *parts, "--json"), run("evaluate", *whole, "--json", "--no-ci")]
    assert json.loads(results[0].out) == json.loads(results[1].out)
    for command in ("fit", "evaluate"):
        done = run(command, *parts, "--ignore", "flod")
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert "--ignore must name a column of scores or labels; got 'flod'" in done.err
        done = run(command, *parts, "--group-column", "start")
        assert "leave out --group-column; --ignore leaves its column out" in done.err
