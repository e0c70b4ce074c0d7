from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from sklearn.metrics import f1_score

import tagthresh as tt
from tagthresh import cli
from tagthresh.demo import load_halves

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run the command line in a folder with the demo's two halves, fit.npz and eval.npz."""
    for half, name in zip(load_halves(), ("fit", "eval"), strict=True):
        np.savez(tmp_path / f"{name}.npz", **vars(half))
    monkeypatch.chdir(tmp_path)

    def call(*args: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["tagthresh", *args])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        code = stop.value.code
        return Done(code if isinstance(code, int) else 0, *capfd.readouterr())

    return call


def test_the_whole_path_vs_scikit_learn(run: Callable[..., Done], tmp_path: Path) -> None:
    done = run("fit", "fit.npz", "-o", "t.json")
    assert (done.code, done.out) == (0, "")
    assert "f1_micro 78.16 % on 500 clips x 10 tags" in done.err
    judged = json.loads(run("evaluate", "eval.npz", "-t", "t.json", "--json").out)
    with np.load("eval.npz") as unseen:
        decisions = unseen["scores"] >= tt.load("t.json").values
        wanted = f1_score(unseen["labels"], decisions, average="micro")
        clips, tags = unseen["clips"], unseen["tags"]
    assert judged["f1_micro"] == pytest.approx(wanted, abs=1e-12)
    assert round(100 * wanted, 2) == 78.41
    assert run("apply", "eval.npz", "-t", "t.json", "-o", "tags.csv").code == 0
    lines = (tmp_path / "tags.csv").read_text("utf-8").splitlines()
    assert lines[0] == '"clip","tag","score","threshold"'
    given = {(line.split('","')[0][1:], line.split('","')[1].split('",')[0]) for line in lines[1:]}
    rows, columns = decisions.nonzero()
    assert given == {(clips[r], tags[c]) for r, c in zip(rows, columns, strict=True)}


def test_evaluate_prints_worst_tags_first(run: Callable[..., Done]) -> None:
    run("fit", "fit.npz")
    done = run("evaluate", "eval.npz", "--rows", "3", "--csv", "tags.csv")
    assert done.code == 0
    assert "tags by f1, lowest first (3 of 10)" in done.out
    assert "wrote tags.csv" in done.err
    evaluation = json.loads(run("evaluate", "eval.npz", "--json").out)
    worst = min(evaluation["per_tag"], key=lambda row: row["f1"])["tag"]
    assert done.out.splitlines()[4].split("│")[1].strip() == worst
    by_name = run("evaluate", "eval.npz", "--sort", "tag", "--rows", "0").out
    assert by_name.index("Baby cry") < by_name.index("Waves, surf")


def test_methods_take_options_and_tags_are_set_by_hand(run: Callable[..., Done]) -> None:
    done = run(
        *("fit", "fit.npz", "--method", "constant", "--option", "value=0.3", "--json"),
        *("--set", "Dog=0.4", "--set", "Waves, surf=never"),
    )
    result = json.loads(done.out)
    content = result["thresholds"]
    assert content["method"] == {"name": "constant", "options": {"value": 0.3}}
    by_tag = dict(zip(content["tags"], content["values"], strict=True))
    assert (by_tag["Dog"], by_tag["Rain"], by_tag["Waves, surf"]) == (0.4, 0.3, None)
    assert content["overrides"]["Waves, surf"] == {"fitted": 0.3, "set": None}
    assert result["certificate"]["gap"] > 0
    assert content == tt.load("thresholds.json").to_dict()


def test_standard_output_takes_thresholds_and_decisions(run: Callable[..., Done]) -> None:
    done = run("fit", "fit.npz", "-o", "-", "--metric", "f0.5_macro")
    assert json.loads(done.out)["metric"] == "f0.5_macro"
    run("fit", "fit.npz")
    done = run("apply", "eval.npz", "-o", "-")
    assert done.out.startswith('"clip","tag","score","threshold"\n')
    assert "tags on" in done.err


def test_the_demo_beats_the_default(run: Callable[..., Done]) -> None:
    done = run("demo")
    assert done.code == 0
    assert "tags that gain most" in done.out
    methods = json.loads(run("demo", "--json").out)["methods"]
    unseen = [methods[name]["unseen"] for name in ("default 0.5", "best shared", "exact")]
    assert [round(100 * value, 2) for value in unseen] == [1.40, 76.29, 78.41]
    assert tt.load("thresholds.json").tags is not None


def test_unseen_tags_are_named_in_a_warning(run: Callable[..., Done]) -> None:
    np.savez("a.npz", scores=[[0.9, 0.1]], labels=[[1, 0]], tags=["Dog", "Rain"])
    done = run("fit", "a.npz")
    assert done.code == 0
    assert "warning: no known positive clip" in done.err
    assert "Rain (1 of 2 tags)" in done.err


@pytest.mark.parametrize("command", ["fit", "evaluate", "apply", "demo"])
def test_every_help_has_an_example(run: Callable[..., Done], command: str) -> None:
    done = run(command, "--help")
    assert done.code == 0
    assert f"  tagthresh {command}" in done.out or "Example: tagthresh demo" in done.out


def test_version_from_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "tagthresh", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == tt.__version__


def test_a_reader_that_stops_early_is_no_error(run: Callable[..., Done]) -> None:
    run("fit", "fit.npz")
    command = f"{sys.executable} -m tagthresh apply eval.npz -o - | head -n 1"
    done = subprocess.run(  # noqa: S602 - the pipe is the point
        command, shell=True, capture_output=True, text=True, check=True
    )
    assert done.stdout == '"clip","tag","score","threshold"\n'
    assert "Traceback" not in done.stderr
