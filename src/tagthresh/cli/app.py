"""The commands, with the help that each one shows."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tagthresh.cli import (
    adapt,
    apply,
    calibrate,
    compare,
    compare_thresholds,
    demo,
    drift,
    evaluate,
    fit,
    frontier,
    guarantee,
    metrics,
    report,
    reproduce,
    review,
)
from tagthresh.cli.options import with_groups
from tagthresh.version import __version__

if TYPE_CHECKING:
    from types import ModuleType

# What people want, and the commands that do it.
SECTIONS = {
    "Choose thresholds": (fit, compare, guarantee, frontier),
    "Judge them": (evaluate, compare_thresholds),
    "Use them": (apply, calibrate, drift, adapt),
    "Review clips": (review,),
    "Explore": (demo, report, metrics, reproduce),
}


class Sections(TyperGroup):
    """Commands, listed by what people want."""

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Write a list for each section."""
        width = max(map(len, self.commands))
        for title, modules in SECTIONS.items():
            names = map(_name, modules)
            rows = [(name.ljust(width), self.commands[name].short_help or "") for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)


def _name(module: ModuleType) -> str:
    """Name of the command that a module holds."""
    return module.__name__.rpartition(".")[2].replace("_", "-")


app = typer.Typer(
    name="tagthresh",
    cls=Sections,
    help="Per-tag thresholds for multi-label classifiers: from scores to decisions.",
    epilog="Start with: tagthresh demo\n\n"
    "Exit codes: 0 done, 1 a bug (or a figure that reproduce cannot reproduce), 2 bad usage or "
    "input (one line), 130 interrupted. 3 is reserved for done, but some inputs were bad and are "
    "listed.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(shown: bool) -> None:
    if shown:
        print(__version__)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


for _command in chain.from_iterable(SECTIONS.values()):
    app.command(
        _name(_command), help=_command.HELP, short_help=_command.SHORT, epilog=_command.EPILOG
    )(with_groups(_command.run))
