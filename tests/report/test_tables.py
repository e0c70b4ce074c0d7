"""Tables of every command, on terminals of any width and as files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.console import Console

import tagthresh as tt
from in_process import runner
from tagthresh.datasets.simulate import audioset_shape, audioset_shaped
from tagthresh.report import terminal
from tagthresh.report.terminal.table import Table, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from in_process import Done

COMMANDS = {
    "fit": "fit dev.npz -o new.json --rows 0 --bootstrap 40",
    "evaluate": "evaluate eval.npz --rows 0",
    "compare": "compare dev.npz eval.npz --methods constant:value=0.3,shared,exact",
    "compare-thresholds": "compare-thresholds shared.json thresholds.json eval.npz --rows 0",
    "guarantee": "guarantee dev.npz --precision 0.5 -o sure.json --rows 0",
    "frontier": "frontier dev.npz",
    "operating point": "frontier dev.npz --precision 0.6 --rows 0",
    "drift": "drift eval.npz --rows 0",
    "adapt": "adapt eval.npz --rows 0",
    "metrics": "metrics",
    "demo": "demo -o demo.json",
}
LONG = sorted(set(audioset_shape()["tags"].tolist()), key=lambda name: (len(name), name))[-24:]
NAMES = [*LONG, "Dog", "Rain"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips of tags with the longest names of AudioSet, and what commands need beside them."""
    folder = tmp_path_factory.mktemp("tables")
    drawn = audioset_shaped(1200, random_state=1)
    common = np.argsort(-drawn.labels.sum(axis=0))[: len(NAMES)]
    for name, clips in (("dev", slice(600)), ("eval", slice(600, None))):
        labels, scores = drawn.labels[clips, common], drawn.scores[clips, common]
        np.savez(folder / f"{name}.npz", labels=labels, scores=scores, tags=NAMES)
    return folder


@pytest.fixture
def run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run the command line beside the clips."""
    monkeypatch.chdir(folder)
    call = runner(monkeypatch, capfd)
    if not Path("thresholds.json").exists():
        call(*["fit", "dev.npz", "--calibrator", "calibrator.json", "--profile", "profile.json"])
        call(*["fit", "dev.npz", "--method", "shared", "-o", "shared.json"])
    return call


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split("[│┃]", line)[1:-1]]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_names_are_whole_and_columns_that_go_are_named(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, command: str, width: int
) -> None:
    words = COMMANDS[command].split()
    monkeypatch.setenv("COLUMNS", "300")
    wide = run(*words).out
    monkeypatch.setenv("COLUMNS", str(width))
    shown = run(*words).out
    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown
    headers = [cells(line) for line in wide.splitlines() if line.startswith("┃")]
    kept = " ".join(cell for line in shown.splitlines() if "┃" in line for cell in cells(line))
    text = " ".join(shown.split())
    for header in (word for row in headers for cell in row for word in cell.split()):
        assert header in kept or header in text.partition("wider terminals also show")[2]
    if any("tag" in row for row in headers) and command != "demo":
        words_of_names = {word for name in NAMES for word in re.findall(r"[^\s-]+-?", name)}
        firsts = [cells(line)[0] for line in shown.splitlines() if line.startswith("│")]
        seen = {word for cell in firsts for word in re.findall(r"[^\s-]+-?", cell)}
        assert words_of_names <= seen  # none is split


@pytest.mark.parametrize("command", COMMANDS)
def test_files_hold_every_row(run: Callable[..., Done], command: str) -> None:
    words = [word for word in COMMANDS[command].split() if word not in {"--rows", "0"}]
    done = run(*words, "--csv", "t.csv", "--markdown", "t.md", "--latex", "t.tex")
    assert done.code == 0
    for name in ("t.csv", "t.md", "t.tex"):
        assert f"wrote {name}" in done.err
    markdown, latex = (Path(f"t.{suffix}").read_text("utf-8") for suffix in ("md", "tex"))
    with Path("t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    n_tables = latex.count(r"\toprule")
    assert n_tables == latex.count(r"\end{table}")
    assert n_tables == len(re.findall(r"^\| :--", markdown, re.MULTILINE))
    if "tag" in rows[0]:
        assert [row["tag"] for row in rows] == NAMES
        for name in NAMES:
            assert f"| {name.replace('_', chr(92) + '_')} |" in markdown
            assert re.search(rf"^{re.escape(name)} & ", latex, re.MULTILINE)
    if command in {"fit", "evaluate", "compare", "compare-thresholds", "adapt"}:
        assert re.search(r"\[[-+\d.]+, [-+\d.]+\]", latex)  # an interval


@pytest.mark.parametrize("sort", ["f1", "support", "tag"])
def test_tags_without_positives_come_last(sort: str) -> None:
    labels = np.zeros((20, 30), int)
    labels[:5, 12] = labels[:9, 20] = 1
    scores = np.random.default_rng(0).random(labels.shape)
    tags = [f"tag {i:02}" for i in range(30)]
    judged = tt.evaluate(labels, scores, [0.5] * 30, tags=tags, ci=None)
    shown = terminal.per_tag(judged, sort, 3).cells(" ")["tag"]
    assert sorted(shown[:2]) == ["tag 12", "tag 20"]


@pytest.mark.parametrize("option", ["--csv", "--markdown", "--latex"])
def test_what_is_printed_leaves_standard_output_to_itself(
    run: Callable[..., Done], option: str
) -> None:
    done = run("evaluate", "eval.npz", option, "-")
    starts = {"--csv": '"tag","threshold"', "--markdown": "**tags by", "--latex": r"\begin{table}"}
    assert done.out.startswith(starts[option])
    assert "┃" not in done.out
    assert "┃" in done.err


HOSTILE = [
    "a|b",
    "c_d & e%",
    r"back\slash",
    "<b>bold</b>",
    "$x^2$ ~ #1",
    "{curly}",
    "*star* `tick`",
]


def hostile() -> Table:
    return Table(
        "50 % of a_b", lambda _: {"tag": HOSTILE, "P %": ["1"] * len(HOSTILE)}, {"P %": "x"}
    )


def test_markdown_shows_names_as_they_are() -> None:
    markdown_it = pytest.importorskip("markdown_it")
    html = markdown_it.MarkdownIt("commonmark").enable("table").render(hostile().markdown())
    shown = re.findall("<td[^>]*>(.*?)</td>", html)[::2]
    unescaped = [
        cell.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for cell in shown
    ]
    assert unescaped == HOSTILE


def test_latex_escapes_what_it_would_obey() -> None:
    text = hostile().latex()
    assert r"a\textbar{}b & 1 \\" in text
    assert r"c\_d \& e\% & 1 \\" in text
    assert r"back\textbackslash{}slash" in text
    assert r"\$x\textasciicircum{}2\$ \textasciitilde{} \#1" in text
    assert r"\{curly\}" in text
    assert "\n{}*star* `tick` & 1" in text  # a star or a bracket would belong to the row before
    assert r"\caption{50 \% of a\_b; P: x}" in text


def lines(name: str, width: int) -> Iterator[str]:
    yield from wrapped(name, width).split("\n")


@pytest.mark.parametrize("width", [8, 12, 20])
@pytest.mark.parametrize("name", [*NAMES, "great_spotted_woodpecker-call", "x" * 40, "犬" * 30])
def test_names_wrap_between_words(name: str, width: int) -> None:
    from rich.cells import cell_len

    assert max(cell_len(line) for line in lines(name, width)) <= width
    whole = "".join("".join(lines(name, width)).split())
    assert whole == "".join(name.split()) or "…" in whole


def test_a_table_says_what_it_leaves_out() -> None:
    columns = {"tag": ["Domestic animals, pets"], "a": ["1" * 20], "b": ["2" * 20], "c": ["3" * 9]}
    table = Table("t", lambda _: columns, {"a": "first", "b": "second"}, least=("a",))
    console = Console(file=io.StringIO(), width=60)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "b: second; wider terminals also show a" in shown
    assert "first" not in shown
