"""Arrays in the form of .npy: files of their own, or stored or compressed in an archive."""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh.io.stored_rows import BARE, NAMES, StoredRows, check_type
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"\x93NUMPY"
BLOCK = 1 << 20  # bytes that a checksum takes at a time


class Header(NamedTuple):
    """What an array in the form of .npy says about itself.

    Attributes
    ----------
    shape : tuple of int
    by_column : bool
        Whether the first index changes fastest.
    dtype : dtype
    length : int
        Bytes of the header.
    """

    shape: tuple[int, ...]
    by_column: bool
    dtype: np.dtype[Any]
    length: int


def read_header(file: IO[bytes], name: str, size: int) -> Header:
    """Read the header at the place where a file stands.

    Parameters
    ----------
    file : binary file
    name : str
        What the array is called in errors.
    size : int
        Bytes that the header and the values take.

    Raises
    ------
    InputError
        When it is of Python objects, which are never loaded.
    ValueError
        When it is none, or does not describe exactly so many bytes of numbers or texts.
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
    length = file.tell() - start
    needed = length + math.prod(shape) * dtype.itemsize
    if needed != size:
        problem = "cut short" if needed > size else "longer than its array"
        raise ValueError(f"{problem}; {dtype} of {shape} needs {needed} bytes, got {size}")
    return Header(shape, by_column, dtype, length)


def _objects(name: str) -> InputError:
    """Say how to save what NumPy has pickled, rather than to load it."""
    is_name = name in {*NAMES["tags"], *NAMES["clips"]}
    kind, source = ("str", ", as a pandas Index gives") if is_name else ("float", "")
    variable, rule = name, f"are Python objects{source}"
    if name == BARE:
        variable, rule = "array", "is of Python objects"
    remedy = f"They are never loaded: save np.array({variable}, dtype={kind})"
    return InputError(f"its {name}", rule, remedy=remedy)


@dataclass(frozen=True)
class NpyRows(StoredRows):
    """An array in a file of its own, or stored in an archive.

    Attributes
    ----------
    path : str
        The file.
    start : int
        Where in it the values begin.
    shape : tuple of int
    dtype : dtype
    by_column : bool
        Whether it can only be read whole.
    member : str or None
        The file in an archive, whose checksum is compared before the first row is read.
    """

    path: str
    start: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    by_column: bool = False
    member: str | None = None

    @classmethod
    def at(cls, path: str) -> NpyRows:
        """Open a file."""
        with Path(path).open("rb") as file:
            header = read_header(file, BARE, Path(path).stat().st_size)
        return cls(path, header.length, header.shape, header.dtype, header.by_column)

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


@dataclass(frozen=True)
class PackedRows(StoredRows):
    """An array that can only be read whole: compressed in an archive, which checks its CRC.

    Attributes
    ----------
    path : str
        The archive.
    name : str
        The file in it.
    shape : tuple of int
    dtype : dtype
    """

    path: str
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @classmethod
    def at(cls, path: str, name: str) -> PackedRows:
        """Read the header of the array."""
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            header = read_header(file, name, archive.getinfo(name).file_size)
        return cls(path, name, header.shape, header.dtype)

    def _values(self, first: int, last: int) -> NDArray[Any]:
        with zipfile.ZipFile(self.path) as archive, archive.open(self.name) as file:
            values = np.lib.format.read_array(file, allow_pickle=False)
            file.read(1)  # at its end, the CRC is compared
        return np.atleast_1d(values)[first:last]
