"""What notebooks show."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

import tagthresh as tt
from tagthresh.notebook import html_table


class Cells(HTMLParser):
    """Text of the cells of a table, and whether every element that opens is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, *_: object) -> None:
        self.open.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] in {"td", "th"}:
            self.cells[-1] += data


def cells(html: str) -> list[str]:
    parser = Cells()
    parser.feed(html)
    assert not parser.open
    return parser.cells


def test_a_table_holds_what_its_columns_hold() -> None:
    columns = {"tag": ["<script>", "b"], "f1": np.array([0.123456, np.nan])}
    assert cells(html_table("a & b", columns)) == ["tag", "f1", "<script>", "0.1235", "b", ""]


def test_long_tables_end_in_words() -> None:
    html = html_table("many", {"tag": [str(i) for i in range(23)]})
    assert len(cells(html)) == 21
    assert "3 more rows" in html


@pytest.fixture(scope="module")
def solution() -> tt.Solution:
    fit, _ = tt.demo.load_halves()
    return tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags, cv=2, bootstrap=None)


def test_solutions_evaluations_and_thresholds_are_shown(solution: tt.Solution) -> None:
    fit, _ = tt.demo.load_halves()
    evaluation = tt.evaluate(fit.labels, fit.scores, solution.thresholds)
    for shown in (solution, evaluation, solution.thresholds):
        found = cells(shown._repr_html_())
        assert {"tag", "threshold", "Dog", f"{solution.thresholds.values[4]:.4g}"} <= set(found)
    assert "f1_micro" in solution._repr_html_()
    assert "recall low" in cells(solution._repr_html_())


def test_changes_by_hand_are_shown(solution: tt.Solution) -> None:
    changed = solution.thresholds.override({"Dog": None})
    found = cells(changed._repr_html_())
    at = found.index("Dog")
    assert found[at : at + 3] == ["Dog", "never", f"{solution.thresholds.values[4]:.4g}"]
