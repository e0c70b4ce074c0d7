"""What files of arrays say about themselves, looked at before any array is read."""

from __future__ import annotations

import math
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.io import memory_limit
from tagthresh.io.array_files import NAMES
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

Declared = tuple[tuple[int, ...], int]  # shape of an array, and bytes of a value
SPARSE = ("data", "indices", "indptr", "row", "col")  # arrays of scipy.sparse.save_npz
READ = {*sum(NAMES.values(), ()), *SPARSE}
TEXTS = {*NAMES["tags"], *NAMES["clips"]}


def check(path: str, limit: int) -> None:
    """Refuse arrays that need more memory than is allowed, or hold Python objects.

    Parameters
    ----------
    path : str
        A file in the form that its suffix tells; of other forms nothing is declared.
    limit : int
        Bytes allowed.
    """
    kinds = {".npy": _npy, ".npz": _npz, ".h5": _hdf5, ".hdf5": _hdf5}
    kind = kinds.get(Path(path).suffix.lower())
    arrays = [] if kind is None else list(kind(path))
    needed = [math.prod(shape) * width for shape, width in arrays]
    if needed:
        largest, _ = arrays[int(np.argmax(needed))]
        memory_limit.check(path, limit, sum(needed), memory_limit.size(largest))


def _npy(path: str) -> Iterator[Declared]:
    with Path(path).open("rb") as file:
        yield from _header(path, "matrix", file)


def _npz(path: str) -> Iterator[Declared]:
    if not zipfile.is_zipfile(path):
        return  # the reader says so, as of all other damage
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        for name in READ & {info.removesuffix(".npy") for info in archive.namelist()}:
            with archive.open(f"{name}.npy") as file:
                yield from _header(path, name, file)


def _header(path: str, name: str, file: Any) -> Iterator[Declared]:
    if file.read(6) != b"\x93NUMPY":
        return  # the reader says so
    file.seek(0)
    major, _ = np.lib.format.read_magic(file)
    shape, _, dtype = getattr(np.lib.format, f"read_array_header_{min(major, 2)}_0")(file)
    if dtype.hasobject:
        raise _objects(path, name)
    yield shape, dtype.itemsize


def _objects(path: str, name: str) -> InputError:
    """Say how to save what NumPy has pickled, rather than to load it."""
    kind, source = ("str", ", as a pandas Index gives") if name in TEXTS else ("float", "")
    variable = "array" if name == "matrix" else name
    rule = f"are Python objects{source}" if name != "matrix" else "is of Python objects"
    remedy = f"They are never loaded: save np.array({variable}, dtype={kind})"
    return InputError(f"its {name}", rule, place=Place(file=path), remedy=remedy)


def _hdf5(path: str) -> Iterator[Declared]:
    try:
        import h5py
    except ImportError:
        return  # the reader says how to install it
    with h5py.File(path) as file:
        for name in READ & set(file):
            inside = isinstance(file.get(name, getlink=True), h5py.HardLink)
            value = file[name] if inside else None  # the reader looks at links
            if isinstance(value, h5py.Dataset) and value.shape is not None:
                yield value.shape, value.dtype.itemsize
