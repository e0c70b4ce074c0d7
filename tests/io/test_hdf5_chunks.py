"""Chunked arrays in HDF5: a damaged list of chunks is refused before the library follows it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt

if TYPE_CHECKING:
    from pathlib import Path

h5py = pytest.importorskip("h5py")
SCORES = np.random.default_rng(0).random((23, 3)).astype(np.float32)
DAMAGE = """
import itertools, pathlib, sys
import numpy as np
import tagthresh as tt

path = pathlib.Path(sys.argv[1])
whole, wanted = path.read_bytes(), tt.io.read(sys.argv[1]).scores
start, refused, read = whole.find(b"TREE\\x01"), 0, 0
assert start > 0
for size, shift, value in itertools.product((1, 4, 8, 24), range(4, 100, 6), (0, 1, 255)):
    data = bytearray(whole)
    data[start + shift : start + shift + size] = bytes([value]) * size
    path.write_bytes(data)
    try:
        read += bool((tt.io.read(str(path)).scores == wanted).all())
    except tt.InputError as error:
        assert "a.h5" in str(error)
        refused += 1
print(refused, read)
"""


def written(path: Path, **options: Any) -> str:
    with h5py.File(path, "w") as file:
        file.create_dataset("scores", data=SCORES, **options)
    return str(path)


@pytest.mark.parametrize(
    "options",
    [
        {"chunks": (5, 2)},
        {"chunks": (23, 3)},
        {"chunks": (5, 3), "compression": "gzip"},
        {"chunks": (4, 1), "compression": "gzip", "shuffle": True},
        {"chunks": (5, 2), "maxshape": (None, 3)},
        {"chunks": (8, 8), "maxshape": (None, None)},
        {"chunks": (5, 3), "fletcher32": True},
    ],
    ids=str,
)
def test_chunks_of_every_kind_are_read(options: dict[str, Any], tmp_path: Path) -> None:
    np.testing.assert_array_equal(tt.io.read(written(tmp_path / "a.h5", **options)).scores, SCORES)


def test_chunks_that_were_never_written_are_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        array = file.create_dataset("scores", (23, 3), np.float32, chunks=(5, 3))
        array[:5] = SCORES[:5]
    scores = tt.io.read(str(path)).scores
    np.testing.assert_array_equal(scores[:5], SCORES[:5])
    assert not scores[5:].any()


@pytest.mark.parametrize("options", [{"chunks": (5, 2)}, {"chunks": (5, 3), "compression": "gzip"}])
def test_a_damaged_list_of_chunks_ends_no_process(options: dict[str, Any], tmp_path: Path) -> None:
    path = written(tmp_path / "a.h5", **options)
    command = [sys.executable, "-c", DAMAGE, path]  # a process of its own, which might crash
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    refused, read = map(int, done.stdout.split())
    assert refused > 20
    assert refused + read <= 4 * 16 * 3
