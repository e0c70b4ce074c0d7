"""The tables of a command: shown on the terminal, and written to files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tagthresh import InputError
from tagthresh.cli import printing, writing
from tagthresh.io.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rich.console import Console

    from tagthresh.report.terminal import Table

    Drawn = Callable[[int], Iterable[Table]]  # of the number of rows to show; 0 is all


@dataclass(frozen=True)
class TableFiles:
    """Files that the tables of a command are written to, if any; - is standard output.

    Attributes
    ----------
    csv : str or None
        All rows and digits of the table that has most to say.
    markdown, latex : str or None
        What is shown on the terminal, with all rows.
    excel_safe : bool
        Whether names that spreadsheets take for formulas are made harmless in CSV.
    """

    csv: str | None = None
    markdown: str | None = None
    latex: str | None = None
    excel_safe: bool = False

    def check(
        self, inputs: Iterable[str | None], *, as_json: bool, output: str | None = None
    ) -> None:
        """Check the files before any work; `output` is what else the command writes, by -o."""
        inputs = tuple(inputs)
        options = {f"--{name}": path for name, path in self.by_name.items()}
        printed = [option for option, path in {"-o": output, **options}.items() if path == "-"]
        if len(printed) > 1:
            rule = "both print to standard output; leave out one"
            raise InputError(f"{printed[0]} - and {printed[1]} -", rule)
        excel_safe = self.excel_safe
        writing.check_table("--csv", self.csv, inputs, as_json=as_json, excel_safe=excel_safe)
        for option, suffixes in (("--markdown", (".md",)), ("--latex", (".tex",))):
            writing.check_printed(option, options[option], as_json=as_json)
            writing.check(option, options[option], suffixes, inputs, printed=True)
        writing.check_apart(output=output, **self.by_name)

    @property
    def by_name(self) -> dict[str, str | None]:
        """The files by the names of their options."""
        return {"csv": self.csv, "markdown": self.markdown, "latex": self.latex}

    @property
    def printed(self) -> bool:
        """Whether one of them goes to standard output."""
        return "-" in {self.csv, self.markdown, self.latex}

    def write(self, columns: Mapping[str, Any], drawn: Drawn) -> None:
        """Write the files asked for."""
        if self.csv is not None:
            writing.write_table(self.csv, columns, excel_safe=self.excel_safe)
        if self.markdown is not None:
            _write_text(self.markdown, (table.markdown() for table in drawn(0)))
        if self.latex is not None:
            _write_text(self.latex, (table.latex() for table in drawn(0)))

    def console(self, *, stderr: bool = False) -> Console:
        """Where tables are shown: standard error where a file goes to standard output."""
        return printing.tables_console(stderr=stderr or self.printed)


def _write_text(path: str, tables: Iterable[str]) -> None:
    text = "\n".join(tables)
    if path == "-":
        print(text, end="", flush=True)
        return
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    printing.wrote(path)
