"""The commands, with the help that each one shows."""

from __future__ import annotations

from typing import Annotated

import typer

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
from tagthresh.version import __version__

app = typer.Typer(
    name="tagthresh",
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


for _command in (
    demo,
    review,
    fit,
    frontier,
    guarantee,
    evaluate,
    report,
    apply,
    adapt,
    drift,
    calibrate,
    compare,
    compare_thresholds,
    metrics,
    reproduce,
):
    app.command(
        _command.__name__.rpartition(".")[2].replace("_", "-"),
        help=_command.HELP,
        short_help=_command.SHORT,
        epilog=_command.EPILOG,
    )(_command.run)
