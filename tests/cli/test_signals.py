"""Ctrl-C, SIGTERM and SIGHUP end the command in one line, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

import tagthresh as tt
from tagthresh.io.atomic import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
STOPPED = "tagthresh: stopped\n"
LIBRARY = """
import signal, tagthresh
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
"""


def started(folder: Path, *words: str, options: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Start the command line, at the head of a group as in a terminal."""
    return subprocess.Popen(
        [sys.executable, *options, "-m", "tagthresh", *words],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture(autouse=True)
def _answered() -> Iterator[None]:
    """Answer signals, though whoever started the tests ignores them, as nohup does."""
    before = {number: signal.getsignal(number) for number in CODES}
    for number, handler in before.items():
        if handler is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize(
    "module", ["numpy.linalg", "scipy", "tagthresh.metrics", "typer", "tagthresh.cli.app"]
)
def test_while_it_is_imported(tmp_path: Path, module: str, number: signal.Signals) -> None:
    process = started(tmp_path, "metrics", options=("-X", "importtime"))
    assert process.stderr is not None
    for line in process.stderr:
        if line.endswith(f" {module}\n"):
            break
    process.send_signal(number)
    out, err = process.communicate()
    said = [line for line in err.splitlines(keepends=True) if not line.startswith("import time:")]
    assert (process.returncode, out, said) == (CODES[number], "", [STOPPED])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Scores that take a while, and thresholds."""
    rng = np.random.default_rng(0)
    np.save(tmp_path / "s.npy", rng.random((1_000_000, 8), np.float32))
    tt.Thresholds([0.5] * 8).save(tmp_path / "thresholds.json")
    return tmp_path


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_while_it_writes(folder: Path, suffix: str, number: signal.Signals) -> None:
    process = started(folder, "apply", "s.npy", "-o", f"t{suffix}")
    while not list(folder.glob(f"{PREFIX}*")):
        assert process.poll() is None
    process.send_signal(number)
    assert process.communicate() == ("", STOPPED)
    assert process.returncode == CODES[number]
    assert {file.name for file in folder.iterdir()} == {"s.npy", "thresholds.json"}


@pytest.mark.parametrize("number", CODES)
def test_while_it_waits_for_input(folder: Path, number: signal.Signals) -> None:
    process = started(folder, "apply", "-", options=("-X", "importtime"))
    assert process.stderr is not None
    for line in process.stderr:
        if line.endswith(" tagthresh.io.read\n"):
            break
    process.send_signal(number)
    _, err = process.communicate()
    assert process.returncode == CODES[number]
    assert err.endswith(STOPPED)
    assert "Traceback" not in err


def test_what_the_caller_ignores_stays_ignored(folder: Path) -> None:
    line = f"trap '' HUP; exec {sys.executable} -m tagthresh apply s.npy -o t.csv"
    process = subprocess.Popen(["/bin/bash", "-c", line], cwd=folder, stderr=subprocess.PIPE)
    while not list(folder.glob(f"{PREFIX}*")):
        assert process.poll() is None
    process.send_signal(signal.SIGHUP)
    assert b"wrote t.csv" in process.communicate()[1]
    assert process.returncode == 0


def test_a_program_that_imports_it_answers_signals_itself() -> None:
    done = subprocess.run([sys.executable, "-c", LIBRARY], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["process", "group"])
@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("workers", [1, 3])  # are there when it happens
def test_while_a_cluster_works(
    folder: Path, workers: int, number: signal.Signals, send: Callable[[int, int], None]
) -> None:
    words = ("apply", "s.npy", "--engine", "dask", "--workers", "3", "-o", "out")
    process = started(folder, *words)
    family: list[psutil.Process] = []
    own = psutil.Process(process.pid)
    while len(family) < 1 + workers:  # and the tracker of their semaphores
        assert process.poll() is None
        family = own.children(recursive=True)
    send(process.pid, number)
    assert process.communicate() == ("", STOPPED)
    assert process.returncode == CODES[number]
    gone, left = psutil.wait_procs(family, timeout=10)
    assert (len(gone), left) == (len(family), [])
    assert {file.name for file in folder.iterdir()} == {"s.npy", "thresholds.json"}
