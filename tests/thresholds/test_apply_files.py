"""Decisions written part by part: the bytes of all decisions at once."""

from __future__ import annotations

import csv
import io
import tracemalloc
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import tagthresh as tt
from strategies import cases
from tagthresh import io as tables
from tagthresh.io import score_files, write
from tagthresh.thresholds.apply import accepted_pairs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from strategies import Case

TAGS = [f"tag {i}" for i in range(7)]
PARENTS = dict.fromkeys(TAGS, ()) | {"tag 1": ("tag 6",), "tag 2": ("tag 1",)}
CLIPS = [f"clip {i}.wav" for i in range(1000)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts and groups of rows so small that there are many."""
    monkeypatch.setattr(score_files, "PART", 2000)
    monkeypatch.setattr(write, "ROW_GROUP", 300)


@pytest.fixture(scope="module")
def matrix() -> Any:
    """Scores of 1,000 clips and 7 tags."""
    return np.random.default_rng(0).random((1000, 7)).astype(np.float32)


@pytest.fixture(scope="module")
def thresholds() -> tt.Thresholds:
    """Thresholds that accept a third of the pairs; one tag is never given."""
    return tt.Thresholds([0.2, 0.5, 0.6, 0.8, 0.9, 0.99, np.inf], TAGS)


def npy(path: Path, matrix: Any) -> str:
    np.save(path / "s.npy", matrix)
    return str(path / "s.npy")


def npz(path: Path, matrix: Any) -> str:
    labels, weights = np.zeros(matrix.shape), np.ones(len(matrix))
    arrays = {"scores": matrix, "labels": labels, "weights": weights}
    np.savez(path / "s.npz", **arrays, tags=TAGS[::-1], clips=CLIPS)
    return str(path / "s.npz")


def packed(path: Path, matrix: Any) -> str:
    np.savez_compressed(path / "s.npz", scores=matrix, tags=TAGS, clips=CLIPS)
    return str(path / "s.npz")


def hdf5(path: Path, matrix: Any) -> str:
    with h5py.File(path / "s.h5", "w") as file:
        file["clipwise_output"] = matrix.astype(np.float16)
        file["audio_name"] = CLIPS
    return str(path / "s.h5")


def wide(path: Path, matrix: Any) -> str:
    frame = pd.DataFrame(matrix, columns=TAGS)
    frame.insert(0, "clip", CLIPS)
    frame["weight"] = 1.0
    frame.to_parquet(path / "s.parquet", row_group_size=170)
    return str(path / "s.parquet")


@pytest.mark.parametrize("form", [npy, npz, packed, hdf5, wide])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_every_form_gives_the_bytes_of_all_at_once(
    tmp_path: Path,
    matrix: Any,
    thresholds: tt.Thresholds,
    form: Callable[[Path, Any], str],
    suffix: str,
) -> None:
    path = form(tmp_path, matrix)
    told: list[tuple[str, int, int]] = []
    done = tt.apply_files(
        path, thresholds, f"{tmp_path}/a.{suffix}", progress=lambda *step: told.append(step)
    )
    columns = accepted_pairs(tables.read(path), thresholds)
    tables.write_columns(f"{tmp_path}/b.{suffix}", columns)
    parts, whole = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
    assert parts == whole
    assert done == (1000, len(set(columns["clip"])), len(columns["clip"]))
    assert told[-1] == ("deciding", 1000, 1000)
    assert len(told) == 1 if form is packed else len(told) > 5


def test_parquet_has_the_bytes_of_pyarrow(
    tmp_path: Path, matrix: Any, thresholds: tt.Thresholds
) -> None:
    path = npz(tmp_path, matrix)
    done = tt.apply_files(path, thresholds, f"{tmp_path}/a.parquet")
    table = pa.table(accepted_pairs(tables.read(path), thresholds))
    parquet.write_table(table, tmp_path / "b.parquet", row_group_size=300)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert parquet.ParquetFile(tmp_path / "a.parquet").num_row_groups == -(-done.tags // 300)


def test_zarr(tmp_path: Path, matrix: Any, thresholds: tt.Thresholds) -> None:
    for name, chunks in (("a", (64, 3)), ("b", (400, 7))):
        array = zarr.create_array(
            tmp_path / f"{name}.zarr", shape=matrix.shape, dtype="f4", chunks=chunks
        )
        array[:] = matrix
        tt.apply_files(f"{tmp_path}/{name}.zarr", thresholds, f"{tmp_path}/{name}.csv")
    tt.apply_files(npy(tmp_path, matrix), thresholds, f"{tmp_path}/c.csv")
    assert len({(tmp_path / f"{name}.csv").read_bytes() for name in "abc"}) == 1


@pytest.mark.parametrize("where", ["", "/*.npy"])
def test_many_files_are_one(
    tmp_path: Path, matrix: Any, thresholds: tt.Thresholds, where: str
) -> None:
    (tmp_path / "parts").mkdir()
    for start in (0, 300, 310):
        stop = {0: 300, 300: 310}.get(start, 1000)
        np.save(tmp_path / "parts" / f"{start:04}.npy", matrix[start:stop])
    found = tt.apply_files(f"{tmp_path}/parts{where}", thresholds, f"{tmp_path}/a.csv")
    assert found == tt.apply_files(npy(tmp_path, matrix), thresholds, f"{tmp_path}/b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@settings(max_examples=40)
@given(case=cases(max_clips=8, weighted=False), data=st.data())
def test_decisions_vs_comparisons_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, case: Case, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("a")
    n_clips, n_tags = case.y_score.shape
    cut = st.sampled_from([*case.y_score.ravel().tolist(), np.inf, 0.1])
    cuts = data.draw(st.lists(cut, min_size=n_tags, max_size=n_tags))
    np.save(folder / "s.npy", case.y_score)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(score_files, "PART", data.draw(st.integers(1, 200)))
        done = tt.apply_files(f"{folder}/s.npy", tt.Thresholds(cuts), f"{folder}/t.csv")
    rows = list(csv.reader(io.StringIO((folder / "t.csv").read_text("utf-8"))))[1:]
    wanted = [
        (str(clip), str(tag), case.y_score[clip, tag], cuts[tag])
        for clip in range(n_clips)
        for tag in range(n_tags)
        if case.y_score[clip, tag] >= cuts[tag]
    ]
    kind = case.y_score.dtype.type
    assert [(c, t, kind(s), float(v)) for c, t, s, v in rows] == wanted
    assert done == (n_clips, len({clip for clip, *_ in wanted}), len(wanted))


def test_ontology(tmp_path: Path, matrix: Any, thresholds: tt.Thresholds) -> None:
    path, ontology = npz(tmp_path, matrix), tt.Ontology(PARENTS)
    tt.apply_files(path, thresholds, f"{tmp_path}/a.csv", ontology=ontology)
    tables.write_columns(
        f"{tmp_path}/b.csv", accepted_pairs(tables.read(path), thresholds, ontology)
    )
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert '"tag 6"' in (tmp_path / "a.csv").read_text("utf-8")


def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, thresholds: tt.Thresholds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_files, "PART", 1 << 14)
    np.save(tmp_path / "s.npy", np.tile(np.linspace(0, 1, 7, dtype=np.float32), (100_000, 1)))
    tracemalloc.start()
    try:
        tt.apply_files(f"{tmp_path}/s.npy", thresholds, f"{tmp_path}/t.csv")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < (tmp_path / "s.npy").stat().st_size / 3


def with_nan(path: Path, matrix: Any) -> str:
    broken = matrix.copy()
    broken[700, 2] = np.nan
    return npz(path, broken)


def unnamed_clip(path: Path, matrix: Any) -> str:
    frame = pd.DataFrame(matrix, columns=TAGS)
    frame.insert(0, "clip", [*CLIPS[:-1], None])
    frame.to_parquet(path / "s.parquet")
    return str(path / "s.parquet")


def labels_only(path: Path, matrix: Any) -> str:
    np.savez(path / "s.npz", labels=matrix)
    return str(path / "s.npz")


def two_names_short(path: Path, matrix: Any) -> str:
    np.savez(path / "s.npz", scores=matrix, clips=CLIPS[2:])
    return str(path / "s.npz")


def itself(path: Path, matrix: Any) -> str:
    pd.DataFrame(matrix, columns=TAGS).to_parquet(path / "t.parquet")
    return str(path / "t.parquet")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (with_nan, "s.npz: scores must be finite; got nan at clip 700 ('clip 700.wav'), tag 't"),
        (unnamed_clip, "s.parquet: column 'clip' must not have empty cells; a row is empty"),
        (labels_only, "s.npz holds no scores; it has labels"),
        (two_names_short, "s.npz: clips must name 1000 clips; got shape (998,)"),
        (lambda path, matrix: npy(path, matrix[:, :5]), "must have one column per threshold"),
        (lambda path, matrix: npy(path, matrix[0]), "must have two dimensions"),
        (lambda path, matrix: npy(path, matrix[:0]), "at least one clip"),
        (lambda path, _: str(path / "*.npy"), "it matches none"),
        (itself, "must not overwrite the input"),
    ],
)
def test_bad_input_leaves_nothing_behind(
    tmp_path: Path,
    matrix: Any,
    thresholds: tt.Thresholds,
    form: Callable[[Path, Any], str],
    message: str,
) -> None:
    path = form(tmp_path, matrix)
    before = {each: each.read_bytes() for each in tmp_path.iterdir()}
    with pytest.raises(tt.InputError) as error:
        tt.apply_files(path, thresholds, f"{tmp_path}/t.parquet")
    assert message in str(error.value)
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == before
