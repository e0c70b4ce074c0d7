"""Arrays of zarr folders, which must be in the folder itself."""

from __future__ import annotations

import math
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagthresh.io.read_errors import optional_package
from tagthresh.io.stored_rows import Members, StoredRows, check_type, check_unpacked
from tagthresh.validation import InputError

FREE = {"attributes", "dimension_names", "fill_value"}  # metadata in which any word may stand
ROOT = ""  # name of an array that is all of a folder, or of a file


@dataclass(eq=False)
class ZarrRows(StoredRows):
    """An array of a zarr folder."""

    array: Any

    def _values(self, first: int, last: int) -> Any:
        return self.array[first:last]


def members(path: str) -> Members:
    """Open a folder; an array that is all of it is called `ROOT`."""
    zarr = optional_package("zarr", "zarr", "zarr")
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
        _check_codecs(array)
        check_type(array.dtype, array.shape)
        chunk = math.prod(array.shards or array.chunks) * array.dtype.itemsize
        check_unpacked(path, "a chunk", chunk)
        return ZarrRows(path, array.shape, array.dtype, array, block=max((1, *array.chunks[:1])))


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
