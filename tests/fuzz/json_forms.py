"""Valid files that the library writes itself, and small tables that users write by hand."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tagthresh as tt
from fuzz.content import chance, one_of
from fuzz.forms import Sample, csv_bytes, json_bytes
from tagthresh.counts.streaming import passes
from tagthresh.io.shards import ArrayShard

COUNTED = ("exact", "exact", "hierarchical")

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from fuzz.content import Content


def saved(save: Callable[[str], Any], name: str) -> bytes:
    """Return what a method writes to a file."""
    with tempfile.TemporaryDirectory() as folder:
        save(f"{folder}/{name}")
        return Path(folder, name).read_bytes()


def fitted(rng: Generator, content: Content) -> tt.Solution:
    """Fit thresholds, with names or without."""
    method = one_of(rng, ("exact", "hierarchical", "constant"))
    tags = content.tags if chance(rng, 0.8) else None
    return tt.find_thresholds(content.labels, content.scores, method=method, tags=tags, cv=None)


def thresholds(rng: Generator, content: Content) -> Sample:
    """Thresholds that were fitted, sometimes changed by hand."""
    result = fitted(rng, content).thresholds
    if chance(rng, 0.3):
        result = result.override({result.names[0]: one_of(rng, (None, 0.25))})
    return Sample({"in.json": saved(result.save, "in.json")}, "in.json")


def calibrator(rng: Generator, content: Content) -> Sample:
    """Write a calibrator, that of `hierarchical`."""
    tags = content.tags if chance(rng, 0.8) else None
    solution = tt.find_thresholds(content.labels, content.scores, tags=tags, cv=None)
    if solution.calibrator is None:  # too few clips for one
        flat = {"score": [0.0, 1.0], "log_odds": [-1.0, 1.0], "curves": [[0.0, 1.0]]}
        rule = (
            "probability = sigmoid(a + b * log_odds), log_odds interpolated linearly between scores"
        )
        whole = {"schema_version": 1, "tags": None, "rule": rule, **flat, "trusted": [None]}
        return Sample({"in.json": json_bytes(whole)}, "in.json")
    return Sample({"in.json": saved(solution.calibrator.save, "in.json")}, "in.json")


def profile(rng: Generator, content: Content) -> Sample:
    """Write a profile of scores."""
    result = tt.Profile.from_scores(content.scores, fitted(rng, content).thresholds)
    return Sample({"in.json": saved(result.save, "in.json")}, "in.json")


def ontology_json(rng: Generator, content: Content) -> Sample:
    """Write an ontology in AudioSet's form: each name below one that comes before it."""
    entries = [
        {"id": f"/m/{i}", "name": tag, "child_ids": []} for i, tag in enumerate(content.tags)
    ]
    for i in range(1, len(entries)):
        parent: Any = entries[int(rng.integers(i))]
        parent["child_ids"].append(f"/m/{i}")
    return Sample({"in.json": json_bytes(entries)}, "in.json")


def ontology_csv(rng: Generator, content: Content) -> Sample:
    """Write an ontology as a table."""
    parents = ["", *(content.tags[int(rng.integers(i))] for i in range(1, len(content.tags)))]
    return Sample({"in.csv": csv_bytes({"child": content.tags, "parent": parents})}, "in.csv")


def costs(rng: Generator, content: Content) -> Sample:
    """Costs of tags."""
    columns: dict[str, Any] = {"tag": content.tags}
    for name in ("miss", "false_alarm"):
        columns[name] = [one_of(rng, ("1", "0.5", "", "20", "1e3")) for _ in content.tags]
    return Sample({"in.csv": csv_bytes(columns)}, "in.csv")


def grid(rng: Generator, content: Content) -> Sample:
    """Write counts on a grid, of few cells or of many."""
    result = tt.GridCounts(
        tags=content.tags if chance(rng, 0.7) else None, cells=one_of(rng, (4, 8, 1 << 14))
    )
    result.update(content.labels, content.scores)
    return Sample({"in.npz": saved(result.save, "in.npz")}, "in.npz", sealed=True)


class _KilledError(Exception):
    """Stands for a kill."""


def counting(
    content: Content, method: str, checkpoint: str | None, stop_at: int | None = None
) -> tt.Solution:
    """Fit on clips read in parts, with a checkpoint; stop after so many parts."""
    done = 0

    def progress(*_: object) -> None:
        nonlocal done
        done += 1
        if done == stop_at:
            raise _KilledError

    parts = tuple(
        ArrayShard(content.labels[i : i + 2], content.scores[i : i + 2])
        for i in range(0, len(content.scores), 2)
    )
    shards = tt.Shards(parts, tuple(content.tags), 10**8, checkpoint, progress)
    return tt.find_thresholds(shards, method=method, cv=None)


def checkpoint(rng: Generator, content: Content) -> Sample:
    """Write what a killed run leaves after any part of any pass."""
    passes.SHARE = 0  # keep after every part, whatever the time
    n_parts = -(-len(content.scores) // 2)
    method = one_of(rng, COUNTED)

    def run(path: str) -> None:
        with suppress(_KilledError):
            counting(content, method, path, int(rng.integers(1, 2 * n_parts)))

    return Sample({"in.npz": saved(run, "in.npz")}, method, sealed=True)


JSON_FORMS: dict[str, Callable[[Generator, Content], Sample]] = {
    "thresholds": thresholds,
    "calibrator": calibrator,
    "profile": profile,
    "ontology json": ontology_json,
    "ontology csv": ontology_csv,
    "costs": costs,
    "grid": grid,
    "checkpoint": checkpoint,
}
