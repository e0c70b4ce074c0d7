"""Tables that notebooks show in place of a repr: HTML that brings its own few styles."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

ROWS = 20


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
