"""What every method reaches on real systems, on clips it was not fitted on.

    make bench-realworld DATA=FOLDERS      # some minutes; rewrites docs/realworld.md

Every `.npz` file with `scores` and `labels` below the folders is a system; `fit.npz` and `eval.npz`
of one folder are one system, whose clips are put together. Clips are split at random into a half to
fit on and a half to judge on, and of the first half 100, 200 and 500 clips are fitted on as well.
Mixtures whose names say which recordings they are made of keep every recording on one side
(`settings.by_recording`). All methods see the same clips. Where a file has `decisions`, those of
the system's own team are judged too.
"""

from __future__ import annotations

import sys
import warnings
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import settings
import tagthresh as tt
from tables import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    Array = np.ndarray[Any, Any]
    Scores = dict[tuple[str, str, str, str], list[float]]  # by system, size, metric, method

PAGE = Path(__file__).parents[1] / "docs" / "realworld.md"
SPLITS, WORKERS = 10, 2
SIZES = (100, 200, 500)
METRICS = ("f1_micro", "f1_macro", "f1_weighted", "f0.5_micro", "f2_micro")
METHODS: dict[str, tt.methods.Method] = {
    "0.5": tt.methods.Constant(0.5),
    "shared": tt.methods.Shared(),
    "SGL": tt.methods.SurrogateGradient(),
    "exact": tt.methods.Exact(),
    "hierarchical": tt.methods.Hierarchical(),
}
TEAM, OURS = "team", "hierarchical"
RIVALS = ("shared", "SGL", "exact")
DRAWS = 2000


class System(NamedTuple):
    """Scores of a system and the labels of its clips, shape (n_clips, n_tags)."""

    name: str
    labels: Array
    scores: Array
    decisions: Array | None
    names: Array | None

    def halves(self, random: np.random.Generator) -> tuple[Array, Array]:
        """Clips to fit on, in random order, and clips to judge on."""
        if self.names is not None:
            return settings.by_recording(self.names, random)
        first, second = np.array_split(random.permutation(len(self.labels)), 2)
        return first, second


def systems(folder: Path) -> Iterator[System]:
    """Every system below a folder."""
    for place in sorted({path.parent for path in folder.rglob("*.npz")}):
        files = sorted(place.glob("*.npz"))
        pair = [path.name for path in files] == ["eval.npz", "fit.npz"]
        for group in [files] if pair else [[path] for path in files]:
            parts = [np.load(path, allow_pickle=False) for path in group]
            if all({"scores", "labels"} <= set(part.files) for part in parts):
                name = place if pair else group[0].with_suffix("")
                yield _joined(str(name.relative_to(folder)), parts)


def _joined(name: str, parts: list[Any]) -> System:
    def whole(key: str) -> Any:
        return np.concatenate([part[key] for part in parts]) if key in parts[0] else None

    return System(name, *map(whole, ("labels", "scores", "decisions", "clips")))


def measured(system: System, seed: int) -> Scores:
    """Metric, in %, of every method on one split, fitted on clips of every size."""
    fit, unseen = system.halves(np.random.default_rng(seed))
    judged = tt.Counts.from_arrays(system.labels[unseen], system.scores[unseen])
    found: Scores = {}
    for size in (*(size for size in SIZES if size < len(fit)), len(fit)):
        counts = tt.Counts.from_arrays(system.labels[fit[:size]], system.scores[fit[:size]])
        shown = "half" if size == len(fit) else str(size)
        for metric in METRICS:
            for name, method in METHODS.items():
                values = fitted(counts, metric, method)
                key = system.name, shown, metric, name
                found[key] = [100 * tt.evaluate(judged, thresholds=values).score(metric)]
            if system.decisions is not None:
                given = system.decisions[unseen]
                team = tt.evaluate(system.labels[unseen], given, 0.5, ci=None)
                found[system.name, shown, metric, TEAM] = [100 * team.score(metric)]
    return found


def fitted(counts: tt.Counts, metric: str, method: tt.methods.Method) -> tt.Thresholds:
    """Thresholds for a metric."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        return tt.find_thresholds(counts, metric=metric, method=method).thresholds


def everything(folders: list[Path], splits: int) -> Scores:
    """Every split of every system."""
    found: Scores = {}
    with Pool(WORKERS) as pool:
        for system in (system for folder in folders for system in systems(folder)):
            print(system.name, file=sys.stderr, flush=True)
            for scores in pool.imap(partial(measured, system), range(splits)):
                for key, values in scores.items():
                    found.setdefault(key, []).extend(values)
    return found


def settings_of(found: Scores, metric: str) -> list[tuple[str, str]]:
    """Systems and sizes, in the order in which they were measured."""
    return list(dict.fromkeys((key[0], key[1]) for key in found if key[2] == metric))


def overview(found: Scores) -> str:
    """Mean over settings of every method, a row for each metric."""
    rows = []
    for metric in METRICS:
        places = settings_of(found, metric)
        means = [
            np.mean([np.mean(found[*place, metric, name]) for place in places]) for name in METHODS
        ]
        rows.append([metric, str(len(places)), *(f"{mean:.2f}" for mean in means)])
    return markdown(["metric", "settings", *METHODS], rows)


def gains(found: Scores) -> str:
    """Gain of `OURS` over each rival: mean over settings with an interval, wins, and the worst."""
    rows = []
    for metric in METRICS:
        places = settings_of(found, metric)
        for rival in RIVALS:
            gain = [_gain(found, place, metric, rival) for place in places]
            means = np.array([one.mean() for one in gain])
            low, high = _interval(means)
            worst = int(means.argmin())
            rows.append(
                [
                    metric,
                    rival,
                    f"{means.mean():+.2f} ({low:+.2f} to {high:+.2f})",
                    f"{(means > 0).sum()} of {len(means)}",
                    f"{means[worst]:+.2f}: {', '.join(places[worst])}",
                ]
            )
    heads = ["metric", "against", "mean gain (95 % interval)", "ahead in", "worst setting"]
    return markdown(heads, rows)


def _gain(found: Scores, place: tuple[str, str], metric: str, rival: str) -> Array:
    """Paired gain on each split."""
    return np.subtract(found[*place, metric, OURS], found[*place, metric, rival])


def _interval(means: Array) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over settings."""
    draws = np.random.default_rng(0).choice(means, (DRAWS, len(means))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def each(found: Scores, metric: str) -> str:
    """Mean over splits of every method in every setting."""
    rows = []
    for place in settings_of(found, metric):
        scores = [found.get((*place, metric, name)) for name in (TEAM, *METHODS)]
        rows.append([*place, *("" if one is None else f"{np.mean(one):.2f}" for one in scores)])
    return markdown(["system", "training clips", TEAM, *METHODS], rows)


def main(folders: list[str], splits: int = SPLITS, page: Path = PAGE) -> None:
    """Measure, print, and write the page."""
    found = everything([Path(folder) for folder in folders], splits)
    parts = [settings.versions("realworld.py") + f" Splits of each system: {splits}."]
    parts += ["### Mean over all settings, %", overview(found)]
    parts += ["### Gain of hierarchical, points", gains(found)]
    for metric in METRICS:
        parts += [f"### {metric}, %", each(found, metric)]
    settings.write(page, "measured", parts)


if __name__ == "__main__":
    main(sys.argv[1:])
