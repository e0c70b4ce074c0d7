"""Files and folders written whole or not at all: to a temporary one beside the target.

A process holds a lock on the temporary files it makes, and the system lets go of it however the
process ends. So what nobody holds is dead, and the next writer of the same file removes it. Names
begin with a dot and `PREFIX`, and tell the file that they belong to, so that no file of anybody
else is met.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tagthresh.validation import InputError, file_path

try:
    import fcntl
except ImportError:  # Windows: nothing is known to be dead, and nothing removed
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = ".tagthresh-"
HAS_LOCKS = os.name == "posix"
LONGEST_SUFFIX = 16  # characters; a longer one is no format

_unfinished: set[Path] = set()


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path to write to; put it in place of `path` when the block succeeds.

    Raises
    ------
    InputError
        When the system refuses something in the block, which only writes: there is no such folder,
        no permission, no space.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(f"{folder}/a.txt") as temporary:
    ...         _ = temporary.write_text("whole")
    ...     Path(folder, "a.txt").read_text()
    'whole'
    """
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(file_path("path", path)))
    with _blaming(path):
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not target.is_file():
            yield target  # a device or a pipe, which is not to be replaced
            return
        old = target.stat().st_mode & 0o777 if target.is_symlink() or target.exists() else None
        with _temporary(target, 0o666 if old is None else 0o600 | old) as unfinished:
            yield unfinished
            with unfinished.open("rb") as written:
                os.fsync(written.fileno())
            if old is not None:
                unfinished.chmod(old)
            unfinished.replace(target)


@contextmanager
def replacing_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder to write to; put it in place of `path` when the block succeeds.

    An empty folder stays and gets the files. Any other one that is there is an error.
    """
    target = Path(os.path.realpath(path))
    with _blaming(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_dead(target / "parts")
        old = target.exists()
        if old and (first := next(target.iterdir(), None)) is not None:
            raise InputError(str(path), f"must be a new or an empty folder; it holds {first.name}")
        with _temporary(target / "parts" if old else target, None) as unfinished:
            yield unfinished
            if old:
                for file in sorted(unfinished.iterdir()):
                    file.rename(target / file.name)
            else:
                unfinished.rename(target)


@contextmanager
def _blaming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Name the file where the system refuses something."""
    try:
        yield
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror or error}") from None


@contextmanager
def _temporary(target: Path, mode: int | None) -> Iterator[Path]:
    """Give a new file beside `target`, of permissions `mode`, or a folder where this is None.

    What is not moved away in the block is removed.
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
    pattern = re.compile("[0-9a-f]{16}".join(map(re.escape, _affixes(target))))
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


def _affixes(target: Path) -> tuple[str, str]:
    """First part of names, of one length however long that of the target is, and the suffix.

    Some writers choose the format by the suffix.
    """
    digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()
    suffix = target.suffix if len(target.suffix) <= LONGEST_SUFFIX else ""
    return f"{PREFIX}{digest[:16]}-", suffix


def _made(target: Path, mode: int | None) -> tuple[Path, int | None]:
    """Make a file or a folder, and hold it."""
    while True:
        path = target.with_name(secrets.token_hex(8).join(_affixes(target)))
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
    lock = _opened(path)
    if lock is None:
        return None
    with suppress(OSError):  # no locks on this file system: then nothing is removed
        fcntl.flock(lock, fcntl.LOCK_EX)
    if path.exists():
        return lock
    os.close(lock)
    return None


def _remove_if_dead(path: Path) -> None:
    lock = _opened(path)
    if lock is None:
        return
    with suppress(OSError):  # somebody holds it
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(path)
    os.close(lock)


def _opened(path: Path) -> int | None:
    """Open what can be locked; None where it is gone, or where the system has no locks."""
    if not HAS_LOCKS:
        return None
    with suppress(OSError):
        # Some network file systems lock only what is open for writing, which no folder can be.
        return os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    return None


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
