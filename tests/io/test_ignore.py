"""Columns that are no tags: left out by name, or refused with the name of the option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

import tagthresh as tt
from in_process import runner
from tagthresh import io

if TYPE_CHECKING:
    from pathlib import Path

SCORES = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.3]])
LABELS = np.array([[1, 0], [0, 1], [1, 0]])
METADATA: dict[str, list[Any]] = {
    "fold": [0, 1, 0],
    "is_test": [True, False, True],
    "start_time": [0.0, 0.0, 0.0],
    "end_time": [1.0, 1.0, 1.0],
    "split": ["val", "train", "val"],
    "view": ["AP", "PA", "AP"],
    "sensor": [-1, 1, 0],
    "date": ["2021-05-10", "2021-05-11", "2021-05-12"],
}


def frames(*names: str) -> list[pd.DataFrame]:
    """Scores and labels, with columns of metadata in both."""
    made = []
    for matrix in (SCORES, LABELS):
        frame = pd.DataFrame(matrix, columns=["Dog", "Rain"])
        frame.insert(0, "file", ["a", "b", "c"])
        for place, name in enumerate(names):
            frame.insert(1 + place, name, METADATA[name])
        made.append(frame)
    return made


def check(table: io.Table) -> None:
    assert table.tags == ("Dog", "Rain")
    np.testing.assert_array_equal(table.scores, SCORES)
    np.testing.assert_array_equal(table.labels, LABELS)


@pytest.mark.parametrize("name", METADATA)
@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet"])
def test_a_column_is_left_out(tmp_path: Path, name: str, suffix: str) -> None:
    paths = [str(tmp_path / f"{role}.{suffix}") for role in ("scores", "labels")]
    for frame, path in zip(frames(name), paths, strict=True):
        if suffix == "parquet":
            frame.to_parquet(path)
        else:
            frame.to_csv(path, index=False, sep="\t" if suffix == "tsv" else ",")
    check(io.read_labelled(*paths, ignore=[name]))
    check(io.read_labelled(*paths, ignore=name))


def test_several_columns_of_one_file_are_left_out(tmp_path: Path) -> None:
    one, _ = frames(*METADATA)
    _, other = frames()
    one.to_csv(tmp_path / "s.csv", index=False)
    other.to_csv(tmp_path / "l.csv", index=False)
    paths = str(tmp_path / "s.csv"), str(tmp_path / "l.csv")
    check(io.read_labelled(*paths, ignore=list(METADATA)))


def test_a_column_of_a_long_table_is_left_out(tmp_path: Path) -> None:
    text = "clip,tag,score,label,weight\na,Dog,0.9,1,5\nb,Dog,0.2,0,3\n"
    (tmp_path / "a.csv").write_text(text)
    assert io.read(str(tmp_path / "a.csv"), ignore=["weight"]).weights is None


def test_tags_of_arrays_are_left_out(tmp_path: Path) -> None:
    three = np.column_stack([SCORES, [0, 1, 0]])
    np.savez(tmp_path / "a.npz", scores=three, labels=three > 0.5, tags=["Dog", "Rain", "fold"])
    table = io.read(str(tmp_path / "a.npz"), ignore=["fold"])
    assert table.tags == ("Dog", "Rain")
    np.testing.assert_array_equal(table.scores, SCORES)
    assert table.labels.shape == (3, 2)


@pytest.mark.parametrize("name", ["Fold", "folds", "clip", "", "Dgo"])
def test_a_name_that_is_no_column_is_refused(tmp_path: Path, name: str) -> None:
    frame, _ = frames("fold")
    frame.to_csv(tmp_path / "s.csv", index=False)
    with pytest.raises(tt.InputError, match=f"ignore must name a column of .*; got '{name}'"):
        io.read(str(tmp_path / "s.csv"), ignore=[name])


def test_the_command_line_names_its_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for frame, path in zip(frames("fold", "split"), ("s.csv", "l.csv"), strict=True):
        frame.to_csv(path, index=False)
    run = runner(monkeypatch, capfd)
    fit = ("fit", "s.csv", "--labels", "l.csv", "--no-cv")
    assert "--ignore 'split'" in run(*fit).err
    done = run(*fit, "--ignore", "fold", "--ignore", "spilt")
    assert "--ignore 'split'" in done.err
    assert "3 clips x 2 tags" in run(*fit, "--ignore", "fold", "--ignore", "split").err
    done = run(*fit, "--ignore", "fold", "--ignore", "split", "--ignore", "Dgo")
    assert "--ignore must name a column of s.csv or l.csv; got 'Dgo'; did you mean" in done.err


IDS = [
    ("fname", [64760, 16399, 16401]),
    ("clip_id", [2, 6, 8]),
    ("id", [3, 4, 5]),
    ("Unnamed: 0", [0, 1, 2]),
    ("xc", [123456, 123457, 99]),
    ("recordingId", [10, 11, 12]),
]


@pytest.mark.parametrize(("name", "values"), IDS)
def test_ids_in_the_first_column_are_no_tag(tmp_path: Path, name: str, values: list[int]) -> None:
    for matrix, role in ((SCORES, "s"), (LABELS, "l")):
        frame = pd.DataFrame(matrix, columns=["Dog", "Rain"])
        frame.insert(0, name, values)
        frame.to_csv(tmp_path / f"{role}.csv", index=False)
    np.save(tmp_path / "s.npy", np.column_stack([values, SCORES]))
    for files in (["s.csv"], ["s.npy", "l.csv"]):
        with pytest.raises(tt.InputError, match=f"column '{name}' holds .* call it clip"):
            io.read(*(str(tmp_path / file) for file in files))
    table = io.read(str(tmp_path / "s.csv"), ignore=[name])
    assert table.tags == ("Dog", "Rain")


@pytest.mark.parametrize(
    "text",
    [
        "Dog,Rain\n0,0.5\n1,0.25\n",  # 0 and 1 are scores
        "Dog,Rain\n17,203\n3,9\n",  # quantised
        "Dog\n3\n5\n",
        "Orchid,Rain\n17,203\n3,9\n",
        "Dog,Rain\n3.5,0.5\n7,0.25\n",
        "Dog,Rain\n,0.5\n3,0.25\n",
    ],
)
def test_whole_scores_are_a_tag(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert io.read(str(tmp_path / "a.csv")).clips is None


def test_clips_told_apart_by_a_second_column(tmp_path: Path) -> None:
    text = "file,start_time,end_time,Dog\na,0.0,3.0,1\na,3.0,6.0,0\n"
    (tmp_path / "l.csv").write_text(text)
    (tmp_path / "s.csv").write_text(text)
    paths = str(tmp_path / "s.csv"), str(tmp_path / "l.csv")
    with pytest.raises(tt.InputError, match=r"column 'end_time' .* join both into one"):
        io.read(*paths)
    with pytest.raises(tt.InputError, match=r"'a' appears more than once. Join the columns"):
        io.read(*paths, ignore=["start_time", "end_time"])


@pytest.mark.parametrize("index", ["filename", None, "rows"])
def test_the_index_of_a_frame_in_parquet_is_refused(tmp_path: Path, index: str | None) -> None:
    frame = pd.DataFrame(SCORES, columns=["Dog", "Rain"], index=["a", "b", "c"])
    if index == "rows":
        frame.index = pd.Index([3, 1, 2])
    frame.index.name = index
    path = str(tmp_path / "a.parquet")
    frame.to_parquet(path)
    with pytest.raises(tt.InputError, match=r"is the index of a data frame.*rename_axis\('clip'\)"):
        io.read(path)
    frame.rename_axis("clip").to_parquet(path)
    assert io.read(path).clips == tuple(map(str, frame.index))


def test_parquet_without_an_index_is_read(tmp_path: Path) -> None:
    path = str(tmp_path / "a.parquet")
    pd.DataFrame(SCORES, columns=["Dog", "Rain"]).to_parquet(path)
    assert io.read(path).tags == ("Dog", "Rain")
    parquet.write_table(pa.table({"Dog": [0.5]}), path)
    assert io.read(path).tags == ("Dog",)
