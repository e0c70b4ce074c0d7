"""The command line, run in this process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tagthresh import cli

if TYPE_CHECKING:
    from collections.abc import Callable


class Done(NamedTuple):
    """Exit code, and what was printed."""

    code: int
    out: str
    err: str


def runner(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Give a function that runs a command, given by its words."""

    def call(*args: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["tagthresh", *args])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        code = stop.value.code
        return Done(code if isinstance(code, int) else 0, *capfd.readouterr())

    return call
