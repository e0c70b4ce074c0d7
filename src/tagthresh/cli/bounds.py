"""``tagthresh fit`` with limits: fixed thresholds, lowest and highest ones."""

from __future__ import annotations

from dataclasses import dataclass
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
Word = Literal["never", "prior", "shared"]
WORDS: dict[str, Word] = {"never": "never", "prior": "prior", "shared": "shared"}
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


@dataclass(frozen=True)
class Limits:
    """Limits of thresholds by tag; "" is all tags.

    Attributes
    ----------
    fixed : mapping of str to float or None
        Thresholds that are fixed before the fit; None is never.
    lowest, highest : mapping of str to float

    Examples
    --------
    >>> limits = Limits.of(["Dog=never"], ["0.1", "Rain=0.2"], [])
    >>> limits.arguments(["Dog", "Rain"])
    {'fixed': {'Dog': None}, 'bounds': {'Rain': (0.2, None)}}
    """

    fixed: Mapping[str, float | None]
    lowest: Mapping[str, float]
    highest: Mapping[str, float]

    @classmethod
    def of(
        cls, fix: Iterable[str] | None, least: Iterable[str] | None, most: Iterable[str] | None
    ) -> Limits:
        """Read the options --fix, --min and --max, which must not name the same tag."""
        fixed = parsing.thresholds("--fix", fix or [])
        limits = cls(
            fixed, parsing.bounds("--min", least or []), parsing.bounds("--max", most or [])
        )
        limits.check_free({"--min": limits.lowest, "--max": limits.highest})
        return limits

    def check_free(self, by_option: Mapping[str, Iterable[str]]) -> None:
        """Check that no tag of an option is fixed."""
        for option, tags in by_option.items():
            for tag in tags:
                if tag in self.fixed:
                    rule = "must not name the same tag"
                    raise InputError(f"--fix and {option}", rule, f"{tag!r}")

    def arguments(self, tags: Iterable[str]) -> dict[str, Any]:
        """Arguments of `find_thresholds` for these tags; none where there are no limits."""
        tags = list(tags)
        check_tags("--fix", self.fixed, tags)
        check_tags("--min", self.lowest, tags)
        check_tags("--max", self.highest, tags)
        if not (self.fixed or self.lowest or self.highest):
            return {}
        bounds = {tag: self._bounds(tag) for tag in tags if tag not in self.fixed}
        return {"fixed": self.fixed, "bounds": bounds}

    def _bounds(self, tag: str) -> tuple[float | None, float | None]:
        """Lowest and highest threshold of a tag."""
        low, high = (ends.get(tag, ends.get("")) for ends in (self.lowest, self.highest))
        if low is not None and high is not None and low > high:
            raise InputError("--min", "must not be above --max", f"{low} and {high} for {tag!r}")
        return low, high


def check_tags(option: str, by_tag: Iterable[str], tags: Sequence[str]) -> None:
    """Check that an option names tags; "" stands for all."""
    for tag in by_tag:
        if tag and tag not in tags:
            rule = f"must name a tag; none is called {tag!r}{nearest(tag, tags)}"
            raise InputError(option, rule)


def unseen(text: str | None) -> float | Word | None:
    """Read the threshold of tags without a known positive.

    Examples
    --------
    >>> unseen("Shared"), unseen("0.5")
    ('shared', 0.5)
    """
    if text is None:
        return None
    return WORDS.get(text.lower()) or number_of("--unseen", text, ", never, prior or shared")
