"""What the README shows is what the program prints."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from tagthresh.datasets import demo
from tagthresh.report import terminal

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_the_result_is_within_thirty_lines_and_true() -> None:
    console = Console(file=io.StringIO(), width=100)
    console.print(terminal.outcomes(demo.run()))
    assert isinstance(console.file, io.StringIO)
    printed = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert "\n".join(printed) in "\n".join(README.splitlines()[:30])
