from __future__ import annotations

import io
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from pyarrow import csv, parquet

import tagthresh as tt
from tagthresh import io as tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCORES = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.3]], np.float32)
LABELS = np.array([[1, 0], [0, 1], [1, 0]], np.uint8)
TAGS, CLIPS, WEIGHTS = ["Dog", "Rain, light"], ["a.wav", "b.wav", "007"], [1.0, 2.0, 0.5]
SITES = ["01", "1", "01"]  # two sites, as they are written


def wide(matrix: Any, order: Any = slice(None)) -> pa.Table:
    """Give every tag a column, with the rows in an order of their own."""
    columns = {"clip": np.array(CLIPS)[order], "weight": np.array(WEIGHTS)[order]}
    columns |= {"site": np.array(SITES)[order]}
    return pa.table({**columns, **{t: matrix[order, i] for i, t in enumerate(TAGS)}})


def long(rows: Any = slice(None), *, labelled: bool = True) -> pa.Table:
    """Give every pair of clip and tag a row."""
    row, column = (index.ravel()[rows] for index in np.indices(SCORES.shape))
    columns: dict[str, Any] = {
        "clip": np.array(CLIPS)[row],
        "tag": np.array(TAGS)[column],
        "score": SCORES[row, column],
        "weight": np.array(WEIGHTS)[row],
        "site": np.array(SITES)[row],
    }
    return pa.table(columns | ({"label": LABELS[row, column]} if labelled else {}))


def write_npz(folder: Path) -> list[str]:
    arrays = {"scores": SCORES, "labels": LABELS, "tags": TAGS, "clips": CLIPS}
    np.savez(folder / "a.npz", weights=WEIGHTS, site=SITES, **arrays)  # type: ignore[arg-type]
    return ["a.npz"]


def write_hdf5(folder: Path) -> list[str]:
    with h5py.File(folder / "a.h5", "w") as file:
        file["clipwise_output"], file["target"] = SCORES, LABELS.astype(bool)
        file["audio_name"] = np.array(CLIPS, "S20")
        file["tags"], file["weights"], file["site"] = TAGS, WEIGHTS, np.array(SITES, "S20")
    return ["a.h5"]


def write_torch_dict(folder: Path) -> list[str]:
    content = {"scores": torch.tensor(SCORES), "labels": torch.tensor(LABELS), "tags": TAGS}
    content |= {"clips": CLIPS, "weights": torch.tensor(WEIGHTS), "site": SITES}
    torch.save(content, folder / "a.pt")
    return ["a.pt"]


def write_csv(folder: Path) -> list[str]:
    csv.write_csv(wide(SCORES), folder / "a.csv")
    csv.write_csv(wide(LABELS, [2, 0, 1]).select([4, 0, 3]), folder / "b.csv")
    return ["a.csv", "b.csv"]


def write_parquet(folder: Path) -> list[str]:
    parquet.write_table(wide(SCORES), folder / "a.parquet")
    parquet.write_table(wide(LABELS, [1, 2, 0]), folder / "b.parquet")
    return ["a.parquet", "b.parquet"]


def write_long_csv(folder: Path) -> list[str]:
    csv.write_csv(long(), folder / "a.csv")
    return ["a.csv"]


def write_long_parquet(folder: Path) -> list[str]:
    parquet.write_table(long(), folder / "a.parquet")
    return ["a.parquet"]


NAMED = [
    write_npz,
    write_hdf5,
    write_torch_dict,
    write_csv,
    write_parquet,
    write_long_csv,
    write_long_parquet,
]


@pytest.mark.parametrize("write", NAMED)
def test_every_named_form_reads_the_same(
    tmp_path: Path, write: Callable[[Path], list[str]]
) -> None:
    paths = [str(tmp_path / name) for name in write(tmp_path)]
    table = tables.read_labelled(*paths, group_column="site")
    np.testing.assert_array_equal(np.asarray(table.scores, np.float32), SCORES)
    assert table.groups == tuple(SITES)
    np.testing.assert_array_equal(table.labels, LABELS)
    assert table.tags == tuple(TAGS)
    assert table.clips == tuple(CLIPS)
    np.testing.assert_array_equal(table.weights, WEIGHTS)


def write_npy(folder: Path) -> list[str]:
    np.save(folder / "a.npy", SCORES)
    np.save(folder / "b.npy", LABELS)
    return ["a.npy", "b.npy"]


def write_tensors(folder: Path) -> list[str]:
    torch.save(torch.tensor(SCORES), folder / "a.pt")
    torch.save(torch.tensor(LABELS), folder / "b.pt")
    return ["a.pt", "b.pt"]


@pytest.mark.parametrize("write", [write_npy, write_tensors])
def test_bare_matrices_take_names_from_a_text_file(
    tmp_path: Path, write: Callable[[Path], list[str]]
) -> None:
    (tmp_path / "tags.txt").write_text("\n".join(TAGS) + "\n", encoding="utf-8")
    scores, labels = (str(tmp_path / name) for name in write(tmp_path))
    assert tables.read_labelled(scores, labels).tags is None
    table = tables.read_labelled(scores, labels, str(tmp_path / "tags.txt"))
    assert table.tags == tuple(TAGS)
    np.testing.assert_array_equal(table.scores, SCORES)
    np.testing.assert_array_equal(table.labels, LABELS)


def test_bfloat16_tensors_are_read(tmp_path: Path) -> None:
    torch.save(torch.tensor(SCORES).bfloat16(), tmp_path / "a.pt")
    assert tables.read(str(tmp_path / "a.pt")).scores.dtype == np.float32


def test_empty_cells_of_labels_are_unknown(tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("file,Dog,Rain\na.wav,0.9,0.1\nb.wav,0.2,0.8\n")
    (tmp_path / "labels.csv").write_text("file,Rain,Dog\nb.wav,1,\na.wav,0,1\n")
    table = tables.read_labelled(str(tmp_path / "scores.csv"), str(tmp_path / "labels.csv"))
    counts = tt.Counts.from_arrays(table.labels, table.scores, tags=table.tags)
    assert counts.known.mass.tolist() == [1, 2]
    assert counts.positive.mass.tolist() == [1, 1]


def test_pairs_without_a_row_are_unknown(tmp_path: Path) -> None:
    csv.write_csv(long([0, 1, 3, 4]), tmp_path / "a.csv")
    table = tables.read_labelled(str(tmp_path / "a.csv"))
    counts = tt.Counts.from_arrays(table.labels, table.scores, tags=table.tags)
    assert counts.known.mass.tolist() == [2, 2]


def test_pairs_without_labels_are_sparse(tmp_path: Path) -> None:
    csv.write_csv(long([0, 1, 3], labelled=False), tmp_path / "a.csv")
    table = tables.read(str(tmp_path / "a.csv"))
    assert table.scores.nnz == 3
    np.save(tmp_path / "b.npy", np.ones((2, 2)))
    table = tables.read_labelled(str(tmp_path / "a.csv"), str(tmp_path / "b.npy"))
    accepted = tt.Counts.from_arrays(table.labels, table.scores).confusion([-9.0, -9.0])
    assert accepted.tp.sum() == 3
    assert accepted.fn.sum() == 1


def test_standard_input_is_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"clip,tag,score,label\na,Dog,0.9,1\nb,Dog,0.1,0\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    table = tables.read_labelled("-")
    assert table.clips == ("a", "b")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_written_tables_are_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    tables.write_columns(str(path), {"clip": CLIPS, "Dog": SCORES[:, 0]})
    table = tables.read(str(path))
    assert table.clips == tuple(CLIPS)
    np.testing.assert_array_equal(np.asarray(table.scores[:, 0], np.float32), SCORES[:, 0])
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_list_of_tags_may_come_from_any_editor(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", SCORES)
    (tmp_path / "tags.txt").write_bytes("\ufeffDog \r\n\tRain, light\r\n\r\n".encode())
    table = tables.read(str(tmp_path / "a.npy"), tags=str(tmp_path / "tags.txt"))
    assert table.tags == tuple(TAGS)


def test_an_index_of_pandas_names_the_clips(tmp_path: Path) -> None:
    frame = pd.DataFrame(SCORES, index=CLIPS, columns=TAGS)
    frame.to_csv(tmp_path / "wide.csv")
    table = tables.read(str(tmp_path / "wide.csv"))
    assert (table.clips, table.tags) == (tuple(CLIPS), tuple(TAGS))
    long().to_pandas().to_csv(tmp_path / "long.csv")
    table = tables.read_labelled(str(tmp_path / "long.csv"))
    assert (table.clips, table.tags) == (tuple(CLIPS), tuple(TAGS))


def test_decimals_are_numbers(tmp_path: Path) -> None:
    exact = pa.array([Decimal("0.90"), None, Decimal("0.25")])
    parquet.write_table(pa.table({"Dog": exact, "Rain": exact}), tmp_path / "a.parquet")
    scores = tables.read(str(tmp_path / "a.parquet")).scores
    np.testing.assert_array_equal(scores, np.array([[0.9, 0.9], [np.nan] * 2, [0.25, 0.25]]))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_is_not_finite_is_written_as_nothing(tmp_path: Path, suffix: str) -> None:
    path = str(tmp_path / f"a{suffix}")
    tables.write_columns(path, {"clip": CLIPS, "Dog": [0.5, np.inf, np.nan]})
    read = csv.read_csv if suffix == ".csv" else parquet.read_table
    assert read(path)["Dog"].to_pylist() == [0.5, None, None]


def test_half_floats_are_written(tmp_path: Path) -> None:
    tables.write_columns(str(tmp_path / "a.csv"), {"score": np.array([0.5], np.float16)})
    assert (tmp_path / "a.csv").read_text() == '"score"\n0.5\n'


def test_groups_may_be_in_the_file_of_labels(tmp_path: Path) -> None:
    csv.write_csv(wide(SCORES).drop(["site"]), tmp_path / "a.csv")
    csv.write_csv(wide(LABELS, [2, 0, 1]), tmp_path / "b.csv")
    paths = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    assert tables.read_labelled(*paths, group_column="site").groups == tuple(SITES)


def test_groups_may_be_clips(tmp_path: Path) -> None:
    csv.write_csv(wide(SCORES).drop(["site"]), tmp_path / "a.csv")
    csv.write_csv(wide(LABELS, [2, 0, 1]).drop(["site"]), tmp_path / "b.csv")
    paths = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    table = tables.read_labelled(*paths, group_column="clip")
    assert table.groups == table.clips == tuple(CLIPS)
    np.testing.assert_array_equal(table.labels, LABELS)  # still matched by name


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        (
            "clip,Dog\na,1\n",
            "clip,Dog\na,1\n",
            "a column or an array of .*b.csv; got 'site'",
        ),
        (
            "clip,site,Dog\na,,1\n",
            "clip,Dog\na,1\n",
            "column 'site' must not have empty cells; row 0 is empty",
        ),
        ("clip,site,Dog\na,1,1\n", "clip,site,Dog\na,2,1\n", "must have the groups of .*'site'"),
        ("clip,site,Dog\na,nan,1\n", "clip,Dog\na,1\n", "for every clip; got 'nan' at clip 0"),
    ],
)
def test_groups_that_cannot_be(tmp_path: Path, scores: str, labels: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(scores)
    (tmp_path / "b.csv").write_text(labels)
    with pytest.raises(tt.InputError, match=message):
        tables.read_labelled(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), group_column="site")


def test_all_rows_of_a_clip_are_of_one_group(tmp_path: Path) -> None:
    text = "clip,tag,score,label,site\na,Dog,1,1,x\na,Rain,1,1,y\n"
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(
        tt.InputError, match="site must be the same in all rows of a clip; it differs for 'a'"
    ):
        tables.read_labelled(str(tmp_path / "a.csv"), group_column="site")


def test_arrays_hold_a_group_for_every_clip(tmp_path: Path) -> None:
    path = str(tmp_path / "a.npz")
    np.savez(path, scores=SCORES, labels=LABELS, site=["x", "y"])
    with pytest.raises(tt.InputError, match="groups must hold one group per clip; got 2 for 3"):
        tables.read_labelled(path, group_column="site")
    np.savez(path, scores=SCORES, labels=LABELS, site=[1, np.nan, 2])
    with pytest.raises(tt.InputError, match="got 'nan' at clip 1"):
        tables.read_labelled(path, group_column="site")


def test_a_dict_of_tensors_may_have_other_keys(tmp_path: Path) -> None:
    scores = torch.tensor([[0.5, 0.1]])
    torch.save({"scores": scores, None: scores, 3: scores}, tmp_path / "a.pt")
    table = tables.read(str(tmp_path / "a.pt"))
    assert table.scores.tolist() == scores.tolist()
    assert table.groups is None
