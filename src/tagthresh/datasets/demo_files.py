"""The demo's clips as files, in every form that the documentation's commands read.

Clips to fit on are called ``dev``, the others ``eval``; the others once more, scores and labels in
files of their own, are ``scores`` and ``labels``.
"""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tagthresh.datasets.demo import Half, load_demo
from tagthresh.evaluation.profile import Profile
from tagthresh.evaluation.review import plan
from tagthresh.find import find_thresholds
from tagthresh.io.atomic import replacing_folder
from tagthresh.io.write import write_columns

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from numpy.typing import NDArray

    from tagthresh.calibration.calibrator import Calibrator

    Columns = dict[str, Any]

PARTS = 5  # files that the eval clips are split over
COSTS = {"Dog": (20, 1), "Rain": (1, 2)}  # of a miss and a false alarm
PARENTS = {"Dog": "Animal", "Chicken, rooster": "Animal", "Animal": "", "Chainsaw": "Tools"}


def write_demo(folder: str | os.PathLike[str]) -> list[str]:
    """Write the demo's clips, and thresholds fitted on them, into a new or an empty folder.

    Parameters
    ----------
    folder : path
        Where to write.

    Returns
    -------
    list of str
        Names of the files and folders written, in order. HDF5 and PyTorch files are among them
        where these libraries are installed.

    Raises
    ------
    InputError
        When the folder holds something or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     "dev.npz" in write_demo(folder)
    True
    """
    fit, unseen = load_demo()
    with replacing_folder(folder) as place:
        for name, half in (("dev", fit), ("eval", unseen)):
            _write_both(place, name, half)
        _write_apart(place, unseen)
        _write_parts(place, unseen)
        _write_reviewed(place, unseen)
        _write_extras(place, fit.tags)
        _write_fitted(place, fit)
        return sorted(path.name for path in place.iterdir())


def _write_both(place: Path, name: str, half: Half) -> None:
    """Write scores and labels in one file: arrays, and a row a pair of clip and tag."""
    arrays = _arrays(half)
    np.savez_compressed(place / f"{name}.npz", **arrays)
    if importlib.util.find_spec("h5py"):
        import h5py

        with h5py.File(place / f"{name}.h5", "w") as file:
            for key, array in arrays.items():
                file[key] = array.astype("S") if array.dtype.kind == "U" else array
    if importlib.util.find_spec("torch"):
        import torch

        tensors = {"scores": torch.tensor(half.scores), "labels": torch.tensor(half.labels)}
        torch.save({**tensors, "tags": half.tags}, place / f"{name}.pt")
    pairs = _pairs(half, np.ones(half.scores.shape, bool))
    write_columns(str(place / f"{name}.csv"), pairs)
    recording = np.repeat(_recordings(half), len(half.tags))
    write_columns(str(place / f"{name}.parquet"), {"recording": recording, **pairs})


def _write_apart(place: Path, half: Half) -> None:
    """Write scores and labels in files of their own."""
    (place / "tags.txt").write_text("\n".join([*half.tags, ""]), "utf-8")
    np.save(place / "scores.npy", half.scores)
    np.save(place / "labels.npy", half.labels)
    unlabelled = {key: array for key, array in _arrays(half).items() if key != "labels"}
    np.savez_compressed(place / "scores.npz", **unlabelled)
    clips = {"clip": half.clips}
    labels, found = half.labels.astype(np.int64), np.where(half.labels, 1.0, np.nan)
    write_columns(str(place / "scores.csv"), clips | _wide(half, half.scores))
    write_columns(str(place / "labels.csv"), clips | _wide(half, labels))
    write_columns(str(place / "found.csv"), clips | _wide(half, found))
    recordings = clips | {"recording": _recordings(half)}
    write_columns(str(place / "recordings.csv"), recordings | _wide(half, half.scores))
    folds = clips | {"fold": np.arange(len(half.clips)) % PARTS}
    write_columns(str(place / "folds.csv"), folds | _wide(half, half.scores))
    _write_without_header(place / "bare.csv", half.scores)
    _write_without_header(place / "bare_labels.csv", labels)


def _write_parts(place: Path, half: Half) -> None:
    """Write the clips in parts."""
    for folder in ("shards", "scores", "labels", "arrays"):
        (place / folder).mkdir()
    for number, rows in enumerate(np.array_split(np.arange(len(half.clips)), PARTS)):
        part = Half(half.scores[rows], half.labels[rows], half.tags, [half.clips[i] for i in rows])
        np.savez(place / "shards" / f"{number}.npz", **_arrays(part))
        np.save(place / "arrays" / f"{number}.npy", part.scores)
        for folder, values in (("scores", part.scores), ("labels", part.labels.astype(np.int64))):
            path = place / folder / f"{number}.parquet"
            write_columns(str(path), {"clip": part.clips, **_wide(part, values)})


def _write_reviewed(place: Path, half: Half) -> None:
    """Write detections, a part of them reviewed: what is rare there, or of every score band."""
    shown = half.scores >= np.quantile(half.scores, 0.6)
    detections = _pairs(half, shown)
    reviewed = plan(half.scores, bands=5, per_band=30)[shown]
    detections["label"] = np.where(reviewed, detections["label"], np.nan)
    write_columns(str(place / "detections.csv"), detections)


def _write_extras(place: Path, tags: list[str]) -> None:
    """Write costs, and an ontology in both forms."""
    miss, false_alarm = zip(*COSTS.values(), strict=True)
    costs = {"tag": list(COSTS), "miss": list(miss), "false_alarm": list(false_alarm)}
    write_columns(str(place / "costs.csv"), costs)
    parents = dict.fromkeys([*tags, *PARENTS.values()], "") | PARENTS
    parents.pop("")
    write_columns(
        str(place / "ontology.csv"), {"child": list(parents), "parent": list(parents.values())}
    )
    ids = {name: f"/t/{number}" for number, name in enumerate(parents)}
    children = {name: [ids[c] for c, parent in parents.items() if parent == name] for name in ids}
    entries = [{"id": ids[n], "name": n, "child_ids": children[n]} for n in ids]
    (place / "ontology.json").write_text(json.dumps(entries, indent=1) + "\n", "utf-8")


def _write_fitted(place: Path, fit: Half) -> None:
    """Write thresholds of two methods, and what the better one leaves for later clips."""
    old, new = (
        find_thresholds(fit.labels, fit.scores, method=method, tags=fit.tags)
        for method in ("shared", "hierarchical")
    )
    old.thresholds.save(place / "old.json")
    for name in ("new.json", "thresholds.json"):
        new.thresholds.save(place / name)
    Profile.from_scores(fit.scores, new.thresholds).save(place / "profile.json")
    cast("Calibrator", new.calibrator).save(place / "calibrator.json")  # cross-fitting makes one


def _arrays(half: Half) -> dict[str, Any]:
    """Scores, labels and names, by the keys that the readers know."""
    names = {"tags": np.array(half.tags), "clips": np.array(half.clips)}
    return {"scores": half.scores, "labels": half.labels, **names}


def _pairs(half: Half, shown: NDArray[np.bool_]) -> Columns:
    """Columns with a row for every pair of clip and tag that is shown."""
    clip, tag = np.nonzero(shown)
    return {
        "clip": [half.clips[i] for i in clip],
        "tag": [half.tags[i] for i in tag],
        "score": half.scores[shown],
        "label": half.labels[shown].astype(np.int64),
    }


def _wide(half: Half, values: NDArray[Any]) -> Columns:
    """Give every tag a column."""
    return dict(zip(half.tags, values.T, strict=True))


def _recordings(half: Half) -> list[str]:
    """First recording of every mixture, without the letter of its take."""
    return [clip.partition("|")[0].rpartition("/")[2].rpartition("-")[0] for clip in half.clips]


def _write_without_header(path: Path, values: NDArray[Any]) -> None:
    np.savetxt(path, values, fmt="%.9g", delimiter=",")
