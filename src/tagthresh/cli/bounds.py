"""``tagthresh fit`` with limits: fixed thresholds, lowest and highest ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tagthresh.cli import parsing
from tagthresh.validation import InputError, nearest, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Within = tuple[dict[str, float | None], dict[str, dict[str, float]]]
Fix = Annotated[
    list[str] | None,
    typer.Option(
        "--fix",
        metavar="TAG=VALUE",
        help="Fix a tag's threshold before the fit, to a number or never: the others are found to "
        "go with it, while --set leaves them as they are; may be repeated.",
    ),
]
Min = Annotated[
    list[str] | None,
    typer.Option(
        "--min",
        metavar="[TAG=]VALUE",
        help="Lowest threshold that a tag may get, or all tags; may be repeated.",
    ),
]
Max = Annotated[
    list[str] | None,
    typer.Option(
        "--max",
        metavar="[TAG=]VALUE",
        help="Highest threshold that a tag may get, or all tags; may be repeated.",
    ),
]
WORDS: dict[str, Literal["never", "shared"]] = {"never": "never", "shared": "shared"}
Unseen = Annotated[
    str | None,
    typer.Option(
        "--unseen",
        metavar="VALUE",
        help="Threshold of tags without a known positive: never, shared (the best single one of "
        "all tags) or a number; what the method makes of them by default.",
    ),
]


def read(
    fix: Iterable[str], least: Iterable[str], most: Iterable[str], by_hand: Iterable[str]
) -> Within:
    """Read fixed thresholds, and bounds by option and tag; "" is all tags.

    Examples
    --------
    >>> read(["Dog=never"], ["0.1", "Rain=0.2"], [], [])
    ({'Dog': None}, {'--min': {'': 0.1, 'Rain': 0.2}, '--max': {}})
    """
    fixed = parsing.thresholds("--fix", fix)
    ends = {"--min": parsing.ends("--min", least), "--max": parsing.ends("--max", most)}
    for option, given in {**ends, "--set": by_hand}.items():
        twice = [tag for tag in given if tag in fixed]
        if twice:
            raise InputError(f"--fix and {option}", "must not name the same tag", f"{twice[0]!r}")
    return fixed, ends


def unseen(given: str | None) -> float | Literal["never", "shared"] | None:
    """Read the threshold of tags without a known positive.

    Examples
    --------
    >>> unseen("Shared"), unseen("0.5")
    ('shared', 0.5)
    """
    if given is None:
        return None
    word = WORDS.get(given.lower())
    return word or number_of("--unseen", given, ", never or shared")


def arguments(
    fixed: Mapping[str, float | None],
    ends: Mapping[str, Mapping[str, float]],
    names: Iterable[str],
) -> dict[str, Any]:
    """Arguments of `find_thresholds` for tags of some names; none where there are no limits."""
    names = list(names)
    for option, given in {"--fix": fixed, **ends}.items():
        for tag in given:
            if tag and tag not in names:
                raise InputError(
                    option, f"must name a tag; none is called {tag!r}{nearest(tag, names)}"
                )
    if not fixed and not any(ends.values()):
        return {}
    bounds = {tag: tuple(_end(ends[option], tag) for option in ends) for tag in names}
    for tag, (low, high) in bounds.items():
        if low is not None and high is not None and low > high:
            raise InputError("--min", "must not be above --max", f"{low} and {high} for {tag!r}")
    return {"fixed": fixed, "bounds": {tag: bounds[tag] for tag in names if tag not in fixed}}


def _end(given: Mapping[str, float], tag: str) -> float | None:
    return given.get(tag, given.get(""))
