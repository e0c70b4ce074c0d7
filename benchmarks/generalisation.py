"""What every method reaches on unseen clips: resplits of real data, and a simulation.

    python benchmarks/generalisation.py ../shared/data   # half an hour at most

Rewrites the measured parts of docs/generalisation.md and docs/choosing-a-method.md. The clips are
told in `benchmarks/settings.py`; all methods are fitted on the same ones. Figures are micro-F1, %.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from itertools import chain
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import settings
from population import Population
from settings import Setting
from tagthresh import methods

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from settings import Split
    from tagthresh.methods import Method

DOCS = Path(__file__).parents[1] / "docs"
RESPLITS, DRAWS, WORKERS = 200, 20, 2
METHODS: dict[str, Callable[[float], Method]] = {  # by their start
    "constant": methods.Constant,
    "shared": lambda _: methods.Shared(),
    "random search": lambda start: methods.RandomSearch(start=start),
    "numerical gradient": lambda start: methods.NumericalGradient(start=start),
    "SGL": lambda start: methods.SurrogateGradient(start=start),
    "exact": lambda _: methods.Exact(),
    "hierarchical": lambda _: methods.Hierarchical(),
}
SHORT = ["shared", "SGL", "exact", "hierarchical"]  # what the choice guide shows


class Task(NamedTuple):
    """Splits that one worker measures at a time."""

    kind: str
    seed: int
    data: Path

    def splits(self) -> Iterator[Split]:
        """Every pair of clips to fit on and to judge on."""
        if self.kind == "official":
            return settings.official(self.data)
        if self.kind == "simulated":
            return settings.simulated(self.seed)
        return chain(settings.dcase(self.data, self.seed), settings.esc10_mix(self.data, self.seed))


Measured = list[tuple[Setting, list[float]]]
Found = dict[Setting, "np.ndarray[tuple[int, int], np.dtype[np.float64]]"]  # (splits, methods)


def measured(task: Task) -> Measured:
    """Micro-F1 of every method on every split of a task."""
    return [
        (split.setting, [split.judged(method(split.start)) for method in METHODS.values()])
        for split in task.splits()
    ]


def everything(data: Path) -> Found:
    """Measure all tasks, with a word on progress."""
    tasks = [Task("official", 0, data)]
    tasks += [Task("simulated", seed, data) for seed in range(DRAWS)]
    tasks += [Task("resplits", seed, data) for seed in range(RESPLITS)]
    rows = defaultdict(list)
    with Pool(WORKERS) as pool:
        for done, found in enumerate(pool.imap(measured, tasks), 1):
            print(f"{done} of {len(tasks)}", end="\r", file=sys.stderr, flush=True)
            for setting, scores in found:
                rows[setting].append(scores)
    return {setting: np.array(rows[setting]) for setting in sorted(rows, key=order)}


def order(setting: Setting) -> tuple[bool, str, int]:
    """Real data first, small fits before large ones, official splits last."""
    digits = setting.size.replace(",", "")
    rank = int(digits) if digits.isdigit() else 10**6 + len(digits)
    return setting.data == "SIMULATION", setting.data, rank


def averages(found: Found) -> str:
    """Mean micro-F1 of every method in every setting."""
    rows = [
        [str(setting), str(len(scores)), *(f"{mean:.2f}" for mean in scores.mean(axis=0))]
        for setting, scores in found.items()
    ]
    return settings.table(["clips, fitted on", "splits", *METHODS], rows)


def gains(found: Found) -> str:
    """Paired gain of every other method over SGL, with its standard error over splits."""
    others = [name for name in METHODS if name != "SGL"]
    rows = [
        [str(setting), *(paired(against(scores, name, "SGL")) for name in others)]
        for setting, scores in found.items()
    ]
    return settings.table(["clips, fitted on", *others], rows)


def against(scores: np.ndarray, name: str, rival: str) -> np.ndarray:
    """Gain of a method over a rival on each split."""
    column = list(METHODS)
    return np.asarray(scores[:, column.index(name)] - scores[:, column.index(rival)])


def paired(gain: np.ndarray) -> str:
    """Mean and, of more than one split, its standard error."""
    if len(gain) == 1:
        return f"{gain[0]:+.2f}"
    return f"{gain.mean():+.2f} ± {gain.std(ddof=1) / np.sqrt(len(gain)):.2f}"


def worst(found: Found) -> str:
    """How far every method falls below the shared cut, on average and on single splits."""
    rows = []
    for name in METHODS:
        if name == "shared":
            continue
        gain = {setting: against(scores, name, "shared") for setting, scores in found.items()}
        average = min(gain, key=lambda setting: gain[setting].mean())
        single = min(gain, key=lambda setting: gain[setting].min())
        below = np.mean(np.concatenate(list(gain.values())) < 0)
        rows.append(
            [
                name,
                f"{gain[average].mean():+.2f} ({average})",
                f"{gain[single].min():+.2f} ({single})",
                f"{100 * below:.1f}",
            ]
        )
    heads = ["", "worst average", "worst single split", "single splits below shared, %"]
    return settings.table(heads, rows)


def marks(found: Found) -> str:
    """Tell what was asked of `hierarchical`, and what it does."""
    mean: dict[Setting, dict[str, float]] = {
        setting: dict(zip(METHODS, scores.mean(axis=0).tolist(), strict=True))
        for setting, scores in found.items()
    }

    def gain(rival: str, data: str, *sizes: str) -> list[float]:
        return [
            scores["hierarchical"] - scores[rival]
            for setting, scores in mean.items()
            if setting.data.startswith(data) and (setting.size in sizes or not sizes)
        ]

    def official(data: str) -> float:
        return mean[Setting(data, "official")]["hierarchical"]

    pieces = [*map(str, settings.SIZES), "half"]
    largest = Setting("SIMULATION", "12,958")
    lines = [
        ("SIMULATION, 12,958: over SGL", gain("SGL", *largest)[0], 0.5),
        ("SIMULATION, 12,958: over the best", mean[largest]["hierarchical"] - best(), -0.35),
        ("SIMULATION, 1,000: over SGL", gain("SGL", "SIMULATION", "1,000")[0], 1.4),
        ("dcase2017 resplits, average: over SGL", fmean(gain("SGL", "dcase2017", *pieces)), 1.5),
        ("dcase2019 resplits, average: over SGL", fmean(gain("SGL", "dcase2019", *pieces)), 0.0),
        ("esc10_mix halves, average: over exact", fmean(gain("exact", "esc10_mix", "halves")), 0.0),
        ("esc10_mix halves, worst: over exact", min(gain("exact", "esc10_mix", "halves")), -0.6),
        *(
            (f"{data}, halves: over SGL", gain("SGL", data, "halves")[0], 10.0)
            for data in ("esc10_mix yamnet_mean", "esc10_mix yamnet_int8_mean")
        ),
        ("worst average of all: over shared", min(gain("shared", "")), -0.3),
        ("dcase2017, official", official("dcase2017"), 63.3),
        ("dcase2019, official", official("dcase2019"), 71.8),
    ]
    rows = [
        [what, f"{asked:.2f}", f"{reached:.2f}", "yes" if reached >= asked else "no"]
        for what, reached, asked in lines
    ]
    return settings.table(["hierarchical", "asked, at least", "measured", "met"], rows)


def best() -> float:
    """Micro-F1 in % of the best thresholds on the simulation's population."""
    population = Population.audioset_shaped()
    return 100 * float(settings.F1(population.confusion(population.best(settings.F1))))


def by_size(found: Found) -> str:
    """Short table of the choice guide: what small data do."""
    pieces = [*map(str, settings.SIZES), "half"]
    rows = [
        [str(setting), *shortened(scores)]
        for setting, scores in found.items()
        if setting.data.startswith("dcase") and setting.size in pieces
    ]
    for size in ["50", "100", "200", "half"]:
        every = [found[Setting(f"esc10_mix {name}", size)] for name in settings.SCORERS]
        rows.append([f"esc10_mix, mean of five scorers, {size}", *shortened(np.concatenate(every))])
    rows += [
        [str(setting), *shortened(scores)]
        for setting, scores in found.items()
        if setting.data == "SIMULATION"
    ]
    return settings.table(["clips, fitted on", *SHORT], rows)


def by_scale(found: Found) -> str:
    """Short table of the choice guide: what the scale of the scores does."""
    names = ["constant", "numerical gradient", *SHORT]
    rows = []
    for scorer in settings.SCORERS:
        halves = [
            found[Setting(f"esc10_mix {scorer}", each)] for each in ("halves", "halves swapped")
        ]
        rows.append([scorer, *shortened(np.concatenate(halves), names)])
    return settings.table(["scores of", *names], rows)


def shortened(scores: np.ndarray, names: list[str] = SHORT) -> list[str]:
    """Means of some methods."""
    mean = dict(zip(METHODS, scores.mean(axis=0), strict=True))
    return [f"{mean[name]:.2f}" for name in names]


def main(data: Path) -> None:
    """Measure everything and rewrite the pages."""
    found = everything(data)
    told = settings.versions("generalisation.py")
    tables = {
        "What was asked": marks(found),
        "Mean micro-F1": averages(found),
        "Gain over SGL": gains(found),
        "Against the shared cut": worst(found),
    }
    limit = f"The best per-tag thresholds reach {best():.2f} on the simulation."
    parts = [told, limit]
    for title, table in tables.items():
        parts += [f"### {title}", table]
    settings.write(DOCS / "generalisation.md", "resplits", parts)
    guide = DOCS / "choosing-a-method.md"
    settings.write(guide, "sizes", [told, by_size(found)])
    settings.write(guide, "scales", [told, by_scale(found)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
