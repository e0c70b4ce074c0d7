"""Processes of a Dask cluster of this machine: they end with the command, and in silence."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from tagthresh import process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 3  # of killing: a process may be on its way


def local_client(**options: Any) -> Any:
    """Start a cluster of this machine, whose processes leave signals to this one."""
    from distributed import Client

    process.before_end(_ending(os.getpid()))
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        return Client(**options)
    # A terminal sends these to the whole group. Threads and processes begun here inherit the mask.
    of_group = {signal.SIGINT, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, of_group)
    try:
        _start_tracker()
        signal.pthread_sigmask(signal.SIG_BLOCK, of_group)  # the tracker's start lets them through
        return Client(**options)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_tracker() -> None:
    """Start the process that removes semaphores after an end at once, as is its job, silently."""
    with _environment("PYTHONWARNINGS", "ignore:resource_tracker"):
        resource_tracker.ensure_running()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _ending(pid: int) -> Callable[[], None]:
    """Give a function that kills the workers; the tracker ends by itself when they are gone."""
    import psutil  # a package that distributed needs

    def kill() -> None:
        for _ in range(ROUNDS):
            for child in psutil.Process(pid).children(recursive=True):
                if "resource_tracker" not in " ".join(child.cmdline()):
                    child.kill()

    return kill
