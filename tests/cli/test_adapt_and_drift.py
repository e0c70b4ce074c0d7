"""`tagthresh adapt` and `tagthresh drift` from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tagthresh as tt
from in_process import Done, runner

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run the command line beside fit.npz, what was fitted to it, and new.npz with many dogs."""
    fit, unseen = tt.datasets.load_demo()
    kept = (unseen.labels[:, 4] == 1) | (np.arange(500) % 5 == 0)
    monkeypatch.chdir(tmp_path)
    np.savez("fit.npz", **vars(fit))
    np.savez("same.npz", scores=unseen.scores, tags=unseen.tags)
    np.savez("new.npz", scores=unseen.scores[kept], tags=unseen.tags)

    call = runner(monkeypatch, capfd)
    files = ("--calibrator", "calibrator.json", "--profile", "profile.json")
    call("fit", "fit.npz", *files, "--no-cv")
    return call


def test_adapted_thresholds_are_those_of_python(run: Callable[..., Done]) -> None:
    done = run("adapt", "new.npz")
    assert done.code == 0
    assert "f1_micro to expect on these 184 clips: " in done.err
    assert done.out.index("Dog") < done.out.index("Rain")  # the clear ones come first
    curves = tt.Calibrator.load("calibrator.json")
    with np.load("new.npz") as new:
        wanted = tt.adapt(new["scores"], tt.Thresholds.load("thresholds.json"), calibrator=curves)
    np.testing.assert_array_equal(
        tt.Thresholds.load("adapted.json").values, wanted.thresholds.values
    )
    told = json.loads(run("adapt", "new.npz", "--json").out)
    assert told["output"] == "adapted.json"
    assert told["verdicts"]["more common"] == 1
    assert told["after"] == wanted.after
    assert "(3 of 10 shown)" in run("adapt", "new.npz", "--rows", "3").out
    assert run("apply", "new.npz", "-t", "adapted.json").code == 0


def test_drift_is_that_of_python(run: Callable[..., Done]) -> None:
    done = run("drift", "new.npz")
    assert done.code == 0
    assert "the thresholds may no longer fit: 184 clips against 500" in done.err
    assert done.out.index("Dog") < done.out.index("Sneeze")  # what has changed comes first
    with np.load("new.npz") as new, np.load("fit.npz") as fit:
        profile = tt.Profile.from_scores(fit["scores"], tt.Thresholds.load("thresholds.json"))
        wanted = tt.drift(new["scores"], profile)
    assert json.loads(run("drift", "new.npz", "--json").out) == wanted.to_dict()
    assert "no change is seen: 500 clips against 500" in run("drift", "same.npz").err


def test_thresholds_set_by_hand_are_in_the_profile(run: Callable[..., Done]) -> None:
    options = ("--set", "Dog=0.4", "--profile", "p.json", "--no-cv", "-o", "-")
    assert "wrote p.json" in run("fit", "fit.npz", *options).err
    assert tt.Profile.load("p.json").thresholds.values[4] == 0.4


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("command", ["adapt", "drift"])
def test_tables_are_whole_at_any_width(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, columns: int, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(command, "new.npz").out.splitlines()
    assert max(map(len, lines)) <= columns
    assert not [line for line in lines if "…" in line]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("adapt", "new.npz", "-c", "no.json"), "no.json cannot be read"),
        (("adapt", "new.npz", "-c", "thresholds.json"), "is not a calibrator file"),
        (("adapt", "new.npz", "-o", "calibrator.json"), "must not overwrite the input"),
        (("adapt", "new.npz", "-o", "a.csv"), "the suffix must be one of .json"),
        (("adapt", "new.npz", "-o", "-", "--json"), "both print to standard output"),
        (("drift", "new.npz", "-p", "thresholds.json"), "is not a profile: it lacks the key"),
        (("drift", "nan.npz"), "nan.npz: scores must be finite; got nan at clip 1"),
        (("drift", "new.npz", "-p", "no.json"), "no.json cannot be read"),
        (("fit", "fit.npz", "--profile", "p.csv"), "the suffix must be one of .json"),
        (("fit", "fit.npz", "--profile", "fit.npz"), "the suffix must be one of .json"),
        (("adapt", "nan.npz"), "nan.npz: scores must be finite; got nan at clip 1"),
    ],
)
def test_files_out_of_place(
    run: Callable[..., Done], arguments: tuple[str, ...], message: str
) -> None:
    with np.load("new.npz") as new:
        scores = new["scores"]
        scores[1, 0] = np.nan
        np.savez("nan.npz", scores=scores, tags=new["tags"])
    done = run(*arguments)
    assert done.code == 2
    assert message in done.err
    assert not Path("adapted.json").exists()


def test_thresholds_of_another_kind_are_told(run: Callable[..., Done]) -> None:
    run("adapt", "new.npz")
    done = run("adapt", "new.npz", "-t", "adapted.json", "-o", "twice.json")
    assert done.code == 2
    assert (
        "thresholds must be fitted thresholds; got thresholds that were adapted already" in done.err
    )
