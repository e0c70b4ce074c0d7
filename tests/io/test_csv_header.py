"""A first line of numbers is a clip, not the names of tags, unless it can only be ids."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tagthresh as tt
from in_process import runner
from tagthresh import io as tables
from tagthresh.io.text_files import read_rows

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = {
    "scores": "0.8048,0.6734\n0.1558,0.8689\n",
    "names before": "a.wav,0.8,0.6\nb.wav,0.1,0.9\n",
    "labels": "1,0\n0,1\n",
    "labels with names": "a.wav,1,0\nb.wav,0,1\n",
    "exponents": "1e-3,2E+4\n0.1,0.2\n",
    "logits": "-2.5,+1.25\n0.1,0.2\n",
    "an empty cell": "a.wav,,0.6\nb.wav,0.1,0.9\n",
    "not a number": "nan,0.6\n0.1,0.9\n",
    "truth": "a.wav,True,False\nb.wav,False,True\n",
    "quoted": '"0.8","0.6"\n"0.1","0.9"\n',
    "quantised": "a.wav,17,203\nb.wav,3,9\n",
    "one column": "0.8\n0.6\n",
    "one tag": "a.wav,0.8\nb.wav,0.6\n",
    "same ids": "clip,1,1\na,0,1\n",
    "decimal ids": "clip,0.5,0.7\na,0,1\n",
    "a signature": "\ufeff0.8,0.6\n0.1,0.9\n",
    "numbered by pandas": "0,1,2\n0.1,0.2,0.3\n",
}


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_a_header_of_numbers_is_refused(tmp_path: Path, kind: str, suffix: str) -> None:
    path, text = tmp_path / f"a{suffix}", NUMBERS[kind]
    path.write_text(text.replace(",", "\t") if suffix == ".tsv" else text, "utf-8")
    rule = "the header must name the tags; it holds numbers|must be distinct; '1'"
    with pytest.raises(tt.InputError, match=rule):
        tables.read(str(path))


@pytest.mark.parametrize("text", ["0.8,0.6\n0.1,0.9\n", "a.wav,0.8,0.6\nb.wav,0.1,0.9\n"])
def test_the_first_line_is_a_clip_where_tags_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "tags.txt").write_text("Dog\nRain\n")
    path, scores = str(tmp_path / "a.csv"), [[0.8, 0.6], [0.1, 0.9]]
    table = tables.read(path, tags=str(tmp_path / "tags.txt"))
    assert table.tags == ("Dog", "Rain")
    np.testing.assert_array_equal(table.scores, scores)
    table = tables.read(path, header=False)
    assert table.tags is None
    assert table.clips == (("a.wav", "b.wav") if "a.wav" in text else None)
    np.testing.assert_array_equal(table.scores, scores)


def test_both_files_may_lack_a_header(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("a,0.8,0.6\nb,0.1,0.9\n")
    (tmp_path / "l.csv").write_text("b,0,1\na,1,0\n")
    table = tables.read_labelled(str(tmp_path / "s.csv"), str(tmp_path / "l.csv"), header=False)
    np.testing.assert_array_equal(table.labels, np.eye(2))


def test_numbers_of_columns_are_no_clip(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(NUMBERS["numbered by pandas"])
    (tmp_path / "tags.txt").write_text("Dog\nRain\nWind\n")
    with pytest.raises(tt.InputError, match="the header must name the tags"):
        tables.read(str(tmp_path / "a.csv"), tags=str(tmp_path / "tags.txt"))


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("clip,17,3,25\na,0.1,0.2,0.3\n", ("17", "3", "25")),
        (",0,1,2\na,0.1,0.2,0.3\n", ("0", "1", "2")),
        ("clip,007,7\na,0.1,0.2\n", ("007", "7")),
        ("clip,weight,17,3\na,1,0.1,0.2\n", ("17", "3")),
        ("clip,Dog,3\na,0.1,0.2\n", ("Dog", "3")),
        ("file,Dog\na,0.1\n", ("Dog",)),
        ("Dog\n0.1\n", ("Dog",)),
    ],
)
def test_ids_and_names_are_tags(tmp_path: Path, text: str, tags: tuple[str, ...]) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert tables.read(str(tmp_path / "a.csv")).tags == tags


def test_left_out_columns_do_not_make_a_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a.wav,site1,0.8,0.6\nb.wav,site2,0.1,0.9\n")
    with pytest.raises(tt.InputError, match="the header must name the tags"):
        tables.read(str(tmp_path / "a.csv"), ignore=["site1"])


@pytest.mark.parametrize("command", ["apply", "calibrate", "drift", "review", "adapt"])
def test_standard_input_without_a_header(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    scores, labels = np.array([[0.9, 0.1], [0.2, 0.8]]), np.eye(2, dtype=int)
    solution = tt.find_thresholds(labels, scores, cv=None)
    solution.thresholds.save("thresholds.json")
    solution.calibrator.save("calibrator.json")  # type: ignore[union-attr]
    tt.Profile.from_scores(scores, solution.thresholds).save("profile.json")
    text = io.BytesIO(b"0.8,0.6\n0.1,0.9\n0.7,0.3\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(text))
    done = runner(monkeypatch, capfd)(command, "-")
    assert done.code == 2
    assert "the header must name the tags; it holds numbers (0.8, 0.6)" in done.err


def test_apply_decides_on_the_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("0.8,0.6\n0.1,0.9\n0.7,0.3\n")
    tt.Thresholds([0.5, 0.5]).save("thresholds.json")
    done = runner(monkeypatch, capfd)("apply", "a.csv", "--no-header", "-o", "-")
    assert done.out.splitlines()[1:] == [
        '"0","0",0.8,0.5',
        '"0","1",0.6,0.5',
        '"1","1",0.9,0.5',
        '"2","0",0.7,0.5',
    ]


TWICE = ["clip,D,D\na,1,2\n", "clip,clip,D\na,b,1\n", "D,D\n1,2\n", 'clip,"D",D\na,1,2\n', ",D,D\n"]
TWICE += ["clip,tag,score,score\na,D,1,2\n", "\ufeffD,E,D\n1,2,3\n"]


@pytest.mark.parametrize("text", TWICE)
def test_names_of_columns_are_distinct(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with pytest.raises(
        tt.InputError, match=r"a.csv.* must be distinct; '.*' appears more than once"
    ):
        tables.read(str(tmp_path / "a.csv"))
    with pytest.raises(
        tt.InputError, match=r"a.csv.* must be distinct; '.*' appears more than once"
    ):
        read_rows(tmp_path / "a.csv")


def test_costs_and_ontologies_have_distinct_columns(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text("tag,miss,miss\nDog,1,20\n")
    with pytest.raises(tt.InputError, match="'miss' appears more than once"):
        tt.metrics.Cost.from_file(tmp_path / "costs.csv")
    (tmp_path / "tree.csv").write_text("child,parent,parent\nDog,Animal,Thing\n")
    with pytest.raises(tt.InputError, match="'parent' appears more than once"):
        tt.Ontology.from_file(tmp_path / "tree.csv")
