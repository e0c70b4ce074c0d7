"""What all tables share: how numbers are written, what is left out where room is scarce.

A `Table` knows all of its columns. On a terminal it takes the room there is: intervals move below
their values, then the columns that matter least are left out, which the line below the table says.
As Markdown or LaTeX it has every column.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich import table as rich_table
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from tagthresh.formatting import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import Console, ConsoleOptions

    Columns = dict[str, list[str]]

HEADERS = {
    "tag": "tag",
    "threshold": "threshold",
    "precision": "P %",
    "recall": "R %",
    "f1": "F1 %",
    "support": "support",
    "predicted": "predicted",
    "average_precision": "AP %",
}
MEANINGS = {  # by header
    "P %": "precision",
    "R %": "recall",
    "AP %": "average precision",
    "support": "positive clips",
    "predicted": "clips given the tag",
}
PERCENT = {"precision", "recall", "f1", "average_precision"}
NAME_WIDTH = 16  # a column of names wraps to this many characters before others are left out
PIECE = re.compile(r"[^\s_,/;:-]*[\s_,/;:-]*")  # where a name may go on in the next line
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~$])")
LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{char: f"\\{char}" for char in "&%$#_{}"},
}


@dataclass(frozen=True)
class Table:
    """A table, to be drawn on a terminal or written for a paper.

    Attributes
    ----------
    title : str
        What it shows.
    cells : callable
        Gives the columns by header, of a separator between a value and its interval: a blank, or a
        line break where room is scarce. The first column holds names.
    legend : mapping of str to str
        What its columns mean, by header; what is under another key is always shown, that of the
        empty key by itself.
    least : sequence of str
        Headers of columns that are left out where there is no room, those that matter least first.
    prose : bool
        Whether all columns hold words, which wrap.
    """

    title: str
    cells: Callable[[str], Columns]
    legend: Mapping[str, str] = field(default_factory=dict)
    least: Sequence[str] = ()
    prose: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Any:
        yield self.drawn(options.max_width)

    def drawn(self, width: int) -> rich_table.Table:
        """Draw the table in so many characters."""
        columns, left_out = (self.cells(" "), []) if self.prose else self._fitted(width)
        more = [f"wider terminals also show {', '.join(left_out)}"] if left_out else []
        caption = "; ".join([*self._meanings(left_out), *more])
        drawn = rich_table.Table(
            title=as_text(self.title, "table.title"),
            caption=as_text(caption, "table.caption") if caption else None,
            caption_justify="left",
        )
        for place, header in enumerate(columns):
            side: Any = "left" if place == 0 or self.prose else "right"
            one_line = not self.prose or place == 0
            drawn.add_column(header, justify=side, no_wrap=one_line, overflow="fold")
        if not self.prose:
            header, names = next(iter(columns.items()))
            room = _room(columns, width)
            columns[header] = [
                "\n".join(wrapped(visible(line), room) for line in name.split("\n"))
                for name in names
            ]
        for row in zip(*columns.values(), strict=True):
            drawn.add_row(*map(as_text, row))
        return drawn

    def _fitted(self, width: int) -> tuple[Columns, list[str]]:
        """Columns that there is room for, and the headers of the others."""
        columns = self.cells(" ")
        if not _fits(columns, width):
            columns = self.cells("\n")
        others = [header for header in reversed(columns) if header not in self.least]
        whole = list(columns)
        for header in self.least:
            if not _fits(columns, width):
                columns.pop(header, None)
        for header in others[:-1]:
            if not _fits(columns, width, whole_names=False):
                del columns[header]
        return columns, [header for header in whole if header not in columns]

    def _meanings(self, left_out: Sequence[str] = ()) -> list[str]:
        """Lines of the legend, but for columns that are left out."""
        return [
            f"{header.removesuffix(' %')}: {meaning}" if header else meaning
            for header, meaning in self.legend.items()
            if header not in left_out
        ]

    def markdown(self) -> str:
        """Write the whole table in Markdown."""
        columns = self._written(_markdown)
        sides = [":--"] + ["--:" if not self.prose else ":--"] * (len(columns) - 1)
        rows = [list(columns), sides, *zip(*columns.values(), strict=True)]
        lines = "\n".join("| " + " | ".join(row) + " |" for row in rows)
        legend = _markdown("; ".join(self._meanings()))
        return f"**{_markdown(self.title)}**\n\n{lines}\n" + (f"\n{legend}\n" if legend else "")

    def latex(self) -> str:
        """Write the whole table in LaTeX; it needs the package booktabs."""
        columns = self._written(_latex)
        sides = "l" + ("l" if self.prose else "r") * (len(columns) - 1)
        head, *body = (
            " & ".join(row) + r" \\" for row in (columns, *zip(*columns.values(), strict=True))
        )
        caption = "; ".join([self.title, *self._meanings()])
        lines = [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_latex(caption)}}}",
            rf"\begin{{tabular}}{{{sides}}}",
            *(r"\toprule", head, r"\midrule", *body, r"\bottomrule"),
            r"\end{tabular}",
            r"\end{table}",
        ]
        return "\n".join(lines) + "\n"

    def _written(self, escaped: Callable[[str], str]) -> Columns:
        return {
            escaped(header): [*map(escaped, cells)] for header, cells in self.cells(" ").items()
        }


def percent(share: float, decimals: int = 2) -> str:
    """Share of 1 in percent; a dash for NaN."""
    return "-" if math.isnan(share) else f"{100 * share:.{decimals}f}"


def number(value: float, digits: int = 4) -> str:
    """Give some significant digits, whole numbers in full, "never" for +inf."""
    if value == math.inf:
        return "never"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.{digits}g}"


def signed_spread(estimate: tuple[float, float, float], separator: str = " ") -> str:
    """Difference of two shares in points, with its interval."""
    value, low, high = (f"{100 * share:+.2f}" for share in estimate)
    return f"{value}{separator}[{low}, {high}]"


def by_tag(rows: Mapping[str, Any], names: Iterable[str], shown: Sequence[int]) -> Columns:
    """Columns of a table with a row a tag, for some tags, by their `HEADERS`."""
    return {HEADERS[name]: [_cell(name, rows, tag) for tag in shown] for name in names}


def shown_names(names: Iterable[str]) -> list[str]:
    """Names as they are shown: on one line, and without what moves a terminal's cursor."""
    return list(map(visible, names))


def _cell(name: str, rows: Mapping[str, Any], tag: int) -> str:
    value = rows[name][tag]
    if isinstance(value, str):
        return visible(value)
    return percent(value) if name in PERCENT else number(value)


def first(order: Sequence[int], rows: int) -> tuple[Sequence[int], str]:
    """First rows of an order, and how many of them these are, where it is not all."""
    shown = order[: rows or None]
    return shown, f" ({len(shown)} of {len(order)} shown)" if len(shown) < len(order) else ""


def as_text(shown: str, style: str = "") -> Text:
    """Show a text as it is: brackets are no markup, ``:dog:`` is no picture; its lines stay."""
    return Text("\n".join(map(visible, shown.split("\n"))), style)


def wrapped(name: str, width: int) -> str:
    """Break a name into lines between words; a word that is longer than a line is shortened.

    Examples
    --------
    >>> print(wrapped("Domestic animals, pets", 16))
    Domestic
    animals, pets
    >>> print(wrapped("great_spotted_woodpecker", 8))
    great_
    spotted_
    woodpec…
    """
    lines = [""]
    for piece in filter(None, PIECE.findall(name)):
        if cell_len((lines[-1] + piece).rstrip()) <= width:
            lines[-1] += piece
            continue
        fits = cell_len(piece.rstrip()) <= width
        lines.append(piece if fits else set_cell_size(piece, max(width - 1, 0)) + "…")
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _room(columns: Mapping[str, Sequence[str]], width: int) -> int:
    """Characters that are left for the names."""
    _, *others = columns.items()
    taken = sum(
        max(cell_len(line) for cell in (header, *cells) for line in cell.split("\n"))
        for header, cells in others
    )
    return width - taken - 3 * len(columns) - 1  # a border and two blanks a column


def _fits(columns: Mapping[str, Sequence[str]], width: int, *, whole_names: bool = True) -> bool:
    """Tell whether a table leaves its names, or their longest word, room: at most `NAME_WIDTH`."""
    header, names = next(iter(columns.items()))
    lines = [line for name in (header, *names) for line in name.split("\n")]
    parts = lines if whole_names else [part for line in lines for part in PIECE.findall(line)]
    longest = max(cell_len(part.rstrip()) for part in parts)
    return _room(columns, width) >= min(longest, NAME_WIDTH)


def _markdown(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", visible(text))


def _latex(text: str) -> str:
    """Escape what LaTeX obeys; braces keep the end of the row before from taking a first sign."""
    escaped = "".join(LATEX.get(char, char) for char in visible(text))
    return f"{{}}{escaped}" if escaped.startswith(("[", "*")) else escaped
