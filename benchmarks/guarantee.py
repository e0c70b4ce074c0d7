"""How often promised precision holds, and what it costs, against the empirical floor.

    python benchmarks/guarantee.py ../shared/data   # some minutes; rewrites docs/guarantees.md

The empirical floor takes the loosest cut whose precision on the clips given is at least the floor.
Fits are draws, with replacement, from all clips of a data set, which are then the population: its
precision at a threshold is the true one. On the AudioSet-shaped SIMULATION it has a closed form.
Resplits draw the clips to fit on without replacement, and judge on all others. The second table has
the recall for other shares of the level for the tests in sequence (`precision.MAIN`).
"""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import numpy as np
import scipy
from scipy.special import logit
from scipy.stats import norm

import tagthresh as tt
from tagthresh.counts.curve import Curve
from tagthresh.datasets.simulate import CLIPS, audioset_shaped
from tagthresh.decision_rule import between
from tagthresh.tradeoffs.floor_tests import precision as sequences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Rule = Callable[[tt.Counts, float, float], NDArray[np.float64]]
    Found = dict[str, dict[str, list[tuple[Any, Any, Any]]]]  # by setting and rule, of each fit
    Truth = Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]]

PAGE = Path(__file__).parents[1] / "docs" / "guarantees.md"
MARK = "<!-- measured -->"
DRAWS = 500
SIZES = {"dcase2017": 488, "dcase2019": 1122, "esc10_mix/efficientat_mn04": 500}
SIMULATED = {4_000: 6, 12_958: 6}  # fits by number of clips
LEAST, CONFIDENCE = 0.8, 0.9


class Fit(NamedTuple):
    """Clips to fit on, and precision and recall that thresholds have in truth."""

    setting: str
    counts: tt.Counts
    truth: Truth


def empirical(counts: tt.Counts, least: float, _: float) -> NDArray[np.float64]:
    """Loosest cut whose precision on these clips is at least `least`."""
    curve = Curve.from_counts(counts)
    lowest = np.full(counts.n_tags, np.inf)
    good = curve.tp >= least * curve.accepted
    np.minimum.at(lowest, curve.tag[good], curve.score[good])
    return between(counts.highest_rejected(lowest), lowest, counts.dtype)


def promised(
    counts: tt.Counts, least: float, confidence: float, *, jointly: bool
) -> NDArray[np.float64]:
    """Thresholds of a guarantee."""
    found = tt.guarantee(counts, precision=least, confidence=confidence, jointly=jointly)
    return found.thresholds.values


RULES: dict[str, Rule] = {
    "empirical floor": empirical,
    "guarantee": partial(promised, jointly=False),
    "guarantee, jointly": partial(promised, jointly=True),
}


def with_share(
    counts: tt.Counts, least: float, confidence: float, *, share: float
) -> NDArray[np.float64]:
    """Thresholds of a guarantee with another share of the level for the tests in sequence."""
    with patch.object(sequences, "MAIN", share):
        return promised(counts, least, confidence, jointly=False)


SHARES: dict[str, Rule] = {
    f"{share:g}": partial(with_share, share=share) for share in (0.5, 0.7, 0.8, 0.9, 1 - 1e-9)
}


def pooled(data: Path, folder: str) -> tuple[Any, Any]:
    """Labels and scores of all clips of a data set."""
    parts = [np.load(data / folder / f"{half}.npz") for half in ("fit", "eval")]
    labels, scores = (np.concatenate([part[key] for part in parts]) for key in ("labels", "scores"))
    return labels, scores


def on(counts: tt.Counts) -> Truth:
    """Precision and recall on given clips."""

    def truth(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        tp, fp, fn, _ = counts.confusion(values)
        return tp / np.maximum(tp + fp, 1), tp / np.maximum(tp + fn, 1)

    return truth


def draws(data: Path, folder: str, size: int) -> Iterator[Fit]:
    """Fit on draws from all clips of a data set."""
    labels, scores = pooled(data, folder)
    population = on(tt.Counts.from_arrays(labels, scores))
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        clips = rng.integers(len(labels), size=size)
        counts = tt.Counts.from_arrays(labels[clips], scores[clips])
        yield Fit(f"{folder}, {size:,} clips drawn", counts, population)


def resplits(data: Path, folder: str, size: int) -> Iterator[Fit]:
    """Fit on some clips of a data set, judge on the others."""
    labels, scores = pooled(data, folder)
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        order = rng.permutation(len(labels))
        fit, rest = (
            tt.Counts.from_arrays(labels[clips], scores[clips])
            for clips in (order[:size], order[size:])
        )
        setting = f"{folder}, {size:,} clips, judged on the {len(labels) - size:,} others"
        yield Fit(setting, fit, on(rest))


def official(data: Path, folder: str) -> Fit:
    """Fit on the official split."""
    fit, rest = (
        tt.Counts.from_arrays(part["labels"], part["scores"])
        for part in (np.load(data / folder / f"{half}.npz") for half in ("fit", "eval"))
    )
    return Fit(f"{folder}, official split", fit, on(rest))


def simulated(n_clips: int, fits: int) -> Iterator[Fit]:
    """Fit on AudioSet-shaped simulations."""
    with (
        (resources.files("tagthresh.datasets") / "data" / "audioset_shape.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as found,
    ):
        shape = dict(found)
    prevalence = shape["positives"] / CLIPS

    def truth(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        cut = logit(np.minimum(values, 1.0))
        recall = norm.sf(cut, shape["pos_mean"], shape["pos_std"])
        false_alarms = (1 - prevalence) * norm.sf(cut, shape["neg_mean"], shape["neg_std"])
        hits = prevalence * recall
        return hits / np.maximum(hits + false_alarms, 1e-300), recall

    for seed in range(fits):
        clips = audioset_shaped(n_clips, seed)
        counts = tt.Counts.from_arrays(clips.labels, clips.scores)
        yield Fit(f"SIMULATION, {n_clips:,} clips", counts, truth)


def every_fit(data: Path) -> Iterator[Fit]:
    """All fits, setting after setting."""
    yield official(data, "dcase2017")
    for folder, size in SIZES.items():
        yield from draws(data, folder, size)
        yield from resplits(data, folder, size)
    yield from draws(data, "dcase2019", 5000)
    for n_clips, fits in SIMULATED.items():
        yield from simulated(n_clips, fits)


def row(setting: str, rule: str, found: list[tuple[Any, Any, Any]]) -> str:
    """Show the figures of one rule in one setting, means over fits and tags."""
    given, precision, recall = (np.array(part) for part in zip(*found, strict=True))
    broken = given & (precision < LEAST)
    cells = [
        f"{given.sum(axis=1).mean():.1f} of {given.shape[1]}",
        f"{100 * (1 - broken.sum() / given.sum()):.1f}" if given.any() else "",
        f"{100 * broken.mean(axis=0).max():.1f}" if len(given) >= DRAWS else "",
        f"{100 * broken.any(axis=1).mean():.1f}" if len(given) >= DRAWS else "",
        f"{100 * (recall * given).mean():.1f}",
    ]
    return f"| {setting} | {rule} | " + " | ".join(cells) + " |"


def tables(found: Found) -> list[str]:
    """Rows of both tables."""
    heads = ["", "rule", "tags given", "of these, hold", "worst tag", "any tag", "recall"]
    rows = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for setting, rules in found.items():
        rows += [row(setting, rule, rules[rule]) for rule in RULES]
    heads = ["recall by share", *SHARES]
    rows += ["", "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for setting, rules in found.items():
        cells = [f"{100 * np.mean([r * g for g, _, r in rules[share]]):.1f}" for share in SHARES]
        rows.append(f"| {setting} | " + " | ".join(cells) + " |")
    return rows


def main(data: Path) -> None:
    """Measure everything, print it, and rewrite the end of the page."""
    found: Found = {}
    for fit in every_fit(data):
        rules = found.setdefault(fit.setting, {})
        for name, rule in (RULES | SHARES).items():
            values = rule(fit.counts, LEAST, CONFIDENCE)
            rules.setdefault(name, []).append((values < np.inf, *fit.truth(values)))
    rows = tables(found)
    print("\n".join(rows))
    versions = (
        f"{datetime.now(UTC):%Y-%m-%d}, tagthresh {tt.__version__}, NumPy {np.__version__}, SciPy "
        f"{scipy.__version__}, Python {platform.python_version()}"
    )
    told = PAGE.read_text("utf-8").partition(MARK)[0]
    note = f"Written by `benchmarks/guarantee.py` ({versions})."
    PAGE.write_text("\n".join([told + MARK, note, "", *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
