"""Commands in the documentation: found in its console blocks, run in a shell, and compared."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run: times, versions, dates.
CHANGING = re.compile(r"\d[\d.]* (?:s|seconds|ms)\b|\b\d+\.\d+\.\d+\b|\b\d{4}-\d\d-\d\dT[\d:+.]+")
LONGEST = 300  # seconds


class Command(NamedTuple):
    """A command in a page, and the lines that the page shows below it."""

    page: str
    line: int
    text: str
    output: str


def commands(page: str, text: str) -> Iterator[Command]:
    """Find the commands of a page in order: lines of console blocks that begin with a dollar."""
    for block in CONSOLE.finditer(text):
        first = text.count("\n", 0, block.start(1)) + 1
        lines = block[1].splitlines()
        starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            output = "\n".join(lines[start + 1 : end])
            yield Command(page, first + start, lines[start][2:], output)


def fault(command: Command, folder: Path, environment: Mapping[str, str]) -> str | None:
    """Run a command, and say what is wrong: it fails, or prints something else than the page shows.

    What the page shows may be a part of what is printed; blanks, times and versions are not
    compared, and three dots stand for anything.
    """
    done = subprocess.run(
        ["/usr/bin/env", "bash", "-o", "pipefail", "-c", command.text],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    place = f"{command.page}, line {command.line}: {command.text}"
    if done.returncode:
        return f"{place}\nends with {done.returncode}: {done.stderr}"
    pieces = (re.escape(piece.strip()) for piece in _plain(command.output).split("..."))
    if not re.search(".*?".join(pieces), _plain(done.stdout)):
        return f"{place}\nprints\n{done.stdout}\nand not\n{command.output}"
    return None


def _plain(text: str) -> str:
    return " ".join(CHANGING.sub("#", text).split())
