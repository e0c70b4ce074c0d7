"""Whatever goes wrong while a file is read becomes an error that names it, in one line.

Readers do not know what the file is called: their errors are of `THE_FILE`, or of an array or a
column in it, and of any other kind where it is damaged. Libraries raise anything then: OSError,
ValueError, KeyError, struct.error, zlib.error, errors of Arrow, MemoryError. Only `InputError`
leaves the block, and it names the file.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

THE_FILE = "the file"  # argument of errors in which the path is to stand
# Their texts speak of the code that failed, not of the file.
OF_CODE = AttributeError, LookupError, TypeError


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[None]:
    """Blame the file at `path` for every error of the block.

    Raises
    ------
    InputError
        When anything but a keyboard interrupt ends the block.

    Examples
    --------
    >>> with reading("scores.npy"):
    ...     {}["shape"]
    Traceback (most recent call last):
    ...
    tagthresh.validation.errors.InputError: scores.npy cannot be read: damaged (KeyError)
    >>> with reading("scores.npy"):
    ...     raise InputError("scores", "must be finite", "nan")
    Traceback (most recent call last):
    ...
    tagthresh.validation.errors.InputError: scores.npy: scores must be finite; got nan
    """
    try:
        yield
    except InputError as error:
        raise _named(error, str(path)) from None
    except Exception as error:  # noqa: BLE001 - see above
        raise InputError(path, f"cannot be read: {_reason(error)}") from None


def check_exists(path: str) -> None:
    """Report a missing file, or a folder in place of a file, alike for every form."""
    with os.scandir(path) if path.lower().endswith(".zarr") else Path(path).open("rb"):
        pass


def wrong_suffix(path: str, suffixes: Iterable[str], purpose: str = "") -> InputError:
    """Make the error of a file whose name ends in none of the suffixes."""
    rule = f"must be one of {', '.join(suffixes)}{purpose}"
    return InputError("the suffix", rule, place=Place(file=path))


def optional_package(module: str, name: str, extra: str) -> Any:
    """Import a package that files of one form need."""
    try:
        return import_module(module)
    except ImportError:
        rule, remedy = f"needs {name} to be read", f'Run pip install "tagthresh[{extra}]"'
        raise InputError(THE_FILE, rule, remedy=remedy) from None


def _named(error: InputError, path: str) -> InputError:
    """Return an error that names the file, as one from an inner block does already."""
    if error.argument == THE_FILE:
        return error.located(argument=path)
    named = error.place.file is not None or error.argument.startswith(path)
    return error if named else error.located(file=path)


def _reason(error: Exception) -> str:
    """First line of what is wrong, or the name of the error where its text would not help."""
    name = type(error).__name__
    if isinstance(error, OF_CODE):
        return f"damaged ({name})"
    text = getattr(error, "strerror", None) or str(error)
    lines = text.strip().splitlines()
    return lines[0] if lines else name
