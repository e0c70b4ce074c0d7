"""Print every error message that the source can raise, one below the other.

    python tools/messages.py            # a table in Markdown: place, argument, rule, value, remedy

A message is an `InputError`. Its parts are taken from the syntax tree: texts as they stand, values
put into them as ``{expression}``, and names that a function assigns its texts to looked up there.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[1] / "src" / "tagthresh"
FIELDS = ("argument", "rule", "value", "place", "remedy")
SHOWN = ("argument", "rule", "value", "remedy")


class Message(NamedTuple):
    """An `InputError` in the source, its parts as templates."""

    file: str
    line: int
    parts: dict[str, str]


def messages(folder: Path = SOURCE) -> Iterator[Message]:
    """Find the errors of all files of a folder, in order."""
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        constants = _texts(tree.body)
        for function, call in _calls(tree, None):
            texts = constants if function is None else constants | _texts(ast.walk(function))
            given = dict(zip(FIELDS, call.args, strict=False))
            given |= {word.arg: word.value for word in call.keywords if word.arg}
            parts = {name: _template(given[name], texts) for name in SHOWN if name in given}
            yield Message(str(path.relative_to(folder)), call.lineno, parts)


def _calls(node: ast.AST, function: ast.AST | None) -> Iterator[tuple[ast.AST | None, ast.Call]]:
    """Find the calls of `InputError`, each with the function around it."""
    if isinstance(node, ast.FunctionDef):
        function = node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if name == "InputError":
            yield function, node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, function)


def _texts(nodes: Iterator[ast.AST] | list[ast.stmt]) -> dict[str, str]:
    """Find the names to which texts are assigned; a name with several has them all."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(_template(node.value, {}))
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Tuple)
            and isinstance(node.value, ast.Tuple)
        ):
            for name, value in zip(node.targets[0].elts, node.value.elts, strict=False):
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(_template(value, {}))
    return {name: " // ".join(texts) for name, texts in found.items()}


def _template(node: ast.expr, texts: dict[str, str]) -> str:
    """Write an expression as a text with ``{expression}`` where values go."""
    match node:
        case ast.Constant(value=str(text)):
            pass
        case ast.JoinedStr():
            text = "".join(_template(value, {}) for value in node.values)
        case ast.FormattedValue():
            text = f"{{{ast.unparse(node.value)}}}"
        case ast.BinOp(op=ast.Add()):
            text = _template(node.left, texts) + _template(node.right, texts)
        case ast.IfExp():
            text = f"{_template(node.body, texts)} // {_template(node.orelse, texts)}"
        case ast.Name(id=name) if name in texts:
            text = texts[name]
        case _:
            text = f"{{{ast.unparse(node)}}}"
    return text


def table() -> str:
    """Put all messages into one table in Markdown."""
    rows = [["place", *SHOWN], ["---"] * 5]
    for message in messages():
        cells = (message.parts.get(name, "") for name in SHOWN)
        rows.append([f"{message.file}:{message.line}", *cells])
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in rows)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
