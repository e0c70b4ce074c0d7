"""What files declare is compared with the memory that reading may take, before it is taken."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import tagthresh as tt
from in_process import runner
from tagthresh import io

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANY = 40_000


def long_pairs(folder: Path) -> str:
    lines = [f"c{i},t{i},0.5,1\n" for i in range(MANY)]
    (folder / "a.csv").write_text("clip,tag,score,label\n" + "".join(lines))
    return "a.csv"


def long_parquet(folder: Path) -> str:
    names = [f"n{i}" for i in range(MANY)]
    table = {"clip": names, "tag": names, "score": np.zeros(MANY), "label": np.ones(MANY)}
    parquet.write_table(pa.table(table), folder / "a.parquet")
    return "a.parquet"


def packed_npz(folder: Path) -> str:
    np.savez_compressed(folder / "a.npz", scores=np.zeros((10_000, 1_000), np.float32))
    return "a.npz"


def empty_hdf5(folder: Path) -> str:
    with h5py.File(folder / "a.h5", "w") as file:
        file.create_dataset("scores", (MANY, MANY), chunks=(1, 1000), dtype="f8")
    return "a.h5"


def repeated_parquet(folder: Path) -> str:
    parquet.write_table(pa.table({"Dog": np.zeros(5_000_000)}), folder / "a.parquet")
    return "a.parquet"


def packed_csv(folder: Path) -> str:
    (folder / "a.csv.gz").write_bytes(gzip.compress(b"Dog\n" + b"0.5\n" * 10_000_000, mtime=0))
    return "a.csv.gz"


def large_npy(folder: Path) -> str:
    with (folder / "a.npy").open("wb") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (MANY, 100)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 8 * MANY * 100)
    return "a.npy"


WRITERS = [long_pairs, long_parquet, packed_npz, empty_hdf5, repeated_parquet, packed_csv]
WRITERS.append(large_npy)


@pytest.mark.parametrize("write", WRITERS)
def test_small_files_of_large_arrays_are_refused(
    tmp_path: Path, write: Callable[[Path], str]
) -> None:
    path, limit = str(tmp_path / write(tmp_path)), 30_000_000
    tracemalloc.start()
    try:
        with pytest.raises(tt.InputError, match=r"memory must allow .* need; got 30 MB") as caught:
            io.read(path, memory=limit)
        assert tracemalloc.get_traced_memory()[1] < 3 * limit
    finally:
        tracemalloc.stop()
    assert str(caught.value).startswith(path)


def test_the_numbers_are_named(tmp_path: Path) -> None:
    path = str(tmp_path / long_pairs(tmp_path))
    with pytest.raises(tt.InputError, match=r"allow 25.6 GB, which 40,000 clips x 40,000 tags"):
        io.read(path, memory=1 << 30)


def test_scores_alone_are_sparse_within_any_limit(tmp_path: Path) -> None:
    path = str(tmp_path / long_pairs(tmp_path))
    table = io.read(path, ignore=["label"], memory=10_000_000)
    assert table.scores.shape == (MANY, MANY)
    assert table.scores.nnz == MANY


@pytest.mark.parametrize("memory", [10_000, 1_000_000])
def test_what_fits_is_read(tmp_path: Path, memory: int) -> None:
    (tmp_path / "a.csv").write_text("clip,Dog\na,0.5\n")
    np.save(tmp_path / "a.npy", [[0.5]])
    for name in ("a.csv", "a.npy"):
        assert io.read(str(tmp_path / name), memory=memory).scores.shape == (1, 1)


@pytest.mark.parametrize(
    "command", ["fit", "evaluate", "apply", "review", "frontier", "report", "compare-thresholds"]
)
def test_the_command_line_names_its_option(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    long_pairs(tmp_path)
    tt.Thresholds([0.5], ["t1"]).save("thresholds.json")
    pair = ["thresholds.json"] * 2 if command == "compare-thresholds" else []
    done = runner(monkeypatch, capfd)(command, *pair, "a.csv", "--memory", "1GB")
    assert done.code == 2
    assert "a.csv: --memory must allow 25.6 GB, which 40,000 clips x 40,000 tags need" in done.err
