"""Clips to fit on and clips to judge on, for benchmarks of what thresholds do on unseen clips.

dcase2017, dcase2019
    The clips of both official parts, put together and split at random.
esc10_mix
    Mixtures of one to three recordings; a recording is in many mixtures. Recordings are split at
    random, takes of one source together, and mixtures across the split are left out: about 280 of
    the 1,000 mixtures stay on either side. Those of three recordings are rarer than before.
SIMULATION
    The first clips of an AudioSet-shaped draw, judged on the population that it is drawn from.

Official splits, and the two halves of esc10_mix, which share no recording, are used as they are.
"""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import scipy

import tagthresh as tt
from population import Population
from tagthresh.datasets.simulate import audioset_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tagthresh.counts.counts import Confusion
    from tagthresh.methods import Method
    from tagthresh.metrics import Metric

    Array = np.ndarray[Any, Any]

F1 = tt.metrics.FBeta()
STARTS = {"dcase2017": 0.3, "dcase2019": 0.5, "esc10_mix": 0.3, "SIMULATION": 0.3}  # the paper's
SIZES = (50, 100, 200, 500)
SIMULATED = (1_000, 4_000, 12_958)  # the last is two thirds of AudioSet's clips, as in 3 folds
SCORERS = (
    "yamnet_mean",
    "yamnet_max",
    "yamnet_int8_mean",
    "yamnet_int8_max",
    "efficientat_mn04",
)


class Unseen(Protocol):
    """What thresholds are judged on."""

    def confusion(self, thresholds: Array, /) -> Confusion:
        """Confusion of each tag."""


class Setting(NamedTuple):
    """Where clips are from and how many are fitted on: a row of the tables."""

    data: str
    size: str

    def __str__(self) -> str:
        return f"{self.data}, {self.size}"


class Split(NamedTuple):
    """Clips to fit on, and what to judge on."""

    setting: Setting
    fit: tt.Counts
    unseen: Unseen

    @property
    def start(self) -> float:
        """Where methods that need a start begin."""
        return STARTS[self.setting.data.split()[0]]

    def judged(self, method: Method, metric: Metric = F1) -> float:
        """Metric in % on unseen clips, of thresholds fitted for it."""
        return 100 * float(metric(self.unseen.confusion(method.fit(self.fit, metric).values)))


class Clips(NamedTuple):
    """Labels and scores, shape (n_clips, n_tags), and names of the clips where they have some."""

    labels: Array
    scores: Array
    names: Array

    def counts(self, clips: Any = slice(None)) -> tt.Counts:
        """Count some of the clips."""
        return tt.Counts.from_arrays(self.labels[clips], self.scores[clips])

    def ranked(self, others: Array) -> Clips:
        """Put the share of other scores that are lower in place of each score, ties half-way."""
        among = np.sort(others, axis=None)
        places = [among.searchsorted(self.scores, side) for side in ("left", "right")]
        return self._replace(scores=np.mean(places, axis=0) / len(among))


@cache
def part(data: Path, name: str, which: str) -> Clips:
    """Read the part "fit" or "eval" of a data set."""
    with np.load(data / name / f"{which}.npz", allow_pickle=False) as found:
        return Clips(found["labels"], found["scores"], found.get("clips", np.empty(0)))


@cache
def pooled(data: Path, name: str) -> Clips:
    """Both parts of a data set."""
    parts = [part(data, name, which) for which in ("fit", "eval")]
    return Clips(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def official(data: Path) -> Iterator[Split]:
    """Official splits of DCASE; halves of esc10_mix, each fitted on once."""
    for name in ("dcase2017", "dcase2019"):
        fit, unseen = (part(data, name, which) for which in ("fit", "eval"))
        yield Split(Setting(name, "official"), fit.counts(), unseen.counts())
    for scorer in SCORERS:
        name = f"esc10_mix/{scorer}"
        first, second = (part(data, name, which).counts() for which in ("fit", "eval"))
        yield Split(Setting(f"esc10_mix {scorer}", "halves"), first, second)
        yield Split(Setting(f"esc10_mix {scorer}", "halves swapped"), second, first)


def dcase(data: Path, seed: int) -> Iterator[Split]:
    """Random splits of the clips of either DCASE data set."""
    for name in ("dcase2017", "dcase2019"):
        clips = pooled(data, name)
        order = np.random.default_rng(seed).permutation(len(clips.labels))
        half = len(order) // 2
        for size in (*SIZES, half):
            shown = "half" if size == half else str(size)
            fit, unseen = (clips.counts(each) for each in np.split(order, [size]))
            yield Split(Setting(name, shown), fit, unseen)


def esc10_mix(data: Path, seed: int) -> Iterator[Split]:
    """Random splits of the recordings of esc10_mix, the same for every scorer."""
    for scorer in SCORERS:
        clips = pooled(data, f"esc10_mix/{scorer}")
        fit, unseen = by_recording(clips.names, np.random.default_rng(seed))
        for size in (*SIZES[:3], len(fit)):
            shown = "half" if size == len(fit) else str(size)
            fits = clips.counts(fit[:size])
            yield Split(Setting(f"esc10_mix {scorer}", shown), fits, clips.counts(unseen))


def by_recording(names: Array, random: np.random.Generator) -> tuple[Array, Array]:
    """Split mixtures so that no source of a recording is on both sides, in random order.

    A name is "class/fold-source-take.ogg", joined by "|" for mixtures. Half of the sources of each
    class go to either side.
    """
    mixtures = [{sound.rpartition("-")[0] for sound in name.split("|")} for name in names.tolist()]
    sources = sorted(set().union(*mixtures))
    classes = np.array([source.partition("/")[0] for source in sources])
    first: set[str] = set()
    for label in np.unique(classes):
        own = random.permutation(np.flatnonzero(classes == label))
        first.update(sources[i] for i in own[: len(own) // 2])
    fit = np.array([mixture <= first for mixture in mixtures])
    unseen = np.array([mixture.isdisjoint(first) for mixture in mixtures])
    return random.permutation(np.flatnonzero(fit)), np.flatnonzero(unseen)


def simulated(seed: int, sizes: tuple[int, ...] = SIMULATED) -> Iterator[Split]:
    """Fits of several sizes to one draw of the simulation."""
    drawn, population = audioset_shaped(random_state=seed), Population.audioset_shaped()
    clips = Clips(drawn.labels, drawn.scores, np.empty(0))
    for size in sizes:
        yield Split(Setting("SIMULATION", f"{size:,}"), clips.counts(slice(size)), population)


def versions(script: str) -> str:
    """Tell what wrote a table, when and with what."""
    return (
        f"Written by `benchmarks/{script}` ({datetime.now(UTC):%Y-%m-%d}, tagthresh "
        f"{tt.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}, Python "
        f"{platform.python_version()})."
    )


def write(page: Path, mark: str, parts: list[str]) -> None:
    """Replace what stands between two marks of a page, and print it."""
    start, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    text = page.read_text("utf-8")
    before, after = text[: text.index(start)], text[text.index(end) :]
    body = "\n\n".join(parts)
    print(body)
    page.write_text(f"{before}{start}\n{body}\n\n{after}", encoding="utf-8")
