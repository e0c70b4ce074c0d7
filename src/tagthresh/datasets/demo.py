"""The main job on packaged real data: thresholds chosen on one half, judged on the other.

YAMNet's scores, averaged over frames, of mixtures of one to three ESC-10 recordings: 10 tags, 500
clips a half, and no recording in both halves. Source and terms are in ``data/NOTICE``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.evaluation.evaluate import Evaluation, evaluate
from tagthresh.find import find_thresholds
from tagthresh.io.read_errors import reading
from tagthresh.methods import Constant, Exact, Hierarchical, Shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.methods import Method
    from tagthresh.solution import Solution

ABOUT = (
    "YAMNet's scores for mixtures of one to three ESC-10 recordings, averaged over frames: 10 "
    "tags, 500 training clips, and 500 new clips made from other recordings."
)
DATA = "esc10_mix_yamnet_mean.npz"
METHODS: dict[str, Method] = {
    "best shared": Shared(),
    "exact": Exact(),
    "hierarchical": Hierarchical(),
    "default 0.5": Constant(0.5),
}


@dataclass(frozen=True, eq=False)
class Half:
    """Clips of one half: `scores` and `labels` of shape (n_clips, n_tags), `tags`, `clips`."""

    scores: NDArray[np.float32]
    labels: NDArray[np.uint8]
    tags: list[str]
    clips: list[str]


@dataclass(frozen=True, eq=False)
class Outcome:
    """A method fitted on one half, and its scores on both."""

    name: str
    solution: Solution
    unseen: Evaluation


def load_demo() -> tuple[Half, Half]:
    """Return the training clips and the new clips.

    Examples
    --------
    >>> fit, unseen = load_demo()
    >>> fit.scores.shape, unseen.tags[4]
    ((500, 10), 'Dog')
    """
    path = resources.files("tagthresh.datasets") / "data" / DATA
    with reading(DATA), path.open("rb") as file, np.load(file, allow_pickle=False) as found:
        halves = [_half({key: found[f"{name}_{key}"] for key in _KEYS}) for name in ("fit", "eval")]
    return halves[0], halves[1]


_KEYS = ("scores", "labels", "tags", "clips")


def _half(arrays: dict[str, Any]) -> Half:
    return Half(
        arrays["scores"], arrays["labels"], arrays["tags"].tolist(), arrays["clips"].tolist()
    )


def median_positive_score() -> float:
    """Return the score that half of the positive labels of the training clips stay below."""
    fit, _ = load_demo()
    return float(np.median(fit.scores[fit.labels == 1]))


def run() -> list[Outcome]:
    """Fit every method on the first half and judge it on the second."""
    fit, unseen = load_demo()
    outcomes = []
    for name, method in METHODS.items():
        solution = find_thresholds(fit.labels, fit.scores, method=method, tags=fit.tags, cv=None)
        judged = evaluate(unseen.labels, unseen.scores, solution.thresholds, tags=unseen.tags)
        outcomes.append(Outcome(name, solution, judged))
    return outcomes
