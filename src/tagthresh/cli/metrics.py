"""``tagthresh metrics``."""

from __future__ import annotations

from tagthresh import formatting
from tagthresh.cli import printing
from tagthresh.cli.options import Json

SHORT = "List the metrics, and which method maximises each."
HELP = (
    "List the metrics, and which method maximises each: exact finds the best thresholds of all, "
    "coordinate_ascent ones of which no single one can be moved to gain. A name is a metric and "
    "an average, such as f1_micro; those with yes have no average."
)
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh metrics\n"
    "  tagthresh metrics --json\n"
    "  tagthresh fit dev.npz --metric jaccard_macro --method exact\n"
    "  tagthresh fit dev.npz --metric f1_samples --method coordinate_ascent\n"
    "  tagthresh fit dev.npz --metric cost:miss=20:false_alarm=1 --method exact"
)


def run(as_json: Json = False) -> None:
    """Print the table."""
    from tagthresh.metrics.registry import table
    from tagthresh.report import terminal

    columns = table()
    if as_json:
        printing.print_json({"metrics": formatting.table(columns)})
        return
    printing.tables_console().print(terminal.metrics(columns))
