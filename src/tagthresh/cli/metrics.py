"""``tagthresh metrics``."""

from __future__ import annotations

from tagthresh import formatting
from tagthresh.cli import printing
from tagthresh.cli.options import Csv, Json, Latex, Markdown
from tagthresh.cli.tables import TableFiles

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
    "  tagthresh metrics --csv metrics.csv --markdown metrics.md \\\n"
    "      --latex metrics.tex\n"
    "  tagthresh fit dev.npz --metric jaccard_macro --method exact\n"
    "  tagthresh fit dev.npz --metric f1_samples --method coordinate_ascent\n"
    "  tagthresh fit dev.npz --metric cost:miss=20:false_alarm=1 --method exact"
)


def run(
    csv: Csv = None, markdown: Markdown = None, latex: Latex = None, as_json: Json = False
) -> None:
    """Print the table."""
    from tagthresh.metrics.registry import table
    from tagthresh.report import terminal

    table_files = TableFiles(csv, markdown, latex)
    table_files.check((), as_json=as_json)
    columns = table()
    shown = terminal.metrics(columns)
    table_files.write(columns, lambda _: [shown])
    if as_json:
        printing.print_json({"metrics": formatting.table(columns)})
        return
    table_files.console().print(shown)
