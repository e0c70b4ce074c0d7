"""``tagthresh fit`` with limits: fixed thresholds, lowest and highest ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tagthresh.cli import parsing
from tagthresh.validation import InputError, nearest, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
Unseen = Annotated[
    str | None,
    typer.Option(
        "--unseen",
        metavar="VALUE",
        help="Threshold of tags without a known positive: never, shared (the best single one of "
        "all tags), prior (the cut that the other tags suggest) or a number. By default tags "
        "without any known label are never given, and others get what the method makes of them.",
    ),
]
Word = Literal["never", "prior", "shared"]
WORDS: dict[str, Word] = {"never": "never", "prior": "prior", "shared": "shared"}


@dataclass(frozen=True)
class Limits:
    """Limits of thresholds, as the options --fix, --min, --max and --unseen give them.

    Examples
    --------
    >>> limits = Limits(["Dog=never"], ["0.1", "Rain=0.2"])
    >>> limits.arguments(["Dog", "Rain"])
    {'unseen': None, 'fixed': {'Dog': None}, 'bounds': {'Rain': (0.2, None)}}
    """

    fix: Fix = None
    least: Min = None
    most: Max = None
    unseen: Unseen = None

    @cached_property
    def by_option(self) -> dict[str, Mapping[str, float | None]]:
        """Thresholds by tag, "" for all tags, for each option; None is never."""
        return {
            "--fix": parsing.thresholds("--fix", self.fix or []),
            "--min": {**parsing.bounds("--min", self.least or [])},
            "--max": {**parsing.bounds("--max", self.most or [])},
        }

    def check(self, by_hand: Iterable[str]) -> None:
        """Check that no tag that is fixed has another limit, or is set by hand."""
        fixed, *others = self.by_option
        tags = {option: self.by_option[option] for option in others} | {"--set": by_hand}
        for option in tags:
            for tag in tags[option]:
                if tag in self.by_option[fixed]:
                    raise InputError(
                        f"{fixed} and {option}", "must not name the same tag", f"{tag!r}"
                    )
        _unseen(self.unseen)

    def arguments(self, tags: Iterable[str]) -> dict[str, Any]:
        """Arguments of `find_thresholds` for these tags."""
        tags = list(tags)
        for option, by_tag in self.by_option.items():
            check_tags(option, by_tag, tags)
        arguments: dict[str, Any] = {"unseen": _unseen(self.unseen)}
        if any(self.by_option.values()):
            fixed = self.by_option["--fix"]
            bounds = {tag: self._bounds(tag) for tag in tags if tag not in fixed}
            arguments |= {"fixed": fixed, "bounds": bounds}
        return arguments

    def _bounds(self, tag: str) -> tuple[float | None, float | None]:
        """Lowest and highest threshold of a tag."""
        ends = (self.by_option[option] for option in ("--min", "--max"))
        low, high = (by_tag.get(tag, by_tag.get("")) for by_tag in ends)
        if low is not None and high is not None and low > high:
            raise InputError("--min", "must not be above --max", f"{low} and {high} for {tag!r}")
        return low, high


def check_tags(option: str, by_tag: Iterable[str], tags: Sequence[str]) -> None:
    """Check that an option names tags; "" stands for all."""
    for tag in by_tag:
        if tag and tag not in tags:
            rule = f"must name a tag; none is called {tag!r}{nearest(tag, tags)}"
            raise InputError(option, rule)


def _unseen(text: str | None) -> float | Word | None:
    """Read the threshold of tags without a known positive."""
    if text is None:
        return None
    return WORDS.get(text.lower()) or number_of("--unseen", text, ", never, prior or shared")
