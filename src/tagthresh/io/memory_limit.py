"""How much memory the arrays of a file may take, checked before anything is allocated."""

from __future__ import annotations

import os
import re

import numpy as np

from tagthresh.validation import InputError, described, whole_number

SHARE = 0.25  # of this machine's memory: what is computed from the arrays takes as much again
MOST = 10**18  # bytes that anybody may ask for
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
UNITS |= {f"{unit}I": 1 << 10 * power for power, unit in enumerate("KMGT", 1)}
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


def check(limit: int, needed: int, what: str, remedy: str | None = None) -> None:
    """Refuse what, in the plural, needs more bytes of memory than the limit allows."""
    if needed > limit:
        rule = f"must allow {words(needed)}, which {what} need"
        raise InputError("memory", rule, words(limit), remedy=remedy)


def byte_size(name: str, value: object) -> int:
    """Check a number of bytes, which may have a unit.

    Examples
    --------
    >>> byte_size("memory", "1.5GB"), byte_size("memory", "2 MiB"), byte_size("memory", 4096)
    (1500000000, 2097152, 4096)
    """
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return whole_number(name, value, 1, MOST)
    text = value.strip().upper() if isinstance(value, str) and len(value) < 40 else ""
    parts = re.fullmatch(r"([0-9]*\.?[0-9]+)\s*([KMGT]?I?)B?", text)
    unit = None if parts is None else UNITS.get(parts[2])
    if parts is None or unit is None:
        rule = "must be a number of bytes such as 500MB or 2GiB"
        raise InputError(name, rule, described(value))
    n_bytes = float(parts[1]) * unit
    if not 1 <= n_bytes <= MOST:
        rule = f"must be at least 1 byte, and at most {MOST}"
        raise InputError(name, rule, described(value))
    return int(n_bytes)
