"""Arrays of files, by our names for them: whole, or opened to be read in parts.

Pickles are never loaded. CSV, and Parquet as a whole, are read elsewhere (`tagthresh.io.csv_files`,
`tagthresh.io.parquet_files`).
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh.io import hdf5, npz, parquet_files, zarr_folder
from tagthresh.io.npy import NpyRows
from tagthresh.io.read_errors import (
    THE_FILE,
    check_exists,
    optional_package,
    reading,
    wrong_suffix,
)
from tagthresh.io.stored_names import texts
from tagthresh.io.stored_rows import (
    BARE,
    NAMES,
    RATIO,
    RATIO_IN_PARTS,
    Members,
    StoredRows,
    check_unpacked,
)
from tagthresh.io.zarr_folder import ROOT
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from tagthresh.io.table import Arrays, Reading

SPARSE = {"format", "shape", "data"}  # arrays of a sparse matrix of any format
TENSORS = (".pt", ".pth")
OPENERS: dict[str, Callable[[str], Members]] = {
    ".npy": lambda path: Members(path, [ROOT], lambda _: NpyRows.at(path)),
    ".npz": npz.members,
    ".h5": hdf5.members,
    ".hdf5": hdf5.members,
    ".zarr": zarr_folder.members,
}
IN_PARTS = (*OPENERS, ".parquet")  # suffixes of files that can be read in parts
WHOLE = (".npz", ".npy", *TENSORS, ".h5", ".hdf5")  # of those that `read_arrays` reads


def opened(path: str, ignore: tuple[str, ...] = ()) -> dict[str, Any]:
    """Open a file, or a folder of zarr, to be read in parts: no matrix is read yet.

    Returns arrays by our names, but for ``tags``, which are texts. Columns called as in `ignore`
    are left out.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in IN_PARTS:
        raise wrong_suffix(path, IN_PARTS, " to be read in parts")
    with reading(path):
        check_exists(path)
        if suffix == ".parquet":
            return parquet_files.rows_of_columns(path, ignore)
        members = OPENERS[suffix](path)
        if _is_sparse(suffix, members):
            raise InputError(THE_FILE, "is sparse; only a dense matrix is read in parts")
        ratio = RATIO if suffix == ".npz" else RATIO_IN_PARTS
        arrays: dict[str, Any] = _known_rows(suffix, members, ratio=ratio)
        if any(len(a.shape) > 1 and getattr(a, "by_column", False) for a in arrays.values()):
            raise InputError(THE_FILE, "must hold row after row; it holds column after column")
        if "tags" in arrays:
            arrays["tags"] = texts("tags", arrays["tags"][:])
        return without_columns(arrays, arrays.get("tags") or (), ignore)


def column_names(path: str) -> set[str]:
    """Names of the columns of a file that can be read in parts, be they tags or not."""
    if path.lower().endswith(".parquet"):
        with reading(path):
            return parquet_files.column_names(path)
    return set(opened(path).get("tags") or ())


@dataclass(frozen=True)
class ChosenColumns:
    """Some columns of a matrix that is read in parts."""

    rows: StoredRows
    columns: list[int]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return self.rows.shape[0], len(self.columns)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return self.rows.dtype

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        return self.rows[rows][:, self.columns]


def without_columns(
    arrays: Arrays, names: Sequence[str], ignore: Collection[str]
) -> dict[str, Any]:
    """Leave columns out of every matrix that has one for each name; ``tags`` are what is left."""
    kept = [i for i, name in enumerate(names) if name not in ignore]
    if len(kept) == len(names):
        return arrays

    def chosen(array: Any) -> Any:
        if array.shape[1:] != (len(names),):
            return array
        return ChosenColumns(array, kept) if isinstance(array, StoredRows) else array[:, kept]

    matrices = {key: chosen(array) for key, array in arrays.items() if key != "tags"}
    return {**matrices, "tags": tuple(names[i] for i in kept)}


def read_arrays(path: str, how: Reading) -> Arrays:
    """Read a file whole: the arrays that we know, and the one of the groups."""
    suffix = Path(path).suffix.lower()
    if suffix in TENSORS:
        return _tensors(path, how.group_column)
    members = OPENERS[suffix](path)
    if _is_sparse(suffix, members):
        return {BARE: _sparse(members, how.memory)}
    arrays = _known_rows(suffix, members, how.group_column, memory=how.memory)
    return {ours: rows[:] for ours, rows in arrays.items()}


def _known_rows(
    suffix: str, members: Members, group_column: str | None = None, **limits: Any
) -> dict[str, StoredRows]:
    """Open the arrays that we know, by our names, none of them a single value."""
    is_bare = suffix in {".npy", ".zarr"} and ROOT in members.names
    theirs = {BARE: ROOT} if is_bare else _known(members.names, group_column)
    arrays = members.chosen(theirs, **limits)
    for ours, rows in arrays.items():
        if not rows.shape:
            raise InputError(repr(theirs[ours] or ours), "must be an array; it is a single value")
    return arrays


def _known(arrays: Collection[str], group_column: str | None) -> dict[str, str]:
    """Find the arrays that we know: their names, by ours."""
    theirs = {ours: name for ours, names in NAMES.items() for name in names if name in arrays}
    if not theirs.keys() & {"scores", "labels"}:
        raise InputError(THE_FILE, f"must hold 'scores' or 'labels'; it has {list(arrays)}")
    if group_column is not None and group_column in arrays:
        theirs["groups"] = group_column
    return theirs


def _is_sparse(suffix: str, members: Members) -> bool:
    """Whether an archive is the sparse matrix that `scipy.sparse.save_npz` writes."""
    return suffix == ".npz" and set(members.names) >= SPARSE


def _sparse(members: Members, memory: int) -> scipy.sparse.csr_array:
    """Read a sparse matrix whose entries lie inside its shape."""
    parts = members.chosen({name: name for name in members.names}, memory=memory)
    n_rows = max(0, *map(int, parts["shape"][:]))
    check_unpacked(members.path, "rows", 8 * n_rows)
    matrix = scipy.sparse.csr_array(scipy.sparse.load_npz(members.path))
    matrix.check_format(full_check=True)
    return matrix


def _tensors(path: str, group_column: str | None) -> Arrays:
    """Read a PyTorch tensor, or a dict of them."""
    torch = optional_package("torch", "PyTorch", "torch")
    if zipfile.is_zipfile(path):
        npz.check_checksums(path)  # which PyTorch does not look at
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # noqa: BLE001 - its own texts tell users to load what may run any code
        raise ValueError("not a file of tensors; Python objects are never loaded") from None
    if isinstance(content, torch.Tensor):
        return {BARE: _from_tensor(path, content)}
    if not isinstance(content, dict):
        raise InputError(THE_FILE, "must hold a tensor or a dict", type(content).__name__)
    theirs = _known(content, group_column)
    return {ours: _from_tensor(path, content[name]) for ours, name in theirs.items()}


def _from_tensor(path: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        raise InputError("arrays", f"must be tensors; one is a {type(value).__name__}")
    if not hasattr(value, "detach"):
        return np.asarray(value)
    tensor = value.detach()
    check_unpacked(path, "a tensor", math.prod(tensor.shape) * tensor.element_size())
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()
