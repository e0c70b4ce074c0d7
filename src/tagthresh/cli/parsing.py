"""Values given as text: NAME=VALUE, TAG=VALUE, metrics and methods with options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagthresh.cli import errors
from tagthresh.methods import as_method
from tagthresh.metrics import Cost, as_metric
from tagthresh.validation import InputError, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tagthresh.methods import Method
    from tagthresh.metrics import Metric

Value = bool | int | float | str
WORDS = {"true": True, "false": False}


def method(text: str, pairs: Iterable[str]) -> Method:
    """Read a method from its name, and its options from NAME=VALUE."""
    values = options("--option", pairs)
    with errors.of_option("--method", text):
        return as_method(text, **values)


def methods(text: str) -> list[Method]:
    """Read methods from NAME:OPTION=VALUE:OPTION=VALUE,NAME,..."""
    parts = [part.strip().split(":") for part in text.split(",")]
    with errors.of_option("--methods", text):
        return [as_method(name, **options("options", pairs)) for name, *pairs in parts]


def metric(text: str, costs: str | None = None) -> Metric:
    """Read a metric from NAME:OPTION=VALUE:OPTION=VALUE, or the costs of its tags from a file.

    Examples
    --------
    >>> metric("cost:miss=20").miss
    20.0
    """
    if costs is not None:
        if text != "cost":
            raise InputError("--costs", "needs --metric cost", text)
        return Cost.from_file(costs)
    with errors.of_option("--metric", text):
        return as_metric(text)


def metrics(texts: Iterable[str], costs: str | None) -> dict[str, Metric]:
    """Read several metrics, by the names asked for; a file of costs is for the one called cost.

    Examples
    --------
    >>> metrics(["mcc_macro"], None)
    {'mcc_macro': MatthewsCorrcoef(average='macro')}
    """
    texts = list(texts)
    if costs is not None and "cost" not in texts:
        raise InputError("--costs", "needs --metric cost", ", ".join(texts) or "none")
    by_name: dict[str, Metric] = {}
    for text in texts:
        name = text.partition(":")[0]
        of_text = metric(text, costs if text == "cost" else None)
        by_name[text if name in by_name else name] = of_text
    return by_name


def reference(text: str) -> str:
    """Read the method that others are compared with, as in a list of methods, or by bare name."""
    if ":" not in text:
        return text
    with errors.of_option("--reference", text):
        return methods(text)[0].label


def options(option: str, pairs: Iterable[str]) -> dict[str, Value]:
    """Read options of a method.

    Examples
    --------
    >>> options("--option", ["epochs=200", "start=.5", "joint=true", "a=word"])
    {'epochs': 200, 'start': 0.5, 'joint': True, 'a': 'word'}
    """
    return {name: _value(option, name, text) for name, text in _split(option, pairs).items()}


def thresholds(option: str, pairs: Iterable[str]) -> dict[str, float | None]:
    """Read thresholds of tags; None is never.

    Examples
    --------
    >>> thresholds("--set", ["Dog=.4", "Gunshot, gunfire=Never"])
    {'Dog': 0.4, 'Gunshot, gunfire': None}
    """
    return {
        tag: None if text.lower() == "never" else number_of(f"{option} {tag!r}", text, " or never")
        for tag, text in _split(option, pairs).items()
    }


def bounds(option: str, texts: Iterable[str]) -> dict[str, float]:
    """Read a lowest or highest threshold of tags; of all tags, "", where none is named.

    Examples
    --------
    >>> bounds("--min", ["0.1", "Dog=0.2"])
    {'': 0.1, 'Dog': 0.2}
    """
    by_tag: dict[str, float] = {}
    for text in texts:
        tag, _, value = text.rpartition("=")
        if tag in by_tag:
            rule = f"must be given once for {tag or 'all tags'!r}"
            raise InputError(option, rule, f"{text!r}")
        by_tag[tag] = number_of(f"{option} {tag!r}" if tag else option, value)
    return by_tag


def _split(option: str, pairs: Iterable[str]) -> dict[str, str]:
    """Split at the last sign: names of tags may hold one."""
    values: dict[str, str] = {}
    for text in pairs:
        name, _, value = text.rpartition("=")
        if not name.strip():
            raise InputError(option, "must be NAME=VALUE", f"{text!r}")
        if name in values:
            raise InputError(option, f"must give {name!r} once", f"{values[name]} and {value}")
        values[name] = value.strip()
    return values


def _value(option: str, name: str, text: str) -> Value:
    """Read a whole number, a number, true or false; anything else is a word."""
    try:
        float(text)
    except ValueError:
        return WORDS.get(text.lower(), text)
    number = number_of(f"{option} {name!r}", text)
    return int(text) if text.lstrip("+-").isdecimal() else number
