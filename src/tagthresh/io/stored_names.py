"""Names as files store them, turned into text; no other place does."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.validation import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

LISTED = "SUO"  # kinds of dtypes whose values are texts, bytes or any objects


def texts(key: str, values: Any) -> tuple[str, ...] | None:
    r"""Give stored names as texts; None stays None.

    Bytes are UTF-8. NULs at the end fill up a type of fixed width and are no part of a name; one
    inside a name is an error, as is what is not in Unicode. Errors say that the names are of `key`.

    Examples
    --------
    >>> texts("clips", np.array([b"a.wav", b"bb.wav"], "S20"))
    ('a.wav', 'bb.wav')
    """
    if values is None:
        return None
    array = np.asarray(values).ravel()
    if array.dtype.kind == "V" and array.dtype.names is None:
        array = array.view(f"S{array.dtype.itemsize}")
    if array.dtype.kind == "m":
        raise InputError(key, "must be texts or numbers", array.dtype)
    if array.dtype.kind == "U":
        _check_code_points(key, array)
    values = array.tolist() if array.dtype.kind in LISTED else list(array)
    try:
        names = tuple(_text(value) for value in values)
        good = b"\0" not in "".join(names).encode()
    except UnicodeError:
        good = False
    if not good:
        bad = next(value for value in values if not _is_good(value))
        raise InputError(key, "must be in UTF-8", f"{bad!r}")
    return names


def arrow_texts(key: str, values: Any) -> pa.Array:
    """Give the same texts as Arrow's, by its own means where they are bytes."""
    import pyarrow as pa
    from pyarrow import compute

    array = np.asarray(values)
    if array.dtype.kind == "S":
        with suppress(pa.ArrowException):  # of what is not UTF-8, which is named below
            names = compute.utf8_rtrim(pa.array(array, pa.string()), "\0")
            if not compute.any(compute.match_substring(names, "\0")).as_py():
                return names
    return pa.array(texts(key, values), pa.string())


def _text(value: object) -> str:
    text = value.decode() if isinstance(value, bytes) else str(value)
    return text.rstrip("\0")


def _is_good(value: object) -> bool:
    try:
        return b"\0" not in _text(value).encode()
    except UnicodeError:
        return False


def _check_code_points(key: str, array: NDArray[Any]) -> None:
    """Refuse code points beyond Unicode, which NumPy would turn into invalid texts."""
    codes = array.astype(array.dtype.newbyteorder("=")).view(np.uint32)
    if codes.size and codes.max() > sys.maxunicode:
        raise InputError(key, "must be in Unicode", f"{codes.max():#x}")
