"""Files and folders written whole or not at all: to a temporary one beside the target."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tagthresh.io.temporary import remove_dead, temporary
from tagthresh.validation import InputError, file_path

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        with temporary(target, 0o666 if old is None else 0o600 | old) as unfinished:
            yield unfinished
            with unfinished.open("rb") as written:
                os.fsync(written.fileno())
            if old is not None:
                unfinished.chmod(old)
            unfinished.replace(target)


@contextmanager
def replacing_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder to write to; put it in place of `path` when the block succeeds.

    Parameters
    ----------
    path : path-like
        A new folder, or an empty one, which stays and gets the files.

    Raises
    ------
    InputError
        When the folder cannot be made, or holds something.
    """
    target = Path(os.path.realpath(path))
    with _blaming(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_dead(target / "parts")
        old = target.exists()
        if old and (first := next(target.iterdir(), None)) is not None:
            raise InputError(str(path), f"must be a new or an empty folder; it holds {first.name}")
        with temporary(target / "parts" if old else target, None) as unfinished:
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
