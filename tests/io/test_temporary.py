"""Temporary files of dead processes go at the next run; nobody else's do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tagthresh as tt
from tagthresh.io.atomic import PREFIX, replacing, replacing_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HELD = """
import sys
from pathlib import Path
from tagthresh.io.atomic import replacing, replacing_folder
with {door}(sys.argv[1]) as unfinished:
    file = unfinished / "part" if unfinished.is_dir() else unfinished
    file.write_text("half")
    print("held", flush=True)
    sys.stdin.read()
"""
DOORS: dict[str, Callable[[str], object]] = {
    "replacing": replacing,
    "replacing_folder": replacing_folder,
}


def holder(target: Path, door: str = "replacing") -> subprocess.Popen[str]:
    """Start a process that is in the middle of writing a file or a folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HELD.format(door=door), str(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str], *, kill: bool) -> None:
    if kill:
        process.kill()
    process.communicate()


def unfinished(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["t.csv", "t", "n" * 250, "wörter 狗.json", ".hidden", "a.tar.gz"])
def test_only_the_dead_are_removed(tmp_path: Path, door: str, name: str) -> None:
    target = tmp_path / name
    dead, alive = holder(target, door), holder(target, door)
    end(dead, kill=True)
    assert len(unfinished(tmp_path)) == 2
    write = DOORS[door]
    with write(str(target)) as path:  # type: ignore[attr-defined]
        assert len(unfinished(tmp_path)) == 2
        (path / "part" if path.is_dir() else path).write_text("whole")
    assert len(unfinished(tmp_path)) == 1
    if door == "replacing":
        end(alive, kill=False)
        assert target.read_text() == "half"
    else:
        end(alive, kill=True)
        assert (target / "part").read_text() == "whole"


def test_files_of_others_stay(tmp_path: Path) -> None:
    dead = holder(tmp_path / "t.csv")
    end(dead, kill=True)
    (own,) = unfinished(tmp_path)
    others = [
        *(".t-abcdef.csv", ".t.csv", "t.csv.bak", ".tagthresh-notes.csv", f"{own.name}.bak"),
        *(own.name.replace(".csv", ".json"), own.name[:-6] + ".csv", f"x{own.name}"),
    ]
    for name in others:
        (tmp_path / name).write_text("mine")
    with replacing(tmp_path / "u.csv") as path:
        path.write_text("u")
    assert own.exists()
    with replacing(tmp_path / "t.csv") as path:
        path.write_text("t")
    assert not own.exists()
    assert all((tmp_path / name).read_text() == "mine" for name in others)


def test_an_existing_empty_folder_is_filled(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    end(holder(target, "replacing_folder"), kill=True)
    assert len(unfinished(target)) == 1
    with replacing_folder(target) as path:
        (path / "part").write_text("whole")
    assert [file.name for file in target.iterdir()] == ["part"]
    with pytest.raises(tt.InputError, match="must be a new or an empty folder; it holds part"):
        replacing_folder(target).__enter__()


def killed_while_applying(folder: Path, at: int) -> int:
    """Kill ``apply`` when it has written some of its file; gives how many were left behind."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tagthresh", "apply", "s.npy", "-o", "t.csv"],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        if any(size(file) >= at for file in unfinished(folder)):
            os.kill(process.pid, signal.SIGKILL)
            break
    process.wait()
    return len(unfinished(folder))


def size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return -1


def after_kills(folder: Path, kills: int) -> None:
    rng = np.random.default_rng(0)
    np.save(folder / "s.npy", rng.random((300_000, 4)).astype(np.float32))
    tt.Thresholds([0.5] * 4).save(folder / "thresholds.json")
    left = [killed_while_applying(folder, int(at)) for at in rng.integers(0, 10**7, kills)]
    assert max(left) == 1  # that of the run before is removed by the next one
    assert sum(left) > kills / 2
    command = [sys.executable, "-m", "tagthresh", "apply", "s.npy", "-o", "t.csv"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
    assert not unfinished(folder)
    assert {file.name for file in folder.iterdir()} == {"s.npy", "t.csv", "thresholds.json"}


def test_twenty_kills_leave_nothing(tmp_path: Path) -> None:
    after_kills(tmp_path, 20)


@pytest.mark.slow
def test_a_hundred_kills_leave_nothing(tmp_path: Path) -> None:
    after_kills(tmp_path, 100)
