"""What adapting thresholds to other prevalences gains, and what the drift check sees.

    python benchmarks/shift.py ../shared/data   # some minutes; rewrites the tables of docs/shift.md

The odds of prevalences are multiplied by a factor: for all tags, or for each tag by one drawn from
1/4 to 4, evenly in its logarithm. On the AudioSet-shaped SIMULATION thresholds are judged on the
population. All real clips of a data set are split in halves at random, one to fit on; of the other,
clips are drawn, with replacement and weights that give each tag its factor, adapted to without a
look at their labels, and judged on. The official splits are used as they are.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import expit, logit

import tagthresh as tt
from population import Population
from settings import F1, part, pooled, versions, write
from tagthresh.evaluation.drift import VERDICTS, Drift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from tagthresh.calibration.adapt import Adaptation

    Array = NDArray[np.float64]

PAGE = Path(__file__).parents[1] / "docs" / "shift.md"
MOST = np.log(4.0)  # shift of the log-odds of a prevalence
SHIFTS: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "none": lambda _, n_tags: np.zeros(n_tags),
    "all x 1/4": lambda _, n_tags: np.full(n_tags, -MOST),
    "all x 1/2": lambda _, n_tags: np.full(n_tags, -MOST / 2),
    "all x 2": lambda _, n_tags: np.full(n_tags, MOST / 2),
    "all x 4": lambda _, n_tags: np.full(n_tags, MOST),
    "each x 1/4 to 4": lambda random, n_tags: random.uniform(-MOST, MOST, n_tags),
    "one in ten x 1/4 or 4": lambda random, n_tags: (
        MOST * random.choice([-1, 1], n_tags) * (random.random(n_tags) < 0.1)
    ),
}
SIZES = ((1_000, 1_000), (1_000, 5_000), (12_958, 1_000), (12_958, 5_000))  # fitted on, new
SEEDS, DRAWS, RESPLITS = 3, 50, 200
ALARMS = {(1_000, 1_000): 100, (12_958, 5_000): 20}  # draws by size
LEVEL = 0.05
DATA = ("dcase2017", "dcase2019", "esc10_mix/yamnet_mean", "esc10_mix/efficientat_mn04")


class Result(NamedTuple):
    """Metrics of one draw, and the share of tags whose interval holds their shift, in %."""

    old: float
    new: float
    refitted: float
    best: float
    holds: float


def simulated(sizes: tuple[int, int], shift: str, seed: int) -> Result:
    """Fit, shift, adapt, and judge on the population."""
    random = np.random.default_rng(seed)
    before = Population.audioset_shaped()
    moved = SHIFTS[shift](random, len(before.prevalence))
    after = replace(before, prevalence=expit(logit(before.prevalence) + moved))
    fitted, new = (drawn(each, n, random) for each, n in zip((before, after), sizes, strict=True))
    solution = fit(*fitted)
    adapted = adapt(solution, new[1])
    options = (solution.thresholds, adapted.thresholds, fit(*new).thresholds)
    values = [100 * float(F1(after.confusion(each.values))) for each in options]
    best = 100 * float(F1(after.confusion(after.best(F1))))
    return Result(values[0], values[1], values[2], best, 100 * float(holds(adapted, moved).mean()))


def drawn(population: Population, n_clips: int, random: np.random.Generator) -> tuple[Any, Any]:
    """Labels and scores of clips of a population."""
    label = random.random((n_clips, len(population.prevalence))) < population.prevalence
    mean, spread = (
        np.where(label, population.positive[i], population.negative[i]) for i in range(2)
    )
    logits = mean + spread * random.standard_normal(label.shape)
    return label.astype(np.uint8), expit(logits).astype(np.float32)


def fit(labels: Any, scores: Any, method: str = "hierarchical") -> tt.Solution:
    """Fit without looking at what to expect."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        return tt.find_thresholds(labels, scores, method=method, cv=None, bootstrap=None)


def adapt(solution: tt.Solution, scores: Any) -> Adaptation:
    """Adapt with the solution's own calibrator."""
    if solution.calibrator is None:
        raise ValueError(solution.status)
    return tt.adapt(scores, solution.thresholds, calibrator=solution.calibrator)


def holds(adapted: Adaptation, moved: Array) -> NDArray[np.bool_]:
    """Find the intervals that hold the true shift."""
    found = adapted.table
    low, high = (logit(found[end]) - logit(found["prevalence_old"]) for end in ("low", "high"))
    return np.asarray((low <= moved) & (moved <= high))


def official(data: Path, name: str) -> Result:
    """Fit on one part, adapt to the other, and judge on it."""
    return real(*(part(data, name, which)[:2] for which in ("fit", "eval")))


def split(data: Path, name: str, shift: str, seed: int) -> Result:
    """Fit on one half, adapt to clips drawn from the other, and judge on them."""
    random, (labels, scores, _) = np.random.default_rng(seed), pooled(data, name)
    first, other = np.array_split(random.permutation(len(labels)), 2)
    weight = np.exp(labels[other] @ SHIFTS[shift](random, labels.shape[1]))
    clips = random.choice(other, len(other), p=weight / weight.sum())
    return real((labels[first], scores[first]), (labels[clips], scores[clips]))


def real(fitted: tuple[Any, Any], new: tuple[Any, Any]) -> Result:
    """Fit, adapt, and judge; the best thresholds are those on these very clips."""
    solution = fit(*fitted)
    adapted = adapt(solution, new[1])
    options = (solution.thresholds, adapted.thresholds, fit(*new, "exact").thresholds)
    values = [100 * tt.evaluate(*new, each).score() for each in options]
    return Result(values[0], values[1], np.nan, values[2], np.nan)


def table(rows: Iterable[tuple[list[str], list[Result]]], heads: list[str]) -> str:
    """Make one row per setting: means over its draws, and the standard error of the gain."""
    heads = [*heads, "as fitted", "adapted", "gain", "worst gain", "refitted", "best", "holds"]
    lines = [heads, ["---"] * len(heads)]
    for names, found in rows:
        mean = Result(*np.mean(found, axis=0))
        gain = np.array([each.new - each.old for each in found])
        error = f" ± {gain.std(ddof=1) / len(gain) ** 0.5:.2f}" if len(gain) > 1 else ""
        cells = [f"{mean.old:.2f}", f"{mean.new:.2f}", f"{gain.mean():+.2f}{error}"]
        cells += [f"{gain.min():+.2f}"]
        rest = (mean.refitted, mean.best, mean.holds)
        cells += ["" if np.isnan(each) else f"{each:.2f}" for each in rest]
        lines.append([*names, *cells])
    columns = [each for each in zip(*lines, strict=True) if any(each[2:])]
    return "\n".join("| " + " | ".join(line) + " |" for line in zip(*columns, strict=True))


def simulations() -> Iterator[tuple[list[str], list[Result]]]:
    """Every size and shift of the SIMULATION."""
    for sizes in SIZES:
        for shift in SHIFTS:
            found = [simulated(sizes, shift, seed) for seed in range(SEEDS)]
            yield [f"{sizes[0]:,}", f"{sizes[1]:,}", shift], found


def real_clips(data: Path) -> Iterator[tuple[list[str], list[Result]]]:
    """Every data set, as it is and with prevalences moved."""
    for name in DATA:
        for shift in ("none", "all x 1/4", "all x 4", "each x 1/4 to 4"):
            yield [name, shift], [split(data, name, shift, seed) for seed in range(DRAWS)]
    for name in DATA:
        yield [name, "official split, unchanged"], [official(data, name)]


def false_alarms(data: Path) -> Iterator[list[str]]:
    """Count reports where nothing has changed; real clips are split at random."""
    for sizes in ((1_000, 1_000), (12_958, 5_000)):
        before = Population.audioset_shaped()
        for method in ("hierarchical", "exact"):
            found = []
            for seed in range(ALARMS[sizes]):
                random = np.random.default_rng(seed)
                fitted, new = (drawn(before, n, random) for n in sizes)
                found.append(told(fitted, new, method))
            yield ["SIMULATION", f"{sizes[0]:,}", f"{sizes[1]:,}", method, *alarms(found)]
    for name in DATA[:2]:
        labels, scores, _ = pooled(data, name)
        for method in ("hierarchical", "exact"):
            found = []
            for seed in range(RESPLITS):
                parts = np.array_split(np.random.default_rng(seed).permutation(len(labels)), 2)
                fitted, new = ((labels[each], scores[each]) for each in parts)
                found.append(told(fitted, new, method))
            sizes = (len(parts[0]), len(parts[1]))
            yield [name, f"{sizes[0]:,}", f"{sizes[1]:,}", method, *alarms(found)]


def told(fitted: tuple[Any, Any], new: tuple[Any, Any], method: str = "hierarchical") -> Drift:
    """Fit, and look for drift in new clips."""
    thresholds = fit(*fitted, method).thresholds
    return tt.drift(new[1], tt.Profile.from_scores(fitted[1], thresholds))


def alarms(found: list[Drift]) -> list[str]:
    """Count draws, and their shares in % with a small p-value and with a reported change."""
    significant = [
        min(each.per_clip.p_value, *each.table["p_rate"], *each.table["p_scores"]) <= LEVEL
        for each in found
    ]
    shares = (significant, [each.drifted for each in found])
    return [str(len(found)), *(f"{100 * np.mean(each):.1f}" for each in shares)]


def power(data: Path) -> Iterator[list[str]]:
    """Count the tags by verdict, and the tags per clip, for every shift."""
    for sizes in ((1_000, 1_000), (12_958, 5_000)):
        random, before = np.random.default_rng(0), Population.audioset_shaped()
        fitted = drawn(before, sizes[0], random)
        profile = tt.Profile.from_scores(fitted[1], fit(*fitted).thresholds)
        for shift, moves in SHIFTS.items():
            moved = moves(random, len(before.prevalence))
            after = replace(before, prevalence=expit(logit(before.prevalence) + moved))
            scores = drawn(after, sizes[1], random)[1]
            found = tt.drift(scores, profile)
            yield [f"SIMULATION, {sizes[0]:,}", f"{sizes[1]:,}", shift, *verdicts(found)]
        scores = drawn(before, sizes[1], random)[1]
        for lower in (0.1, 0.25, 0.5, 1.0):
            found = tt.drift(expit(logit(scores) - lower), profile)
            names = [f"SIMULATION, {sizes[0]:,}", f"{sizes[1]:,}", f"none; all logits - {lower:g}"]
            yield [*names, *verdicts(found)]
    for name in DATA:
        fitted, new = (part(data, name, which)[:2] for which in ("fit", "eval"))
        sizes = (len(fitted[0]), len(new[0]))
        yield [
            f"{name}, {sizes[0]:,}",
            f"{sizes[1]:,}",
            "official split",
            *verdicts(told(fitted, new)),
        ]


def verdicts(found: Drift) -> list[str]:
    """Verdict on all tags together, and number of tags by verdict."""
    old, new, _, verdict = found.per_clip
    return [f"{old:.2f}", f"{new:.2f}", verdict, *(str(each) for each in found.verdicts.values())]


def plain(heads: list[str], rows: Iterable[list[str]]) -> str:
    """Table of cells."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main(data: Path) -> None:
    """Measure everything and rewrite the tables."""
    sizes = ["training clips", "new clips"]
    heads = ["data", *sizes, "method", "draws"]
    heads += ["any p-value at most 0.05, %", "change reported, %"]
    alarm = plain(heads, false_alarms(data))
    heads = [*sizes, "odds of prevalence", "tags per clip", "now", "all tags", *VERDICTS]
    write(PAGE, "drifting", [versions("shift.py"), alarm, plain(heads, power(data))])
    simulation = table(simulations(), [*sizes, "odds of prevalence"])
    clips = table(real_clips(data), ["data", "odds of prevalence"])
    write(PAGE, "adapting", [versions("shift.py"), simulation, clips])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
