"""The metrics there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagthresh.report.terminal.table import as_text, empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table


def metrics(columns: Mapping[str, Sequence[str]]) -> Table:
    """Show the columns of `metrics.names.table`, folded where they are too wide."""
    caption = "exact, coordinate ascent: averages whose maximum the method finds, or a local one"
    table = empty("metrics, and methods that maximise them", caption)
    for header in columns:
        table.add_column(header.replace("_", " "), no_wrap=header == "metric")
    for row in zip(*columns.values(), strict=True):
        table.add_row(*map(as_text, row))
    return table
