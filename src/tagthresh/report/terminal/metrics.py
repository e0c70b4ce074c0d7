"""The metrics there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagthresh.report.terminal.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def metrics(columns: Mapping[str, Sequence[str]]) -> Table:
    """Show the columns of `metrics.names.table`, wrapped where they are too wide."""
    return Table(
        "metrics, and methods that maximise them",
        lambda _: {header.replace("_", " "): list(cells) for header, cells in columns.items()},
        {
            "exact": "averages whose maximum the method finds",
            "coordinate ascent": "averages for which it finds a local maximum",
        },
        prose=True,
    )
