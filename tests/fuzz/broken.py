"""Mutations of files: of their bytes, of headers, and of the members of archives."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING, Any

from fuzz.broken_text import broken_json, broken_table, broken_text
from fuzz.content import chance, one_of
from fuzz.forms import timeless

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from fuzz.forms import Sample

SIZES = (0, 1, -1, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, -(2**63))
SHAPES = ("()", "(3,)", "(0, 3)", "(-1, 3)", "(2, 3, 1)", "(1e9, 2)", "(True, 2)", "((2,), 3)")
HUGE = ("(4294967296, 65536)", "(10**400, 2)", f"({10**30}, 2)", "(1000000000, 3)")
DESCRS = (
    "<f4",
    "<f8",
    ">f8",
    "|O",
    "<c16",
    "|S5",
    "<U3",
    "|V8",
    "<M8[s]",
    "<f2",
    "<f3",
    "|b1",
    "",
    "<i8",
)


def flip(rng: Generator, data: bytearray) -> str:
    """Flip a bit, or a few."""
    places = [int(rng.integers(len(data))) for _ in range(one_of(rng, (1, 1, 1, 4)))]
    for place in places:
        data[place] ^= 1 << int(rng.integers(8))
    return f"bits flipped at {places}"


def set_byte(rng: Generator, data: bytearray) -> str:
    """Set a byte."""
    place = int(rng.integers(len(data)))
    data[place] = one_of(rng, (0, 255, 128, 127, int(rng.integers(256))))
    return f"byte {place} set to {data[place]}"


def set_size(rng: Generator, data: bytearray) -> str:
    """Write an extreme where a size may stand, often near the beginning or the end."""
    width, value = one_of(rng, (1, 2, 4, 8)), one_of(rng, SIZES)
    reach = one_of(rng, (len(data), min(len(data), 200)))
    place = int(rng.integers(reach))
    place = len(data) - 1 - place if chance(rng, 0.4) else place
    packed = struct.pack("<q", value)[:width]
    data[place : place + width] = packed
    return f"{width} bytes of {value} at {place}"


def cut(rng: Generator, data: bytearray) -> str:
    """Cut the end off."""
    place = int(rng.integers(len(data)))
    del data[place:]
    return f"cut at {place}"


def cut_out(rng: Generator, data: bytearray) -> str:
    """Take a slice out."""
    start = int(rng.integers(len(data)))
    size = int(rng.integers(1, 20))
    del data[start : start + size]
    return f"{size} bytes out at {start}"


def repeat(rng: Generator, data: bytearray) -> str:
    """Write a slice twice."""
    start, size = int(rng.integers(len(data))), int(rng.integers(1, 80))
    data[start:start] = data[start : start + size]
    return f"{size} bytes twice at {start}"


def blank(rng: Generator, data: bytearray) -> str:
    """Fill a slice with zeros, as a disk that lost a block does."""
    start, size = int(rng.integers(len(data))), int(rng.integers(1, 64))
    stop = min(start + size, len(data))
    data[start:stop] = bytes(stop - start)
    return f"bytes {start} to {stop} zero"


def append(rng: Generator, data: bytearray) -> str:
    """Append some bytes."""
    data += rng.bytes(int(rng.integers(1, 30)))
    return "bytes appended"


BYTES: tuple[Callable[[Generator, bytearray], str], ...] = (
    flip,
    flip,
    flip,
    set_byte,
    set_size,
    set_size,
    cut,
    cut_out,
    repeat,
    blank,
    append,
)


def broken_bytes(rng: Generator, data: bytes, other: bytes) -> tuple[bytes, str]:
    """Change any bytes, or go on with the end of another file of the form."""
    if chance(rng, 0.06) and other:
        place = int(rng.integers(len(data) + 1))
        return data[:place] + other[int(rng.integers(len(other))) :], f"spliced at {place}"
    if not data or chance(rng, 0.005):
        return b"", "emptied"
    changed = bytearray(data)
    return (bytes(changed), change) if (change := one_of(rng, BYTES)(rng, changed)) else (data, "")


def broken_npy(rng: Generator, data: bytes) -> tuple[bytes, str]:
    """Change a field of the header of an array, or its values."""
    if len(data) < 12 or not data.startswith(b"\x93NUMPY"):
        return broken_bytes(rng, data, b"")
    length = struct.unpack("<H", data[8:10])[0]
    header, values = data[10 : 10 + length].decode("latin-1"), data[10 + length :]
    change = one_of(rng, _HEADERS)
    header = change(rng, header)
    padded = header.encode("latin-1")[:65535]
    size = one_of(rng, (len(padded),) * 12 + (0, 1, 65535, min(65535, length + 3)))
    version = one_of(
        rng, (b"\x01\x00",) * 12 + (b"\x02\x00", b"\x03\x00", b"\x09\x00", b"\x01\x07")
    )
    return b"\x93NUMPY" + version + struct.pack(
        "<H", size
    ) + padded + values, f"header {header!r:.90}"


def _field(name: str, values: tuple[str, ...]) -> Callable[[Generator, str], str]:
    """Put another value in place of that of a key."""

    def change(rng: Generator, header: str) -> str:
        import re

        value = one_of(rng, values)
        pattern = {"shape": r"\([^)]*\)", "descr": r"'[<>|=][^']*'", "order": r"(True|False)"}[name]
        return re.sub(pattern, lambda _: value, header, count=1)

    return change


_HEADERS: tuple[Callable[[Generator, str], str], ...] = (
    _field("shape", SHAPES),
    _field("shape", HUGE),
    _field("descr", tuple(repr(descr) for descr in DESCRS)),
    _field("descr", ("[('a', '<f4')]", "'<f4', 'x': 1", "3", "None", "('<f4', (2,))")),
    _field("order", ("True", "None", "1", "'x'")),
    lambda _rng, header: header.replace("descr", "decsr"),
    lambda _rng, header: header.rstrip()[:-1] + ", 'more': 1}\n",
    lambda _rng, header: "{" * 300 + header,
    lambda _rng, _header: "__import__('os').getpid()\n",
    lambda _rng, header: header.replace("'shape'", "'shape': (1,), 'shape'"),
)


def broken_zip(rng: Generator, data: bytes) -> tuple[bytes, str]:
    """Change a member of an archive and pack it anew; the checksums then hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
            method = archive.infolist()[0].compress_type
    except Exception:  # noqa: BLE001 - broken before
        return broken_bytes(rng, data, b"")
    at = int(rng.integers(len(members)))
    name, value = members[at]
    change = f"member {name}"
    kind = int(rng.integers(8))
    if kind == 0:
        del members[at]
        change += " left out"
    elif kind == 1:
        members.append((name, members[int(rng.integers(len(members)))][1]))
        change += " twice"
    elif kind == 2:
        members[at] = one_of(rng, members)[0], value
        change += " renamed"
    else:
        broken: tuple[bytes, str] = (
            broken_npy(rng, value) if kind < 7 else broken_bytes(rng, value, b"")
        )
        members[at], change = (name, broken[0]), f"{change}: {broken[1]}"
    return _packed(
        members, one_of(rng, (method, method, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    ), change


def _packed(members: list[tuple[str, bytes]], method: int) -> bytes:
    import warnings

    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, value in members:
            archive.writestr(name, value)
    return timeless(buffer.getvalue())


def break_file(rng: Generator, name: str, data: bytes, other: bytes) -> tuple[bytes, str, bool]:
    """Mutate a file in the way of its form; tells whether its checksums were made anew."""
    suffix = name.rpartition(".")[2]
    structured: Any = {
        "npy": broken_npy,
        "npz": broken_zip,
        "pt": broken_zip,
        "csv": broken_table,
        "tsv": broken_table,
        "json": broken_json,
        "zattrs": broken_json,
        "zarray": broken_json,
        "zgroup": broken_json,
        "txt": broken_text,
    }.get(suffix)
    likely = 0.8 if suffix in {"csv", "tsv", "json", "txt"} else 0.5
    if structured is not None and chance(rng, likely):
        return (*structured(rng, data), True)
    return (*broken_bytes(rng, data, other), False)


def broken(rng: Generator, sample: Sample, other: Sample) -> Sample:
    """Mutate one of the files of a sample once to three times."""
    for _ in range(one_of(rng, (1, 1, 1, 1, 2, 3))):
        name = one_of(rng, sorted(sample.files))
        if len(sample.files) > 1 and "/" in name and chance(rng, 0.03):
            del sample.files[name]
            sample.changes.append(f"{name} removed")
            continue
        data, change, anew = break_file(rng, name, sample.files[name], other.files.get(name, b""))
        sample.files[name] = data
        sample.changes.append(f"{name}: {change}")
        sample.sealed = sample.sealed and not anew
    sample.legal = False
    return sample
