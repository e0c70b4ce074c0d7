"""Values given as text: NAME=VALUE, TAG=VALUE, metrics and methods with options."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tagthresh.validation import InputError, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from tagthresh.evaluation.bootstrap import Interval
    from tagthresh.evaluation.crossfit import CrossFit
    from tagthresh.methods import Method
    from tagthresh.metrics import Metric

Value = bool | int | float | str
WORDS = {"true": True, "false": False}
IN_FILES = {"tags", "labels", "groups"}  # what files hold that options give as well


@contextmanager
def blamed(option: str, given: str) -> Iterator[None]:
    """Let an error name the option, and what it was given."""
    try:
        yield
    except InputError as error:
        if error.argument == option[2:] and error.rule.startswith("must"):
            raise error.located(argument=option) from None
        raise error.located(file=f"{option} {given}") from None


@contextmanager
def renamed(**subjects: str) -> Iterator[None]:
    """Let an error about an argument name what it was made of: a file, or an option."""
    try:
        yield
    except InputError as error:
        subject = subjects.get(error.argument.removesuffix(":"))
        of_file = error.place.file is not None and error.argument in IN_FILES
        if subject is None or of_file:
            raise
        raise error.located(argument=subject) from None


def named(*arguments: str) -> AbstractContextManager[None]:
    """Let an error about one of some arguments name the option that gave it."""
    return renamed(**{name: f"--{name.replace('_', '-')}" for name in arguments})


def method(text: str, given: Iterable[str]) -> Method:
    """Read a method from its name, and its options from NAME=VALUE."""
    from tagthresh.methods import as_method

    chosen = options("--option", given)
    with blamed("--method", text):
        return as_method(text, **chosen)


def methods(text: str) -> list[Method]:
    """Read methods from NAME:OPTION=VALUE:OPTION=VALUE,NAME,..."""
    from tagthresh.methods import as_method

    parts = [part.strip().split(":") for part in text.split(",")]
    with blamed("--methods", text):
        return [as_method(name, **options("options", given)) for name, *given in parts]


def metric(text: str, costs: str | None = None) -> Metric:
    """Read a metric from NAME:OPTION=VALUE:OPTION=VALUE, or the costs of its tags from a file.

    Examples
    --------
    >>> metric("cost:miss=20").miss
    20.0
    """
    from tagthresh.metrics import Cost, as_metric

    if costs is not None:
        if text != "cost":
            raise InputError("--costs", "needs --metric cost", text)
        return Cost.from_file(costs)
    with blamed("--metric", text):
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
    found: dict[str, Metric] = {}
    for text in texts:
        name = text.partition(":")[0]
        chosen = metric(text, costs if text == "cost" else None)
        found[text if name in found else name] = chosen
    return found


def reference(text: str) -> str:
    """Read the method that others are compared with, as in a list of methods, or by bare name."""
    if ":" not in text:
        return text
    with blamed("--reference", text):
        return methods(text)[0].label


def options(option: str, given: Iterable[str]) -> dict[str, Value]:
    """Read options of a method.

    Examples
    --------
    >>> options("--option", ["epochs=200", "start=.5", "joint=true", "a=word"])
    {'epochs': 200, 'start': 0.5, 'joint': True, 'a': 'word'}
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
        tag: None if text.lower() == "never" else number_of(f"{option} {tag!r}", text, " or never")
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
            raise InputError(option, f"must be given once for {tag or 'all tags'!r}", f"{text!r}")
        found[tag] = number_of(f"{option} {tag!r}" if tag else option, value)
    return found


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    """Split at the last sign: names of tags may hold one."""
    pairs: dict[str, str] = {}
    for text in given:
        name, _, value = text.rpartition("=")
        if not name.strip():
            raise InputError(option, "must be NAME=VALUE", f"{text!r}")
        if name in pairs:
            raise InputError(option, f"must give {name!r} once", f"{pairs[name]} and {value}")
        pairs[name] = value.strip()
    return pairs


def _value(option: str, name: str, text: str) -> Value:
    """Read a whole number, a number, true or false; anything else is a word."""
    try:
        float(text)
    except ValueError:
        return WORDS.get(text.lower(), text)
    number = number_of(f"{option} {name!r}", text)
    return int(text) if text.lstrip("+-").isdecimal() else number


def value(goal: Metric, score: float, interval: Interval | None = None) -> str:
    """Show the value of a metric, a share in percent, and its interval if it has one."""
    shown = f"{_shown(goal, score)} %" if goal.share else _shown(goal, score)
    if interval is None:
        return shown
    low, high = (_shown(goal, end) for end in interval)
    return f"{shown} ({low} to {high})"


def expected(goal: Metric, found: CrossFit) -> str:
    """Tell what to expect on unseen clips."""
    low, high = (_shown(goal, end) for end in found.interval)
    return f"expect {value(goal, found.score)} on unseen clips (95 % interval {low} to {high})"


def _shown(goal: Metric, score: float) -> str:
    return f"{100 * score:.2f}" if goal.share else f"{score:.4g}"
