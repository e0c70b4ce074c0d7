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

from tagthresh.io.npy import NpyRows, PackedRows
from tagthresh.io.read_errors import THE_FILE, reading
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
    """Open an archive; what is in its arrays is checked when they are read."""
    files = archived(path)
    names = {name.removesuffix(".npy"): name for name in files}
    if len(names) < len(files):
        raise InputError(THE_FILE, "must hold arrays with distinct names", ", ".join(files))
    return Members(path, names, lambda name: _rows(path, *files[names[name]]))


def arrays(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Read all arrays of an archive, texts and numbers."""
    with reading(path):
        archive = members(os.fspath(path))
        opened = archive.chosen({name: name for name in archive.names})
        return {name: rows.whole() for name, rows in opened.items()}


def sealed(content: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Add the SHA-256 of all arrays, for a file that is this program's own."""
    arrays = {name: np.asarray(value) for name, value in content.items()}
    return {**arrays, DIGEST: np.array(_digest(arrays))}


def check_seal(content: Mapping[str, NDArray[Any]]) -> None:
    """Check that arrays are those that were `sealed`, and all of them."""
    others = {name: array for name, array in content.items() if name != DIGEST}
    stated = content.get(DIGEST)
    if stated is None or stated.shape != () or stated.item() != _digest(others):
        raise InputError(DIGEST, "must match the arrays; they were changed after they were written")


def _digest(content: Mapping[str, NDArray[Any]]) -> str:
    """SHA-256 of the names, types, shapes and bytes of arrays, whatever their order."""
    digest = hashlib.sha256()
    for name, array in sorted(content.items()):
        digest.update(repr((name, array.dtype.str, array.shape)).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def check_checksums(path: str) -> None:
    """Read all files of an archive for their checksums alone."""
    archived(path)
    with zipfile.ZipFile(path) as archive:
        bad = archive.testzip()
    if bad is not None:
        raise ValueError(f"the checksum of {bad!r} differs")


def archived(path: str) -> dict[str, tuple[zipfile.ZipInfo, int]]:
    """List the files of an archive by name, with the place where the content of each begins."""
    if not zipfile.is_zipfile(path):
        raise ValueError("it is no .npz archive, or is cut short")
    with zipfile.ZipFile(path) as archive, Path(path).open("rb") as file:
        entries = sorted(archive.infolist(), key=lambda info: info.header_offset)
        files = {info.filename: (info, _content_start(file, info)) for info in entries}
        if len(files) < len(entries):
            raise InputError(THE_FILE, "must hold arrays with distinct names", list(files))
        ends = [start + info.compress_size for info, start in files.values()]
        bounds = [info.header_offset for info in entries] + [archive.start_dir]
    gaps = [bound - end for bound, end in zip(bounds[1:], ends, strict=True)]
    if any(not 0 <= gap <= DESCRIPTOR for gap in gaps):
        raise ValueError("files in the archive overlap, or are not listed")
    return files


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
        raise ValueError(f"the archive describes {info.filename!r} in two ways")
    if (flags | info.flag_bits) & ~KNOWN_FLAGS or method not in METHODS:
        rule = "must be stored or deflated, neither encrypted nor patched"
        raise InputError(THE_FILE, rule, f"method {method} and flags {flags | info.flag_bits:#x}")
    return int(info.header_offset + LOCAL_HEADER.size + n_name + n_extra)


def _rows(path: str, info: zipfile.ZipInfo, start: int) -> StoredRows:
    """Array of an archive, read from where it is stored unless it is compressed."""
    if info.compress_type != zipfile.ZIP_STORED:
        return PackedRows.at(path, info.filename)
    return NpyRows.at(path, start, info.file_size, info.filename)
