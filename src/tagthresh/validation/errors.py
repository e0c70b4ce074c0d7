"""The error that every check raises, and where in the data it points to."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tagthresh.formatting import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

VALUE_LENGTH = 80  # characters of a value that a message shows
MESSAGE_LENGTH = 300
LONG = 10**40  # Python refuses to write integers of thousands of digits


@dataclass(frozen=True)
class Place:
    """Where a value stands, as far as it is known.

    Attributes
    ----------
    file : path or None
    clip : int or None
        Position of the clip, from 0.
    clip_name : str or None
    tag : str, int or None
        Name of the tag; its position where tags have no names.
    """

    file: str | os.PathLike[str] | None = None
    clip: int | None = None
    clip_name: str | None = None
    tag: str | int | None = None

    def __str__(self) -> str:
        name = "" if self.clip_name is None else f" ('{self.clip_name}')"
        clip = "" if self.clip is None else f"clip {self.clip}{name}"
        tag = "" if self.tag is None else f"tag {_quoted(self.tag)}"
        return ", ".join(part for part in (clip, tag) if part)


def _quoted(tag: str | int) -> str:
    """Name in quotes as it is, whose backslashes `repr` would double."""
    return f"'{tag}'" if isinstance(tag, str) else str(tag)


def described(value: object) -> str:
    """Show a value of any kind; an integer too long for Python to write, by its size.

    Examples
    --------
    >>> described("10"), described(10**5000)
    ("'10'", 'an integer of 16610 bits')
    """
    if isinstance(value, int) and abs(value) >= LONG:
        return f"an integer of {value.bit_length()} bits"
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 -- whatever an object of the user does, the error is ours
        return f"a {type(value).__name__}"


class InputError(ValueError):
    """An argument, an option or a file breaks a rule.

    The message is one line: ``<file>: <argument> <rule>; got <value> at <place>. <remedy>``.

    Parameters
    ----------
    argument : str
        What breaks the rule: a parameter, an option of the command line or a file.
    rule : str
        The rule, as the end of a sentence: "must be finite".
    value : object, optional
        What was given instead, shown by `str`.
    place : Place, optional
        Where it stands.
    remedy : str, optional
        What to do, as a sentence without its full stop.

    Examples
    --------
    >>> error = InputError("y_score", "must be finite", "nan", Place(clip=3, tag="Dog"))
    >>> print(error)
    y_score must be finite; got nan at clip 3, tag 'Dog'
    >>> print(error.located(argument="scores", file="dev.csv", first_clip=100))
    dev.csv: scores must be finite; got nan at clip 103, tag 'Dog'
    """

    def __init__(
        self,
        argument: str | os.PathLike[str],
        rule: str,
        value: object = None,
        place: Place | None = None,
        remedy: str | None = None,
    ) -> None:
        argument = os.fspath(argument)
        super().__init__(argument, rule, value, place, remedy)
        self.argument = argument
        self.rule = rule
        self.value = value
        self.place = place or Place()
        self.remedy = remedy

    def __str__(self) -> str:
        file = "" if self.place.file is None else f"{self.place.file}: "
        value = "" if self.value is None else f"; got {shortened(str(self.value), VALUE_LENGTH)}"
        where = str(self.place) and f" at {self.place}"
        remedy = "" if self.remedy is None else f". {self.remedy}"
        text = f"{file}{self.argument} {self.rule}{value}{where}{remedy}"
        return shortened(visible(text.strip()), MESSAGE_LENGTH)

    def located(
        self,
        *,
        argument: str | None = None,
        file: str | None = None,
        first_clip: int = 0,
        clips: Sequence[str] | None = None,
    ) -> InputError:
        """Return the same error in the words of whoever gave the data.

        Parameters
        ----------
        argument : str, optional
            What the argument is called there.
        file : str, optional
            The file that is at fault.
        first_clip : int, default 0
            Position of the first clip of the part of the data that was checked.
        clips : sequence of str, optional
            Names of the clips of that part.
        """
        place, clip = self.place, self.place.clip
        if clip is not None:
            name = place.clip_name if clips is None else clips[clip]
            place = replace(place, clip=clip + first_clip, clip_name=name)
        place = replace(place, file=file or place.file)
        return InputError(argument or self.argument, self.rule, self.value, place, self.remedy)
