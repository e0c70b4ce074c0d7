"""Files of named arrays or of one matrix: .npz, .npy, .pt and HDF5, with pickles never loaded."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from tagthresh.validation import InputError

Arrays = dict[str, Any]

BARE = "matrix"  # key of a matrix without a name: the reader cannot know what it holds
NAMES = {
    "scores": ("scores", "clipwise_output"),
    "labels": ("labels", "target"),
    "tags": ("tags",),
    "clips": ("clips", "audio_name"),
    "weights": ("weights",),
}


def _ours(path: str, found: Mapping[str, Any], group_column: str | None) -> Arrays:
    """Keep the arrays we know, under our names."""
    arrays = {
        ours: _array(path, theirs, found[theirs])
        for ours, all_names in NAMES.items()
        for theirs in all_names
        if theirs in found
    }
    if group_column is not None and group_column in found:
        arrays["groups"] = _array(path, group_column, found[group_column])
    if not arrays:
        raise InputError(f"{path} must hold 'scores' or 'labels'; it has {list(found)}")
    return arrays


def _array(path: str, name: str, value: Any) -> Any:
    if isinstance(value, Mapping):  # a group of HDF5 is one too
        raise InputError(f"{path}: {name!r} must be an array; it is a {type(value).__name__}")
    return np.asarray(value)


def read_npz(path: str, group_column: str | None) -> Arrays:
    """Read a NumPy archive, or the sparse matrix that `scipy.sparse.save_npz` writes."""
    if not zipfile.is_zipfile(path):
        raise InputError(f"cannot read {path}: not an .npz archive, or one cut short")
    with np.load(path, allow_pickle=False) as found:
        if {"format", "shape", "data"} <= set(found):
            return {BARE: scipy.sparse.csr_array(scipy.sparse.load_npz(path))}
        return _ours(path, found, group_column)


def read_npy(path: str, _group_column: str | None) -> Arrays:
    """Read one NumPy matrix."""
    with Path(path).open("rb") as file:
        if file.read(6) != b"\x93NUMPY":
            raise InputError(f"cannot read {path}: not an .npy file")
    return {BARE: np.load(path, allow_pickle=False)}


def read_torch(path: str, group_column: str | None) -> Arrays:
    """Read a PyTorch tensor, or a dict of them."""
    try:
        import torch
    except ImportError:
        raise InputError(f'{path}: pip install "tagthresh[torch]" to read it') from None
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:  # its own text tells users to load what may run any code
        raise InputError(
            f"cannot read {path}: not a file of tensors; Python objects are never loaded"
        ) from None
    if isinstance(found, torch.Tensor):
        return {BARE: _from_tensor(found)}
    if not isinstance(found, dict):
        raise InputError(f"{path} must hold a tensor or a dict; got {type(found).__name__}")
    arrays = {key: _from_tensor(value) for key, value in found.items()}
    return _ours(path, arrays, group_column)


def _from_tensor(value: Any) -> Any:
    if not hasattr(value, "detach"):
        return value
    tensor = value.detach()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def read_hdf5(path: str, group_column: str | None) -> Arrays:
    """Read HDF5 arrays."""
    try:
        import h5py
    except ImportError:
        raise InputError(f'{path}: pip install "tagthresh[hdf5]" to read it') from None
    with h5py.File(path) as found:
        return _ours(path, found, group_column)
