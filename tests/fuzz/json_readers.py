"""Trials of files that the library writes, and of small tables: loaded, used, saved, loaded."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

import tagthresh as tt
from fuzz import oracle
from fuzz.json_forms import counting
from fuzz.trial import FindingError, check_message, origin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fuzz.content import Content
    from fuzz.forms import Sample


def strict(data: bytes) -> Any:
    """Read JSON in which no key is there twice, and no number is NaN or infinite."""

    def pairs(given: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in given}) < len(given):
            raise ValueError("a key is there twice")
        return dict(given)

    def constant(text: str) -> float:
        raise ValueError(text)

    return json.loads(data.decode("utf-8-sig"), object_pairs_hook=pairs, parse_constant=constant)


def _numbers(values: Any) -> Any:
    """Array of finite numbers in lists; null is NaN."""
    array = np.array(values, object)
    if any(isinstance(v, bool | str) for v in array.ravel()):
        raise ValueError("no number")
    return np.array([np.nan if v is None else float(v) for v in array.ravel()]).reshape(array.shape)


def _agree(kind: str, pairs: list[tuple[str, Any, Any]]) -> None:
    for key, value, right in pairs:
        wanted = _numbers(right)
        found = np.asarray(value, float)
        if found.size != wanted.size or not np.array_equal(
            np.where(np.isinf(found), np.nan, found).ravel(), wanted.ravel(), equal_nan=True
        ):
            raise FindingError("misread", f"{key} of a {kind}")


def use(action: Callable[[], Any]) -> Any:
    """Use what was loaded without an error: nothing may break now."""
    try:
        return action()
    except FindingError:
        raise
    except Exception as error:
        raise FindingError("breaks later", f"{type(error).__name__} at {origin(error)}") from error


def thresholds(folder: Path, sample: Sample, content: Content) -> str:
    """Load, decide, save and load thresholds."""
    del content
    loaded = tt.Thresholds.load(folder / sample.scores)
    right = _right(folder, sample)
    _agree("thresholds file", [("values", loaded.values, right["values"])])
    if loaded.tags is not None and list(loaded.tags) != right["tags"]:
        raise FindingError("misread", "tags of a thresholds file")
    use(lambda: (repr(loaded), loaded._repr_html_(), loaded.predict(np.zeros((2, len(loaded))))))
    use(lambda: loaded.save(folder / "again.json"))
    again = use(lambda: tt.Thresholds.load(folder / "again.json"))
    _agree("thresholds file, saved again", [("values", again.values, right["values"])])
    return "read"


def calibrator(folder: Path, sample: Sample, content: Content) -> str:
    """Load, use, save and load a calibrator."""
    loaded = tt.Calibrator.load(folder / sample.scores)
    right = _right(folder, sample)
    keys = ("score", "log_odds", "curves")
    _agree("calibrator", [(key, getattr(loaded, key), right[key]) for key in keys])
    scores = np.resize(content.scores.astype(float), (3, len(loaded.curves)))
    chances = use(lambda: loaded.predict_proba(scores))
    if not ((chances >= 0) & (chances <= 1)).all():
        raise FindingError("breaks later", "probabilities outside 0 to 1")
    use(lambda: (repr(loaded), loaded.is_trusted(scores)))
    use(lambda: loaded.save(folder / "again.json"))
    use(lambda: tt.Calibrator.load(folder / "again.json"))
    return "read"


def profile(folder: Path, sample: Sample, content: Content) -> str:
    """Load a profile, look for drift, save it and load it."""
    loaded = tt.Profile.load(folder / sample.scores)
    right = _right(folder, sample)
    _agree(
        "profile", [(key, getattr(loaded, key), right[key]) for key in ("given", "score", "above")]
    )
    scores = np.resize(content.scores.astype(float), (3, len(loaded.thresholds)))
    use(lambda: (repr(loaded), tt.drift(scores, loaded).to_dict()))
    use(lambda: loaded.save(folder / "again.json"))
    use(lambda: tt.Profile.load(folder / "again.json"))
    return "read"


def ontology(folder: Path, sample: Sample, content: Content) -> str:
    """Load an ontology and close labels, as walking up by hand does."""
    del content
    loaded = tt.Ontology.from_file(folder / sample.scores)
    right = _parents(folder, sample)
    if {name: set(parents) for name, parents in loaded.parents.items()} != right:
        raise FindingError("misread", "parents of an ontology")
    names = list(right)
    if not names:
        return "read"
    closed = use(lambda: loaded.close_labels(np.eye(len(names), dtype=int), names))
    for i, name in enumerate(names):
        if {names[j] for j in np.flatnonzero(closed[i])} != _upwards(name, right):
            raise FindingError("misread", "labels closed by an ontology")
    use(lambda: (repr(loaded), loaded.consistent(np.eye(len(names), dtype=bool), names)))
    return "read"


def _parents(folder: Path, sample: Sample) -> dict[str, set[str]]:
    right: dict[str, set[str]] = {}
    if sample.scores.endswith(".csv"):
        pairs = _rows(folder, sample, "child", "parent")
    else:
        entries = _right(folder, sample)
        name = {entry["id"]: entry["name"].strip() for entry in entries}
        pairs = [(value, "") for value in name.values()]
        pairs += [
            (name[child], name[entry["id"]]) for entry in entries for child in entry["child_ids"]
        ]
    for child, parent in pairs:
        right.setdefault(child.strip(), set())
        if parent.strip():
            right.setdefault(parent.strip(), set())
            right[child.strip()].add(parent.strip())
    return right


def _upwards(name: str, parents: dict[str, set[str]]) -> set[str]:
    above, waiting = {name}, [name]
    while waiting:
        new = parents[waiting.pop()] - above
        above |= new
        waiting += new
    return above


def _rows(folder: Path, sample: Sample, *names: str) -> list[tuple[str, ...]]:
    """Columns of a small table, row after row."""
    import csv

    data = (folder / sample.scores).read_bytes()
    lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    header, *rows = [row for row in lines if row]
    if len(set(header)) < len(header):
        raise FindingError("accepted", "a table with a column twice")
    places = [header.index(name) if name in header else None for name in names]
    return [tuple("" if at is None or at >= len(row) else row[at] for at in places) for row in rows]


def _right(folder: Path, sample: Sample) -> Any:
    try:
        return strict((folder / sample.scores).read_bytes())
    except ValueError as error:
        raise FindingError("accepted", f"JSON that is none ({error!s:.40})") from None


def costs(folder: Path, sample: Sample, content: Content) -> str:
    """Load costs and fit thresholds to them."""
    loaded = tt.metrics.Cost.from_file(folder / sample.scores)
    rows = _rows(folder, sample, "tag", "miss", "false_alarm")
    for column, name in ((1, "miss"), (2, "false_alarm")):
        right = {row[0]: float(row[column]) for row in rows if row[column].strip()}
        found: Any = getattr(loaded, name)
        found = dict(found) if isinstance(found, dict) else {}
        if {k: found[k] for k in sorted(found)} != {k: right[k] for k in sorted(right)} and right:
            raise FindingError("misread", f"{name} of costs")

    def fit() -> None:
        try:
            tt.find_thresholds(
                content.labels, content.scores, metric=loaded, tags=content.tags, cv=None
            )
        except tt.InputError as error:  # costs of other tags
            check_message(error)

    use(fit)
    return "read"


def grid(folder: Path, sample: Sample, content: Content) -> str:
    """Load a grid, compare its clips, fit on it, add it to itself, save it and load it."""
    del content
    loaded = tt.GridCounts.load(folder / sample.scores)
    try:
        right = _members(folder, sample)
    except Exception as error:  # noqa: BLE001 - broken files make zipfile raise anything
        raise FindingError("accepted", f"a grid the oracle cannot read ({error!s:.40})") from None
    if loaded.n_clips != right["n_clips"]:
        raise FindingError("misread", "clips of a grid")
    use(lambda: repr(loaded))
    if loaded.n_clips and len(right["positive_code"]) + len(right["negative_code"]):
        counts = use(loaded.counts)
        if not np.isclose(counts.positive.mass.sum(), right["positive_clips"].sum(dtype=float)):
            raise FindingError("misread", "positives of a grid")
        use(lambda: tt.find_thresholds(loaded, method="exact"))
    use(lambda: (loaded + loaded).save(folder / "again.npz"))
    use(lambda: tt.GridCounts.load(folder / "again.npz"))
    return "read"


def _members(folder: Path, sample: Sample) -> dict[str, Any]:
    import zipfile

    with zipfile.ZipFile(folder / sample.scores) as archive:
        return {name[:-4]: oracle.npy(archive.read(name)) for name in archive.namelist()}


def checkpoint(folder: Path, sample: Sample, content: Content) -> str:
    """Go on from a checkpoint: the same thresholds as without one, or an error that names it."""
    path = folder / "in.npz"
    found = counting(content, sample.scores, str(path))
    if not (sample.legal or sample.sealed):
        return "unsettled"  # other counts with right checksums
    right = counting(content, sample.scores, None)
    if not np.array_equal(found.thresholds.values, right.thresholds.values):
        raise FindingError("misread", "counts of a checkpoint")
    return "read"


JSON_READERS: dict[str, Callable[[Path, Sample, Content], str]] = {
    "thresholds": thresholds,
    "calibrator": calibrator,
    "profile": profile,
    "ontology json": ontology,
    "ontology csv": ontology,
    "costs": costs,
    "grid": grid,
    "checkpoint": checkpoint,
}


def load(form: str, folder: Path, sample: Sample, content: Content) -> str:
    """Load a file of a form; say what happened."""
    try:
        return JSON_READERS[form](folder, sample, content)
    except tt.InputError as error:
        file = "in.npz" if form == "checkpoint" else sample.scores
        check_message(error, (file,))
        if sample.legal:
            raise FindingError("refused", "a valid file") from None
        return "refused"
