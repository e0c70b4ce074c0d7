"""Arrays in files, read a few rows at a time.

Nothing is mapped into memory, so that what is read is all that is held, and no file stays open.

What a file says about its own size is checked before memory is taken. Arrays that have to be
unpacked may take 1 GiB, or `RATIO` times the size of the file where that is more.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tagthresh.io import memory_limit
from tagthresh.io.read_errors import THE_FILE, reading
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

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


@dataclass(eq=False)
class StoredRows(ABC):
    """An array in a file; `block` rows are stored together, and best read together."""

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    block: int = field(default=1, kw_only=True)

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows, without a step; an error of any kind names the file."""
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


@dataclass(frozen=True)
class Members:
    """Names of the arrays of a file, and a function that opens the one of a name."""

    path: str
    names: Collection[str]
    opener: Callable[[str], StoredRows]

    def chosen(
        self, names: Mapping[str, str], ratio: int = RATIO, memory: int | None = None
    ) -> dict[str, StoredRows]:
        """Open arrays under our names for them, as large as the memory and the file allow."""
        arrays = {ours: self.opener(theirs) for ours, theirs in names.items()}
        needed = sum(rows.n_bytes for rows in arrays.values())
        if memory is not None and arrays:
            largest = max(arrays.values(), key=lambda rows: rows.n_bytes)
            memory_limit.check(memory, needed, memory_limit.size(largest.shape))
        check_unpacked(self.path, "arrays", needed, ratio)
        return arrays


def check_unpacked(path: str, name: str, needed: int, ratio: int = RATIO) -> None:
    """Refuse what, called `name`, would take memory out of proportion to a file or folder."""
    if needed <= UNPACKED:
        return
    files = (file for file in (Path(path), *Path(path).rglob("*")) if file.is_file())
    stored = sum(file.stat().st_size for file in files)
    if needed > ratio * stored:
        most, size = memory_limit.words(UNPACKED), memory_limit.words(stored)
        rule = f"must unpack to at most {most}, or {ratio} times the file's {size}"
        remedy = "Save it uncompressed, or fewer clips per file"
        raise InputError(name, rule, memory_limit.words(needed), remedy=remedy)


def check_type(dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    """Refuse an array that holds neither numbers nor texts, or has no size."""
    if dtype.names or dtype.subdtype or not dtype.itemsize or any(n < 0 for n in shape):
        raise InputError(THE_FILE, "must hold arrays of numbers or texts", f"{dtype} of {shape}")
