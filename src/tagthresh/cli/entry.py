"""The way in and out: errors become one line and an exit code."""

from __future__ import annotations

import io
import os
import sys
import warnings
from typing import TextIO

import typer

from tagthresh import process
from tagthresh.cli.app import app
from tagthresh.cli.printing import note
from tagthresh.io.atomic import remove_unfinished
from tagthresh.validation import InputError

IN_PARTS = ("fit", "evaluate", "apply")  # commands that take several files
ELSEWHERE = "is an option of tagthresh guarantee"
# What to do in place of an option that a command lacks.
HINTS = {
    **{("fit", name): ELSEWHERE for name in ("--precision", "--recall", "--confidence")},
    ("fit", "--jointly"): ELSEWHERE,
    ("guarantee", "--group-column"): "is not for guarantees, which need independent clips: keep "
    "one of each group in the file, and --ignore the column",
}


process.before_end(remove_unfinished)


def main() -> None:
    """Run the command line."""
    streams = sys.stdout, sys.stderr
    _print_any_name()
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_, **__: note(f"warning: {message}")
        code = _run()
    process.wait_if_ending()
    sys.stdout, sys.stderr = streams  # typer replaces one that is closed
    for stream in streams:
        _discard_unwritten(stream)
    sys.exit(code)


def _run() -> int | None:
    """Run the command, and give its exit code."""
    try:
        code: int | None = app(prog_name="tagthresh", standalone_mode=False)
        sys.stdout.flush()  # while an error can still be reported
    except InputError as error:
        return _failed(str(error))
    except typer.TyperException as error:
        return _failed(_usage(error))
    except SystemExit as stop:
        if not isinstance(stop.__context__, BrokenPipeError):
            raise
        return 0  # typer's way out when the reader of the output, such as head, has seen enough
    except (KeyboardInterrupt, typer.Abort):
        note("tagthresh: stopped")
        return 130
    except OSError as error:
        return _output_failed(error)
    return code


def _usage(error: typer.TyperException) -> str:
    """Say what is wrong with the command line."""
    context: typer.Context | None = getattr(error, "ctx", None)
    command = context.command_path if context else "tagthresh"
    message = " ".join(error.format_message().splitlines())
    if "unexpected extra argument" in message and command.split()[-1] in IN_PARTS:
        message += "; several files are a folder, or a pattern in quotes: 'shards/*.npz'"
    option = getattr(error, "option_name", "")
    hint = HINTS.get((command.split()[-1], option))
    if hint is not None:
        return f"{option} {hint}"
    return f"{message} (see {command} --help)"


def _output_failed(error: OSError) -> int:
    """Say why standard output cannot be written: errors of files are `InputError` by now."""
    if isinstance(error, BrokenPipeError):
        return 0
    name = "cannot write standard output" if error.filename is None else error.filename
    return _failed(f"{name}: {error.strerror or error}")


def _print_any_name() -> None:
    """Escape what a terminal's encoding lacks: a tag in Chinese is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _discard_unwritten(stream: TextIO) -> None:
    """Send what cannot be written nowhere, or the interpreter's last flush would fail again."""
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _failed(message: str) -> int:
    note(f"tagthresh: {message}")
    return 2
