"""What a file says about its size is checked before memory is taken for it."""

from __future__ import annotations

import resource
import zipfile
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
import scipy.sparse
import torch
import zarr

import tagthresh as tt
from tagthresh.io import read, stored_rows
from tagthresh.io.array_files import opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 10**9


def header(shape: tuple[int, ...], dtype: str = "<f4") -> dict[str, Any]:
    return {"descr": dtype, "fortran_order": False, "shape": shape}


def npy(path: Path) -> None:
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header((ROWS, 3)))


def npz(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive, archive.open("scores.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, header((ROWS, 3)))


def bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("scores.npy", "w", force_zip64=True) as file,
    ):
        np.lib.format.write_array_header_1_0(file, header((20, 2**18)))
        for _ in range(20):
            file.write(bytes(2**20))


def nested(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("scores", "labels", "clips"):
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array_header_1_0(file, header((7, 2**18)))
                for _ in range(7):
                    file.write(bytes(2**20))


def no_width(path: Path) -> None:
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header((2**50, 3), "|S0"))


def hdf5(**options: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with h5py.File(path, "w") as file:
            file.create_dataset("scores", dtype="f4", **{"shape": (10**12, 3), **options})

    return write


def in_zarr(**options: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        options.setdefault("chunks", (1000, 3))
        zarr.open_group(path, mode="w").create_array(
            "scores", dtype="f4", **{"shape": (10**13, 3), **options}
        )

    return write


def coo(path: Path) -> None:
    entries = (np.ones(2), (np.array([0, 9]), np.array([0, 1])))
    matrix = scipy.sparse.coo_matrix(entries, shape=(10**11, 3))
    scipy.sparse.save_npz(path, matrix)


def expanded(path: Path) -> None:
    torch.save({"scores": torch.zeros(1).expand(40_000, 40_000)}, path)


FORMS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "npy header": ("a.npy", npy),
    "npz member": ("a.npz", npz),
    "zip bomb": ("a.npz", bomb),
    "zip bombs together": ("a.npz", nested),
    "texts of no width": ("a.npy", no_width),
    "HDF5 without data": ("a.h5", hdf5()),
    "HDF5 of fill values": ("a.h5", hdf5(chunks=(1000, 3), fillvalue=0.5)),
    "HDF5 chunk": (
        "a.h5",
        hdf5(shape=(4, 3), chunks=(2**28, 3), maxshape=(None, 3), compression="gzip"),
    ),
    "zarr without chunks": ("a.zarr", in_zarr()),
    "zarr chunk": ("a.zarr", in_zarr(shape=(4, 3), chunks=(2**40, 3))),
    "sparse rows": ("a.npz", coo),
    "expanded tensor": ("a.pt", expanded),
}


@pytest.fixture(autouse=True)
def low_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 16 MiB be what any file may unpack to: large bombs are slow to make."""
    monkeypatch.setattr(stored_rows, "UNPACKED", 1 << 24)


@pytest.mark.parametrize("form", FORMS)
def test_more_than_the_file_can_hold_is_refused(form: str, tmp_path: Path) -> None:
    name, write = FORMS[form]
    path = tmp_path / name
    write(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for way in (read, opened):
        if path.suffix == ".zarr" and way is read:
            continue
        with pytest.raises(tt.InputError, match=name):
            way(str(path))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def test_a_bomb_is_refused_with_its_numbers(tmp_path: Path) -> None:
    bomb(tmp_path / "a.npz")
    message = r"arrays must unpack to at most 16.8 MB, or 200 times the file's .* kB; got 21 MB"
    for way in (read, opened):
        with pytest.raises(tt.InputError, match=message):
            way(str(tmp_path / "a.npz"))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_sound_archives_of_any_size_are_read(
    save: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_rows, "UNPACKED", 1000)
    scores = np.random.default_rng(0).random((1000, 3))
    save(tmp_path / "a.npz", scores=scores)
    assert np.array_equal(read(str(tmp_path / "a.npz")).scores, scores)
    assert np.array_equal(opened(str(tmp_path / "a.npz"))["scores"][:], scores)


def test_rare_labels_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_rows, "UNPACKED", 1000)
    labels = np.zeros((100_000, 50), np.uint8)
    labels[::1000, 3] = 1
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("labels", data=labels, compression="gzip", chunks=(10_000, 50))
    assert np.array_equal(opened(str(tmp_path / "a.h5"))["labels"][:], labels)
