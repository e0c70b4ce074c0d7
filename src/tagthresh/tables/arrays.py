"""Files of named arrays or of one matrix: .npz, .npy, .pt and HDF5, with pickles never loaded."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tagthresh.checks import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal["scores", "labels"]
Arrays = dict[str, Any]

NAMES = {
    "scores": ("scores", "clipwise_output"),
    "labels": ("labels", "target"),
    "tags": ("tags",),
    "clips": ("clips", "audio_name"),
    "weights": ("weights",),
}


def _ours(found: Mapping[str, Any]) -> Arrays:
    """Keep the arrays we know, under our names."""
    return {
        ours: np.asarray(found[theirs])
        for ours, all_names in NAMES.items()
        for theirs in all_names
        if theirs in found
    }


def read_npz(path: str, role: Role) -> Arrays:  # noqa: ARG001
    """Read a NumPy archive."""
    if not zipfile.is_zipfile(path):
        raise InputError(f"cannot read {path}: not an .npz archive, or one cut short")
    with np.load(path, allow_pickle=False) as found:
        arrays = _ours(found)
        if not arrays:
            raise InputError(f"{path} must hold 'scores' or 'labels'; it has {list(found)}")
        return arrays


def read_npy(path: str, role: Role) -> Arrays:
    """Read one NumPy matrix."""
    with Path(path).open("rb") as file:
        if file.read(6) != b"\x93NUMPY":
            raise InputError(f"cannot read {path}: not an .npy file")
    return {role: np.load(path, allow_pickle=False)}


def read_torch(path: str, role: Role) -> Arrays:
    """Read a PyTorch tensor, or a dict of them."""
    try:
        import torch
    except ImportError:
        raise InputError(f'{path}: pip install "tagthresh[torch]" to read it') from None
    found = torch.load(path, map_location="cpu", weights_only=True)
    if isinstance(found, torch.Tensor):
        return {role: _from_tensor(found)}
    if not isinstance(found, dict):
        raise InputError(f"{path} must hold a tensor or a dict; got {type(found).__name__}")
    return _ours({key: _from_tensor(value) for key, value in found.items()})


def _from_tensor(value: Any) -> Any:
    if not hasattr(value, "detach"):
        return value
    tensor = value.detach()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def read_hdf5(path: str, role: Role) -> Arrays:  # noqa: ARG001
    """Read HDF5 arrays."""
    try:
        import h5py
    except ImportError:
        raise InputError(f'{path}: pip install "tagthresh[hdf5]" to read it') from None
    with h5py.File(path) as found:
        arrays = _ours(found)
        if not arrays:
            raise InputError(f"{path} must hold 'scores' or 'labels'; it has {list(found)}")
        return arrays
