"""What notebooks show, and the example notebook."""

from __future__ import annotations

import ast
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tagthresh as tt
from tagthresh.formatting import html_table


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
    fit, _ = tt.datasets.load_demo()
    return tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags, cv=2, bootstrap=None)


def test_solutions_evaluations_and_thresholds_are_shown(solution: tt.Solution) -> None:
    fit, _ = tt.datasets.load_demo()
    evaluation = tt.evaluate(fit.labels, fit.scores, solution.thresholds)
    for shown in (solution, evaluation, solution.thresholds):
        found = cells(shown._repr_html_())
        assert {"tag", "threshold", "Dog", f"{solution.thresholds.values[4]:.4g}"} <= set(found)
    assert "f1_micro" in solution._repr_html_()
    assert "recall low" in cells(solution._repr_html_())


def results(solution: tt.Solution) -> dict[str, Any]:
    """One result of every kind that has a table."""
    fit, unseen = tt.datasets.load_demo()
    data: dict[str, Any] = {"y_true": fit.labels, "y_score": fit.scores}
    pair, calibrator = (fit.labels, fit.scores), solution.calibrator
    assert calibrator is not None
    profile = tt.Profile.from_scores(fit.scores, solution)
    few: dict[str, Any] = {"n_resamples": 40}
    return {
        "Evaluation": tt.evaluate(**data, thresholds=solution, ci=None),
        "Guarantee": tt.guarantee(**data, precision=0.8, tags=fit.tags),
        "OperatingPoint": tt.operating_point(**data, recall=0.8, tags=fit.tags),
        "ThresholdComparison": tt.compare_thresholds(**data, old=0.01, new=solution, **few),
        "Comparison": tt.compare_methods(pair, pair, methods=["shared", "exact"], **few),
        "Frontier": tt.Frontier.from_arrays(**data),
        "Drift": tt.drift(unseen.scores, profile),
        "Adaptation": tt.adapt(unseen.scores, solution, calibrator=calibrator),
        "Calibration": tt.evaluate_probabilities(fit.labels, fit.scores),
        "Solution": solution,
        "Thresholds": solution.thresholds,
    }


def test_every_result_has_a_table_and_is_shown(solution: tt.Solution) -> None:
    for name, result in results(solution).items():
        columns = {len(column) for column in result.table.values()}
        assert len(columns) == 1, name
        found = cells(result._repr_html_())
        assert found[: len(result.table)] == [key.replace("_", " ") for key in result.table], name
        assert f"<b>{name}(" in result._repr_html_()
        assert pd.DataFrame(result.table).shape == (columns.pop(), len(result.table))


def test_changes_by_hand_are_shown(solution: tt.Solution) -> None:
    changed = solution.thresholds.override({"Dog": None})
    found = cells(changed._repr_html_())
    at = found.index("Dog")
    assert found[at : at + 3] == ["Dog", "never", f"{solution.thresholds.values[4]:.4g}"]


EXAMPLE = Path(__file__).parents[2] / "examples" / "choosing.ipynb"


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does; the value of its last expression."""
    *statements, last = ast.parse(source).body
    exec(compile(ast.Module(statements, []), str(EXAMPLE), "exec"), names)  # noqa: S102
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), str(EXAMPLE), "eval"), names)  # noqa: S307
    exec(compile(ast.Module([last], []), str(EXAMPLE), "exec"), names)  # noqa: S102
    return None


def test_the_example_notebook_runs_and_shows_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    cells = json.loads(EXAMPLE.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for cell in code:
        found = run_cell("".join(cell["source"]), names)
        results = [output["data"] for output in cell["outputs"] if "data" in output]
        assert (found is not None) == bool(results)
        for kind in results[0] if results else ():
            expected = "".join(results[0][kind])
            if kind == "text/plain":
                assert repr(found) == expected
            if kind == "text/html":
                assert found._repr_html_() == expected
    assert (tmp_path / "report.html").exists()
    assert len(code) == 9
