"""The result of a command: tables on the terminal and in files, or one JSON object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tagthresh.cli import printing, writing
from tagthresh.cli.options import ExcelSafe, Json, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from matplotlib.figure import Figure

    from tagthresh.report.terminal import Table

    Drawn = Callable[[int], Iterable[Table | str]]  # of the number of rows to show; 0 is all

Csv = Annotated[
    str | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        help="Write the table with all rows and digits (.csv or .parquet; - prints CSV).",
    ),
]
Markdown = Annotated[
    str | None,
    typer.Option(
        "--markdown",
        metavar="FILE",
        help="Write what is shown, with all rows, in Markdown (.md; - prints it).",
    ),
]
Latex = Annotated[
    str | None,
    typer.Option(
        "--latex",
        metavar="FILE",
        help="The same in LaTeX, with the package booktabs (.tex; - prints it).",
    ),
]
Rows = Annotated[
    int, typer.Option("--rows", metavar="N", parser=whole(0), help="Tags to show; 0 shows all.")
]


@dataclass(frozen=True, kw_only=True)
class Results:
    """Where results go: what the options of these names were given.

    The CSV file holds all rows and digits of the table that has most to say; Markdown and LaTeX
    hold what is shown on the terminal, with all rows.
    """

    csv: Csv = None
    markdown: Markdown = None
    latex: Latex = None
    excel_safe: bool = False
    as_json: Json = False
    rows: int = 0

    def check(self, inputs: Iterable[str | None], outputs: writing.Outputs | None = None) -> None:
        """Check the files before any work, with the others that the command writes."""
        files = {
            **(outputs or {}),
            "--csv": (self.csv, writing.TABLE),
            "--markdown": (self.markdown, (".md", "-")),
            "--latex": (self.latex, (".tex", "-")),
        }
        writing.check(files, inputs, as_json=self.as_json, excel_safe=self.excel_safe)

    def give(
        self,
        columns: Mapping[str, Any],
        drawn: Drawn,
        content: Callable[[], dict[str, Any]],
        *,
        output: str | None = None,
        picture: tuple[str | None, Callable[[], Figure]] | None = None,
    ) -> None:
        """Write the files asked for, and print the tables or the JSON object.

        Parameters
        ----------
        columns : mapping of str to sequence
            Table for the CSV file.
        drawn : callable
            Gives what the terminal shows; files get the tables of it.
        content : callable
            Gives what JSON shows.
        output : str or None
            What else the command writes; tables go to standard error where that is printed.
        picture : tuple of str and callable, or None
            File of a picture, if it is asked for, and what draws it.
        """
        if self.csv is not None:
            writing.write_table(self.csv, columns, excel_safe=self.excel_safe)
        for path, form in ((self.markdown, "markdown"), (self.latex, "latex")):
            if path is not None:
                tables = (part for part in drawn(0) if not isinstance(part, str))
                writing.write_text(path, "\n".join(getattr(table, form)() for table in tables))
        if picture is not None and picture[0] is not None:
            writing.write_picture(picture[0], picture[1]())
        if self.as_json:
            printing.print_json(content())
            return
        console = printing.tables_console(
            stderr="-" in {output, self.csv, self.markdown, self.latex}
        )
        for part in drawn(self.rows):
            console.print(part, highlight=False)


@dataclass(frozen=True, kw_only=True)
class NamedResults(Results):
    """Results with names that people chose, which a spreadsheet may take for formulas."""

    excel_safe: ExcelSafe = False


@dataclass(frozen=True, kw_only=True)
class TagResults(NamedResults):
    """Results with a row per tag."""

    rows: Rows = 20
