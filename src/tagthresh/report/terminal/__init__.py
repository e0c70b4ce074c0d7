"""Tables for the terminal. Scores are shown in percent, thresholds in the unit of the scores.

Each function gives a `Table`, which takes the room that the terminal has, and writes itself as
Markdown or LaTeX. Of `rows`, the number of rows to show, 0 means all.
"""

from tagthresh.report.terminal.comparison import comparison
from tagthresh.report.terminal.demo import gains, outcomes
from tagthresh.report.terminal.evaluation import (
    COLUMNS,
    averages,
    consistency,
    per_tag,
    reliability,
)
from tagthresh.report.terminal.evidence import trust
from tagthresh.report.terminal.guarantee import guarantee
from tagthresh.report.terminal.metrics import metrics
from tagthresh.report.terminal.operating import frontier, operating_point
from tagthresh.report.terminal.reproduce import reproduction
from tagthresh.report.terminal.shift import adaptation, drift
from tagthresh.report.terminal.table import Table
from tagthresh.report.terminal.thresholds import thresholds_by_tag, thresholds_in_all

__all__ = [
    "COLUMNS",
    "Table",
    "adaptation",
    "averages",
    "comparison",
    "consistency",
    "drift",
    "frontier",
    "gains",
    "guarantee",
    "metrics",
    "operating_point",
    "outcomes",
    "per_tag",
    "reliability",
    "reproduction",
    "thresholds_by_tag",
    "thresholds_in_all",
    "trust",
]
