"""Read JSON files by a schema: what a file must hold, as data, from the key to the number.

A checker takes the name of a value and the value, and returns what the value stands for, or raises
an `InputError` with the name, the rule and what is there instead. Those of options
(`tagthresh.validation.options`) are checkers, too. Checkers of lists and objects are made of the
checkers of what they hold, so a schema is one expression; `load` applies it to a file. What
depends on two keys together, such as equal lengths, is for the function that takes the result.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from tagthresh import validation
from tagthresh.io.read_errors import reading
from tagthresh.validation import InputError, described

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

Checker = Callable[[str, object], Any]
Result = TypeVar("Result")
NOTHING: Mapping[str, Checker] = MappingProxyType({})
LONGEST_INTEGER = 1000  # digits
LONGEST = 100_000  # characters of a string
DEEPEST = 20  # levels of lists and objects in a value of any kind
LARGEST = 2**53  # integers up to here are exact as floats, too


def load(
    path: str | os.PathLike[str], kind: str, schema: Checker, make: Callable[[Any], Result]
) -> Result:
    """Read a file: check it by its schema, and make of the result what it stands for.

    `make` checks what keys must be together. The errors of another file say that it is not `kind`,
    such as "a profile".
    """
    content = read_json(path, kind)
    try:
        return make(schema("it", content))
    except InputError as error:
        rule = f"is not {kind}: {error.argument} {error.rule}"
        raise InputError(str(path), rule, error.value, error.place, error.remedy) from None


def read_json(path: str | os.PathLike[str], kind: str) -> Any:
    """Read a JSON file, which has no NaN, no infinity and no key twice."""
    validation.file_path("path", path)
    with reading(path):
        content = Path(path).read_bytes()
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_constant=_no_constant,
            parse_int=_integer,
            object_pairs_hook=_distinct,
        )
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(path, f"is not {kind}: not valid JSON ({error})") from None


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON; never is null")


def _integer(text: str) -> int | float:
    """Read an integer; one that no float can hold as infinite, for which Python may refuse it."""
    return int(text) if len(text) < LONGEST_INTEGER else float(text)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object whose keys differ: of two, JSON would take the last without a word."""
    content = dict(pairs)
    if len(content) < len(pairs):
        twice = validation.repeated([key for key, _ in pairs])
        raise ValueError(f"the key {twice!r} appears more than once")
    return content


def wrong(key: str, rule: str, value: object) -> InputError:
    """Make the error of a value; the message shows the beginning of the value."""
    return InputError(key, rule, described(value))


def number(least: float = -math.inf, most: float = math.inf) -> Checker:
    """Make the checker of a finite number within limits."""

    def check(key: str, value: object) -> float:
        checked = validation.finite_number(key, value)
        if not least <= checked <= most:
            raise wrong(key, f"must be from {least:g} to {most:g}", checked)
        return checked + 0.0  # -0.0 becomes 0.0

    return check


def whole(least: int) -> Checker:
    """Make the checker of an integer of at least `least`."""
    return lambda key, value: validation.whole_number(key, value, least, LARGEST)


def text(key: str, value: object) -> str:
    """Check a string that can be written to a file."""
    checked = validation.text(key, value)
    if len(checked) > LONGEST:
        raise InputError(key, f"must have at most {LONGEST} characters", len(checked))
    return checked


def one_of(*choices: str | int) -> Checker:
    """Make the checker of one of a few words, or of the only value that there may be."""
    one = len(choices) == 1
    rule = f"must be {choices[0]!r}" if one else f"must be one of {', '.join(map(str, choices))}"

    def check(key: str, value: object) -> object:
        if isinstance(value, bool) or value not in choices:
            raise wrong(key, rule, value)
        return value

    return check


def anything(key: str, value: object, depth: int = DEEPEST) -> object:
    """Check a value of any kind: it can be written again, and is not nested too deeply."""
    if depth == 0:
        raise InputError(key, f"must be nested at most {DEEPEST} levels deep")
    if isinstance(value, str):
        text(key, value)
    elif isinstance(value, list):
        for entry in value:
            anything(key, entry, depth - 1)
    elif isinstance(value, dict):
        for name, entry in value.items():
            anything(f"{key}.{text(f'{key}: a name', name)}", entry, depth - 1)
    elif value is not None and not isinstance(value, bool):
        validation.finite_number(key, value)
    return value


@dataclass(frozen=True)
class Nullable:
    """A checker that lets null pass, which stands for `null`."""

    check: Checker
    null: Any = None

    def __call__(self, key: str, value: object) -> Any:
        """Check a value that is not null."""
        return self.null if value is None else self.check(key, value)


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
