"""Every command with --json on the smallest and most one-sided data: valid JSON, or one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt
from in_process import Done, runner

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(0)
MIXED = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [1, 0], [0, 1]])
DATA: dict[str, Any] = {
    "one clip": MIXED[:1],
    "one clip, nothing positive": MIXED[3:4],
    "one clip, everything positive": MIXED[2:3],
    "one tag": MIXED[:, :1],
    "one clip, one tag": MIXED[:1, :1],
    "two clips": MIXED[:2],
    "no positive": np.zeros_like(MIXED),
    "all positive": np.ones_like(MIXED),
    "a tag without positives": MIXED * [1, 0],
    "one known label": np.where(np.arange(12).reshape(6, 2) == 0, 1, -1),
    "one group": MIXED,
}
BOTH = ("--fit-labels", "l.csv", "--eval-labels", "l.csv")
COMMANDS: dict[str, tuple[str, ...]] = {
    "fit": ("fit", "d.csv", "--labels", "l.csv", "-o", "new.json"),
    "fit exact": ("fit", "d.csv", "--labels", "l.csv", "-o", "new.json", "--method", "exact"),
    "fit, cross-fitted": ("fit", "d.csv", "--labels", "l.csv", "-o", "new.json", "--cv", "2"),
    "fit by group": (
        "fit",
        "g.csv",
        "--labels",
        "l.csv",
        "-o",
        "new.json",
        "--group-column",
        "group",
    ),
    "fit, bootstrap": ("fit", "d.csv", "--labels", "l.csv", "-o", "new.json", "--bootstrap", "40"),
    "guarantee precision": (
        "guarantee",
        "d.csv",
        "--labels",
        "l.csv",
        "-o",
        "new.json",
        "--precision",
        ".6",
    ),
    "guarantee recall": (
        "guarantee",
        "d.csv",
        "--labels",
        "l.csv",
        "-o",
        "new.json",
        "--recall",
        ".6",
    ),
    "evaluate": ("evaluate", "d.csv", "--labels", "l.csv", "-t", "high.json"),
    "evaluate never": ("evaluate", "d.csv", "--labels", "l.csv", "-t", "never.json"),
    "evaluate samples": ("evaluate", "d.csv", "--labels", "l.csv", "-t", "low.json"),
    "frontier": ("frontier", "d.csv", "--labels", "l.csv"),
    "frontier precision": ("frontier", "d.csv", "--labels", "l.csv", "--precision", ".5"),
    "frontier recall": ("frontier", "d.csv", "--labels", "l.csv", "--recall", ".5"),
    "frontier rate": ("frontier", "d.csv", "--labels", "l.csv", "--per-clip", ".01"),
    "frontier by tag": (
        "frontier",
        "d.csv",
        "--labels",
        "l.csv",
        "--per-clip",
        ".01",
        "--tag-by-tag",
    ),
    "compare": ("compare", "d.csv", "d.csv", *BOTH, "--methods", "shared,exact"),
    "compare-thresholds": (
        "compare-thresholds",
        "low.json",
        "high.json",
        "d.csv",
        "--labels",
        "l.csv",
    ),
    "compare with never": (
        "compare-thresholds",
        "low.json",
        "never.json",
        "d.csv",
        "--labels",
        "l.csv",
    ),
    "compare by group": (
        *("compare-thresholds", "low.json", "high.json", "g.csv", "--labels", "l.csv"),
        *("--group-column", "group"),
    ),
    "apply": ("apply", "d.csv", "-t", "low.json", "-o", "tags.csv"),
    "drift": ("drift", "d.csv", "-p", "p.json"),
    "calibrate": ("calibrate", "d.csv", "-c", "c.json", "-o", "probabilities.csv"),
    "adapt": ("adapt", "d.csv", "-t", "f.json", "-c", "c.json", "-o", "new.json"),
    "review": ("review", "d.csv", "-o", "sheet.csv"),
}


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capfd)


def write(labels: Any, n_groups: int) -> None:
    """Write the clips, thresholds of three kinds, a profile and a calibrator."""
    tags = ["Dog", "Rain"][: labels.shape[1]]
    scores = np.round(np.random.default_rng(0).random(labels.shape), 3)
    names = [f"clip{i}" for i in range(len(labels))]
    for path, values in (("d.csv", scores), ("l.csv", labels), ("g.csv", scores)):
        group = ["group"] * (path == "g.csv")
        rows = [",".join(["clip", *group, *tags])]
        for name, row in zip(names, values.tolist(), strict=True):
            site = [f"site{len(rows) % n_groups}"] * len(group)
            rows.append(",".join([name, *site, *("" if v == -1 else str(v) for v in row)]))
        Path(path).write_text("\n".join(rows) + "\n")
    for name, value in (("low", 0.0), ("high", 0.5), ("never", np.inf)):
        tt.Thresholds([value] * len(tags), tags).save(f"{name}.json")
    tt.Profile.from_scores(scores, tt.Thresholds([0.5] * len(tags), tags), tags=tags).save("p.json")
    fitted = tt.find_thresholds(
        [[1] * len(tags), [0] * len(tags)], [[0.9] * len(tags), [0.1] * len(tags)], tags=tags
    )
    fitted.thresholds.save("f.json")
    assert fitted.calibrator is not None
    fitted.calibrator.save("c.json")


def no_constant(text: str) -> float:
    raise AssertionError(text)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("data", DATA)
def test_json_is_valid_or_one_line_says_why(
    run: Callable[..., Done], data: str, command: str
) -> None:
    write(DATA[data], 1 if data == "one group" else 2)
    done = run(*COMMANDS[command], "--json")
    if done.code == 0:
        json.loads(done.out, parse_constant=no_constant)
        assert "Warning" not in done.err
        return
    assert (done.code, done.out) == (2, "")
    *warnings, last = done.err.splitlines()
    assert all(line.startswith("warning: ") for line in warnings)
    assert last.startswith("tagthresh: ")
    assert "No such option" not in done.err
