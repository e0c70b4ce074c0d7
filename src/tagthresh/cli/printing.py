"""What goes where: results to standard output, all else to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tagthresh.formatting import json_text, visible
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from tagthresh.thresholds.thresholds import Thresholds

SAME_CLIPS = "note: {} fitted on these very clips; expect less on others"
WIDTH = 120  # of tables where no terminal says how wide it is


@contextmanager
def stage(name: str) -> Iterator[Callable[[str], None]]:
    """Show what is going on, and for how long, while it lasts and somebody watches.

    Gives a function that changes what is shown.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    text = TextColumn("{task.description}", markup=False)  # brackets in a file name are no markup
    columns = SpinnerColumn(), text, TimeElapsedColumn()
    silent = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
        task = progress.add_task(visible(name))
        yield lambda text: progress.update(task, description=visible(text))


@contextmanager
def progress(unit: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show how far a pass is, how fast it goes and how long it will take, while somebody watches.

    Gives a function to call with what is being done, how much is done and how much there is.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.speed:,.0f} {unit}/s" if task.speed else "")

    console = Console(stderr=True)
    text = TextColumn("{task.description}", markup=False)
    columns = text, BarColumn(), Rate(), TimeRemainingColumn()
    silent = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as shown:
        tasks: dict[str, Any] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks or shown.tasks[tasks[step]].completed > done:
                tasks[step] = shown.add_task(visible(step), total=total)
            shown.update(tasks[step], completed=done)

        yield tell


def tables_console(*, stderr: bool = False) -> Console:
    """Where tables are printed: standard output, or standard error when a file is printed there."""
    from rich.console import Console

    class Tables(Console):
        def on_broken_pipe(self) -> None:
            if self.stderr:  # nobody reads it: no reason to fail
                self.quiet = True
            else:
                raise BrokenPipeError

    stream = sys.stderr if stderr else sys.stdout
    known = stream.isatty() or "COLUMNS" in os.environ
    return Tables(stderr=stderr, width=None if known else WIDTH, markup=False, emoji=False)


def print_json(content: dict[str, Any]) -> None:
    """Print one JSON object, in ASCII where the stream cannot hold more."""
    ascii_only = (sys.stdout.encoding or "").lower() not in {"utf-8", "utf8"}
    print(
        json_text(content, ascii_only=ascii_only), flush=True
    )  # so that an error comes before any word of success


def note(text: str) -> None:
    """Print one line to standard error; one that nobody can read is no reason to fail."""
    with contextlib.suppress(OSError):
        print(visible(text), file=sys.stderr)


def wrote(path: str) -> None:
    """Say that a file is written; what was printed is plain to see."""
    if path != "-":
        note(f"wrote {path}")


def one_result(option: str, path: str | None, as_json: bool) -> None:
    """Refuse to mix a file that is printed with the JSON result."""
    if path == "-" and as_json:
        raise InputError(f"{option} - and --json", "both print on standard output; leave out one")


def save(thresholds: Thresholds, path: str) -> None:
    """Write thresholds to a file, or print them."""
    if path == "-":
        print_json(thresholds.to_dict())
    else:
        thresholds.save(path)
        wrote(path)
