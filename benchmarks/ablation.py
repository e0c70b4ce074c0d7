"""What each step of `hierarchical` gains on unseen clips.

    python benchmarks/ablation.py ../shared/data   # some minutes; rewrites docs/hierarchical.md

The steps are taken out one at a time. Real clips are pooled and split at random; the pretrained
taggers' mixtures keep their two halves, each fitted on once; the AudioSet-shaped SIMULATION is
judged on `UNSEEN` clips of its own. All figures are micro-F1 in %, on clips not fitted on.
"""

from __future__ import annotations

import platform
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import numpy as np
import scipy

import tagthresh as tt
from tagthresh import logistic
from tagthresh.methods import hierarchical as steps
from tagthresh.simulate import audioset_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tagthresh.methods import Method

PAGE = Path(__file__).parents[1] / "docs" / "hierarchical.md"
MARK = "<!-- measured -->"
RESPLITS, UNSEEN = 50, 60_000
SIMULATED = {1_000: 8, 4_000: 4, 12_958: 3}  # fits by number of clips
SCORERS = (
    "yamnet_mean",
    "yamnet_max",
    "yamnet_int8_mean",
    "yamnet_int8_max",
    "efficientat_mn04",
)
F1 = tt.FBeta()


class Split(NamedTuple):
    """Clips to fit on, clips to judge on, and where SGL starts."""

    setting: str
    fit: tt.Counts
    unseen: tt.Counts
    start: float


def unlearned(curves: logistic.Curves, guess: Any) -> logistic.Prior:
    """Take the prior of the first round again."""
    return logistic.Prior(curves.at.mean(axis=0), steps.WIDE * guess)


VARIANTS: dict[str, tuple[dict[str, bool], list[tuple[Any, str, Any]]]] = {
    "all steps": ({}, []),
    "without polish": ({"polish": False}, []),
    "without nearness": ({}, [(steps, "REACH", 1e6)]),
    "without doubt": ({}, [(logistic, "MOST_DOUBT", 0.0)]),
    "without learning the prior": ({}, [(logistic.Prior, "of", unlearned)]),
    "1 round": ({}, [(steps, "ROUNDS", 1)]),
    "20 rounds": ({}, [(steps, "ROUNDS", 20)]),
    "2 Newton steps a round": ({}, [(steps, "STEPS", 2)]),
    "10 Newton steps a round": ({}, [(steps, "STEPS", 10)]),
    "none: curves and cut alone": (
        {"polish": False},
        [(steps, "REACH", 1e6), (logistic, "MOST_DOUBT", 0.0), (logistic.Prior, "of", unlearned)],
    ),
}


def splits(data: Path) -> Iterator[Split]:
    """Every pair of clips to fit and to judge on."""
    for folder, start in (("dcase2017", 0.3), ("dcase2019", 0.5)):
        halves = [np.load(data / folder / f"{part}.npz") for part in ("fit", "eval")]
        labels, scores = (np.concatenate([half[key] for half in halves]) for key in KEYS)
        for seed in range(RESPLITS):
            order = np.random.default_rng(seed).permutation(len(labels))
            for size in (50, 100, 200, 500, len(order) // 2):
                fit, unseen = (counted(labels[i], scores[i]) for i in np.split(order, [size]))
                name = "half" if size == len(order) // 2 else str(size)
                yield Split(f"{folder}, {name}", fit, unseen, start)
    for scorer in SCORERS:
        first, second = (
            counted(*(np.load(data / "esc10_mix" / scorer / f"{part}.npz")[key] for key in KEYS))
            for part in ("fit", "eval")
        )
        yield Split(f"esc10_mix {scorer}", first, second, 0.3)
        yield Split("esc10_mix, halves swapped", second, first, 0.3)
    simulation = audioset_shaped(UNSEEN, seed=1_000)
    unseen = counted(simulation.labels, simulation.scores)
    for size, fits in SIMULATED.items():
        for seed in range(fits):
            simulation = audioset_shaped(size, seed)
            fit = counted(simulation.labels, simulation.scores)
            yield Split(f"SIMULATION, {size:,}", fit, unseen, 0.3)


KEYS = ("labels", "scores")


def counted(labels: Any, scores: Any) -> tt.Counts:
    """Count clips."""
    return tt.Counts.from_arrays(labels, scores)


def judged(method: Method, split: Split) -> float:
    """Micro-F1 in % on the unseen clips."""
    return 100 * float(F1(split.unseen.confusion(method.fit(split.fit, F1).values)))


def measured(split: Split) -> dict[str, float]:
    """Micro-F1 of the rivals and of every variant."""
    rivals: dict[str, Method] = {
        "shared": tt.methods.Shared(),
        "SGL": tt.methods.SurrogateGradient(start=split.start),
        "exact": tt.methods.Exact(),
    }
    found = {name: judged(method, split) for name, method in rivals.items()}
    for name, (options, patches) in VARIANTS.items():
        with ExitStack() as stack:
            for target, attribute, value in patches:
                stack.enter_context(patch.object(target, attribute, value))
            found[name] = judged(tt.methods.Hierarchical(**options), split)
    return found


def table(found: dict[str, list[dict[str, float]]]) -> list[str]:
    """One row a method, one column a setting, then the mean and worst gains over settings."""
    mean = {
        setting: {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        for setting, rows in found.items()
    }
    names = list(next(iter(mean.values())))
    heads = [*mean, "mean gain on SGL", "worst gain on shared"]
    rows = ["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for name in names:
        cells = [f"{values[name]:.2f}" for values in mean.values()]
        cells.append(f"{np.mean([v[name] - v['SGL'] for v in mean.values()]):+.2f}")
        cells.append(f"{min(v[name] - v['shared'] for v in mean.values()):+.2f}")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return rows


def main(data: Path) -> None:
    """Measure everything, print it, and rewrite the end of the page."""
    found: dict[str, list[dict[str, float]]] = {}
    for split in splits(data):
        found.setdefault(split.setting, []).append(measured(split))
    versions = (
        f"{datetime.now(UTC):%Y-%m-%d}, tagthresh {tt.__version__}, NumPy {np.__version__}, SciPy "
        f"{scipy.__version__}, Python {platform.python_version()}"
    )
    rows = table(found)
    print("\n".join(rows))
    told = PAGE.read_text("utf-8").partition(MARK)[0]
    note = f"Written by `benchmarks/ablation.py` ({versions})."
    PAGE.write_text("\n".join([told + MARK, note, "", *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
