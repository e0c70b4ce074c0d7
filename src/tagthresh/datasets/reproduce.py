"""Table 2 of the SGL-Thresh paper, with the paper's figures next to those measured here.

Data
----
dcase2017, dcase2019
    The authors' own predictions, in a folder laid out as theirs: ``predictions_tensor_*.pt`` and
    ``gt_tensor_*.pt``; or ``fit.npz`` and ``eval.npz`` with ``scores`` and ``labels``.
audioset
    ``audioset/Cnn14/eval_clipwise_predictions.pth`` and ``eval_target.pth``, PANNs' predictions on
    AudioSet's evaluation clips, where the folder has them; else the AudioSet-shaped SIMULATION.
    Clips without labels are dropped; three folds, shuffled with seed 0, each judged with thresholds
    of the other two.

Every method runs with the paper's settings. Fit and eval are micro-F1 in percent; where several
seeds or folds are run, their mean.

References
----------
Pellegrini and Masquelier, "Fast threshold optimization for multi-label audio tagging using
Surrogate gradient learning", ICASSP 2021.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh import io
from tagthresh.counts.counts import Counts
from tagthresh.datasets.simulate import audioset_shaped
from tagthresh.methods import (
    Constant,
    Exact,
    Hierarchical,
    NumericalGradient,
    RandomSearch,
    SurrogateGradient,
)
from tagthresh.metrics import FBeta
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from tagthresh.methods import Method

WHY_RANDOM_SEARCH_DIFFERS = (
    "Random search fits better here than in the paper: the authors' joint search goes back to its "
    "start at every round but keeps the score to beat (docs/methods.md)."
)
SEEDS = range(10)  # of the random search on DCASE data; on AudioSet, one
TOLERANCE = 0.1  # points by which a deterministic figure may differ from the authors' code


class Figures(NamedTuple):
    """Micro-F1 in per cent on the new clips and on the training clips."""

    eval: float
    fit: float


@dataclass(frozen=True)
class Line:
    """A method on a data set.

    Attributes
    ----------
    dataset, method : str
        Which.
    paper : Figures or None
        What the paper printed.
    expected : Figures or None
        What the authors' code gives on these data (on the simulation, what ours first gave); None
        where chance has a part in it.
    measured : Figures
        What was found here.
    spread : Figures or None
        Half the range over seeds, where there were several.
    seconds : float
        Wall time of one fit and of judging it, on counts.
    """

    dataset: str
    method: str
    paper: Figures | None
    expected: Figures | None
    measured: Figures
    spread: Figures | None
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the deterministic figures are within `TOLERANCE` of the expected ones."""
        if self.expected is None:
            return True
        return all(
            abs(found - wanted) <= TOLERANCE
            for found, wanted in zip(self.measured, self.expected, strict=True)
        )


class Plan(NamedTuple):
    """A row of the table: its method for a start, and for a seed."""

    name: str
    method: Callable[[float, int], Method]
    random: bool = False


PLANS = (
    Plan("default", lambda start, _: Constant(start)),
    Plan(
        "random search, joint",
        lambda start, seed: RandomSearch(start=start, random_state=seed, joint=True),
        random=True,
    ),
    Plan(
        "random search, per tag",
        lambda start, seed: RandomSearch(start=start, random_state=seed),
        random=True,
    ),
    Plan("numerical gradient", lambda start, _: NumericalGradient(start=start)),
    Plan("SGL-Thresh", lambda start, _: SurrogateGradient(start=start)),
    Plan("exact", lambda *_: Exact()),
    Plan("hierarchical", lambda *_: Hierarchical()),
)
PAPER = {
    ("dcase2017", "default"): Figures(59.0, 53.8),
    ("dcase2017", "random search, joint"): Figures(61.4, 58.1),
    ("dcase2017", "random search, per tag"): Figures(61.4, 58.1),
    ("dcase2017", "numerical gradient"): Figures(60.3, 58.7),
    ("dcase2017", "SGL-Thresh"): Figures(62.0, 61.8),
    ("dcase2019", "default"): Figures(71.3, 70.1),
    ("dcase2019", "random search, joint"): Figures(71.4, 71.7),
    ("dcase2019", "random search, per tag"): Figures(71.4, 71.7),
    ("dcase2019", "numerical gradient"): Figures(72.2, 71.4),
    ("dcase2019", "SGL-Thresh"): Figures(73.0, 72.9),
    ("audioset", "default"): Figures(50.7, 50.7),
    ("audioset", "random search, joint"): Figures(53.5, 53.6),
    ("audioset", "random search, per tag"): Figures(53.5, 53.6),
    ("audioset", "numerical gradient"): Figures(52.1, 53.6),
    ("audioset", "SGL-Thresh"): Figures(54.9, 56.7),
}
EXPECTED = {
    ("dcase2017", "default"): Figures(59.02, 53.77),
    ("dcase2017", "numerical gradient"): Figures(60.28, 58.73),
    ("dcase2017", "SGL-Thresh"): Figures(61.96, 61.83),
    ("dcase2017", "exact"): Figures(63.18, 64.99),
    ("dcase2017", "hierarchical"): Figures(63.51, 62.37),
    ("dcase2019", "default"): Figures(71.30, 70.14),
    ("dcase2019", "numerical gradient"): Figures(72.17, 71.43),
    ("dcase2019", "SGL-Thresh"): Figures(72.96, 72.93),
    ("dcase2019", "exact"): Figures(71.62, 73.75),
    ("dcase2019", "hierarchical"): Figures(71.88, 72.58),
    ("audioset SIMULATION", "default"): Figures(51.21, 51.21),
    ("audioset SIMULATION", "numerical gradient"): Figures(52.42, 53.57),
    ("audioset SIMULATION", "SGL-Thresh"): Figures(54.95, 56.73),
    ("audioset SIMULATION", "exact"): Figures(54.85, 58.07),
    ("audioset SIMULATION", "hierarchical"): Figures(55.50, 56.37),
}
AUDIOSET_TAGS = 527
STARTS = {"dcase2017": 0.3, "dcase2019": 0.5, "audioset": 0.5}
START_OF_SGL_ON_AUDIOSET = 0.3
FILES = {  # of the authors: to fit on, to judge on
    "dcase2017": ("validation", "eval"),
    "dcase2019": ("validation", "desed"),
}


def reproduce(folder: str | Path, on_line: Callable[[str], None] = lambda _: None) -> list[Line]:
    """Measure the whole table.

    Parameters
    ----------
    folder : path
        The authors' ``datasets`` folder, or one with ``dcase2017`` and ``dcase2019`` as ``.npz``.
    on_line : callable, optional
        Called with what is about to be measured.

    Returns
    -------
    list of Line

    Raises
    ------
    InputError
        When the folder lacks data.
    """
    data = {name: [_dcase(Path(folder) / name, name)] for name in FILES}
    name, folds = _audioset(Path(folder))
    data[name] = folds
    return [
        _line(name, plan, pairs, SEEDS if name in FILES else range(1), on_line)
        for name, pairs in data.items()
        for plan in PLANS
    ]


Pair = tuple[Counts, Counts]


def _line(
    name: str,
    plan: Plan,
    pairs: list[Pair],
    seeds: Iterable[int],
    on_line: Callable[[str], None],
) -> Line:
    """Average over seeds the mean over pairs of training and new counts."""
    on_line(f"{name}: {plan.name}")
    dataset = name.split(maxsplit=1)[0]
    first = STARTS[dataset]
    if (dataset, plan.name) == ("audioset", "SGL-Thresh"):
        first = START_OF_SGL_ON_AUDIOSET
    figures, seconds = [], []
    for seed in seeds if plan.random else range(1):
        start = time.perf_counter()
        each = [_figures(plan.method(first, seed), pair) for pair in pairs]
        seconds.append((time.perf_counter() - start) / len(pairs))
        figures.append(np.mean(each, axis=0))
    half_range = np.ptp(figures, axis=0) / 2
    return Line(
        name,
        plan.name,
        PAPER.get((dataset, plan.name)),
        EXPECTED.get((name, plan.name)),
        Figures(*np.mean(figures, axis=0).tolist()),
        Figures(*half_range.tolist()) if len(figures) > 1 else None,
        min(seconds),
    )


def _figures(method: Method, pair: Pair) -> Figures:
    fit, unseen = pair
    values = method.fit(fit, FBeta()).values
    return Figures(*(100 * float(FBeta()(c.confusion(values))) for c in (unseen, fit)))


def _dcase(folder: Path, dataset: str) -> Pair:
    """Count the training clips and the new clips, in either layout."""
    if (folder / "fit.npz").exists():
        files: list[tuple[Path, Path | None]]
        files = [(folder / f"{part}.npz", None) for part in ("fit", "eval")]
    else:
        files = [
            (folder / f"predictions_tensor_{part}.pt", folder / f"gt_tensor_{part}.pt")
            for part in FILES[dataset]
        ]
    if not files[0][0].exists():
        raise InputError(folder, f"must hold fit.npz or {files[0][0].name}; it has neither")
    first, second = (_counts(*pair) for pair in files)
    return first, second


def _counts(scores: Path, labels: Path | None) -> Counts:
    table = io.read_labelled(str(scores), None if labels is None else str(labels))
    return Counts.from_arrays(table.labels, table.scores)


def _audioset(folder: Path) -> tuple[str, list[Pair]]:
    """Count three folds of PANNs' predictions, or of the simulation where there are none."""
    scores = folder / "audioset" / "Cnn14" / "eval_clipwise_predictions.pth"
    if scores.exists():
        table = io.read_labelled(str(scores), str(scores.with_name("eval_target.pth")))
        y_true, y_score = np.asarray(table.labels), np.asarray(table.scores)
        if y_true.shape[1] != AUDIOSET_TAGS:
            raise InputError(scores, f"must hold {AUDIOSET_TAGS} tags", y_true.shape[1])
        kept = (y_true == 1).any(axis=1)
        return "audioset", list(_folds(y_true[kept], y_score[kept]))
    simulation = audioset_shaped()
    return "audioset SIMULATION", list(_folds(simulation.labels, simulation.scores))


def _folds(y_true: NDArray[Any], y_score: NDArray[Any]) -> Iterator[Pair]:
    order = np.arange(len(y_true))
    np.random.RandomState(0).shuffle(order)  # as scikit-learn's KFold(3, shuffle, seed 0)
    parts = [
        Counts.from_arrays(y_true[np.sort(p)], y_score[np.sort(p)])
        for p in np.array_split(order, 3)
    ]
    for i, part in enumerate(parts):
        first, second = parts[:i] + parts[i + 1 :]
        yield first + second, part
