"""Workers that try inputs by their numbers, under a memory limit and a watchdog."""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz.trial import as_finding, quiet

LONGEST = 10.0  # seconds that an input may take
MOST = 2 << 30  # bytes that a worker may take beyond what it starts with
AFRESH = 20_000  # inputs after which a worker gives way to a new one
WORKERS = 2
SHARED = Path("/dev/shm")  # noqa: S108 - memory, in which workers make folders of their own
MEMORY = SHARED if SHARED.is_dir() else Path(tempfile.gettempdir())


@dataclass
class Campaign:
    """A number of trials of one kind.

    Attributes
    ----------
    attempt : callable
        Takes a number and a folder; gives its group, what happened, its size and its description.
    describe : callable
        The same without the trial, for one that ended its worker.
    numbers : range
        The trials.
    folder : path
        Where workers keep files and what they saw.
    """

    attempt: Any
    describe: Any
    numbers: range
    folder: Path

    def run(self) -> list[dict[str, Any]]:
        """Try all numbers; return an entry for each."""
        workers = [_Worker(self, self.numbers[i::WORKERS], i) for i in range(WORKERS)]
        while any(worker.watch() for worker in workers):
            time.sleep(0.05)
        entries = [entry for worker in workers for entry in worker.entries()]
        return sorted(entries, key=lambda entry: entry["number"])


class _Worker:
    """A process that tries numbers in turn, started anew after a crash, a hang or many inputs."""

    def __init__(self, campaign: Campaign, numbers: range, place: int) -> None:
        self.campaign, self.numbers = campaign, numbers
        self.log = campaign.folder / f"log{place}"
        self.trials = campaign.folder / f"trials{place}"
        context = multiprocessing.get_context("fork")
        self.at = context.Value(ctypes.c_int64, 0)  # trials begun
        self.since = context.Value(ctypes.c_double, 0.0)
        self.context = context
        self._start()

    def _start(self) -> None:
        self.since.value, self.hung = time.monotonic(), False
        process = self.context.Process(target=self._work, args=(self.at.value,))
        process.start()
        self.process = process

    def watch(self) -> bool:
        """Look after the process; False when all is done."""
        begun = self.at.value
        if self.process.is_alive():
            if time.monotonic() - self.since.value > LONGEST and begun == self.at.value:
                self.process.kill()
                self.hung = True
            return True
        self.process.join()
        if self.hung:
            self._ended("hang", f"over {LONGEST:g} s")
        elif self.process.exitcode != 0:
            self._ended("crash", f"exit code {self.process.exitcode}")
        if self.at.value >= len(self.numbers):
            return False
        self._start()
        return True

    def _ended(self, kind: str, detail: str) -> None:
        """Record the trial that ended its process."""
        number = self.numbers[max(self.at.value - 1, 0)]
        group, size, changes = self.campaign.describe(number)
        finding = {"kind": kind, "detail": detail}
        entry = {"number": number, "group": group, "outcome": "found", "seconds": LONGEST}
        self._write({**entry, "size": size, "changes": changes, "finding": finding})

    def _write(self, entry: dict[str, Any]) -> None:
        with self.log.open("a") as log:
            log.write(json.dumps(entry) + "\n")

    def _work(self, start: int) -> None:
        """Try numbers, in the process."""
        _limit_memory()
        _silence()
        os.chdir(self.campaign.folder)  # odd paths are written to as well
        stop = min(start + AFRESH, len(self.numbers))
        with self.log.open("a", buffering=1) as log, quiet():
            for place in range(start, stop):
                self.since.value, self.at.value = time.monotonic(), place + 1
                entry = _tried(self.campaign.attempt, self.numbers[place], self.trials)
                log.write(json.dumps(entry) + "\n")
        os._exit(0)  # without waiting for threads

    def entries(self) -> list[dict[str, Any]]:
        """Read what was written."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]


def _tried(attempt: Any, number: int, folder: Path) -> dict[str, Any]:
    """Try a number; what happened, in how many seconds, and how much the peak of memory rose."""
    before, begun = _peak(), time.perf_counter()
    entry: dict[str, Any] = {"number": number}
    description: dict[str, Any] = {"group": "harness", "size": 0, "changes": []}
    try:
        entry["outcome"] = attempt(number, folder, description)
    except Exception as error:  # noqa: BLE001 - whatever is raised is what is looked for
        finding = as_finding(error)
        entry["outcome"] = "found"
        entry["finding"] = {
            "kind": finding.kind,
            "detail": finding.detail,
            "text": str(error)[:160],
        }
    entry["seconds"] = round(time.perf_counter() - begun, 4)
    entry["rise"] = _peak() - before
    entry["peak"] = _peak()
    return {**entry, **description}


def _peak() -> int:
    """Peak of memory of this process, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _limit_memory() -> None:
    """Let the process take 2 GB more than it has: its own pages, not those of libraries."""
    status = Path("/proc/self/status")
    if not status.exists():
        return
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmData"))
    most = int(line.split()[1]) * 1024 + MOST
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _silence() -> None:
    """Leave out what C libraries print; the file would be closed with Python's own."""
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
