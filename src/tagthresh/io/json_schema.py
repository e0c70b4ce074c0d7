"""Read JSON files by a schema: what a file must hold, as data, from the key to the number.

Checkers of lists and objects are made of the checkers of what they hold
(`tagthresh.io.json_values`), so a schema is one expression; `load` applies it to a file. What
depends on two keys together, such as equal lengths, is for the function that takes the result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from tagthresh.io.json_values import Checker, number, one_of, text, wrong
from tagthresh.io.text_files import read_json
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

Result = TypeVar("Result")
NOTHING: Mapping[str, Checker] = MappingProxyType({})


@dataclass(frozen=True)
class Nullable:
    """A checker that lets null pass, which stands for `null`."""

    check: Checker
    null: Any = None

    def __call__(self, key: str, value: object) -> Any:
        """Check a value that is not null."""
        return self.null if value is None else self.check(key, value)


def load(
    path: str | os.PathLike[str], kind: str, schema: Checker, make: Callable[[Any], Result]
) -> Result:
    """Read a file.

    Parameters
    ----------
    path : path
        The file.
    kind : str
        What it should be, for the error of a file that is something else: "a profile".
    schema : callable
        Checker of the whole.
    make : callable
        Takes what the checker returns; checks what keys must be together.

    Raises
    ------
    InputError
        When the file cannot be read, is not JSON, or does not follow the schema.
    """
    content = read_json(path, kind)
    try:
        return make(schema("it", content))
    except InputError as error:
        rule = f"is not {kind}: {error.argument} {error.rule}"
        raise InputError(str(path), rule, error.value, error.place, error.remedy) from None


def list_of(entry: Checker, least: int = 0) -> Checker:
    """Make the checker of a list; with `least` 1, of one that is not empty."""

    def check(key: str, value: object) -> list[Any]:
        if not isinstance(value, list) or len(value) < least:
            raise wrong(key, f"must be a list{' that is not empty' * least}", value)
        checked = []
        for place, item in enumerate(value):
            try:
                checked.append(entry(key, item))
            except InputError as error:
                where = f"{error.value} at entry {place}"
                raise InputError(error.argument, error.rule, where, None, error.remedy) from None
        return checked

    return check


def rows_of(entry: Checker) -> Checker:
    """Make the checker of lists of one length, one per tag."""
    rows = list_of(entry)

    def check(key: str, value: object) -> list[Any]:
        if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
            raise wrong(key, "must be lists of numbers", value)
        if len(set(map(len, value))) > 1:
            raise wrong(key, "must be lists of numbers of one length", value)
        return list(rows(key, value))

    return check


def pair_of(entry: Checker) -> Checker:
    """Make the checker of a list of two numbers."""
    pair = list_of(entry)

    def check(key: str, value: object) -> list[Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise wrong(key, "must hold pairs of numbers", value)
        return list(pair(key, value))

    return check


def range_of(entry: Checker) -> Checker:
    """Make the checker of a list of two numbers, the first not above the second; null is open."""
    pair = pair_of(entry)

    def check(key: str, value: object) -> list[Any]:
        low, high = pair(key, value)
        if low is not None and high is not None and low > high:
            raise InputError(key, "must hold ranges from low to high", f"{low} to {high}")
        return [low, high]

    return check


def ascending(entry: Checker) -> Checker:
    """Make the checker of a list of numbers, none below the one before it."""
    numbers = list_of(entry, 1)

    def check(key: str, value: object) -> list[Any]:
        checked: list[Any] = numbers(key, value)
        for before, after in pairwise(checked):
            if after < before:
                raise InputError(key, "must ascend", f"{before} before {after}")
        if not math.isfinite(checked[-1] - checked[0]):
            raise InputError(key, "must span a finite range", f"{checked[0]} to {checked[-1]}")
        return checked

    return check


def mapping_of(entry: Checker) -> Checker:
    """Make the checker of an object whose keys are names, such as tags."""

    def check(key: str, value: object) -> dict[str, Any]:
        return {
            text(f"{key}: a name", name): entry(f"{key} of {name!r}", part)
            for name, part in _object(key, value).items()
        }

    return check


def record(
    required: Mapping[str, Checker],
    optional: Mapping[str, Checker] = NOTHING,
    *,
    closed: bool = False,
) -> Checker:
    """Make the checker of an object with known keys, in their order.

    A null whose checker is not `Nullable` is the same as no key. Other keys are left out, or are
    wrong where the object is `closed`.
    """

    def check(key: str, value: object) -> dict[str, Any]:
        if closed and not (isinstance(value, dict) and set(value) == set(required)):
            *names, last = required
            shown = list(value) if isinstance(value, dict) else value
            raise wrong(key, f"must hold {', '.join(names)} and {last}", shown)
        content = _object(key, value)
        known = {**required, **optional}.items()
        checkers = {n: c for n, c in known if n in required or n in content}
        lacking = [n for n, c in checkers.items() if _lacks(content, n, c)]
        if lacking:
            raise wrong(key, f"lacks the key {min(lacking)!r}", list(content))
        prefix = "" if key == "it" else f"{key} "
        return {n: checker(f"{prefix}{n}", content[n]) for n, checker in checkers.items()}

    return check


def versioned(
    version: int,
    required: Mapping[str, Checker],
    optional: Mapping[str, Checker] = NOTHING,
) -> Checker:
    """Make the checker of a whole file, whose ``schema_version`` is looked at first."""
    rest = record(required, optional)

    def check(key: str, value: object) -> dict[str, Any]:
        one_of(version)("schema_version", _object(key, value).get("schema_version"))
        return dict(rest(key, value))

    return check


def _object(key: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(key, "must hold an object" if key == "it" else "must be an object", value)
    return value


def _lacks(content: Mapping[str, object], key: str, check: Checker) -> bool:
    return key not in content or (content[key] is None and not isinstance(check, Nullable))


def same_length(
    content: Mapping[str, Any], length: int, keys: Iterable[str], entries: str, prefix: str = ""
) -> None:
    """Check that the lists at some keys, where they are, have so many `entries`."""
    for key in keys:
        value = content.get(key)
        if value is not None and len(value) != length:
            raise InputError(f"{prefix}{key}", f"must hold {length} {entries}", len(value))


def masses(key: str, value: object) -> list[float]:
    """Check a list of numbers of at least 0 whose sum is finite."""
    checked: list[float] = list_of(number(0))(key, value)
    if not math.isfinite(sum(checked)):
        raise wrong(key, "must have a finite sum", sum(checked))
    return checked
