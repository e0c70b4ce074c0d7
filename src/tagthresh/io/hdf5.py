"""Arrays of HDF5 files, which must be in the file itself and of sizes that the library survives.

A name in an HDF5 file may stand for data in any other file of the machine: a link, raw storage
outside, a virtual array. None of them is followed. Damaged lists of chunks would lead the library
into nowhere, and damaged heaps, where texts of any length are kept, in circles.
"""

from __future__ import annotations

import math
import mmap
import struct
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.io.read_errors import optional_package
from tagthresh.io.stored_rows import Members, StoredRows, check_type, check_unpacked
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"GCOL\x01\x00\x00\x00"
HEADER = struct.Struct("<8xQ")  # of a heap: signature and size
OBJECT = struct.Struct("<H6xQ")  # of an object: its index, 0 for what is free, and its size


@dataclass(eq=False)
class Hdf5Rows(StoredRows):
    """An array of an HDF5 file, and its name there."""

    name: str

    @classmethod
    def at(cls, path: str, name: str) -> Hdf5Rows:
        """Open an array."""
        import h5py

        with h5py.File(path) as file:
            array = _array(path, file, name)
            _check_chunks(path, array)
            return cls(path, array.shape, array.dtype, name)

    def _values(self, first: int, last: int) -> Any:
        import h5py

        with h5py.File(self.path) as file:
            return _array(self.path, file, self.name)[first:last]


def members(path: str) -> Members:
    """Open a file."""
    with optional_package("h5py", "h5py", "hdf5").File(path) as file:
        names = list(file)
    return Members(path, names, lambda name: Hdf5Rows.at(path, name))


def _array(path: str, file: Any, name: str) -> Any:
    """Array of a name, in the file itself, of numbers or texts."""
    import h5py

    if not _is_inside(file, name):
        raise _outside(name, "a link")
    array = file[name]
    if not isinstance(array, h5py.Dataset):
        raise InputError(f"{name!r}", f"must be an array; it is a {type(array).__name__}")
    if array.is_virtual or array.external:
        raise _outside(name, "virtual or external storage")
    if array.shape is None or (array.dtype.hasobject and not h5py.check_string_dtype(array.dtype)):
        raise InputError(f"{name!r}", "must hold numbers or texts", array.dtype)
    if array.dtype.hasobject:
        check_heaps(path)
    check_type(array.dtype, array.shape)
    chunk = math.prod(array.chunks or (0,)) * array.dtype.itemsize
    check_unpacked(path, f"a chunk of {name!r}", chunk)
    return array


def _is_inside(file: Any, name: str) -> bool:
    """Whether no step to a name, nor to what a link of that name points to, leaves the file."""
    import h5py

    link = file.get(name, getlink=True)
    if not isinstance(link, h5py.SoftLink):
        return isinstance(link, h5py.HardLink)
    steps = accumulate(link.path.strip("/").split("/"), "{}/{}".format)
    return all(isinstance(file.get(step, getlink=True), h5py.HardLink) for step in steps)


def _outside(name: str, what: str) -> InputError:
    remedy = "Copy the array into the file (h5repack, or h5py's create_dataset)"
    return InputError(repr(name), "must be stored in the file itself", what, remedy=remedy)


def _check_chunks(path: str, array: Any) -> None:
    """Refuse an array with a chunk of an impossible size or place."""
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
        raise ValueError("the list of its chunks is damaged")


def check_heaps(path: str) -> None:
    """Check that the sizes of objects lead from the start of every global heap to its end.

    The library walks from object to object by their sizes, and a size of 0 keeps it in place for
    ever (HDF5 File Format Specification, III.E, "Global Heap").
    """
    if Path(path).stat().st_size == 0:
        return
    with (
        Path(path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        if not all(_is_whole(data, start) for start in _heaps(data)):
            raise ValueError("the texts in it are damaged")


def _heaps(data: mmap.mmap) -> Iterator[int]:
    start = data.find(SIGNATURE)
    while start >= 0:
        yield start
        start = data.find(SIGNATURE, start + 1)


def _is_whole(data: mmap.mmap, start: int) -> bool:
    """Whether every object of a heap ends in it, and none is empty."""
    if start + HEADER.size > len(data):
        return False
    end = start + HEADER.unpack_from(data, start)[0]
    place = start + HEADER.size
    if end > len(data):
        return False
    while place + OBJECT.size <= end:
        index, size = OBJECT.unpack_from(data, place)
        step = size if index == 0 else OBJECT.size + -(-size // 8) * 8
        if step < OBJECT.size or place + step > end:
            return False
        place += step
    return True
