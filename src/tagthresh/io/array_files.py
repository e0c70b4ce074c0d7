"""Files of named arrays or of one matrix: .npz, .npy, .pt and HDF5, with pickles never loaded."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from tagthresh.io import hdf5, npz
from tagthresh.io.npy import NpyRows
from tagthresh.io.stored_rows import Members, check_unpacked
from tagthresh.validation import InputError, Place

Arrays = dict[str, Any]

SPARSE = {"format", "shape", "data"}  # arrays of a sparse matrix, whatever its format
BARE = "matrix"  # key of a matrix without a name: the reader cannot know what it holds
NAMES = {
    "scores": ("scores", "clipwise_output"),
    "labels": ("labels", "target"),
    "tags": ("tags",),
    "clips": ("clips", "audio_name"),
    "weights": ("weights",),
}


def _whole(members: Members, group_column: str | None) -> Arrays:
    """Read the arrays that we know, under our names."""
    theirs = _our_names(members.path, members, group_column)
    return {
        ours: _array(members.path, theirs[ours], rows)
        for ours, rows in members.chosen(theirs).items()
    }


def _our_names(path: str, found: Mapping[str, Any], group_column: str | None) -> dict[str, str]:
    """Find the arrays that we know: their names, by ours."""
    theirs = {
        ours: name for ours, all_names in NAMES.items() for name in all_names if name in found
    }
    if group_column is not None and group_column in found:
        theirs["groups"] = group_column
    if not theirs:
        raise InputError(path, f"must hold 'scores' or 'labels'; it has {list(found)}")
    return theirs


def _array(path: str, name: str, rows: Any) -> Any:
    if not rows.shape:
        raise InputError(
            f"{name!r}", "must be an array; it is a single value", place=Place(file=path)
        )
    return rows[:]


def read_npz(path: str, group_column: str | None) -> Arrays:
    """Read a NumPy archive, or the sparse matrix that `scipy.sparse.save_npz` writes."""
    archive = npz.members(path)
    return {BARE: _sparse(archive)} if set(archive) >= SPARSE else _whole(archive, group_column)


def _sparse(archive: Members) -> scipy.sparse.csr_array:
    """Read a sparse matrix whose entries lie inside its shape."""
    parts = archive.chosen({name: name for name in archive})  # which checks what SciPy will load
    n_rows = max(0, *map(int, parts["shape"][:]))
    check_unpacked(archive.path, "rows", 8 * n_rows, archive.stored)
    matrix = scipy.sparse.csr_array(scipy.sparse.load_npz(archive.path))
    matrix.check_format(full_check=True)
    return matrix


def read_npy(path: str, _group_column: str | None) -> Arrays:
    """Read one NumPy matrix."""
    return {BARE: _array(path, BARE, NpyRows.at(path))}


def read_torch(path: str, group_column: str | None) -> Arrays:
    """Read a PyTorch tensor, or a dict of them."""
    try:
        import torch
    except ImportError:
        raise InputError(
            path, "needs PyTorch to be read", remedy='pip install "tagthresh[torch]"'
        ) from None
    if zipfile.is_zipfile(path):
        npz.check_checksums(path)  # which PyTorch does not look at
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # noqa: BLE001 - its own texts tell users to load what may run any code
        raise InputError(
            path, "cannot be read: it holds no tensors, and Python objects are never loaded"
        ) from None
    if isinstance(found, torch.Tensor):
        return {BARE: _from_tensor(path, found)}
    if not isinstance(found, dict):
        raise InputError(path, "must hold a tensor or a dict", type(found).__name__)
    theirs = _our_names(path, found, group_column)
    return {ours: _from_tensor(path, found[name]) for ours, name in theirs.items()}


def _from_tensor(path: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        raise InputError(
            "arrays", f"must be tensors; one is a {type(value).__name__}", place=Place(file=path)
        )
    if not hasattr(value, "detach"):
        return np.asarray(value)
    tensor = value.detach()
    n_bytes = math.prod(tensor.shape) * tensor.element_size()
    check_unpacked(path, "a tensor", n_bytes, lambda: Path(path).stat().st_size)
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def read_hdf5(path: str, group_column: str | None) -> Arrays:
    """Read HDF5 arrays."""
    return _whole(hdf5.members(path), group_column)
