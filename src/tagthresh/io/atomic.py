"""Files written whole or not at all, to a temporary file beside the target; JSON and CSV, read."""

from __future__ import annotations

import csv
import errno
import json
import os
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_INTEGER = 1000  # digits


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path to write to; put it in place of `path` when the block succeeds.

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
    # A link stays a link: what it points to is replaced.
    target, temporary = Path(os.path.realpath(path)), None
    try:
        if target.exists() and not target.is_file():
            yield _special(target)
            return
        # The suffix stays: some writers choose the format by it.
        handle, name = tempfile.mkstemp(target.suffix, f".{target.stem}-", target.parent)
        temporary = Path(name)
        os.close(handle)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot write {path}: {reason}") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _special(target: Path) -> Path:
    """Allow writing to a device or a pipe, which is not to be replaced; not to a folder."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read_json(path: str | os.PathLike[str], kind: str) -> Any:
    """Read a JSON file; `kind` is what the error of another file says that it is not.

    Raises
    ------
    InputError
        When it cannot be read, is not JSON, which has no NaN and no infinity, or has a key twice.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        return json.loads(
            text, parse_constant=_no_constant, parse_int=_integer, object_pairs_hook=_distinct
        )
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(str(path), f"is not {kind}: not valid JSON ({error})") from None


def read_rows(path: str | os.PathLike[str]) -> list[dict[str, str]]:
    """Read the rows of a CSV file in UTF-8, by the names of its columns; what is left out is "".

    Raises
    ------
    InputError
        When it cannot be read, two columns have one name, or a row has more entries than there are
        columns.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            columns = list(reader.fieldnames or ())
            rows = list(reader)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, csv.Error) as error:
        raise InputError(f"cannot read {path}: {error}") from None
    if repeated(columns) is not None:
        rule = "must have columns of different names; one appears more than once"
        raise InputError(str(path), rule, repr(repeated(columns)))
    for row in rows:
        if None in row:  # where DictReader puts what has no column
            got = ", ".join(map(str, row.values()))
            raise InputError(f"{path} must have as many entries in a row as columns; got {got}")
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
