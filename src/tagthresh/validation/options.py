"""Numbers, words and objects that a function is given as options."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tagthresh.validation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = TypeVar("Kind")


def finite_number(name: str, value: object) -> float:
    """Check an option that must be a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputError(f"{name} must be a number; got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not np.isfinite(number):
        shown = repr(value) if len(repr(value)) < 40 else "a larger one"
        raise InputError(f"{name} must be finite; got {shown}")
    return number


def number_of(name: str, text: str, other: str = "") -> float:
    """Read a finite number from text; `other` is what else the caller takes."""
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        shown = text if len(text) <= 40 else f"{text[:37]}..."
        raise InputError(f"{name} must be a finite number{other}; got {shown!r}")
    return number


def positive_number(name: str, value: object) -> float:
    """Check an option that must be a finite number above 0."""
    number = finite_number(name, value)
    if number <= 0:
        raise InputError(f"{name} must be above 0; got {value!r}")
    return number


def share(name: str, value: object) -> float:
    """Check an option that must be a number above 0 and below 1."""
    number = finite_number(name, value)
    if not 0 < number < 1:
        raise InputError(f"{name} must be above 0 and below 1; got {value!r}")
    return number


def whole_number(name: str, value: object, least: int) -> int:
    """Check an option that must be an integer of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError(f"{name} must be an integer; got {value!r}")
    if value < least:
        raise InputError(f"{name} must be at least {least}; got {value!r}")
    return int(value)


def of_type(name: str, value: object, kind: type[Kind], such_as: str) -> Kind:
    """Check that an argument is an object of ours; `such_as` tells where to get one."""
    if not isinstance(value, kind):
        raise InputError(f"{name} must be {kind.__name__}, such as {such_as}; got {value!r:.80}")
    return value


def flag(name: str, value: object) -> None:
    """Check an option that must be True or False."""
    if not isinstance(value, bool):
        raise InputError(f"{name} must be True or False; got {value!r}")


def choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Check an option that must be one of a few words."""
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}; got {value!r}")
