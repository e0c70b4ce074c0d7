"""Values as people and files see them: JSON-safe, in words, on a terminal, in a notebook.

JSON has no NaN and no infinity: None stands for both.
"""

from __future__ import annotations

import json
import math
import unicodedata
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Unicode's categories of what is not seen: controls, marks of direction, surrogates, line breaks.
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ROWS = 20  # of a table in a notebook
JOINERS = "\u200c\u200d"  # how Persian, Indian scripts and emoji say what is joined
# Signs over numbers, verses and years in Arabic, Syriac and Kaithi: the Cf that are drawn.
DRAWN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"


def plain(values: Iterable[Any]) -> list[Any]:
    """List the values.

    Examples
    --------
    >>> plain(np.array([0.5, np.inf, np.nan]))
    [0.5, None, None]
    """
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    return [None if isinstance(v, float) and not math.isfinite(v) else v for v in listed]


def table(columns: Mapping[str, Iterable[Any]]) -> list[dict[str, Any]]:
    """List the rows of a table given by its columns.

    Examples
    --------
    >>> table({"tag": ["Dog", "Rain"], "threshold": np.array([0.5, np.inf])})
    [{'tag': 'Dog', 'threshold': 0.5}, {'tag': 'Rain', 'threshold': None}]
    """
    listed = [plain(column) for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*listed, strict=True)]


def plural(count: int, noun: str) -> str:
    """Count things.

    Examples
    --------
    >>> plural(1, "clip"), plural(2, "clip")
    ('1 clip', '2 clips')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def visible(text: str) -> str:
    r"""Write control characters as escapes: a name must not move a terminal's cursor.

    Line breaks, escape sequences, the C1 controls, lone surrogates and marks that change the
    direction of writing are all replaced. What joins two letters of a script that needs it, or
    two emoji, stays; beside ASCII or a blank it only hides.

    Examples
    --------
    >>> print(visible("Dog\x1b[2J\n"))
    Dog\x1b[2J\n
    """
    if text.isprintable():
        return text
    around = zip(" " + text, text, text[1:] + " ", strict=False)
    return "".join(
        char if _is_shown(before, char, after) else _escape(char) for before, char, after in around
    )


def json_text(content: Any, *, ascii_only: bool = False) -> str:
    r"""Write JSON whose strings, as they are written, hold nothing that moves a terminal's cursor.

    Examples
    --------
    >>> print(json_text(["Dog\x9b2J", "Hund", "狗"]))
    [
      "Dog\u009b2J",
      "Hund",
      "狗"
    ]
    """
    text = json.dumps(_nulled(content), indent=2, ensure_ascii=ascii_only, allow_nan=False)
    lines = text.split("\n")  # strings hold no line break, JSON writes it as an escape
    return "\n".join(s if s.isprintable() else "".join(map(_escape_json, s)) for s in lines)


def _nulled(content: Any) -> Any:
    """Values as JSON has them, at any depth."""
    if isinstance(content, dict):
        return {name: _nulled(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_nulled(value) for value in content]
    return plain([content])[0]


def _escape_json(char: str) -> str:
    return char if char.isprintable() else json.dumps(char)[1:-1].replace("\x7f", r"\u007f")


def _is_shown(before: str, char: str, after: str) -> bool:
    if char in JOINERS:
        return not any(side.isascii() or side.isspace() for side in (before, after))
    return char in DRAWN or unicodedata.category(char) not in UNSEEN


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def shortened(text: str, length: int) -> str:
    """Cut a text that is longer than so many characters.

    Examples
    --------
    >>> shortened("a long tale", 6)
    'a l...'
    """
    return text if len(text) <= length else f"{text[: length - 3]}..."


class TableMixin:
    """What results with a table have in common: notebooks draw it."""

    table: Any

    def _repr_html_(self) -> str:
        return html_table(repr(self), self.table)


def html_table(title: str, columns: Mapping[str, Any], rows: int = ROWS) -> str:
    """Draw the first rows of a table given by its columns, under a title.

    Examples
    --------
    >>> html = html_table("Two tags", {"tag": ["<b>", "Rain"], "threshold": [0.5, np.inf]})
    >>> "&lt;b&gt;" in html, "never" in html
    (True, True)
    """
    size = len(next(iter(columns.values())))
    shown = {name: list(column[:rows]) for name, column in columns.items()}
    head = "".join(_cell("th", name.replace("_", " "), name) for name in shown)
    lines = [
        "".join(_cell("td", _text(value), name) for name, value in zip(shown, row, strict=True))
        for row in zip(*shown.values(), strict=True)
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    more = f"<p>{size - rows} more rows</p>" if size > rows else ""
    return (
        f"<div><p><b>{escape(title)}</b></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</div>"
    )


def _cell(kind: str, text: str, column: str) -> str:
    side = "left" if column in {"tag", "status"} else "right"
    return f'<{kind} style="text-align:{side}">{escape(text)}</{kind}>'


def _text(value: object) -> str:
    """Write a value; only thresholds are ever infinite."""
    if not isinstance(value, float | np.floating):
        return str(value)
    if math.isnan(value):
        return ""
    return "never" if value == math.inf else f"{value:.4g}"
