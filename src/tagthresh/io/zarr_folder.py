"""Arrays of zarr folders, which must be in the folder itself."""

from __future__ import annotations

import math
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.io.guard import THE_FILE
from tagthresh.io.stored_rows import Members, StoredRows, check_type, check_unpacked
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import numpy as np

FREE = {"attributes", "dimension_names", "fill_value"}  # metadata in which any word may stand
ROOT = ""  # name of an array that is all of a folder, or of a file


@dataclass(frozen=True)
class ZarrRows(StoredRows):
    """An array of a zarr folder.

    Attributes
    ----------
    path : str
        The folder.
    array : zarr.Array
    """

    path: str
    array: Any

    def __post_init__(self) -> None:
        _check_codecs(self.array)
        check_type(self.dtype, self.shape)
        chunk = math.prod(self.array.shards or self.array.chunks) * self.dtype.itemsize
        check_unpacked(self.path, "a chunk", chunk)

    @property
    def shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """Number of rows, and of what is in one."""
        return tuple(self.array.shape)

    @property
    def dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        """Type of the values."""
        dtype: np.dtype[Any] = self.array.dtype
        return dtype

    @property
    def chunks(self) -> tuple[int, ...]:
        """Shape of a block that is stored together."""
        return tuple(self.array.chunks)

    def _values(self, first: int, last: int) -> Any:
        return self.array[first:last]


def members(path: str) -> Members:
    """Open a folder; an array that is all of it is called `ROOT`.

    Raises
    ------
    InputError
        When zarr is not installed, or a link leaves the folder.
    """
    try:
        import zarr
    except ImportError:
        raise InputError(
            THE_FILE, "needs zarr to be read", remedy='Run pip install "tagthresh[zarr]"'
        ) from None
    _check_links(path)
    names = [ROOT]
    if not isinstance(_opened(path), zarr.Array):
        names = sorted(entry.name for entry in os.scandir(path) if entry.is_dir())
    return Members(path, names, lambda name: _rows(path, name))


def _opened(path: str) -> Any:
    import zarr

    with warnings.catch_warnings(action="ignore"):  # that a type of texts is young
        return zarr.open(path, mode="r")


def _rows(path: str, name: str) -> ZarrRows:
    import zarr

    array = _opened(os.path.join(path, name))  # noqa: PTH118 - zarr takes texts
    if not isinstance(array, zarr.Array):
        raise InputError(repr(name), f"must be an array; it is a {type(array).__name__}")
    with warnings.catch_warnings(action="ignore"):
        return ZarrRows(path, array)


def _check_links(path: str) -> None:
    """Refuse a link by which any file of the machine could be read."""
    top = Path(path).resolve()
    for entry in Path(path).rglob("*"):
        if entry.is_symlink() and not entry.resolve().is_relative_to(top):
            raise InputError(entry.name, "must be stored in the folder itself", "a link")


def _check_codecs(array: Any) -> None:
    """Refuse an array whose chunks are pickles, which may run any code."""
    metadata = array.metadata.to_dict()
    if "pickle" in repr([value for key, value in metadata.items() if key not in FREE]):
        raise ValueError("it holds Python objects, which are never loaded")
