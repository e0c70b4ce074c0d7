"""The input of every number: a form, valid, odd or broken; always the same for a seed."""

from __future__ import annotations

import dataclasses
import shutil
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from fuzz import json_readers, readers
from fuzz.broken import broken
from fuzz.content import Content, content
from fuzz.forms import FORMS, Sample, timeless
from fuzz.json_forms import JSON_FORMS
from fuzz.odd_files import odd_sample

if TYPE_CHECKING:
    from pathlib import Path

# How often a form is drawn: each has its turn, those with many readers more often.
TURNS = (
    *("npz", "npz", "npz", "npy", "npy", "npy", "csv wide", "csv wide", "csv long", "csv long"),
    *("tsv", "parquet wide", "parquet wide", "parquet long", "hdf5", "hdf5", "pt", "zarr"),
    *("thresholds", "thresholds", "calibrator", "calibrator", "profile", "profile"),
    *("ontology json", "ontology csv", "costs", "grid", "grid", "checkpoint"),
)
POOL = 60  # valid files of a form; building each anew would take longer than reading it


@cache
def valid(seed: int, form: str, number: int) -> tuple[Content, Sample]:
    rng = np.random.default_rng([seed, number, *form.encode()])
    drawn = content(rng)
    sample = {**FORMS, **JSON_FORMS}[form](rng, drawn)
    sample.files = {name: timeless(data) for name, data in sample.files.items()}
    return drawn, sample


def sample_of(seed: int, number: int) -> tuple[str, Content, Sample]:
    """Make the input of a number: its form, what it was made of, and the files."""
    rng = np.random.default_rng([seed, number])
    form = TURNS[number % len(TURNS)]
    drawn, whole = valid(seed, form, int(rng.integers(POOL)))
    fate = rng.random()
    if fate < 0.15 and (odd := odd_sample(rng, form, drawn)) is not None:
        return form, drawn, odd
    sample = dataclasses.replace(whole, files=dict(whole.files), changes=[])
    if fate > 0.9:
        return form, drawn, sample
    return form, drawn, broken(rng, sample, valid(seed, form, int(rng.integers(POOL)))[1])


def write(sample: Sample, folder: Path) -> None:
    """Put the files of a sample into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in sample.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def attempt(form: str, folder: Path, sample: Sample, drawn: Content) -> str:
    """Read the files of a sample; say what happened."""
    if form in FORMS:
        return readers.read(folder, sample)
    return json_readers.load(form, folder, sample, drawn)
