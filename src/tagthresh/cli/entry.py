"""The way in and out: errors become one line and an exit code."""

from __future__ import annotations

import io
import os
import sys
import warnings
from typing import Any, NoReturn

import typer

from tagthresh.cli.app import app
from tagthresh.cli.printing import note
from tagthresh.validation import InputError

# Typer's own base of all usage errors, wherever its version keeps it.
UsageError: Any = typer.BadParameter.__base__
IN_PARTS = ("fit", "evaluate", "apply")  # commands that take several files


def main() -> None:
    """Run the command line."""
    _print_any_name()
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_, **__: note(f"warning: {message}")
        try:
            code = app(prog_name="tagthresh", standalone_mode=False)
            sys.stdout.flush()  # while an error can still be told
            sys.exit(code)
        except InputError as error:
            _fail(str(error))
        except UsageError as error:
            command = error.ctx.command_path if error.ctx else "tagthresh"
            told = error.format_message()
            if "unexpected extra argument" in told and command.split()[-1] in IN_PARTS:
                told += "; several files are a folder, or a pattern in quotes: 'shards/*.npz'"
            _fail(f"{told} (see {command} --help)")
        except (KeyboardInterrupt, typer.Abort):
            note("tagthresh: stopped")
            sys.exit(130)
        except OSError as error:
            _output_failed(error)


def _print_any_name() -> None:
    """Escape what a terminal's encoding lacks: a tag in Chinese is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _output_failed(error: OSError) -> NoReturn:
    """Tell why standard output cannot be written: errors of files are `InputError` by now."""
    if error.filename is not None:
        raise error
    # What is left in the buffer goes nowhere, or the interpreter's last flush would fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        sys.exit(0)  # the reader of the output, such as head, has seen enough
    _fail(f"cannot write standard output: {error.strerror or error}")


def _fail(message: str) -> NoReturn:
    note(f"tagthresh: {message}")
    sys.exit(2)
