"""The pages name what the program has."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tagthresh.methods import METHODS

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("name", METHODS)
def test_every_method_and_option_is_told(name: str) -> None:
    row = next(
        line
        for line in (DOCS / "methods.md").read_text("utf-8").splitlines()
        if line.startswith(f"| `{name}`")
    )
    for option in dataclasses.fields(METHODS[name]):
        default = option.default
        shown = (
            str(default).lower()
            if isinstance(default, bool)
            else f"{default:g}"
            if isinstance(default, float)
            else str(default)
        )
        assert f"`{option.name}` (" in row
        assert shown in row.split(f"`{option.name}` (")[1].split(")")[0]
