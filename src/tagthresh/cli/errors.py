"""Errors in the words of the command line: they name options and files, not arguments."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

IN_FILES = {"tags", "labels", "groups"}  # what files hold that options give as well


@contextmanager
def of_option(option: str, text: str) -> Iterator[None]:
    """Let an error name the option, and the text that it was given."""
    try:
        yield
    except InputError as error:
        if error.argument == option[2:] and error.rule.startswith("must"):
            raise error.located(argument=option) from None
        raise error.located(file=f"{option} {text}") from None


@contextmanager
def renamed(**names: str) -> Iterator[None]:
    """Let an error about an argument name what it was made of: a file, or an option."""
    try:
        yield
    except InputError as error:
        name = names.get(error.argument.removesuffix(":"))
        of_file = error.place.file is not None and error.argument in IN_FILES
        if name is None or of_file:
            raise
        raise error.located(argument=name) from None


def as_options(*arguments: str) -> AbstractContextManager[None]:
    """Let an error about one of some arguments name the option that gave it."""
    return renamed(**{name: f"--{name.replace('_', '-')}" for name in arguments})
