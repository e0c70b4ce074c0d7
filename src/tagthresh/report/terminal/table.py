"""What all tables share: how numbers are written, and what is left out where room is scarce."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from tagthresh.formatting import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
PERCENT = {"precision", "recall", "f1", "average_precision"}
NAME_WIDTH = 16  # a column of names folds to this many characters before others are left out
WIDTH = 120


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


def by_tag(found: Mapping[str, Any], names: Iterable[str], shown: Sequence[int]) -> Columns:
    """Columns of a table with a row a tag, for some tags, by their `HEADERS`."""
    return {HEADERS[name]: [_cell(name, found, tag) for tag in shown] for name in names}


def names(found: Iterable[str]) -> list[str]:
    """Names as they are shown: on one line, and without what moves a terminal's cursor."""
    return list(map(visible, found))


def _cell(name: str, found: Mapping[str, Any], tag: int) -> str:
    value = found[name][tag]
    if isinstance(value, str):
        return visible(value)
    return percent(value) if name in PERCENT else number(value)


def first(order: Sequence[int], rows: int) -> tuple[Sequence[int], str]:
    """First rows of an order, and how many of them these are, where it is not all."""
    shown = order[: rows or None]
    return shown, f" ({len(shown)} of {len(order)} shown)" if len(shown) < len(order) else ""


def draw(title: str, columns: Mapping[str, Sequence[str]], caption: str | None = None) -> Table:
    """Draw columns by header: names on the left, then numbers."""
    table = empty(title, caption)
    for i, header in enumerate(columns):
        if i == 0:
            table.add_column(header, overflow="fold")
        else:
            table.add_column(header, justify="right", no_wrap=True)
    for row in zip(*columns.values(), strict=True):
        table.add_row(*map(as_text, row))
    return table


def empty(title: str, caption: str | None) -> Table:
    """Begin a table."""
    return Table(
        title=as_text(title, "table.title"),
        caption=None if caption is None else as_text(caption, "table.caption"),
    )


def as_text(shown: str, style: str = "") -> Text:
    """Show a text as it is: brackets are no markup, ``:dog:`` is no picture; its lines stay."""
    return Text("\n".join(map(visible, shown.split("\n"))), style)


def folded(columns: Callable[[str], Columns], width: int) -> Columns:
    """Columns whose cells hold two parts: beside each other if there is room, else on two lines."""
    wide = columns(" ")
    return wide if fits(wide, width) else columns("\n")


def leave_out(columns: Columns, width: int, headers: Iterable[str]) -> None:
    """Leave out columns, those that matter least first, until there is room for the others."""
    for header in headers:
        if not fits(columns, width):
            columns.pop(header, None)


def fits(columns: Mapping[str, Sequence[str]], width: int) -> bool:
    """Tell whether a table leaves its names `NAME_WIDTH`, or what they need if that is less."""
    names, *numbers = (
        max(cell_len(line) for cell in (header, *cells) for line in cell.split("\n"))
        for header, cells in columns.items()
    )
    content = min(names, NAME_WIDTH) + sum(numbers)
    return content + 3 * len(columns) + 1 <= width  # a border and two blanks a column
