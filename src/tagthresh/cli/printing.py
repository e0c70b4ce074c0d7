"""What goes where: results to standard output, all else to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tagthresh.formatting import json_text, plural, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from tagthresh.evaluation.bootstrap import Interval
    from tagthresh.evaluation.crossfit import CrossFit
    from tagthresh.metrics.base import Metric

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

        def update(step: str, done: int, total: int) -> None:
            if step not in tasks or shown.tasks[tasks[step]].completed > done:
                tasks[step] = shown.add_task(visible(step), total=total)
            shown.update(tasks[step], completed=done)

        yield update


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
    text = json_text(content, ascii_only=ascii_only)
    print(text, flush=True)  # so that an error comes before any word of success


def note(text: str) -> None:
    """Print one line to standard error; one that nobody can read is no reason to fail."""
    with contextlib.suppress(OSError):
        print(visible(text), file=sys.stderr)


def wrote(path: str) -> None:
    """Say that a file is written; what was printed is plain to see."""
    if path != "-":
        note(f"wrote {path}")


def metric_value(metric: Metric, score: float, interval: Interval | None = None) -> str:
    """Show the value of a metric, a share in percent, and its interval if it has one."""
    shown = f"{_number(metric, score)} %" if metric.share else _number(metric, score)
    if interval is None:
        return shown
    low, high = (_number(metric, end) for end in interval)
    return f"{shown} ({low} to {high})"


def expectation(metric: Metric, crossfit: CrossFit) -> str:
    """Say what to expect on new clips."""
    low, high = (_number(metric, end) for end in crossfit.interval)
    value = metric_value(metric, crossfit.score)
    over = ""
    if metric.over_positive_tags:
        tags = plural(len(crossfit.positives), "tag")
        over = f", over the {crossfit.tags_with_positives} of {tags} with positives"
    return f"expect {value} on new clips (95 % interval {low} to {high}){over}"


def _number(metric: Metric, score: float) -> str:
    return f"{100 * score:.2f}" if metric.share else f"{score:.4g}"
