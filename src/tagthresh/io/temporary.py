"""Temporary files and folders beside what they become; those of dead processes are removed.

A process holds a lock on what it makes, and the system lets go of it however the process ends. So
what nobody holds is dead, and the next writer of the same file removes it. Names begin with a dot
and `PREFIX`, and tell the file that they belong to, so that no file of anybody else is met.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:  # Windows: nothing is known to be dead, and nothing removed
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PREFIX = ".tagthresh-"
HAS_LOCKS = os.name == "posix"
LONGEST_SUFFIX = 16  # characters; a longer one is no format

_unfinished: set[Path] = set()


@contextmanager
def temporary(target: Path, mode: int | None) -> Iterator[Path]:
    """Give a new file, or folder, beside `target`; what is not moved away is removed.

    Parameters
    ----------
    target : Path
        What it is going to become.
    mode : int or None
        Permissions of the file, before the umask; None makes a folder.

    Raises
    ------
    OSError
        When it cannot be made.
    """
    remove_dead(target)
    path, lock = _made(target, mode)
    try:
        yield path
    finally:
        _remove(path)
        _unfinished.discard(path)
        if lock is not None:
            os.close(lock)


def remove_dead(target: Path) -> None:
    """Remove what processes that are gone have left beside `target`."""
    if target.parent.name.startswith(PREFIX):
        return  # a temporary folder goes as a whole
    pattern = re.compile(re.escape(_stem(target)) + "[0-9a-f]{16}" + re.escape(_suffix(target)))
    try:
        with os.scandir(target.parent) as entries:
            names = [entry.name for entry in entries if pattern.fullmatch(entry.name)]
    except OSError:
        return  # nothing can be made there either
    for name in names:
        _remove_if_dead(target.parent / name)


def remove_unfinished() -> None:
    """Remove what this process has not finished: it is about to end."""
    for path in list(_unfinished):
        _remove(path)


def _stem(target: Path) -> str:
    """First part of names, of one length: that of the target may be as long as names can be."""
    return f"{PREFIX}{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}-"


def _suffix(target: Path) -> str:
    """Last part of names: some writers choose the format by it."""
    return target.suffix if len(target.suffix) <= LONGEST_SUFFIX else ""


def _made(target: Path, mode: int | None) -> tuple[Path, int | None]:
    """Make a file or a folder, and hold it."""
    while True:
        path = target.with_name(f"{_stem(target)}{secrets.token_hex(8)}{_suffix(target)}")
        _unfinished.add(path)  # before it is there: a signal may come in between
        try:
            if mode is None:
                path.mkdir()
            else:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode))
            lock = _held(path)
            if lock is not None or not HAS_LOCKS:
                return path, lock
        except OSError:
            _unfinished.discard(path)
            raise
        _unfinished.discard(path)  # another process took it for dead before it was held


def _held(path: Path) -> int | None:
    """Lock what was just made; None where it is gone already."""
    if not HAS_LOCKS:
        return None
    lock = _opened(path)
    if lock is None:
        return None
    with contextlib.suppress(OSError):  # no locks on this file system: then nothing is removed
        fcntl.flock(lock, fcntl.LOCK_EX)
    if path.exists():
        return lock
    os.close(lock)
    return None


def _remove_if_dead(path: Path) -> None:
    if not HAS_LOCKS:
        return
    lock = _opened(path)
    if lock is None:
        return
    with contextlib.suppress(OSError):  # somebody holds it
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(path)
    os.close(lock)


def _opened(path: Path) -> int | None:
    with contextlib.suppress(OSError):
        # Some network file systems lock only what is open for writing, which no folder can be.
        return os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    return None


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
