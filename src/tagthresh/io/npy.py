"""Arrays in the form of .npy: files of their own, or stored or compressed in an archive."""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from tagthresh.io.stored_rows import BARE, NAMES, StoredRows, check_type
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"\x93NUMPY"
BLOCK = 1 << 20  # bytes that a checksum takes at a time


def read_header(
    file: IO[bytes], name: str, size: int
) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    """Read the header of an array called `name`, which with its values takes `size` bytes.

    Returns the shape, the type, and whether the first index changes fastest. Python objects, which
    are never loaded, and any other number of bytes are errors.
    """
    start = file.tell()
    magic = file.read(len(MAGIC) + 2)
    if magic[:-2] != MAGIC or magic[-2] not in {1, 2, 3}:
        raise ValueError("not an .npy file")
    read = getattr(np.lib.format, f"read_array_header_{min(magic[-2], 2)}_0")
    try:
        shape, by_column, dtype = read(file)
    except Exception:  # noqa: BLE001 - NumPy parses it as Python; its texts advise to load pickles
        raise ValueError("the header of its array is damaged") from None
    if any(isinstance(size, bool) for size in shape):
        raise ValueError("the header of its array is damaged")
    if dtype.hasobject:
        raise _objects(name.removesuffix(".npy"))
    check_type(dtype, shape)
    needed = file.tell() - start + math.prod(shape) * dtype.itemsize
    if needed != size:
        problem = "cut short" if needed > size else "longer than its array"
        raise ValueError(f"{problem}; {dtype} of {shape} needs {needed} bytes, got {size}")
    return shape, dtype, by_column


def _objects(name: str) -> InputError:
    """Say how to save what NumPy has pickled, rather than to load it."""
    is_name = name in {*NAMES["tags"], *NAMES["clips"]}
    kind, source = ("str", ", as a pandas Index gives") if is_name else ("float", "")
    variable, rule = name, f"are Python objects{source}"
    if name == BARE:
        variable, rule = "array", "is of Python objects"
    remedy = f"They are never loaded: save np.array({variable}, dtype={kind})"
    return InputError(f"its {name}", rule, remedy=remedy)


@dataclass(eq=False)
class NpyRows(StoredRows):
    """An array in a file of its own, or in an archive as it is.

    Its values begin at `start`. Where they are stored `by_column`, they can only be read whole. The
    checksum of a `member` of an archive is compared before its first row is read.
    """

    start: int
    by_column: bool
    member: str | None

    @classmethod
    def at(
        cls, path: str, start: int = 0, size: int | None = None, member: str | None = None
    ) -> NpyRows:
        """Open a file, or a member of an archive that begins at `start` and has `size` bytes."""
        with Path(path).open("rb") as file:
            file.seek(start)
            length = Path(path).stat().st_size if size is None else size
            shape, dtype, by_column = read_header(file, member or BARE, length)
            return cls(path, shape, dtype, file.tell(), by_column, member)

    def _values(self, first: int, last: int) -> NDArray[Any]:
        if first == 0 and not self._is_intact:
            raise ValueError("its checksum differs; copy the file again")
        if self.by_column:
            whole = self._stretch(0, math.prod(self.shape))
            return whole.reshape(self.shape, order="F")[first:last]
        width = math.prod(self.shape[1:])
        values = self._stretch(first * width, last * width)
        return values.reshape(last - first, *self.shape[1:])

    def _stretch(self, first: int, last: int) -> NDArray[Any]:
        offset = self.start + first * self.dtype.itemsize
        values = np.fromfile(self.path, self.dtype, last - first, offset=offset)
        if len(values) < last - first:
            raise ValueError("cut short")
        return values

    @cached_property
    def _is_intact(self) -> bool:
        return self.member is None or is_intact(self.path, self.member)


def is_intact(path: str, member: str) -> bool:
    """Compare the checksum of a file in an archive, in little memory."""
    with zipfile.ZipFile(path) as archive, archive.open(member) as file:
        try:
            while file.read(BLOCK):
                pass
        except zipfile.BadZipFile:
            return False
    return True


@dataclass(eq=False)
class PackedRows(StoredRows):
    """An array compressed in an archive, which can only be read whole, against its checksum."""

    member: str

    @classmethod
    def at(cls, path: str, member: str) -> PackedRows:
        """Read the header of the array."""
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            shape, dtype, _ = read_header(file, member, archive.getinfo(member).file_size)
        return cls(path, shape, dtype, member, block=max((1, *shape[:1])))

    def _values(self, first: int, last: int) -> NDArray[Any]:
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
            values = np.lib.format.read_array(file, allow_pickle=False)
            file.read(1)  # at its end, the CRC is compared
        return np.atleast_1d(values)[first:last]
