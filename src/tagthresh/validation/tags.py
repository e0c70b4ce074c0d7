"""Names of tags, and where in a matrix something is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.validation.errors import InputError, Place, described
from tagthresh.validation.options import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

Tags = tuple[str, ...]


def tag_names(tags: Iterable[object] | None, n_tags: int, name: str = "tags") -> Tags | None:
    """Check names: one per tag, distinct, not empty."""
    if tags is None:
        return None
    if isinstance(tags, str):
        raise InputError(name, "must be a list of names", f"the single string {tags!r}")
    items = listed(name, tags, "['Dog', 'Rain']")
    for tag in items:
        if not isinstance(tag, str) or not tag.strip() or not _is_unicode(tag):
            raise InputError(name, "must hold non-empty strings", described(tag))
    names = tuple(str(tag) for tag in items)  # NumPy's strings show and hash as something else
    if len(names) != n_tags:
        raise InputError(name, "must hold one name per tag", f"{len(names)} for {n_tags} tags")
    check_distinct(name, names)
    return names


def check_distinct(name: str, names: Collection[str], remedy: str | None = None) -> None:
    """Check that names differ."""
    twice = repeated(names)
    if twice is not None:
        rule = f"must be distinct; {twice!r} appears more than once"
        raise InputError(name, rule, remedy=remedy)


def repeated(names: Collection[str]) -> str | None:
    """Return the most frequent name; None where all differ.

    Examples
    --------
    >>> repeated(["Dog", "Rain", "Dog"])
    'Dog'
    """
    return None if len(set(names)) == len(names) else Counter(names).most_common(1)[0][0]


def _is_unicode(text: str) -> bool:
    """Whether a string can be written to a file; half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def align(name: str, array: Any, tags: Tags | None, wanted: Tags | None) -> Any:
    """Order the columns of `array`, named `tags`, as `wanted`; without names, by position."""
    if tags is None or wanted is None or tags == wanted:
        return array
    position = {tag: i for i, tag in enumerate(tags)}
    missing = [tag for tag in wanted if tag not in position]
    if missing:
        raise InputError(name, f"must have the same tags as the rest; it lacks {_listed(missing)}")
    if len(tags) > len(wanted):
        extra = _listed(sorted(set(tags) - set(wanted)))
        raise InputError(name, f"must have the same tags as the rest; {extra} is not among them")
    return array[:, [position[tag] for tag in wanted]]


def numbered(names: Tags | None, others: Tags | None) -> Tags | None:
    """Names to match by: where there are none, the numbers of the tags, if the others are these.

    Examples
    --------
    >>> numbered(None, ("2", "0", "1")), numbered(None, ("Dog", "Rain"))
    (('0', '1', '2'), None)
    """
    if names is not None or others is None:
        return names
    numbers = tuple(map(str, range(len(others))))
    return numbers if set(others) == set(numbers) else None


def _listed(tags: Sequence[str]) -> str:
    shown = ", ".join(repr(tag) for tag in tags[:3])
    return shown if len(tags) <= 3 else f"{shown} and {len(tags) - 3} more"


def nearest(name: object, names: Iterable[str]) -> str:
    """Hint at the closest of some names; empty when none is close."""
    import difflib

    close = difflib.get_close_matches(name, list(names), 1) if isinstance(name, str) else []
    return f"; did you mean {close[0]!r}?" if close else ""


def nth_place(number: int, shape: tuple[int, ...], names: Tags | None) -> Place:
    """Name the pair of clip and tag of an entry of a matrix, by its number."""
    return place(np.unravel_index(number, shape), names)


def place(pair: Iterable[Any], names: Tags | None) -> Place:
    """Name a pair of clip and tag."""
    clip, tag = (int(i) for i in pair)
    return Place(clip=clip, tag=names[tag] if names else tag)
