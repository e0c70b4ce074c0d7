"""Names of clips are texts, without what fills up their type, however a file is read."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pyarrow as pa
import pytest
import zarr
from pyarrow import csv, parquet

import tagthresh as tt
from tagthresh.io import read
from tagthresh.io.score_files import ScoreFile
from tagthresh.io.stored_names import arrow_texts, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ["a.wav", "bb.wav", "Zaunkönig 3.wav", "dddd.wav"]
SCORES = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.6], [0.3, 0.4]], np.float32)
BYTES = np.array([name.encode() for name in NAMES], "S24")


def npz(names: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        np.savez(folder / "a.npz", scores=SCORES, clips=names)
        return folder / "a.npz"

    return write


def packed_npz(folder: Path) -> Path:
    np.savez_compressed(folder / "a.npz", scores=SCORES, clips=BYTES)
    return folder / "a.npz"


def hdf5(names: Any, dtype: Any = None) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        with h5py.File(folder / "a.h5", "w") as file:
            file["clipwise_output"] = SCORES
            file.create_dataset("audio_name", data=names, dtype=dtype)
        return folder / "a.h5"

    return write


def in_zarr(names: Any, zarr_format: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            group = zarr.open_group(folder / "a.zarr", mode="w", zarr_format=zarr_format)
            group.create_array("scores", data=SCORES)
            group.create_array("clips", data=names)
        return folder / "a.zarr"

    return write


def in_parquet(names: pa.Array) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        table = pa.table({"clip": names, "Dog": SCORES[:, 0], "Rain": SCORES[:, 1]})
        parquet.write_table(table, folder / "a.parquet")
        return folder / "a.parquet"

    return write


TEXTS = np.array(NAMES, "U30")
VARIABLE = np.array(NAMES, np.dtypes.StringDType())
FIXED = pa.array(BYTES.view("V24").tolist(), pa.binary(24))
FORMS = {
    "npz S": npz(BYTES),
    "npz U": npz(TEXTS),
    "npz V": npz(BYTES.view("V24")),
    "npz S deflated": packed_npz,
    "HDF5 S": hdf5(BYTES),
    "HDF5 UTF-8 of fixed length": hdf5(BYTES.astype(h5py.string_dtype("utf-8", 24))),
    "HDF5 of variable length": hdf5(NAMES, h5py.string_dtype()),
    "zarr 2 S": in_zarr(BYTES, 2),
    "zarr 2 U": in_zarr(TEXTS, 2),
    "zarr 2 of variable length": in_zarr(VARIABLE, 2),
    "zarr 3 S": in_zarr(BYTES, 3),
    "zarr 3 U": in_zarr(TEXTS, 3),
    "zarr 3 of variable length": in_zarr(VARIABLE, 3),
    "Parquet fixed_size_binary": in_parquet(FIXED),
    "Parquet binary": in_parquet(pa.array(BYTES.tolist(), pa.binary())),
    "Parquet string with NULs": in_parquet(pa.array([f"{name}\0\0" for name in NAMES])),
    "Parquet large_string": in_parquet(pa.array(NAMES, pa.large_string())),
    "Parquet dictionary": in_parquet(pa.array(NAMES).dictionary_encode()),
}


@pytest.mark.filterwarnings("ignore:The data type")
@pytest.mark.parametrize("form", FORMS)
def test_every_way_to_read_gives_the_same_names(form: str, tmp_path: Path) -> None:
    path = FORMS[form](tmp_path)
    file = ScoreFile.at(str(path))
    names = [file.read(slice(i, i + 2))[1] for i in (0, 2)]
    assert texts("clips", np.concatenate(names)) == tuple(NAMES)  # type: ignore[arg-type]
    if path.suffix != ".zarr":
        assert read(str(path)).clips == tuple(NAMES)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_decisions_name_the_clips(form: str, suffix: str, tmp_path: Path) -> None:
    path, output = FORMS[form](tmp_path), str(tmp_path / f"tags{suffix}")
    tt.apply_files(str(path), tt.Thresholds([0.5, 0.5]), output)
    table = csv.read_csv(output) if suffix == ".csv" else parquet.read_table(output)
    assert table["clip"].to_pylist() == ["a.wav", "bb.wav", "Zaunkönig 3.wav", "Zaunkönig 3.wav"]


def beyond_unicode(code: int) -> Any:
    """Names with a code point that there is not, which NumPy takes from a file unchecked."""
    names = np.array(["a", "b", "c", "d"], "U9")
    names.view(np.uint32)[9] = code
    return names


@pytest.mark.parametrize(
    "names",
    [
        np.array([b"a", b"b\xe9", b"c", b"d"], "S9"),
        np.array([b"a", b"b\0.wav", b"c", b"d"], "S9"),
        np.array(["a", "b\0.wav", "c", "d"], "U9"),
        np.array(["a", "\ud800", "c", "d"], "U9"),
        np.array([name.encode("utf-16-le") for name in NAMES]),
        beyond_unicode(0x110000),
        beyond_unicode(0x86000077),
        beyond_unicode(0xFFFFFFFF),
        np.array([0, 1, 2, 3], "m8[ms]"),
    ],
)
def test_names_that_are_no_text_are_refused(names: Any, tmp_path: Path) -> None:
    path = str(npz(names)(tmp_path))
    for call in (
        lambda: read(path),
        lambda: tt.apply_files(path, tt.Thresholds([0.5, 0.5]), str(tmp_path / "tags.csv")),
    ):
        with pytest.raises(tt.InputError, match=r"a.npz: clips must be (in U|texts or numbers)"):
            call()


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (np.array([7, 12]), ("7", "12")),
        (np.array([0.1, 2], np.float32), ("0.1", "2.0")),
        (np.array(["2024-01-01"], "M8[D]"), ("2024-01-01",)),
        (np.array([b"a\0\0", "b\0", 3], object), ("a", "b", "3")),
        (["x", "y"], ("x", "y")),
        (np.array([b"", b"\0"], "S3"), ("", "")),
        (np.array(["é", "\U0001f426"], "U9"), ("é", "\U0001f426")),
        (np.array(["x\0", "y"], np.dtypes.StringDType()), ("x", "y")),
    ],
)
def test_other_names_are_what_they_print_as(values: Any, names: tuple[str, ...]) -> None:
    assert texts("clips", values) == names
    assert arrow_texts("clips", values).to_pylist() == list(names)
