"""Arrays of HDF5 files, which must be in the file itself.

A name in an HDF5 file may stand for data in any other file of the machine: a link, raw storage
outside, a virtual array. None of them is followed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.io.hdf5_heaps import check_heaps
from tagthresh.io.stored_rows import Members, StoredRows, check_type, check_unpacked
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Hdf5Rows(StoredRows):
    """An array of an HDF5 file.

    Attributes
    ----------
    path : str
        The file.
    name : str
        Of the array in it.
    shape : tuple of int
    dtype : dtype
    """

    path: str
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @classmethod
    def at(cls, path: str, name: str) -> Hdf5Rows:
        """Open an array."""
        import h5py

        with h5py.File(path) as file:
            array = _array(path, file, name)
            _check_chunks(path, array)
            return cls(path, name, array.shape, array.dtype)

    def _values(self, first: int, last: int) -> Any:
        import h5py

        with h5py.File(self.path) as file:
            return _array(self.path, file, self.name)[first:last]


def members(path: str) -> Members:
    """Open a file.

    Raises
    ------
    InputError
        When h5py is not installed.
    """
    try:
        import h5py
    except ImportError:
        raise InputError(
            path, "needs h5py to be read", remedy='Run pip install "tagthresh[hdf5]"'
        ) from None
    with h5py.File(path) as file:
        names = list(file)
    return Members(path, names, lambda name: Hdf5Rows.at(path, name))


def _array(path: str, file: Any, name: str) -> Any:
    """Array of a name, in the file itself, of numbers or texts."""
    import h5py

    if not _is_inside(file, name):
        raise _outside(path, name, "a link")
    array = file[name]
    if not isinstance(array, h5py.Dataset):
        kind = type(array).__name__
        raise InputError(f"{name!r}", f"must be an array; it is a {kind}", place=Place(file=path))
    if array.is_virtual or array.external:
        raise _outside(path, name, "virtual or external storage")
    if array.shape is None or (array.dtype.hasobject and not h5py.check_string_dtype(array.dtype)):
        raise InputError(f"{name!r}", "must hold numbers or texts", array.dtype, Place(file=path))
    if array.dtype.hasobject:
        check_heaps(path)
    check_type(array.dtype, array.shape)
    chunk = math.prod(array.chunks or (0,)) * array.dtype.itemsize
    check_unpacked(path, f"a chunk of {name!r}", chunk)
    return array


def _check_chunks(path: str, array: Any) -> None:
    """Check where the chunks of an array lie: the library would follow a damaged list into nowhere.

    Raises
    ------
    InputError
        When a chunk has an impossible size or place.
    """
    if array.chunks is None or not hasattr(array.id, "chunk_iter"):  # HDF5 before 1.12.3
        return
    end = Path(path).stat().st_size
    unpacked = math.prod(array.chunks) * array.dtype.itemsize
    is_packed = array.id.get_create_plist().get_nfilters() > 0

    def is_wrong(chunk: Any) -> bool | None:
        """Whether a chunk is damaged; None goes on to the next one."""
        steps = zip(chunk.chunk_offset, array.chunks, array.shape, strict=True)
        inside = all(start < size and start % step == 0 for start, step, size in steps)
        whole = chunk.size > 0 if is_packed else chunk.size == unpacked
        within = chunk.byte_offset + chunk.size <= end
        return None if inside and whole and within else True

    if array.id.chunk_iter(is_wrong):
        raise InputError(path, "cannot be read: the list of its chunks is damaged")


def _is_inside(file: Any, name: str) -> bool:
    """Whether no step to a name, nor to what a link of that name points to, leaves the file."""
    import h5py

    link = file.get(name, getlink=True)
    if not isinstance(link, h5py.SoftLink):
        return isinstance(link, h5py.HardLink)
    steps = accumulate(link.path.strip("/").split("/"), "{}/{}".format)
    return all(isinstance(file.get(step, getlink=True), h5py.HardLink) for step in steps)


def _outside(path: str, name: str, what: str) -> InputError:
    return InputError(
        repr(name),
        "must be stored in the file itself",
        what,
        Place(file=path),
        "Copy the array into the file (h5repack, or h5py's create_dataset)",
    )
