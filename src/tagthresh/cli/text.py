"""Values given as text: NAME=VALUE, TAG=VALUE and methods with options."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from tagthresh.checks import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tagthresh.crossfit import CrossFit
    from tagthresh.methods import Method
    from tagthresh.metrics import Metric

Value = bool | int | float | str
WORDS = {"true": True, "false": False}


def methods(text: str) -> list[Method]:
    """Read methods from NAME:OPTION=VALUE:OPTION=VALUE,NAME,..."""
    from tagthresh.methods import as_method

    parts = [part.strip().split(":") for part in text.split(",")]
    return [as_method(name, **options("--methods", given)) for name, *given in parts]


def metric(text: str) -> Metric:
    """Read a metric from NAME:OPTION=VALUE:OPTION=VALUE.

    Examples
    --------
    >>> metric("cost:miss=20").miss
    20.0
    """
    from tagthresh.metrics import as_metric

    name, *given = text.split(":")
    goal, chosen = as_metric(name), options("--metric", given)
    known = [field.name for field in dataclasses.fields(goal) if field.name != "average"]
    for option in chosen:
        if option not in known:
            has = f"has the options {', '.join(known)}" if known else "has no options"
            raise InputError(f"metric {name!r} {has}; got {option!r}")
    return dataclasses.replace(goal, **chosen)  # type: ignore[arg-type]


def reference(text: str) -> str:
    """Read the method that others are compared with, as in a list of methods, or by bare name."""
    return methods(text)[0].label if ":" in text else text


def options(option: str, given: Iterable[str]) -> dict[str, Value]:
    """Read options of a method.

    Examples
    --------
    >>> options("--option", ["epochs=200", "start=.5", "joint=true", "unseen=shared"])
    {'epochs': 200, 'start': 0.5, 'joint': True, 'unseen': 'shared'}
    """
    return {name: _value(option, name, text) for name, text in _pairs(option, given).items()}


def thresholds(option: str, given: Iterable[str]) -> dict[str, float | None]:
    """Read thresholds of tags; None is never.

    Examples
    --------
    >>> thresholds("--set", ["Dog=.4", "Gunshot, gunfire=Never"])
    {'Dog': 0.4, 'Gunshot, gunfire': None}
    """
    return {
        tag: None if text.lower() == "never" else _finite(option, tag, text, " or never")
        for tag, text in _pairs(option, given).items()
    }


def ends(option: str, given: Iterable[str]) -> dict[str, float]:
    """Read a lowest or highest threshold of tags; of all tags, "", where none is named.

    Examples
    --------
    >>> ends("--min", ["0.1", "Dog=0.2"])
    {'': 0.1, 'Dog': 0.2}
    """
    found: dict[str, float] = {}
    for text in given:
        tag, _, value = text.rpartition("=")
        if tag in found:
            raise InputError(f"{option} must be given once for {tag or 'all tags'!r}; got {text!r}")
        found[tag] = _finite(option, tag or "of all tags", value)
    return found


def number(option: str, text: str) -> float:
    """Read a finite number."""
    found = _number(text)
    if found is None or not math.isfinite(found):
        raise InputError(f"{option} must be finite numbers; got {_short(text)!r}")
    return found


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    """Split at the last sign: names of tags may hold one."""
    pairs: dict[str, str] = {}
    for text in given:
        name, _, value = text.rpartition("=")
        if not name.strip():
            raise InputError(f"{option} must be NAME=VALUE; got {text!r}")
        if name in pairs:
            raise InputError(f"{option} must give {name!r} once; got {pairs[name]} and {value}")
        pairs[name] = value.strip()
    return pairs


def _value(option: str, name: str, text: str) -> Value:
    number = _number(text)
    if number is None:
        return WORDS.get(text.lower(), text)
    if not math.isfinite(number):
        raise InputError(f"{option} {name} must be finite; got {_short(text)}")
    return int(text) if text.lstrip("+-").isdecimal() else number


def _finite(option: str, tag: str, text: str, other: str = "") -> float:
    number = _number(text)
    if number is None or not math.isfinite(number):
        raise InputError(f"{option} {tag!r} must be a finite number{other}; got {_short(text)!r}")
    return number


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def value(goal: Metric, score: float) -> str:
    """Value of a metric: a share in percent, anything else as it is."""
    return f"{_shown(goal, score)} %" if goal.share else _shown(goal, score)


def expected(goal: Metric, found: CrossFit) -> str:
    """Tell what to expect on unseen clips."""
    low, high = (_shown(goal, end) for end in found.interval)
    return f"expect {value(goal, found.score)} on unseen clips (95 % interval {low} to {high})"


def _shown(goal: Metric, score: float) -> str:
    return f"{100 * score:.2f}" if goal.share else f"{score:.4g}"
