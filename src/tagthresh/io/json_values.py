"""Check single values of a JSON file: numbers, words, and values of any kind.

A checker takes the name of a value and the value, and returns what the value stands for, or raises
an `InputError` with the name, the rule and what is there instead. Those of options
(`tagthresh.validation.options`) are checkers, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tagthresh import validation
from tagthresh.validation import InputError, described

Checker = Callable[[str, object], Any]

LONGEST = 100_000  # characters of a string
DEEPEST = 20  # levels of lists and objects in a value of any kind
LARGEST = 2**53  # integers up to here are exact as floats, too


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
