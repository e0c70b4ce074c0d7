"""The demo's clips as files, in every form that the documentation's commands read.

Training clips are in ``dev``, new clips in ``eval``. With scores and labels in files of their own,
training clips are in ``dev_scores`` and ``dev_labels``, new clips in ``scores`` and ``labels``.
"""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import scipy

from tagthresh.datasets.demo import Half, load_demo
from tagthresh.evaluation.profile import Profile
from tagthresh.evaluation.review import plan, review_columns
from tagthresh.find import find_thresholds
from tagthresh.io.atomic import replacing_folder
from tagthresh.io.write import write_columns

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from numpy.typing import NDArray

    from tagthresh.calibration.calibrator import Calibrator

LEAST = 0.001  # score that a sparse matrix stores
PARTS = 5  # files that the eval clips are split over
COSTS = {"Dog": (20, 1), "Rain": (1, 2)}  # of a miss and a false alarm
PARENTS = {"Dog": "Animal", "Chicken, rooster": "Animal", "Animal": "", "Chainsaw": "Tools"}


class Clips(NamedTuple):
    """Clips of different names: scores and labels of shape (n_clips, n_tags)."""

    names: NDArray[np.str_]
    recordings: NDArray[np.str_]
    tags: NDArray[np.str_]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]

    @classmethod
    def of_half(cls, half: Half, name: str) -> Clips:
        """Make numbered clips of a half, since two may be mixtures of the same recordings."""
        names = [f"{name}_{number:03}.wav" for number in range(len(half.clips))]
        first = [clip.partition("|")[0].rpartition("/")[2] for clip in half.clips]
        recordings = [recording.rpartition("-")[0] for recording in first]  # without the take
        labels = half.labels.astype(np.int64)
        return cls(np.array(names), np.array(recordings), np.array(half.tags), half.scores, labels)

    def part(self, rows: NDArray[np.int64]) -> Clips:
        """Take some of the clips."""
        return Clips(
            self.names[rows],
            self.recordings[rows],
            self.tags,
            self.scores[rows],
            self.labels[rows],
        )

    def arrays(self) -> dict[str, Any]:
        """Return all arrays by the keys that the readers know."""
        arrays = {"scores": self.scores, "labels": self.labels}
        return {**arrays, "tags": self.tags, "clips": self.names, "recording": self.recordings}

    def wide(self, values: NDArray[Any], **columns: Any) -> dict[str, Any]:
        """Make columns with one row per clip and one column per tag."""
        by_tag = dict(zip(self.tags.tolist(), values.T, strict=True))
        return {"clip": self.names, **columns, **by_tag}

    def long(self, shown: NDArray[np.bool_]) -> dict[str, Any]:
        """Make columns with one row for each selected pair of clip and tag."""
        clip, tag = np.nonzero(shown)
        names = {"clip": self.names[clip], "tag": self.tags[tag]}
        return {**names, "score": self.scores[shown], "label": self.labels[shown]}


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
    dev, later = Clips.of_half(fit, "dev"), Clips.of_half(unseen, "eval")
    with replacing_folder(folder) as place:
        for name, clips in (("dev", dev), ("eval", later)):
            _write_arrays(place, name, clips)
            _write_pairs(place, name, clips)
        (place / "tags.txt").write_text("\n".join([*fit.tags, ""]), "utf-8")
        for prefix, clips in (("dev_", dev), ("", later)):
            _write_apart(place, prefix, clips)
        _write_parts(place, later)
        _write_reviewed(place, later)
        _write_costs_and_ontology(place, fit.tags)
        _write_fitted(place, fit)
        return sorted(path.name for path in place.iterdir())


def _write_arrays(place: Path, name: str, clips: Clips) -> None:
    """Write all arrays into one file, in three formats."""
    arrays = clips.arrays()
    np.savez_compressed(place / f"{name}.npz", **arrays)
    if importlib.util.find_spec("h5py"):
        import h5py

        with h5py.File(place / f"{name}.h5", "w") as file:
            for key, array in arrays.items():
                file[key] = array.astype("S") if array.dtype.kind == "U" else array
    if importlib.util.find_spec("torch"):
        import torch

        tensors = {"scores": torch.tensor(clips.scores), "labels": torch.tensor(clips.labels)}
        torch.save({**tensors, "tags": clips.tags.tolist()}, place / f"{name}.pt")


def _write_pairs(place: Path, name: str, clips: Clips) -> None:
    """Write a row for every pair of clip and tag, as CSV and as Parquet with the recording."""
    pairs = clips.long(np.ones(clips.scores.shape, bool))
    write_columns(str(place / f"{name}.csv"), pairs)
    recording = np.repeat(clips.recordings, len(clips.tags))
    write_columns(str(place / f"{name}.parquet"), {**pairs, "recording": recording})


def _write_apart(place: Path, prefix: str, clips: Clips) -> None:
    """Write scores and labels in files of their own."""
    for name in ("scores", "labels"):
        values = getattr(clips, name)
        np.save(place / f"{prefix}{name}.npy", values)
        write_columns(str(place / f"{prefix}{name}.csv"), clips.wide(values))
        np.savetxt(place / f"{prefix}bare_{name}.csv", values, fmt="%.9g", delimiter=",")
    unlabelled = {key: array for key, array in clips.arrays().items() if key != "labels"}
    np.savez_compressed(place / f"{prefix}scores.npz", **unlabelled)
    kept = scipy.sparse.csr_array(np.where(clips.scores >= LEAST, clips.scores, 0))
    scipy.sparse.save_npz(place / f"{prefix}sparse_scores.npz", kept)
    scipy.sparse.save_npz(
        place / f"{prefix}sparse_labels.npz", scipy.sparse.csr_array(clips.labels)
    )
    found = clips.wide(np.where(clips.labels, 1.0, np.nan))
    write_columns(str(place / f"{prefix}found.csv"), found)
    recordings = clips.wide(clips.scores, recording=clips.recordings)
    write_columns(str(place / f"{prefix}recordings.csv"), recordings)
    folds = clips.wide(clips.scores, fold=np.arange(len(clips.names)) % PARTS)
    write_columns(str(place / f"{prefix}folds.csv"), folds)


def _write_parts(place: Path, clips: Clips) -> None:
    """Write the clips in parts."""
    for folder in ("shards", "scores", "labels", "arrays"):
        (place / folder).mkdir()
    for number, rows in enumerate(np.array_split(np.arange(len(clips.names)), PARTS)):
        part = clips.part(rows)
        np.savez(place / "shards" / f"{number}.npz", **part.arrays())
        np.save(place / "arrays" / f"{number}.npy", part.scores)
        for folder in ("scores", "labels"):
            columns = part.wide(getattr(part, folder))
            write_columns(str(place / folder / f"{number}.parquet"), columns)


def _write_reviewed(place: Path, clips: Clips) -> None:
    """Write detections, some of them reviewed, and a review plan with its labels."""
    shown = clips.scores >= np.quantile(clips.scores, 0.6)
    detections = clips.long(shown)
    reviewed = plan(clips.scores, bands=5, per_band=30)[shown]
    detections["label"] = np.where(reviewed, detections["label"], np.nan)
    write_columns(str(place / "detections.csv"), detections)
    planned = review_columns(clips.scores, clips.tags.tolist(), clips.names.tolist())
    clip = np.searchsorted(clips.names, planned["clip"])  # both are sorted
    tag = np.searchsorted(clips.tags, planned["tag"])
    planned["label"] = clips.labels[clip, tag]
    write_columns(str(place / "reviewed.csv"), planned)


def _write_costs_and_ontology(place: Path, tags: list[str]) -> None:
    """Write the costs of some tags, and an ontology in both forms."""
    miss, false_alarm = zip(*COSTS.values(), strict=True)
    costs = {"tag": list(COSTS), "miss": list(miss), "false_alarm": list(false_alarm)}
    write_columns(str(place / "costs.csv"), costs)
    parents = {**dict.fromkeys([*tags, *filter(None, PARENTS.values())], ""), **PARENTS}
    columns = {"child": list(parents), "parent": list(parents.values())}
    write_columns(str(place / "ontology.csv"), columns)
    ids = {name: f"/t/{number}" for number, name in enumerate(parents)}
    children = {name: [ids[c] for c, parent in parents.items() if parent == name] for name in ids}
    entries = [{"id": ids[n], "name": n, "child_ids": children[n]} for n in ids]
    (place / "ontology.json").write_text(json.dumps(entries, indent=1) + "\n", "utf-8")


def _write_fitted(place: Path, fit: Half) -> None:
    """Write thresholds of two methods, and the calibrator and profile of the better one."""
    old, new = (
        find_thresholds(fit.labels, fit.scores, method=method, tags=fit.tags)
        for method in ("shared", "hierarchical")
    )
    old.thresholds.save(place / "old.json")
    for name in ("new.json", "thresholds.json"):
        new.thresholds.save(place / name)
    Profile.from_scores(fit.scores, new.thresholds).save(place / "profile.json")
    cast("Calibrator", new.calibrator).save(place / "calibrator.json")  # cross-fitting makes one
