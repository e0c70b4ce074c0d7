"""The one door to files: whatever goes wrong while one is read names it, in one line.

Other libraries raise anything on a damaged file: OSError, ValueError, KeyError, struct.error,
zlib.error, errors of Arrow, MemoryError. Only `InputError` leaves the block.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tagthresh.validation import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

# Their texts speak of the code that failed, not of the file.
OF_CODE = AttributeError, LookupError, TypeError


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[None]:
    """Blame the file at `path` for every error of the block.

    Raises
    ------
    InputError
        When anything but a keyboard interrupt ends the block; an InputError stays as it is.

    Examples
    --------
    >>> with reading("scores.npy"):
    ...     {}["shape"]
    Traceback (most recent call last):
    ...
    tagthresh.validation.errors.InputError: scores.npy cannot be read: damaged (KeyError)
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        raise InputError(path, f"cannot be read: {_reason(error)}") from None


@contextmanager
def writing_to(path: str | os.PathLike[str]) -> Iterator[None]:
    """Blame the file at `path` for errors of the system in the block, which only writes it.

    Raises
    ------
    InputError
        When an OSError ends the block: no such folder, no permission, no space.
    """
    try:
        yield
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror or error}") from None


def _reason(error: Exception) -> str:
    """First line of what is wrong, or the name of the error where its text would not help."""
    name = type(error).__name__
    if isinstance(error, OF_CODE):
        return f"damaged ({name})"
    text = getattr(error, "strerror", None) or str(error)
    lines = text.strip().splitlines()
    return lines[0] if lines else name
