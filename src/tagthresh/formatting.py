"""Values as people and files see them: JSON-safe, in words, on a terminal, in a notebook.

JSON has no NaN and no infinity: None stands for both.
"""

from __future__ import annotations

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
    direction of writing are all replaced.

    Examples
    --------
    >>> print(visible("Dog\x1b[2J\n"))
    Dog\x1b[2J\n
    """
    return "".join(char if _is_shown(char) else _escape(char) for char in text)


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in UNSEEN


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
