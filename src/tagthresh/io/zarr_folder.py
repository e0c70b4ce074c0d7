"""Arrays of zarr folders, which must be in the folder itself."""

from __future__ import annotations

import math
import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.io.guard import THE_FILE
from tagthresh.io.stored_rows import Members, StoredRows, check_type, check_unpacked
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

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
        check_unpacked("a chunk", chunk, lambda: size(self.path))

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
            THE_FILE, "needs zarr to be read", remedy='pip install "tagthresh[zarr]"'
        ) from None
    _check_links(path)
    found = _opened(path)
    names = [ROOT]
    if not isinstance(found, zarr.Array):
        names = sorted(entry.name for entry in os.scandir(path) if entry.is_dir())
    return Members(path, names, lambda name: _rows(path, name), lambda: size(path))


def _opened(path: str) -> Any:
    import zarr

    with _quiet():
        return zarr.open(path, mode="r")


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out that a type of texts is young, which users cannot help."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _rows(path: str, name: str) -> ZarrRows:
    import zarr

    array = _opened(os.path.join(path, name))  # noqa: PTH118 - zarr takes texts
    if not isinstance(array, zarr.Array):
        raise InputError(repr(name), f"must be an array; it is a {type(array).__name__}")
    with _quiet():
        return ZarrRows(path, array)


def size(path: str) -> int:
    """Bytes of all files in a folder."""
    return sum(entry.stat().st_size for entry in _entries(path) if entry.is_file())


def _entries(path: str) -> Iterator[Path]:
    for folder, folders, files in os.walk(path):
        yield from (Path(folder, name) for name in (*folders, *files))


def _check_links(path: str) -> None:
    """Refuse a link by which any file of the machine could be read."""
    top = Path(path).resolve()
    for entry in _entries(path):
        if entry.is_symlink() and not entry.resolve().is_relative_to(top):
            raise InputError(entry.name, "must be stored in the folder itself", "a link")


def _check_codecs(array: Any) -> None:
    """Refuse an array whose chunks are pickles, which may run any code."""
    if any("pickle" in name for name in _names(array.metadata.to_dict())):
        raise ValueError("it holds Python objects, which are never loaded")


def _names(metadata: Any) -> Iterator[str]:
    """Names in metadata at any depth, those of codecs among them."""
    if isinstance(metadata, dict):
        for key, value in metadata.items():
            if key in {"id", "name", "object_codec_id"} and isinstance(value, str):
                yield value
            yield from () if key == "attributes" else _names(value)
    elif isinstance(metadata, list | tuple):
        for value in metadata:
            yield from _names(value)
