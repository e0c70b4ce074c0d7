"""Names reach the terminal as they are, but for what would move its cursor; files keep them."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import tagthresh as tt
from in_process import Done, runner
from tagthresh import io as tables
from tagthresh.formatting import json_text, visible
from tagthresh.report import terminal
from tagthresh.report.terminal.table import Table
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PERSIAN, FAMILY = "\u0645\u06cc\u200c\u062e\u0648", "\U0001f468\u200d\U0001f469\u200d\U0001f467"
UNTOUCHED = [
    *(":dog:", "[red]x[/red]", "[bold", "a\\b", "end\\", "\\[x]", "Dog 100 %"),
    *("狗", "كلب", "e\u0301", "नमस्ते", PERSIAN, FAMILY, "❤\ufe0f", "\u0600\u0661\u0662"),
]
ESCAPED = {
    "a\x1b[2Jb": "a\\x1b[2Jb",
    "\x1b]0;title\x07": "\\x1b]0;title\\x07",
    "nul\0": "nul\\x00",
    "c1\x9b2J": "c1\\x9b2J",
    "del\x7f": "del\\x7f",
    "back\b\b": "back\\x08\\x08",
    "two\nlines": "two\\nlines",
    "two\r": "two\\r",
    "two\u2028": "two\\u2028",
    "next\x85": "next\\x85",
    "rtl\u202egpj": "rtl\\u202egpj",
    "isolate\u2067": "isolate\\u2067",
    "bom\ufeff": "bom\\ufeff",
    "zero\u200b": "zero\\u200b",
    "joined\u200d": "joined\\u200d",
    "D\u200cog": "D\\u200cog",
    "tag\U000e0041": "tag\\U000e0041",
    "half\ud800": "half\\ud800",
}
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]


@pytest.mark.parametrize("name", UNTOUCHED)
def test_names_of_all_scripts_are_as_they_are(name: str) -> None:
    assert visible(name) == name


@pytest.mark.parametrize(("name", "shown"), ESCAPED.items(), ids=map(repr, ESCAPED.values()))
def test_what_moves_the_cursor_is_escaped(name: str, shown: str) -> None:
    assert visible(name) == shown
    assert visible(shown) == shown


@given(st.text(st.characters()))
def test_nothing_unseen_is_left_and_json_stays_the_same(text: str) -> None:
    kinds = {unicodedata.category(char) for char in visible(text) if char not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
    printed = json_text([text])
    assert json.loads(printed) == [text]
    assert printed.replace("\n", "").isprintable()


def drawn(table: object) -> str:
    shown = io.StringIO()
    Console(file=shown, width=200, force_terminal=True, no_color=True).print(table)
    return shown.getvalue()


@pytest.mark.parametrize("name", [*UNTOUCHED, *ESCAPED])
def test_tables_titles_and_captions(name: str) -> None:
    shown = drawn(
        Table(f"title {name}", lambda _: {"tag": [name], "n": ["1"]}, {"": f"caption {name}"})
    )
    for place in ("title ", "caption ", "│ "):
        assert any(
            f"{place}{part}" in shown for part in (visible(name), name.split("\n", maxsplit=1)[0])
        )


def test_every_table_of_tags() -> None:
    names = [*UNTOUCHED, *(name for name in ESCAPED if name.isascii() or "\ud800" not in name)]
    rng = np.random.default_rng(0)
    scores = rng.random((200, len(names)))
    labels = (scores > rng.random(scores.shape)).astype(int)
    solution = tt.find_thresholds(labels, scores, tags=names, cv=None)
    judged = tt.evaluate(labels, scores, solution.thresholds, tags=names)
    compared = tt.compare_thresholds(
        labels, scores, solution.thresholds, solution.thresholds, tags=names, n_resamples=40
    )
    point = tt.operating_point(labels, scores, recall=0.5, tags=names)
    profile = tt.Profile.from_scores(scores, solution.thresholds, tags=names)
    shown = [
        terminal.trust(solution, 0),
        terminal.per_tag(judged, "f1", 0),
        terminal.thresholds_by_tag(compared, 0),
        terminal.guarantee(tt.guarantee(labels, scores, precision=0.5, tags=names), 0),
        terminal.operating_point(point, 0),
        terminal.drift(tt.drift(scores, profile), 0),
    ]
    for table in shown:
        cells = list(table.drawn(300).columns[0].cells)
        assert sorted(map(str, cells)) == sorted(map(visible, names))


def test_errors_show_names_as_they_are() -> None:
    error = InputError("y_score", "must be finite", "nan", Place("f\x1b.csv", 3, "a\\b", "x\x9b"))
    assert (
        str(error) == "f\\x1b.csv: y_score must be finite; got nan at clip 3 ('a\\b'), tag 'x\\x9b'"
    )


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run the command line on clips whose names, like those of tags, are hostile."""
    monkeypatch.chdir(tmp_path)
    names = [name for name in [*ESCAPED, *FORMULAS, ":dog:", "a\\b"] if "\ud800" not in name]
    scores = np.random.default_rng(0).random((len(names), len(names)))
    labels = scores > 0.5
    labels[:, 0] = False  # a tag without a positive is warned of by name
    path = tmp_path / "a\x1b[2J.npz"
    np.savez(path, scores=scores, labels=labels, tags=names, clips=names)
    return runner(monkeypatch, capfd)


COMMANDS = [
    "fit FILE --no-cv",
    "fit FILE --no-cv --fix x\x1b=1",
    "fit FILE --method \x1b[2J",
    "fit FILE --metric f1\u202e",
    "evaluate FILE --rows 0",
    "evaluate FILE --json",
    "evaluate \x1bnone.npz",
    "apply FILE -o \x1b.csv",
    "review FILE --bands 2 --per-band 2 -o \x9b.csv",
    "compare FILE FILE --methods exact,shared",
    "compare-thresholds thresholds.json thresholds.json FILE",
    "frontier FILE --recall 0.5",
    "\x1b[2J",
    "fit --\x1b[2J",
    "fit FILE \u202e",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_raw_is_printed(run: Callable[..., Done], command: str) -> None:
    run("fit", "a\x1b[2J.npz", "--no-cv")
    done = run(*command.replace("FILE", "a\x1b[2J.npz").split())
    assert done.code in {0, 2}
    assert "Traceback" not in done.err
    for line in (done.out + done.err).split("\n"):
        assert visible(line) == line
    if done.code == 2:
        assert done.err.count("\n") == 1


@pytest.mark.parametrize("command", ["apply FILE -o t.csv", "evaluate FILE --csv t.csv"])
def test_files_keep_names(run: Callable[..., Done], tmp_path: Path, command: str) -> None:
    run("fit", "a\x1b[2J.npz", "--no-cv")
    for option, before in ((), ""), (("--excel-safe",), "'"):
        assert run(*command.replace("FILE", "a\x1b[2J.npz").split(), *option).code == 0
        with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
            written = {row["tag"] for row in csv.DictReader(file)}
        assert {f"{before}{name}" for name in FORMULAS} <= written
        assert "a\x1b[2Jb" in written


@pytest.mark.parametrize("name", FORMULAS)
def test_excel_safe_cells_and_headers(
    name: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    columns = {"clip": [name, "usual", None], name: [-1.5, 2.0, np.nan]}
    tables.write_columns(f"{tmp_path}/t.csv", columns, excel_safe=True)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["clip", f"'{name}"], [f"'{name}", "-1.5"], ["usual", "2"], ["", ""]]
    tables.write_columns("-", columns, excel_safe=True)
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == (tmp_path / "t.csv").read_bytes()
    assert pa.array(columns["clip"]).to_pylist()[0] == name
