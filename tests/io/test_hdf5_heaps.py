"""Texts of any length in HDF5: damaged sizes are refused before the library follows them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import tagthresh as tt
from tagthresh.io.hdf5 import OBJECT, SIGNATURE, check_heaps

if TYPE_CHECKING:
    from pathlib import Path

h5py = pytest.importorskip("h5py")
DAMAGE = """
import itertools, pathlib, sys
import tagthresh as tt
from tagthresh.io.hdf5 import SIGNATURE

path = pathlib.Path(sys.argv[1])
whole, refused = path.read_bytes(), 0
start = whole.find(SIGNATURE)
for size, shift, value in itertools.product((1, 8, 16, 40, 200), (8, 16, 24, 32, 48), (0, 255)):
    data = bytearray(whole)
    data[start + shift : start + shift + size] = bytes([value]) * size
    path.write_bytes(data)
    try:
        tt.io.read(str(path))
    except tt.InputError:
        refused += 1
print(refused)
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["scores"] = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]
        file["clips"] = ["a.wav", "b" * 100, ""]
        file["tags"] = ["Dog", "Rain"]
    return path


def test_a_whole_heap_is_read(written: Path) -> None:
    check_heaps(str(written))
    assert tt.io.read(str(written)).clips == ("a.wav", "b" * 100, "")


def test_a_damaged_heap_never_hangs(written: Path) -> None:
    command = [sys.executable, "-c", DAMAGE, str(written)]  # a process, since a hang holds the GIL
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 20  # refused, of 50


def test_a_size_of_nothing_is_named(written: Path) -> None:
    data = bytearray(written.read_bytes())
    start = data.find(SIGNATURE) + 16
    data[start : start + OBJECT.size] = bytes(OBJECT.size)
    written.write_bytes(data)
    with pytest.raises(tt.InputError, match=r"a\.h5 cannot be read: the texts in it are damaged"):
        tt.io.read(str(written))
