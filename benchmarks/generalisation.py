"""What every method reaches on new clips: resplits of real data, and a simulation.

    python benchmarks/generalisation.py ../shared/data   # some ten minutes on two cores

Rewrites the measured parts of docs/generalisation.md and docs/choosing-a-method.md. All methods are
fitted on the same clips, which `benchmarks/settings.py` describes. Figures are micro-F1 in %.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from itertools import chain
from multiprocessing import Pool
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import settings
import tables
from population import Population
from settings import Setting, Split
from tagthresh.methods import (
    Constant,
    Exact,
    Hierarchical,
    Method,
    NumericalGradient,
    RandomSearch,
    Shared,
    SurrogateGradient,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from settings import Clips
    from tables import Found

DOCS = Path(__file__).parents[1] / "docs"
RESPLITS, DRAWS, WORKERS = 200, 20, 2
METHODS: dict[str, Callable[[Split], Method]] = {
    "constant": lambda split: Constant(split.start),
    "shared": lambda _: Shared(),
    "random search": lambda split: RandomSearch(start=split.start),
    "numerical gradient": lambda split: NumericalGradient(start=split.start),
    "SGL": lambda split: SurrogateGradient(start=split.start),
    "exact": lambda _: Exact(),
    "hierarchical": lambda _: Hierarchical(),
}
SHORT = ["shared", "SGL", "exact", "hierarchical"]  # of the choice guide
SCALED: dict[str, Callable[[Split], Method]] = {  # where scores are of another scale
    **{name: METHODS[name] for name in ("constant", "numerical gradient", *SHORT)},
    "SGL from the shared cut": lambda split: SurrogateGradient(start=shared(split)),
}
SHIFTED: dict[str, Callable[[Split], Method]] = {  # where clips are of another domain
    **{name: METHODS[name] for name in SHORT},
    "pull 0.1": lambda _: Hierarchical(pull=0.1),
    "pull 0.2": lambda _: Hierarchical(pull=0.2),
    "pull 0.5": lambda _: Hierarchical(pull=0.5),
}


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
        resplits = (settings.dcase, settings.esc10_mix)
        return chain.from_iterable(each(self.data, self.seed) for each in resplits)


def measured(task: Task) -> list[tuple[Setting, dict[str, float]]]:
    """Micro-F1 of every method on every split of a task."""
    return [(split.setting, judged(split, METHODS)) for split in task.splits()]


def judged(split: Split, methods: dict[str, Callable[[Split], Method]]) -> dict[str, float]:
    """Micro-F1 of some methods on a split."""
    return {name: split.judged(method(split)) for name, method in methods.items()}


def everything(data: Path) -> Found:
    """Measure all tasks, with a word on progress."""
    tasks = [Task("official", 0, data)]
    tasks += [Task("simulated", seed, data) for seed in range(DRAWS)]
    tasks += [Task("resplits", seed, data) for seed in range(RESPLITS)]
    rows: dict[Setting, list[dict[str, float]]] = defaultdict(list)
    with Pool(WORKERS) as pool:
        for done, found in enumerate(pool.imap(measured, tasks), 1):
            print(f"{done} of {len(tasks)}", end="\r", file=sys.stderr, flush=True)
            for setting, scores in found:
                rows[setting].append(scores)
    return {setting: joined(rows[setting]) for setting in sorted(rows, key=order)}


def joined(scores: list[dict[str, float]]) -> dict[str, np.ndarray[Any, Any]]:
    """Array of the scores of each method."""
    return {name: np.array([each[name] for each in scores]) for name in scores[0]}


def order(setting: Setting) -> tuple[bool, str, int]:
    """Real data first, small fits before large ones, official splits last."""
    digits = setting.size.replace(",", "")
    rank = int(digits) if digits.isdigit() else 10**6 + len(digits)
    return setting.data == "SIMULATION", setting.data, rank


def shared(split: Split) -> float:
    """Find the best threshold that all tags share."""
    return float(Shared().fit(split.fit, settings.F1).values[0])


def best() -> float:
    """Micro-F1 of the best thresholds on the simulation's population."""
    population = Population.audioset_shaped()
    return 100 * float(settings.F1(population.confusion(population.best(settings.F1))))


def by_scale(data: Path) -> str:
    """Show what the scale of the scores does: halves of esc10_mix, fitted on in turn."""
    cells = []
    for scorer in settings.SCORERS:
        halves = [settings.part(data, f"esc10_mix/{scorer}", which) for which in ("fit", "eval")]
        found = [scaled(fit, unseen) for fit, unseen in (halves, reversed(halves))]
        cells.append([scorer, *tables.means(joined(found), [*found[0]])])
    return tables.markdown(["scores of", *found[0]], cells)


def scaled(fit: Clips, unseen: Clips) -> dict[str, float]:
    """Micro-F1 on the scores as they are, and of SGL on their ranks among those fitted on."""
    setting = Setting("esc10_mix", "halves")
    plain = Split(setting, fit.counts(), unseen.counts())
    ranked = (clips.ranked(fit.scores).counts() for clips in (fit, unseen))
    on_ranks = Split(setting, *ranked).judged(SurrogateGradient())
    return judged(plain, SCALED) | {"SGL on ranks": on_ranks}


def by_shift(data: Path) -> str:
    """Show what a pull towards the shared cut does, on official splits."""
    splits = (split for split in settings.official(data) if split.setting.size == "official")
    cells = [
        [split.setting.data, *tables.means(joined([judged(split, SHIFTED)]), [*SHIFTED])]
        for split in splits
    ]
    return tables.markdown(["official split", *SHIFTED], cells)


def main(data: Path) -> None:
    """Measure everything and rewrite the pages."""
    found, limit, told = everything(data), best(), settings.versions("generalisation.py")
    parts = [
        told,
        f"The best per-tag thresholds reach {limit:.2f} on the simulation.",
        *("### The targets", tables.marks(found, limit)),
        *("### Mean micro-F1", tables.averages(found, [*METHODS])),
        *("### Gain over SGL", tables.gains(found, [*METHODS])),
        *("### Against the best shared threshold", tables.worst(found, [*METHODS])),
    ]
    settings.write(DOCS / "generalisation.md", "resplits", parts)
    guide = DOCS / "choosing-a-method.md"
    settings.write(guide, "sizes", [told, tables.by_size(found, SHORT)])
    settings.write(guide, "scales", [told, by_scale(data)])
    settings.write(guide, "shift", [told, by_shift(data)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
