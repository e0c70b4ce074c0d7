"""Rewrite `docs/command-line.md`, the help of every command on one page.

python tools/command_line.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from tagthresh.cli.app import app

TARGET = Path(__file__).parents[1] / "docs" / "command-line.md"
HEAD = """# The command line

Every command with its examples and options, as `--help` tells them; `make docs` rewrites this page.
[files.md](files.md) describes the forms of the files. Results go to standard output, all else to
standard error.

Exit codes: 0 done, 1 a bug (or a figure that `reproduce` cannot reproduce), 2 bad usage or input
(one line), 130 interrupted. 3 is reserved for done, but some inputs were bad and are listed."""


def page() -> str:
    """Put the page together from what the commands declare."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return "\n\n".join([HEAD, *(section(name, each) for name, each in commands.items())]) + "\n"


def section(name: str, command: Any) -> str:
    """Tell what a command does, with examples and a table of its options."""
    lines = (line.strip() for line in command.epilog.replace("\\\n", "").splitlines())
    examples = [f"$ {' '.join(line.split())}" for line in lines if "tagthresh " in line]
    options = [each for each in command.params if each.param_type_name == "option"]
    rows = [row(each) for each in options if each.name != "help"]
    parts = [
        f"## {name}",
        command.short_help,
        "\n".join(["```console", *examples, "```"]),
        "\n".join(["| option | what it does |", "|---|---|", *rows]),
    ]
    return "\n\n".join(parts)


def row(option: Any) -> str:
    """Tell the forms of an option, what it takes, its help and its default."""
    value = "" if option.is_flag else f" {option.metavar}"
    told = option.default is not None and not option.is_flag
    shown = f" Default: `{option.default}`." if told else ""
    forms = ", ".join(f"`{form}{value}`" for form in reversed(option.opts))
    return f"| {forms} | {option.help}{shown} |"


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
