"""Files in order whose values have types, shapes and names that nobody expects."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from fuzz.content import chance, one_of
from fuzz.forms import Sample, arrays, npy_bytes, parquet_bytes, timeless

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from fuzz.content import Content

DTYPES = (
    *("<c8", "<c16", "<g", ">f4", "<f2", ">i8", "<u8", "?", "<M8[s]", "<m8[ms]", "<U3", "S4", "V6"),
    *("<i1", "<G"),
)
NUMBERS = (np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 0.0, -0.0, 1e-300, 2.0**53 + 2)


def odd_array(rng: Generator, array: Any) -> Any:
    """Give an array another type, shape or some extreme values."""
    values = np.array(array)
    change = int(rng.integers(6))
    if change == 0:
        values = _cast(values, one_of(rng, DTYPES))
    elif change == 1:
        values = values[..., None]
    elif change == 2:
        values = values.ravel()
    elif change == 3:
        values = values[: int(rng.integers(len(values)))]
    elif change == 4:
        values = np.ascontiguousarray(values.T)
    elif values.dtype.kind == "f":
        with np.errstate(over="ignore"):
            values.flat[int(rng.integers(values.size))] = one_of(rng, NUMBERS)
    return values


def _cast(values: Any, dtype: str) -> Any:
    try:
        return values.astype(dtype)
    except (TypeError, ValueError):
        return np.zeros(values.shape, dtype)


def _named(rng: Generator, content: Content) -> dict[str, Any]:
    """Named arrays of which one is odd, left out, or there twice under both its names."""
    named = arrays(rng, content)
    name = one_of(rng, list(named))
    change = int(rng.integers(5))
    if change == 0:
        del named[name]
    elif change == 1:
        named[one_of(rng, ("scores", "labels", "tags", "clips", "weights"))] = named[name]
    else:
        named[name] = odd_array(rng, named[name])
    return named


def odd_npz(rng: Generator, content: Content) -> Sample:
    """Write an archive with an odd array, an odd member, or a sparse matrix."""
    buffer = io.BytesIO()
    change = int(rng.integers(4))
    if change == 0:
        form = one_of(rng, ("csr", "csc", "coo", "bsr", "dia"))
        scipy.sparse.save_npz(
            buffer, scipy.sparse.coo_array(content.scores.astype(float)).asformat(form)
        )
    else:
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
            warnings.simplefilter("ignore")  # of names that are there twice
            for name, value in _named(rng, content).items():
                archive.writestr(f"{name}.npy", npy_bytes(value))
            if change == 1:
                member = one_of(
                    rng, ("../x.npy", "scores", "a/scores.npy", "labels.npy", "scores.npy")
                )
                data = one_of(rng, (b"", b"text", npy_bytes(content.scores)))
                archive.writestr(member, data)
    return Sample({"in.npz": buffer.getvalue()}, "in.npz", sealed=True)


def odd_npy(rng: Generator, content: Content) -> Sample:
    """Write an odd array of scores or of labels."""
    pair = [content.scores, content.labels]
    which = int(rng.integers(2))
    pair[which] = odd_array(rng, pair[which])
    files = {"in.npy": npy_bytes(pair[0]), "labels.npy": npy_bytes(pair[1])}
    return Sample(files, "in.npy", "labels.npy")


def odd_hdf5(rng: Generator, content: Content) -> Sample:
    """HDF5 with groups, links, raw storage outside, compound types, enums and null spaces."""
    import h5py

    named = arrays(rng, content, text="S")
    name = one_of(rng, list(named))
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for other, value in named.items():
            if other != name:
                file[other] = value
        odd = one_of(rng, _HDF5)
        odd(file, name, named[name])
    return Sample({"in.h5": buffer.getvalue()}, "in.h5")


def _compound(file: Any, name: str, values: Any) -> None:
    file[name] = np.zeros(values.shape, [("a", "f4"), ("b", "i4")])


def _references(file: Any, name: str, values: Any) -> None:
    import h5py

    data = file.create_dataset(name, (len(values),), h5py.ref_dtype)
    data[0] = file["/"].ref


def _outside(file: Any, name: str, values: Any) -> None:
    file.create_dataset(name, values.shape, "u1", external=[("/proc/version", 0, values.size)])


def _links(file: Any, name: str, _values: Any) -> None:
    import h5py

    file[name] = h5py.ExternalLink("/proc/version", "/scores")


def _enum(file: Any, name: str, values: Any) -> None:
    import h5py

    kind = h5py.enum_dtype({"no": 0, "yes": 1}, basetype="i1")
    file.create_dataset(name, values.shape, kind)


def _null(file: Any, name: str, _values: Any) -> None:
    import h5py

    file[name] = h5py.Empty("f4")


def _ragged(file: Any, name: str, values: Any) -> None:
    import h5py

    data = file.create_dataset(name, (len(values),), h5py.vlen_dtype(np.dtype("f4")))
    data[0] = [1.0, 2.0]


def _huge(file: Any, name: str, _values: Any) -> None:
    file.create_dataset(name, (1 << 40, 1 << 12), "f4", chunks=(16, 16))


def _odd_values(file: Any, name: str, values: Any) -> None:
    file[name] = odd_array(
        np.random.default_rng(len(values)), values * 1 if values.dtype.kind != "S" else values
    )


_HDF5: tuple[Callable[[Any, str, Any], None], ...] = (
    _compound,
    _references,
    _outside,
    _links,
    _enum,
    _null,
    _ragged,
    _huge,
    _odd_values,
    lambda file, name, _values: file.create_group(name),
    lambda file, name, _values: file.__setitem__(name, 3.5),
    lambda file, name, _values: file.__setitem__(name, "text"),
)


def odd_torch(rng: Generator, content: Content) -> Sample:
    """Tensors of odd types, and what is no tensor."""
    import torch

    scores = torch.tensor(content.scores.tolist())
    odd: tuple[Any, ...] = (
        scores.to(torch.bfloat16),
        scores.to(torch.complex64),
        scores.to_sparse(),
        scores.requires_grad_() if scores.is_floating_point() else scores,
        scores.to(torch.float16),
        torch.empty(2, 3, device="meta"),
        scores.bool(),
        {"a": scores},
        [scores, scores],
        scores.T,
        scores[:1].expand(5, -1),
        3.5,
        None,
    )
    value = one_of(rng, odd)
    key: Any = one_of(rng, ("scores", "labels", 3, None, ("a",)))
    whole = value if chance(rng, 0.3) else {"scores": scores.detach(), key: value}
    buffer = io.BytesIO()
    torch.save(whole, buffer)
    return Sample({"in.pt": buffer.getvalue()}, "in.pt")


def odd_parquet(rng: Generator, content: Content) -> Sample:
    """Columns of types that are no plain numbers, names that are there twice, no rows."""
    import pyarrow as pa

    n = len(content.scores)
    columns: list[tuple[str, Any]] = [("clip", pa.array(content.clips))]
    columns += [
        (tag, pa.array(content.scores[:, i].astype(float))) for i, tag in enumerate(content.tags)
    ]
    odd = one_of(rng, _arrow_arrays(n, content))
    name = one_of(rng, ("clip", "tag", "weight", "score", content.tags[0], "other", ""))
    at = int(rng.integers(len(columns) + 1))
    columns.insert(at, (name, odd))
    names, values = zip(*columns, strict=True)
    table = pa.Table.from_arrays(list(values), list(names))
    table = table[: one_of(rng, (n, n, n, 0, 1))]
    return Sample({"in.parquet": parquet_bytes(table)}, "in.parquet")


def _arrow_arrays(n: int, content: Content) -> tuple[Any, ...]:
    import decimal

    import pyarrow as pa

    raw = [clip.encode()[:4].ljust(4, b"\0") for clip in content.clips]
    return (
        pa.array([decimal.Decimal("1.25")] * n),
        pa.array([0] * n, pa.timestamp("ns", "UTC")),
        pa.array([1] * n, pa.date32()),
        pa.array([[1.0]] * n),
        pa.array([{"a": 1}] * n),
        pa.array(content.clips).dictionary_encode(),
        pa.array(raw, pa.binary()),
        pa.array(raw, pa.binary(4)),
        pa.array(content.clips, pa.large_string()),
        pa.array([True] * n),
        pa.nulls(n),
        pa.array([2**64 - 1] * n, pa.uint64()),
        pa.array(np.zeros(n, "f2")),
        pa.array([None, *[0.5] * (n - 1)]),
        pa.array([1] * n, pa.duration("s")),
        pa.array([b"\xff\xfe"] * n, pa.binary()),
    )


ODD: dict[str, Callable[[Generator, Content], Sample]] = {
    "npz": odd_npz,
    "npy": odd_npy,
    "hdf5": odd_hdf5,
    "pt": odd_torch,
    "parquet wide": odd_parquet,
}


def odd_sample(rng: Generator, form: str, content: Content) -> Sample | None:
    """Give an odd file of a form, where there are such."""
    if form not in ODD:
        return None
    sample = ODD[form](rng, content)
    sample.legal, sample.changes = False, ["odd types"]
    sample.files = {name: timeless(data) for name, data in sample.files.items()}
    return sample
