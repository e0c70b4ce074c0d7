"""The pages name what the program has."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tagthresh.methods import METHODS
from tagthresh.metrics import METRICS, as_metric
from tagthresh.metrics.registry import table

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


@pytest.mark.parametrize("place", range(len(METRICS)), ids=list(METRICS))
def test_every_metric_and_its_method_are_told(place: int) -> None:
    name, *shown = (column[place] for column in table().values())
    lines = (DOCS / "metrics.md").read_text("utf-8").splitlines()
    row = next(line for line in lines if line.startswith(f"| `{name}`"))
    assert [cell.strip() for cell in row.strip("|").split("|")[1:]] == shown
    for average in METRICS[name].averages:
        alone = len(METRICS[name].averages) == 1
        metric = as_metric(name if alone else f"{name}_{average}")
        exact = "yes" if alone else average
        assert (exact in shown[1]) == METHODS["exact"]().maximises(metric) == metric.exact
        assert (exact in shown[2]) <= METHODS["coordinate_ascent"]().maximises(metric)
