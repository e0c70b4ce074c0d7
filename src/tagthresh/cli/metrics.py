"""``tagthresh metrics``."""

from __future__ import annotations

from tagthresh import formatting
from tagthresh.cli.results import Results

SHORT = "List the metrics, and which method maximises each."
HELP = (
    "List the metrics, and which method maximises each. exact finds the best thresholds of all. "
    "coordinate_ascent finds thresholds that cannot be improved by moving a single one. A name is "
    "a metric and an average, such as f1_micro; those with yes have no average."
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


def run(results: Results) -> None:
    """Print the table."""
    from tagthresh.metrics.registry import table
    from tagthresh.report import terminal

    results.check(())
    columns = table()
    results.give(
        columns,
        lambda _: [terminal.metrics(columns)],
        lambda: {"metrics": formatting.table(columns)},
    )
