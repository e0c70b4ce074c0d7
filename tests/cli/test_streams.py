"""Standard streams that are closed, full or not read to the end: one line at most, no trace."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tagthresh as tt
from tagthresh.datasets.demo import load_demo

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = [
    "fit fit.npz --no-cv",
    "fit fit.npz --no-cv --json",
    "fit fit.npz --no-cv -o -",
    "evaluate fit.npz",
    "evaluate fit.npz --json",
    "evaluate fit.npz --csv -",
    "apply fit.npz -o -",
    "apply fit.npz -o t.csv --json",
    "calibrate fit.npz -o -",
    "frontier fit.npz",
    "frontier fit.npz --csv -",
    "compare fit.npz fit.npz --methods shared,exact",
    "compare-thresholds thresholds.json thresholds.json fit.npz --json",
    "drift fit.npz",
    "metrics",
    "--help",
    "fit --help",
    "--version",
    "",
]
SHORT = ["evaluate fit.npz --json", "apply fit.npz -o -", "evaluate fit.npz", "--help"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labelled scores and what was fitted on them."""
    folder, half = tmp_path_factory.mktemp("streams"), load_demo()[0]
    np.savez(folder / "fit.npz", **vars(half))
    solution = tt.find_thresholds(half.labels, half.scores, tags=half.tags, cv=None)
    solution.thresholds.save(folder / "thresholds.json")
    assert solution.calibrator is not None
    solution.calibrator.save(folder / "calibrator.json")
    tt.Profile.from_scores(half.scores, solution.thresholds, tags=half.tags).save(
        folder / "profile.json"
    )
    return folder


def shell(folder: Path, words: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash, in which ``tagthresh`` is the command line."""
    line = words.replace("tagthresh", f"{sys.executable} -m tagthresh", 1)
    return subprocess.run(
        ["/bin/bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("command", "reader"),
    [*((command, "true") for command in COMMANDS), *((command, "head -n 1") for command in SHORT)],
)
def test_a_reader_that_stops(folder: Path, command: str, reader: str) -> None:
    done = shell(folder, f"tagthresh {command} | {reader}; exit ${{PIPESTATUS[0]}}")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("command", SHORT)
def test_closed_output(folder: Path, command: str) -> None:
    usual, closed = (shell(folder, f"tagthresh {command} {to}") for to in (">/dev/null", ">&-"))
    assert (closed.returncode, closed.stderr) == (0, usual.stderr)


@pytest.mark.parametrize("command", SHORT)
def test_closed_error_and_input(folder: Path, command: str) -> None:
    usual, closed = (shell(folder, f"tagthresh {command} {how}") for how in ("", "<&- 2>&-"))
    assert (closed.returncode, closed.stdout, closed.stderr) == (0, usual.stdout, "")
    assert shell(folder, f"tagthresh {command} <&- >&- 2>&-").returncode == 0


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full", "2> >(true)"])
def test_bad_input_without_a_reader_of_errors(folder: Path, stream: str) -> None:
    done = shell(folder, f"tagthresh fit none.npz {stream}")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_closed_input_is_empty(folder: Path) -> None:
    done = shell(folder, "tagthresh apply - <&-")
    assert done.returncode == 2
    assert done.stderr == "tagthresh: - cannot be read: it is empty\n"


@pytest.mark.parametrize("command", [c for c in COMMANDS if c and "t.csv" not in c])
def test_a_full_disk(folder: Path, command: str) -> None:
    done = shell(folder, f"tagthresh {command} > /dev/full")
    assert done.returncode == 2
    assert done.stderr.count("cannot write standard output: ") == 1
    assert "Traceback" not in done.stderr


OUTPUTS = [
    "fit fit.npz --no-cv -o {}.json",
    "fit fit.npz --no-cv --calibrator {}.json -o t.json",
    "apply fit.npz -o {}.csv",
    "apply fit.npz -o {}.parquet",
    "evaluate fit.npz --csv {}.csv",
    "frontier fit.npz --plot {}.png",
    "report fit.npz -o {}.html",
]


@pytest.mark.parametrize("command", OUTPUTS)
def test_outputs_that_cannot_be_written(folder: Path, command: str) -> None:
    suffix = command.split("{}")[1].split(maxsplit=1)[0]
    for name, target in (("loop", f"loop{suffix}"), ("full", "/dev/full")):
        link = folder / f"{name}{suffix}"
        if not link.is_symlink():
            link.symlink_to(target)
        done = shell(folder, f"tagthresh {command.format(name)} > /dev/null")
        assert done.returncode == 2
        told = [line for line in done.stderr.splitlines() if line.startswith("tagthresh: ")]
        assert len(told) == 1
        assert told[0].startswith(f"tagthresh: {link.name} cannot be written: ")
        assert str(link.readlink()) == target
    assert not list(folder.glob(".tagthresh-*"))
