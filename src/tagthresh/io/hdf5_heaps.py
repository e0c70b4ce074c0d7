"""Where HDF5 keeps texts of any length: global heaps, whose damage the library does not notice.

It walks from object to object by their sizes, and a size of 0 keeps it in place for ever. So the
sizes are added up here first (HDF5 File Format Specification, III.E, "Global Heap").
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"GCOL\x01\x00\x00\x00"
HEADER = struct.Struct("<8xQ")  # of a heap: signature and size
OBJECT = struct.Struct("<H6xQ")  # of an object: its index, 0 for what is free, and its size


def check_heaps(path: str) -> None:
    """Check that the sizes in all heaps lead from their start to their end.

    Raises
    ------
    InputError
        When a heap is damaged.
    """
    if Path(path).stat().st_size == 0:
        return
    with (
        Path(path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        for start in _starts(data):
            if not _is_whole(data, start):
                raise InputError(path, "cannot be read: the texts in it are damaged")


def _starts(data: mmap.mmap) -> Iterator[int]:
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
