"""An AudioSet-shaped SIMULATION: labels and scores drawn at random, with a realistic shape.

527 tags from very common to very rare; per tag, the logits of positives and of negatives are
normal, with means and standard deviations fitted to the precision, recall and support that were
published for PANNs Cnn14 on AudioSet's evaluation clips. Tags are independent of each other, which
real ones are not. Wherever its figures are shown, they are to be called a simulation's.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.io.read_errors import reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPE = "audioset_shape.npz"
CLIPS = 19_437  # AudioSet's evaluation clips that have a label in PANNs' files


@dataclass(frozen=True, eq=False)
class Simulation:
    """Simulated clips.

    Attributes
    ----------
    labels : ndarray of uint8, shape (n_clips, n_tags)
        1 positive, 0 negative.
    scores : ndarray of float32, shape (n_clips, n_tags)
        Probabilities in [0, 1].
    tags : tuple of str
        Names of AudioSet's tags.
    """

    labels: NDArray[np.uint8]
    scores: NDArray[np.float32]
    tags: tuple[str, ...]


def audioset_shape() -> dict[str, NDArray[Any]]:
    """Parameters of the simulation.

    Returns
    -------
    dict of ndarray, each of shape (527,)
        ``tags``; ``positives`` among `CLIPS` clips; and ``pos_mean``, ``pos_std``, ``neg_mean``,
        ``neg_std``, means and standard deviations of the logits of positives and of negatives.

    Examples
    --------
    >>> shape = audioset_shape()
    >>> str(shape["tags"][0]), int(shape["positives"][0])
    ('Speech', 5036)
    """
    with (
        reading(SHAPE),
        (resources.files("tagthresh.datasets") / "data" / SHAPE).open("rb") as file,
        np.load(file, allow_pickle=False) as found,
    ):
        return dict(found)


def audioset_shaped(n_clips: int = CLIPS, random_state: int = 0) -> Simulation:
    """Draw clips.

    Parameters
    ----------
    n_clips : int, default 19437
        At least 1. The default has exactly as many positives of each tag as the real clips; other
        numbers of clips have them in proportion, rounded.
    random_state : int, default 0
        Of NumPy's default generator, at least 0.

    Returns
    -------
    Simulation

    Raises
    ------
    InputError
        When an argument is not a whole number or too small.

    Examples
    --------
    >>> simulation = audioset_shaped(1000)
    >>> simulation.scores.shape, simulation.tags[0], int(simulation.labels[:, 0].sum())
    ((1000, 527), 'Speech', 259)
    """
    validation.whole_number("n_clips", n_clips, 1)
    rng = np.random.default_rng(validation.whole_number("random_state", random_state, 0))
    shape = audioset_shape()
    positives = np.rint(shape["positives"] * n_clips / CLIPS).astype(int)
    labels = np.zeros((n_clips, len(positives)), np.uint8)
    for tag, number in enumerate(positives):
        labels[rng.choice(n_clips, number, replace=False), tag] = 1
    mean = np.where(labels, shape["pos_mean"], shape["neg_mean"])
    spread = np.where(labels, shape["pos_std"], shape["neg_std"])
    logits = mean + spread * rng.standard_normal(labels.shape)
    scores = scipy.special.expit(logits).astype(np.float32)
    return Simulation(labels, scores, tuple(shape["tags"].tolist()))
