"""Trials of files of matrices: read whole, read in parts, decided on; all as the oracle says."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

import tagthresh as tt
from fuzz import oracle
from fuzz.oracle import BARE, AmbiguousError
from fuzz.trial import FindingError, check_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from fuzz.forms import Sample

IN_PARTS = {".npy", ".npz", ".h5", ".zarr", ".parquet"}
UNCHECKED = {".zarr", ".parquet"}  # forms that pack values and keep no checksum of them
MEMORY = "2kB"
CUT = 0.4375
NEAR = 1e-6  # a decision this near to the threshold is not judged: types may be rounded


def expected(folder: Path, sample: Sample) -> oracle.Plain | None:
    """Read all files of a sample with the oracle; None where what they mean is not settled."""
    try:
        found = _joined(folder, sample)
    except AmbiguousError:
        return None
    except Exception as error:
        raise FindingError("accepted", f"the oracle says {type(error).__name__}") from error
    return found


def _joined(folder: Path, sample: Sample) -> oracle.Plain:
    """Put together what the files of a sample hold."""
    found = oracle.read(folder / sample.scores)
    found = {("scores" if key == BARE else key): value for key, value in found.items()}
    for key in ("tags", "clips"):
        found[key] = oracle.texts(found.get(key))
    if sample.labels is not None:
        found |= _labels(found, oracle.read(folder / sample.labels))
    for key in ("scores", "labels"):
        if isinstance(found.get(key), Exception):
            raise found[key]
    if sample.tags is not None:
        lines = (folder / sample.tags).read_text(encoding="utf-8-sig").splitlines()
        found["tags"] = [line.strip() for line in lines if line.strip()]
    return found


def _labels(found: oracle.Plain, other: oracle.Plain) -> oracle.Plain:
    """Bring the labels of a second file into the order of the scores, by their names."""
    labels = np.asarray(other.get(BARE, other.get("labels")))
    tags, clips = oracle.texts(other.get("tags")), oracle.texts(other.get("clips"))
    if any(isinstance(name, Exception) for name in (tags, clips, found["tags"], found["clips"])):
        raise AmbiguousError("broken names, which may not be needed")
    if tags and found["tags"]:
        labels = labels[:, [tags.index(tag) for tag in found["tags"]]]
    if clips and found["clips"]:
        labels = labels[[clips.index(clip) for clip in found["clips"]]]
    weights = found.get("weights", other.get("weights"))
    names = {"tags": found["tags"] or tags, "clips": found["clips"] or clips}
    return {"labels": labels, "weights": weights, **names}


def read(folder: Path, sample: Sample) -> str:
    """Read a sample whole, in parts, and decide on it; say what happened."""
    whole = _attempt(lambda: _whole(folder, sample), sample)
    apart = Path(sample.scores).suffix in IN_PARTS
    partly = _attempt(lambda: _in_parts(folder, sample), sample) if apart else None
    if sample.legal:
        _check_read(sample, whole, partly)
    if whole is None and partly is None:
        return "refused"
    wanted = _settled(folder, sample, whole)
    if wanted is None:
        return "unsettled"
    for way, found in (("whole", whole), ("in parts", partly)):
        if found is not None:
            _compared(way, found, wanted, sample)
    if apart and (sample.legal or Path(sample.scores).suffix not in UNCHECKED):
        _attempt(lambda: _decided(folder, sample, wanted), sample)
    return "read"


def _settled(folder: Path, sample: Sample, whole: oracle.Plain | None) -> oracle.Plain | None:
    """Read with the oracle; damage of names is nothing to who reads in parts and needs none."""
    try:
        return expected(folder, sample)
    except FindingError as error:
        names = Path(sample.scores).suffix in UNCHECKED and not sample.legal and whole is None
        zarr = sample.scores.endswith(".zarr") and "ZarrUserWarning" in str(error)
        if names or zarr:
            return None
        raise


def _compared(way: str, found: oracle.Plain, wanted: oracle.Plain, sample: Sample) -> None:
    """Compare; what is unpacked from damage without a checksum is memory of any content."""
    try:
        compare(way, found, wanted)
    except FindingError:
        if sample.legal or Path(sample.scores).suffix not in UNCHECKED:
            raise


def _check_read(sample: Sample, whole: oracle.Plain | None, partly: oracle.Plain | None) -> None:
    """Check that a valid file was read."""
    if whole is None and not sample.scores.endswith(".zarr"):
        raise FindingError("refused", "a valid file, read whole")
    if partly is None and _is_for_parts(sample, whole):
        raise FindingError("refused", "a valid file, read in parts")


def _is_for_parts(sample: Sample, whole: oracle.Plain | None) -> bool:
    """Whether a valid file can be read in parts: row after row, wide, without weights."""
    suffix = Path(sample.scores).suffix
    if suffix not in IN_PARTS or (whole is not None and whole.get("weights") is not None):
        return False
    ordered = not any(b"'fortran_order': True" in data for data in sample.files.values())
    return ordered and (suffix != ".parquet" or sample.labels is not None) and suffix != ".zarr"


def _attempt(read: Callable[[], Any], sample: Sample) -> Any:
    """Read; None for a good error."""
    try:
        return read()
    except tt.InputError as error:
        named = sample.scores, *(name for name in (sample.labels, sample.tags) if name)
        check_message(error, named)
        return None


def _path(folder: Path, name: str | None) -> str | None:
    return None if name is None else str(folder / name)


def _whole(folder: Path, sample: Sample) -> oracle.Plain:
    """Read with `tables.read`, and fit if there are labels."""
    found = tt.io.read(
        str(folder / sample.scores), _path(folder, sample.labels), _path(folder, sample.tags)
    )
    return {
        "scores": _dense(found.scores),
        "labels": None if found.labels is None else _dense(found.labels),
        "tags": found.tags,
        "clips": found.clips,
        "weights": found.weights,
    }


def _dense(matrix: Any) -> Any:
    """Fill what a sparse matrix does not hold with NaN; duplicates add up."""
    if not scipy.sparse.issparse(matrix):
        return np.asarray(matrix)
    dense = matrix.toarray().astype(float)
    coordinates = matrix.tocoo()
    stored = np.zeros(matrix.shape, bool)
    stored[coordinates.row, coordinates.col] = True
    return np.where(stored, dense, np.nan)


def _in_parts(folder: Path, sample: Sample) -> oracle.Plain:
    """Read with `Shards`, a clip or a few at a time."""
    shards = tt.Shards.from_files(
        str(folder / sample.scores),
        _path(folder, sample.labels),
        _path(folder, sample.tags),
        memory=MEMORY,
    )
    parts = [shard.read(rows) for shard, rows in shards.parts()]
    labels, scores = (np.concatenate(side) for side in zip(*parts, strict=True))
    return {"scores": scores, "labels": labels, "tags": shards.tags}


def compare(way: str, found: oracle.Plain, wanted: oracle.Plain) -> None:
    """Compare what was read with what the oracle read."""
    for key in ("scores", "labels", "weights", "tags", "clips"):
        value, right = found.get(key), wanted.get(key)
        if isinstance(right, Exception) and way == "whole":
            raise FindingError("accepted", f"broken {key}")
        if value is None:
            continue
        if right is None or isinstance(right, Exception) or not _same(key, value, right, wanted):
            raise FindingError("misread", f"{key}, read {way}")


def _same(key: str, value: Any, right: Any, wanted: oracle.Plain) -> bool:
    if key in {"tags", "clips"}:
        return list(value) == list(right)
    value = np.asarray(value)
    if isinstance(right, dict):  # weights by clip and tag
        right = _weights(right, value.ndim, wanted)
    right = np.asarray(right)
    if key == "scores" and value.shape == right.shape:  # what is not stored is unknown or 0
        value, right = np.nan_to_num(value, nan=0), np.nan_to_num(right, nan=0)
    return value.shape == right.shape and _equal(value, right)


def _equal(value: Any, right: Any) -> bool:
    """Whether numbers are equal, NaN to NaN."""
    if value.dtype.kind in "fc" and right.dtype.kind in "fc":
        return bool(np.array_equal(value, right, equal_nan=True))
    if "O" in {value.dtype.kind, right.dtype.kind}:
        raise FindingError("accepted", f"values of types {value.dtype} and {right.dtype}")
    try:
        return bool(np.array_equal(value.astype(float), right.astype(float), equal_nan=True))
    except (TypeError, ValueError):
        return bool(np.array_equal(value, right))


def _weights(by_pair: dict[tuple[str, str], float], ndim: int, wanted: oracle.Plain) -> Any:
    clips, tags = wanted["clips"], wanted["tags"]
    if ndim == 1:
        return [next(w for (c, _), w in by_pair.items() if c == clip) for clip in clips]
    return [[by_pair.get((clip, tag), np.nan) for tag in tags] for clip in clips]


def _decided(folder: Path, sample: Sample, wanted: oracle.Plain) -> None:
    """Apply thresholds to the file of scores alone and compare what is not near a threshold."""
    scores = np.asarray(wanted["scores"])
    if scores.dtype.kind not in "fiub":
        raise FindingError("accepted", f"scores of type {scores.dtype}")
    with np.errstate(invalid="ignore"):
        scores = scores.astype(float)
    thresholds = tt.Thresholds(np.full(scores.shape[1], CUT))
    output = folder / "out.csv"
    done = tt.apply_files(
        str(folder / sample.scores), thresholds, str(output), tags=_path(folder, sample.tags)
    )
    accepted = scores >= CUT
    near = int((abs(scores - CUT) <= NEAR).sum())
    if done.clips != len(scores) or abs(done.tags - accepted.sum()) > near:
        raise FindingError("misread", "decisions of apply")
    named = oracle.texts(oracle.read(folder / sample.scores).get("clips")) is not None
    if isinstance(wanted["clips"], list) and named and not near:
        with output.open(encoding="utf-8", errors="replace", newline="") as file:
            written = [row["clip"] for row in csv.DictReader(file)]
        if written != [wanted["clips"][row] for row in np.nonzero(accepted)[0]]:
            raise FindingError("misread", "clip names of apply")
