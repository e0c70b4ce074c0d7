"""Files written whole or not at all, to a temporary file beside the target; JSON and CSV, read."""

from __future__ import annotations

import csv
import errno
import json
import os
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.io.guard import reading
from tagthresh.io.temporary import remove_dead, temporary
from tagthresh.validation import InputError, Place, file_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_INTEGER = 1000  # digits


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path to write to; put it in place of `path` when the block succeeds.

    Errors of the block itself are not taken for errors of `path`: where the block only writes, put
    it into `tagthresh.io.guard.writing_to`.

    Raises
    ------
    InputError
        When the file cannot be written: no such folder, no permission, no space.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replacing(f"{folder}/a.txt") as temporary:
    ...         _ = temporary.write_text("whole")
    ...     Path(folder, "a.txt").read_text()
    'whole'
    """
    of_block: OSError | None = None
    target = Path(
        os.path.realpath(file_path("path", path))
    )  # a link stays a link: what it points to is replaced
    try:
        if target.exists() and not target.is_file():
            yield _special(target)
            return
        old = _mode(target)
        with temporary(target, 0o666 if old is None else 0o600 | old) as unfinished:
            try:
                yield unfinished
            except OSError as error:
                of_block = error
                raise
            _finish(unfinished, target, old)
    except OSError as error:
        if error is of_block:
            raise
        reason = error.strerror or str(error)
        raise InputError(path, f"cannot be written: {reason}") from None


def _mode(target: Path) -> int | None:
    """Permissions of a file; None where there is none, an error for a link to itself."""
    if target.is_symlink() or target.exists():
        return target.stat().st_mode & 0o777
    return None


def _finish(unfinished: Path, target: Path, mode: int | None) -> None:
    """Put a file on disk and in its place, with the permissions of the old one."""
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    if mode is not None:
        unfinished.chmod(mode)
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
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_dead(target / "parts")
        old = target.exists()
        if old:
            _check_empty(path, target)
        with temporary(target / "parts" if old else target, None) as unfinished:
            yield unfinished
            if old:
                for file in sorted(unfinished.iterdir()):
                    file.rename(target / file.name)
            else:
                unfinished.rename(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(path, f"cannot be written: {reason}") from None


def _check_empty(path: str | os.PathLike[str], target: Path) -> None:
    some = next(target.iterdir(), None)
    if some is not None:
        raise InputError(str(path), f"must be a new or an empty folder; it holds {some.name}")


def _special(target: Path) -> Path:
    """Allow writing to a device or a pipe, which is not to be replaced; not to a folder."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return target


def read_json(path: str | os.PathLike[str], kind: str) -> Any:
    """Read a JSON file; `kind` is what the error of another file says that it is not.

    Raises
    ------
    InputError
        When it cannot be read, is not JSON, which has no NaN and no infinity, or has a key twice.
    """
    file_path("path", path)
    with reading(path):
        content = Path(path).read_bytes()
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_constant=_no_constant,
            parse_int=_integer,
            object_pairs_hook=_distinct,
        )
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(path, f"is not {kind}: not valid JSON ({error})") from None


def read_rows(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Read the rows of a CSV file in UTF-8, by the names of its columns; what is left out is "".

    Raises
    ------
    InputError
        When it cannot be read, two columns have one name, or a row has more entries than there are
        columns.
    """
    file_path("path", path)
    with reading(path), Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="")
        rows = list(reader)
        names = list(reader.fieldnames or ())
    twice = repeated(names)
    if twice is not None:
        raise InputError(
            "column names",
            f"must be distinct; {twice!r} appears more than once",
            place=Place(file=path),
        )
    for row in rows:
        if None in row:  # where DictReader puts what has no column
            got = ", ".join(map(str, row.values()))
            raise InputError(path, "must have as many entries in a row as columns", got)
    return rows


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON; never is null")


def _integer(text: str) -> int | float:
    """Read an integer; one that no float can hold as infinite, for which Python may refuse it."""
    return int(text) if len(text) < LONGEST_INTEGER else float(text)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object whose keys differ: of two, JSON would take the last without a word."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError(f"the key {repeated(key for key, _ in pairs)!r} appears more than once")
    return content


def repeated(names: Iterable[str]) -> str | None:
    """Return the most frequent name; None where all differ."""
    ((name, count),) = Counter(names).most_common(1) or [("", 1)]
    return name if count > 1 else None
