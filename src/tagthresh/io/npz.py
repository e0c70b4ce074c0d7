"""Archives of NumPy arrays, and what must hold of an archive before anything in it is believed.

An archive describes every file in it twice, beside the file and in a list at its end. Both must
agree, and the files follow one another without a gap up to the list: then no damaged description is
taken for another file, none is overlooked, and none unpacks twice.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from tagthresh.io.guard import reading
from tagthresh.io.npy import NpyRows, PackedRows, read_header
from tagthresh.io.stored_rows import Members
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tagthresh.io.stored_rows import StoredRows

LOCAL_HEADER = struct.Struct("<4s2xHH4xLLLHH")  # what stands beside a file
SIGNATURE = b"PK\x03\x04"
LEVEL, SIZES_FOLLOW, UTF8 = 6, 8, 0x800  # bits of flags; others say that it is encrypted or patched
KNOWN_FLAGS = LEVEL | SIZES_FOLLOW | UTF8
DIGEST = "digest"  # array with the SHA-256 of all others
ZIP64 = 0xFFFFFFFF  # the size is in the extras
DESCRIPTOR = 24  # bytes that may follow a file, where its size was not known before
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def members(path: str) -> Members:
    """Open an archive.

    Raises
    ------
    InputError
        When it is none or is damaged. What is in its arrays is checked when they are read.
    """
    files = archived(path)
    names = {name.removesuffix(".npy"): name for name in files}
    if len(names) < len(files):
        raise InputError(path, "must hold arrays with distinct names", ", ".join(files))
    return Members(path, names, lambda name: _rows(path, *files[names[name]]))


def arrays(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Read all arrays of an archive, texts and numbers.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    with reading(path):
        archive = members(os.fspath(path))
        opened = archive.chosen({name: name for name in archive.names})
        return {name: rows.whole() for name, rows in opened.items()}


def sealed(content: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Add the SHA-256 of all arrays, for a file that is this program's own."""
    found = {name: np.asarray(value) for name, value in content.items()}
    return {**found, DIGEST: np.array(_digest(found))}


def check_seal(content: Mapping[str, NDArray[Any]]) -> None:
    """Check that arrays are those that were `sealed`, and all of them.

    Raises
    ------
    InputError
        When their digest differs.
    """
    others = {name: array for name, array in content.items() if name != DIGEST}
    stated = content.get(DIGEST)
    if stated is None or stated.shape != () or stated.item() != _digest(others):
        raise InputError(DIGEST, "must match the arrays; they were changed after they were written")


def _digest(content: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 of the names, types, shapes and bytes of arrays, in any order."""
    found = hashlib.sha256()
    for name, array in sorted(content.items()):
        found.update(repr((name, array.dtype.str, array.shape)).encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def check_checksums(path: str) -> None:
    """Read all files of an archive for their checksums alone."""
    archived(path)
    with zipfile.ZipFile(path) as archive:
        bad = archive.testzip()
    if bad is not None:
        raise InputError(path, f"cannot be read: the checksum of {bad!r} differs")


def archived(path: str) -> dict[str, tuple[zipfile.ZipInfo, int]]:
    """List the files of an archive by name, with the place where the content of each begins."""
    if not zipfile.is_zipfile(path):
        raise InputError(path, "cannot be read: it is no .npz archive, or is cut short")
    with zipfile.ZipFile(path) as archive, Path(path).open("rb") as file:
        entries = sorted(archive.infolist(), key=lambda info: info.header_offset)
        found = {info.filename: (info, _content_start(file, info)) for info in entries}
        if len(found) < len(entries):
            raise InputError(path, "must hold arrays with distinct names", list(found))
        ends = [start + info.compress_size for info, start in found.values()]
        bounds = [info.header_offset for info in entries] + [archive.start_dir]
    gaps = [bound - end for bound, end in zip(bounds[1:], ends, strict=True)]
    if any(not 0 <= gap <= DESCRIPTOR for gap in gaps):
        raise InputError(path, "cannot be read: files in the archive overlap, or are not listed")
    return found


def _content_start(file: IO[bytes], info: zipfile.ZipInfo) -> int:
    """Where the content begins that two descriptions agree on."""
    file.seek(info.header_offset)
    signature, flags, method, *numbers, n_name, n_extra = LOCAL_HEADER.unpack(
        file.read(LOCAL_HEADER.size)
    )
    name = file.read(n_name).decode("utf-8" if flags & UTF8 else "cp437")
    listed = info.CRC, info.compress_size, info.file_size
    agree = flags & SIZES_FOLLOW or all(
        mine in {theirs, ZIP64} for mine, theirs in zip(numbers, listed, strict=True)
    )
    same = (signature, method, name) == (SIGNATURE, info.compress_type, info.orig_filename)
    is_stored = method == zipfile.ZIP_STORED
    if not same or not agree or (is_stored and info.compress_size != info.file_size):
        raise InputError(
            file.name, f"cannot be read: the archive describes {info.filename!r} in two ways"
        )
    if (flags | info.flag_bits) & ~KNOWN_FLAGS or method not in METHODS:
        rule = "must be stored or deflated, neither encrypted nor patched"
        raise InputError(file.name, rule, f"method {method} and flags {flags | info.flag_bits:#x}")
    return int(info.header_offset + LOCAL_HEADER.size + n_name + n_extra)


def _rows(path: str, info: zipfile.ZipInfo, start: int) -> StoredRows:
    """Array of an archive, read from where it is stored unless it is compressed."""
    if info.compress_type != zipfile.ZIP_STORED:
        return PackedRows.at(path, info.filename)
    with Path(path).open("rb") as file:
        file.seek(start)
        header = read_header(file, info.filename, info.file_size)
    values = start + header.length
    return NpyRows(path, values, header.shape, header.dtype, header.by_column, info.filename)
