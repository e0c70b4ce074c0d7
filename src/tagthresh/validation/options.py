"""Numbers, words and objects that a function is given as options."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from tagthresh.validation.errors import InputError, described

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = TypeVar("Kind")
MOST = 10**6  # draws, steps, bins: more take days, or gigabytes


def finite_number(name: str, value: object) -> float:
    """Check an option that must be a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputError(name, "must be a number", described(value))
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not np.isfinite(number):
        raise InputError(name, "must be finite", described(value))
    return number


def number_of(name: str, text: str, other: str = "") -> float:
    """Read a finite number from text; `other` is what else the caller takes."""
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise InputError(name, f"must be a finite number{other}", described(text))
    return number


def positive_number(name: str, value: object) -> float:
    """Check an option that must be a finite number above 0."""
    number = finite_number(name, value)
    if number <= 0:
        raise InputError(name, "must be above 0", described(value))
    return number


def share(name: str, value: object) -> float:
    """Check an option that must be a number above 0 and below 1."""
    number = finite_number(name, value)
    if not 0 < number < 1:
        raise InputError(name, "must be above 0 and below 1", described(value))
    return number


def whole_number(name: str, value: object, least: int, most: int | None = None) -> int:
    """Check an option that must be an integer of at least `least`, and at most `most`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError(name, "must be an integer", described(value))
    if value < least:
        raise InputError(name, f"must be at least {least}", described(value))
    if most is not None and value > most:
        raise InputError(name, f"must be at most {most}", described(value))
    return int(value)


def of_type(name: str, value: object, kind: type[Kind], such_as: str) -> Kind:
    """Check that an argument is an object of ours; `such_as` tells where to get one."""
    if not isinstance(value, kind):
        raise InputError(name, f"must be {kind.__name__}, such as {such_as}", described(value))
    return value


def flag(name: str, value: object) -> None:
    """Check an option that must be True or False."""
    if not isinstance(value, bool):
        raise InputError(name, "must be True or False", described(value))


def choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Check an option that must be one of a few words."""
    if not isinstance(value, str) or value not in choices:
        raise InputError(name, f"must be one of {', '.join(choices)}", described(value))


def text(name: str, value: object) -> str:
    """Check an option that must be a string."""
    if not isinstance(value, str):
        raise InputError(name, "must be a string", described(value))
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which no file can hold
        raise InputError(name, "must be text in Unicode", described(value)) from None
    return value


def listed(name: str, value: object, such_as: str) -> list[Any]:
    """List the items of an argument that must be a list, or anything like one but a string."""
    if not isinstance(value, str | bytes | Mapping) and isinstance(value, Iterable):
        with contextlib.suppress(TypeError):  # arrays without a dimension only look iterable
            return list(value)
    raise InputError(name, f"must be a list, such as {such_as}", described(value))


def mapping(name: str, value: object, such_as: str) -> Mapping[Any, Any]:
    """Check an argument that must be a mapping."""
    if not isinstance(value, Mapping):
        raise InputError(name, f"must be a mapping, such as {such_as}", described(value))
    return value


def callback(name: str, value: object) -> None:
    """Check an argument that must be a function, or None."""
    if value is not None and not callable(value):
        raise InputError(name, "must be a function or None", described(value))


def file_path(name: str, value: object) -> str:
    """Check an argument that must be the path of a file, which need not exist."""
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise InputError(name, "must be the path of a file", described(value))
    path = os.fspath(value)
    try:
        Path(os.fsdecode(path)).stat()
    except FileNotFoundError:
        pass
    except ValueError:
        raise InputError(name, "must be a path without null characters", described(path)) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(name, "must be a shorter path", described(path)) from None
    return str(path)
