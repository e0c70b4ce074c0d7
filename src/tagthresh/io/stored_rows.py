"""Arrays in files, read a few rows at a time through one guarded door.

Nothing is mapped into memory, so that what is read is all that is held, and no file stays open.

What a file says about its own size is checked before memory is taken. Arrays that have to be
unpacked may take 1 GiB, or `RATIO` times the size of the file where that is more.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tagthresh.io import memory_limit
from tagthresh.io.guard import THE_FILE, reading
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

# What arrays are called in files, by our names for them.
NAMES = {
    "scores": ("scores", "clipwise_output"),
    "labels": ("labels", "target"),
    "tags": ("tags",),
    "clips": ("clips", "audio_name"),
    "weights": ("weights",),
}
BARE = "matrix"  # our name for one without a name: the reader cannot know what it holds
UNPACKED = 1 << 30  # bytes that any file may unpack to
RATIO = 200  # by which a larger one may grow in memory
RATIO_IN_PARTS = 10_000  # by which one may grow that is never unpacked as a whole


class Rows(Protocol):
    """A matrix whose rows can be read: an array, one of HDF5 or zarr, or `StoredRows`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows and of columns."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""

    def __getitem__(self, rows: slice, /) -> Any:
        """Values of some rows."""


class StoredRows(ABC):
    """An array in a file.

    Attributes
    ----------
    path : str
        The file.
    shape : tuple of int
    dtype : dtype
    """

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows, without a step.

        Raises
        ------
        InputError
            When they cannot be read.
        """
        first, last, _ = rows.indices(self.shape[0] if self.shape else 1)
        last = max(first, last)
        with reading(self.path):
            values = np.asarray(self._values(first, last))
            if values.shape != (last - first, *self.shape[1:]):
                raise ValueError("cut short")
        return values

    def whole(self) -> NDArray[Any]:
        """All values, of no dimension where there is but one."""
        return self[:].reshape(self.shape)

    @abstractmethod
    def _values(self, first: int, last: int) -> Any:
        """Read rows from the first to before the last; may raise anything."""

    @property
    def n_bytes(self) -> int:
        """Memory that all values take."""
        return math.prod(self.shape) * self.dtype.itemsize


class Members(Mapping[str, StoredRows]):
    """Named arrays of a file, opened when they are asked for.

    Parameters
    ----------
    path : str
        The file.
    names : iterable of str
    opener : callable
        Opens the array of a name.
    stored : callable
        Gives the size of the file in bytes.
    """

    def __init__(
        self,
        path: str,
        names: Iterable[str],
        opener: Callable[[str], StoredRows],
        stored: Callable[[], int],
    ) -> None:
        self.path, self.names = path, list(names)
        self.opener, self.stored = opener, stored

    def __getitem__(self, name: str) -> StoredRows:
        if name not in self.names:
            raise KeyError(name)
        return self.opener(name)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def chosen(
        self, names: Mapping[str, str], ratio: int = RATIO, memory: int | None = None
    ) -> dict[str, StoredRows]:
        """Open arrays under our names for them, as large as the memory and the file allow."""
        arrays = {ours: self[theirs] for ours, theirs in names.items()}
        needed = sum(rows.n_bytes for rows in arrays.values())
        if memory is not None and arrays:
            largest = max(arrays.values(), key=lambda rows: rows.n_bytes)
            memory_limit.check(memory, needed, memory_limit.size(largest.shape))
        check_unpacked("arrays", needed, self.stored, ratio)
        return arrays


def check_unpacked(name: str, needed: int, stored: Callable[[], int], ratio: int = RATIO) -> None:
    """Refuse to take memory out of proportion to a file.

    Parameters
    ----------
    name : str
        What would take the memory.
    needed : int
        Bytes of memory.
    stored : callable
        Gives the bytes of the file, which are only looked up when they matter.
    ratio : int, default RATIO
    """
    if needed > UNPACKED and needed > ratio * (size := stored()):
        most, file = memory_limit.words(UNPACKED), memory_limit.words(size)
        rule = f"must unpack to at most {most}, or {ratio} times the file's {file}"
        remedy = "Save it uncompressed, or fewer clips per file"
        raise InputError(name, rule, memory_limit.words(needed), remedy=remedy)


def check_type(dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Refuse an array that holds neither numbers nor texts, or has no size."""
    if dtype.names or dtype.subdtype or not dtype.itemsize or any(n < 0 for n in shape):
        raise InputError(THE_FILE, "must hold arrays of numbers or texts", f"{dtype} of {shape}")
