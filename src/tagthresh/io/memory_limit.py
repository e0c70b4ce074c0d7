"""How much memory the arrays of a file may take, checked before anything is allocated."""

from __future__ import annotations

import os

from tagthresh.validation import InputError, Place

SHARE = 0.25  # of this machine's memory: what is computed from the arrays takes as much again
UNKNOWN = 1 << 33  # bytes, where the system does not say how much it has


def machine() -> int:
    """Return the bytes of memory that a file may take by default."""
    if not hasattr(os, "sysconf"):  # Windows does not tell
        return UNKNOWN
    return int(SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))


def words(n_bytes: int) -> str:
    """Write a number of bytes for people.

    Examples
    --------
    >>> words(12_800_000_000), words(900)
    ('12.8 GB', '900 B')
    """
    size, units = float(n_bytes), iter(("B", "kB", "MB", "GB", "TB", "PB"))
    unit = next(units)
    while size >= 1000 and unit != "PB":
        size, unit = size / 1000, next(units)
    return f"{size:.3g} {unit}" if size < 1e6 else f"{size:.1e} {unit}"


def size(shape: tuple[int, ...]) -> str:
    """Write the shape of a matrix for people.

    Examples
    --------
    >>> size((40000, 527))
    '40,000 clips x 527 tags'
    """
    if len(shape) == 2:
        return f"{shape[0]:,} clips x {shape[1]:,} tags"
    return "an array of " + " x ".join(f"{length:,}" for length in shape)


def check(path: str, limit: int, needed: int, what: str, remedy: str | None = None) -> None:
    """Refuse what needs more memory than is allowed.

    Parameters
    ----------
    path : str
        The file.
    limit, needed : int
        Bytes allowed, and bytes that `what` takes.
    what : str
        What needs them, in the plural.
    remedy : str, optional
        What to do.
    """
    if needed > limit:
        rule = f"must allow {words(needed)}, which {what} need"
        raise InputError("memory", rule, words(limit), Place(file=path), remedy)


def columns(n_rows: int, n_columns: int) -> str:
    """Write the shape of a table for people.

    Examples
    --------
    >>> columns(40000, 3)
    '40,000 rows x 3 columns'
    """
    return f"{n_rows:,} rows x {n_columns:,} columns"
