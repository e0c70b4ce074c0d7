"""The process of the command: makes sure of standard streams, and ends at once on a signal.

Python's own answer to Ctrl-C is an exception wherever the program happens to be. It gets lost in
callbacks, prints a trace when it meets an import, and waits for threads; SIGTERM and SIGHUP leave
temporary files behind. Instead, a thread waits for these signals, removes what is unfinished and
ends the process, with the exit codes that shells give: 130, 143 and 129.

This is the package's first import, before those that take a while, and does nothing unless the
process is the command: a program that imports the package answers signals as it likes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]  # Windows has fewer
CLEAR_LINE_AND_SHOW_CURSOR = b"\r\x1b[2K\x1b[?25h"  # which a progress bar may have hidden

_last_acts: list[Callable[[], None]] = []
_ending = threading.Lock()


def is_command() -> bool:
    """Whether this process is ``tagthresh`` or ``python -m tagthresh``.

    Workers of a cluster, which take over `sys.argv`, are not: how they began tells.
    """
    name = sys.orig_argv[-len(sys.argv) :][0]
    return os.path.splitext(os.path.basename(name))[0] == "tagthresh"  # noqa: PTH119, PTH122 - pathlib takes long to import


def before_end(act: Callable[[], None]) -> None:
    """Call a function when a signal ends the process; it must neither wait nor import."""
    _last_acts.append(act)


def wait_if_ending() -> None:
    """Let a signal's end, once begun, be the only one."""
    with _ending:
        pass


def open_closed_streams() -> None:
    """Connect standard streams that are closed to nothing.

    The next file opened would take their place, and be written to by whoever prints.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def end_on_signals() -> None:
    """Answer signals from now on, except those that the caller ignores, as ``nohup`` does."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    if hasattr(os, "fork"):
        # A handler waits until the main thread is back from C; this thread does not.
        read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        threading.Thread(target=_watch, args=(read,), daemon=True).start()


def _watch(pipe: int) -> None:
    while True:
        for number in os.read(pipe, 1):
            if number in SIGNALS:
                _end(number)


def _end(number: int, _frame: object = None) -> None:
    """Clean up and end; of the thread and the handler, whoever is first."""
    if not _ending.acquire(blocking=False):
        return
    with contextlib.suppress(OSError):
        os.write(2, (CLEAR_LINE_AND_SHOW_CURSOR if os.isatty(2) else b"") + b"tagthresh: stopped\n")
        nowhere = os.open(os.devnull, os.O_WRONLY)  # for what others say of the end
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    for act in _last_acts:
        with contextlib.suppress(Exception):
            act()
    os._exit(128 + number)


if is_command():
    open_closed_streams()
    end_on_signals()
