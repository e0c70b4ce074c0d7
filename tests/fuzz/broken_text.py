"""Mutations of text: tables cell by cell, JSON node by node, encodings and line ends."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from fuzz.content import chance, one_of

if TYPE_CHECKING:
    from numpy.random import Generator

CELLS = (
    *("", " ", "nan", "NaN", "NA", "null", "inf", "-inf", "1e400", "-1e400", "1e-400", "0x10"),
    *("1_0", "1,5", "99999999999999999999", "-0", "-1", "true", "False", "2", "1e5", "0.5 ", "+1"),
    *('"', '"a', "a\nb", "\x00", "\x1b[2J", "\u202e", "=1+1", "clip", "tag", "\r", "x" * 400),
    *("2024-01-01", "12:30", "9007199254740993", "1e308", "0.1.2", "1/2", "\u0661", "\u0661\u0662"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, 1e308, -1e308, 5e-324, 10**400, 2**63, 2**53 + 1, -0.0),
    *("", "a", "1", "\x00", "\ud800", "\x1b[31m", "x" * 500, "nan", "NaN", [], {}, [[]], [[[1]]]),
    *({"a": 1}, [None], [True], [1e308, -1e308], [0.5], ["a", "a"], [[0.5, 1.5]]),
)
LARGE = 1e300  # beyond it floats and integers no longer turn into each other
RAW = ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "01", "1.", "0x1", "'a'", "[" * 3000)


def broken_text(rng: Generator, data: bytes) -> tuple[bytes, str]:
    """Change the encoding, the line ends, or a line."""
    text = data.decode("utf-8", "replace")
    change = int(rng.integers(10))
    if change < 5:
        return _encoded(text, change)
    lines = text.split("\n")
    at = int(rng.integers(len(lines)))
    if change == 5:
        lines.insert(at, lines[at])
    elif change == 6:
        del lines[at]
    elif change == 7:
        lines.insert(at, one_of(rng, ("", "# comment", " ", "\x0c", ",", "\x85")))
    elif change == 8:
        lines[at] += one_of(rng, (" ", ",", "\u2028x", "\x1b[1m", "\x00"))
    else:
        lines[0] = lines[0].upper()
    return "\n".join(lines).encode(), f"line {at}: change {change}"


def _encoded(text: str, change: int) -> tuple[bytes, str]:
    """Write a text in another encoding, or with other line ends."""
    ways = (
        ("UTF-16", text.encode("utf-16")),
        ("Latin-1", text.encode("latin-1", "replace")),
        ("signature", text.encode("utf-8-sig")),
        ("CR", text.replace("\n", "\r").encode()),
        ("invalid UTF-8", text.encode().replace(b"a", b"\xff", 1)),
    )
    name, data = ways[change]
    return data, name


def broken_table(rng: Generator, data: bytes) -> tuple[bytes, str]:
    """Change a cell, a row or a column."""
    if chance(rng, 0.2):
        return broken_text(rng, data)
    if chance(rng, 0.05):
        return data.replace(b",", one_of(rng, (b";", b"\t", b"|", b" "))), "separator"
    rows = [line.split(",") for line in data.decode("utf-8", "replace").split("\n")]
    at = 0 if chance(rng, 0.3) else int(rng.integers(len(rows)))
    column = int(rng.integers(len(rows[at])))
    change = int(rng.integers(8))
    if change < 4:
        rows[at][column] = one_of(rng, CELLS)
    elif change == 4:
        del rows[at][column]
    elif change == 5:
        rows[at].insert(column, one_of(rng, CELLS))
    elif change == 6:
        rows[at][column] = one_of(rng, rows[at])
    else:
        for row in rows:
            row[column : column + 1] = row[column : column + 1] * one_of(rng, (0, 2))
    text = "\n".join(",".join(row) for row in rows)
    return text.encode("utf-8", "surrogatepass"), f"row {at}, column {column}: change {change}"


def broken_json(rng: Generator, data: bytes) -> tuple[bytes, str]:
    """Change a node of a tree, its key, or how it is written."""
    if chance(rng, 0.1):
        return broken_text(rng, data)
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return broken_text(rng, data)
    tree = [copy.deepcopy(tree)]
    parent, key = _node(rng, tree)
    marker = "\ue000"
    change = _changed(rng, parent, key, marker)
    text = json.dumps(tree[0], ensure_ascii=True)
    if f'"{json.dumps(marker)[1:-1]}"' in text:
        raw = one_of(rng, RAW)
        return text.replace(json.dumps(marker), raw).encode(), f"{key!r} raw {raw[:10]}"
    if chance(rng, 0.08) and isinstance(parent, dict) and key in parent:
        name = json.dumps(key)
        text = text.replace(f"{name}:", f"{name}: {one_of(rng, ('null', '1', '[]'))}, {name}:", 1)
        change = "key twice"
    return text.encode(), f"{key!r}: {change}"


def _node(rng: Generator, tree: Any) -> tuple[Any, Any]:
    """Walk to a node at random; give its parent and its key."""
    parent, key = tree, 0
    while True:
        node = parent[key]
        if not isinstance(node, dict | list) or not node or chance(rng, 0.25):
            return parent, key
        parent, key = (
            node,
            one_of(rng, sorted(node) if isinstance(node, dict) else range(len(node))),
        )


def _changed(rng: Generator, parent: Any, key: Any, marker: str) -> str:
    """Change a node in place; say how."""
    node, change = parent[key], int(rng.integers(10))
    if change == 0 and len(parent) > 1:
        del parent[key]
    elif change == 1 and isinstance(parent, dict):
        parent[f"{key}x"] = parent.pop(key)
    elif change == 2 and isinstance(parent, list):
        parent.insert(key, copy.deepcopy(node))
    elif change == 3 and isinstance(node, list):
        node.reverse()
    else:
        parent[key] = _in_place_of(rng, node, marker)
        return f"{parent[key]!r:.20}"
    return ("left out", "renamed", "twice", "reversed")[change]


def _in_place_of(rng: Generator, node: Any, marker: str) -> Any:
    """Give what stands in place of a node."""
    change = int(rng.integers(6))
    if change == 0:
        return [node]
    if change == 1:
        return marker  # of what is no JSON
    if change == 2 and isinstance(node, int | float) and abs(node) < LARGE:
        return one_of(rng, (-node, node * 10**6, str(node), node + 0.5, float(node), int(node)))
    return copy.deepcopy(one_of(rng, VALUES))
