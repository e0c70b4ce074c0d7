"""What each step of `hierarchical` gains on new clips.

    python benchmarks/ablation.py ../shared/data   # some minutes; rewrites docs/hierarchical.md

The steps are taken out one at a time. The clips are those of `benchmarks/settings.py`; esc10_mix
keeps its two halves, each fitted on once. All figures are in %, on new clips.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

import settings
import tagthresh as tt
from tables import markdown
from tagthresh.calibration.hierarchical_logistic import Curves
from tagthresh.calibration.normal_prior import Prior
from tagthresh.methods import hierarchical as steps
from tagthresh.methods import shrunken_fbeta
from tagthresh.metrics.base import ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from settings import Setting, Split
    from tagthresh.methods import Method

PAGE = Path(__file__).parents[1] / "docs" / "hierarchical.md"
RESPLITS, DRAWS = 20, 8
SIMULATED = (100, 200, 300, 600, 1_000, 2_000, 4_000, 12_958)
METRICS = {
    "Micro-F1": tt.metrics.FBeta(),
    "Macro-F1": tt.metrics.FBeta(average="macro"),
}


def unlearned(curves: Curves, guess: Any) -> Prior:
    """Take the prior of the first round again."""
    return Prior(curves.parameters.mean(axis=0), steps.WIDE * guess)


def alone(reached: shrunken_fbeta.Reached, _beta2: float) -> Any:
    """F of each tag from its own clips only."""
    return ratio(reached.hits, reached.whole)


VARIANTS: dict[str, tuple[dict[str, bool], list[tuple[Any, str, Any]]]] = {
    "all steps": ({}, []),
    "F from each tag's own clips": ({}, [(steps, "shrunk", alone)]),
    "a line without slope": ({}, [(shrunken_fbeta, "RIDGE", 1e9)]),
    "half of the hits counted": ({}, [(steps, "FOUND", 0.5)]),
    "all hits counted": ({}, [(steps, "FOUND", 1.0)]),
    "curve uncertainty in every average": (
        {},
        [(Curves, "cut", Curves.cut_in_doubt)],
    ),
    "without curve uncertainty": ({}, [(Curves, "cut_in_doubt", Curves.cut)]),
    "without polish": ({"polish": False}, []),
    "without nearness": ({}, [(steps, "REACH", 1e6)]),
    "without learning the prior": ({}, [(Prior, "learned", unlearned)]),
    "1 round": ({}, [(steps, "ROUNDS", 1)]),
    "20 rounds": ({}, [(steps, "ROUNDS", 20)]),
    "2 Newton steps per round": ({}, [(steps, "STEPS", 2)]),
    "curves and cut only": (
        {"polish": False},
        [(steps, "REACH", 1e6), (Prior, "learned", unlearned), (steps, "shrunk", alone)],
    ),
}


def splits(data: Path) -> Iterator[Split]:
    """Every pair of clips to fit and to judge on."""
    yield from settings.official(data)
    for seed in range(RESPLITS):
        yield from settings.dcase(data, seed)
    for seed in range(DRAWS):
        yield from settings.simulated(seed, SIMULATED)


def measured(split: Split, metric: tt.metrics.Metric) -> dict[str, float]:
    """Metric of the rivals and of every variant."""
    rivals: dict[str, Method] = {
        "shared": tt.methods.Shared(),
        "SGL": tt.methods.SurrogateGradient(start=split.start),
        "exact": tt.methods.Exact(),
    }
    found = {name: split.judged(method, metric) for name, method in rivals.items()}
    for name, (options, patches) in VARIANTS.items():
        with ExitStack() as stack:
            for target, attribute, value in patches:
                stack.enter_context(patch.object(target, attribute, value))
            found[name] = split.judged(tt.methods.Hierarchical(**options), metric)
    return found


def table(found: dict[Setting, list[dict[str, float]]]) -> str:
    """One row a method, one column a setting, then the mean and worst gains over settings."""
    mean = {
        setting: {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        for setting, rows in found.items()
    }
    rows = []
    for name in next(iter(mean.values())):
        cells = [f"{values[name]:.2f}" for values in mean.values()]
        cells.append(f"{np.mean([v[name] - v['SGL'] for v in mean.values()]):+.2f}")
        cells.append(f"{min(v[name] - v['shared'] for v in mean.values()):+.2f}")
        rows.append([name, *cells])
    return markdown(["", *map(str, mean), "mean gain over SGL", "worst gain over shared"], rows)


def main(data: Path) -> None:
    """Measure everything, print it, and rewrite the end of the page."""
    parts = [settings.versions("ablation.py")]
    for title, metric in METRICS.items():
        found = defaultdict(list)
        for split in splits(data):
            found[split.setting].append(measured(split, metric))
        parts += [f"### {title}", table(found)]
    settings.write(PAGE, "measured", parts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
