"""Random labels, scores and names: small, with ties, unknown labels and odd names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

T = TypeVar("T")

TAGS = (
    *(
        "Dog",
        "Rain",
        "Vehicle horn, car horn",
        'the "A"',
        "Wind $x_1$",
        "=SUM(A1)",
        "日本",
        "Näher",
    ),
    *("a:b", "x/y", "[bold]", ":dog:", "back\\slash", "Speech", "0", "17", "e\u0301", "-", "#"),
)
CLIPS = (
    *(
        "a.wav",
        "007",
        "1e5",
        "2024-01-01 00:00:00",
        "12:30",
        "café.flac",
        "NA",
        "null",
        "x,y",
        'q"',
    ),
    *("true", "0.1", "=1+1", "-5", "b c", "日.wav", "a/b.wav", "+1", "@x", "z" * 60),
)


@dataclass(frozen=True)
class Content:
    """What a valid file holds.

    Attributes
    ----------
    scores, labels : ndarray, shape (n_clips, n_tags)
    tags, clips : list of str
    weights : ndarray, shape (n_clips,), or None
    """

    scores: NDArray[Any]
    labels: NDArray[Any]
    tags: list[str]
    clips: list[str]
    weights: NDArray[Any] | None


def one_of(rng: Generator, values: Sequence[T]) -> T:
    """Draw one of some values."""
    return values[int(rng.integers(len(values)))]


def chance(rng: Generator, share: float) -> bool:
    """Draw True with a probability."""
    return bool(rng.random() < share)


def content(rng: Generator) -> Content:
    """Draw clips: no score is 0 or 1, every tag has its own name, both labels occur."""
    n_clips, n_tags = int(rng.integers(2, 13)), int(rng.integers(1, 6))
    names = rng.permutation(len(TAGS))[:n_tags]
    tags = [TAGS[i] for i in names]
    tags[0] = tags[0] if not tags[0].isdigit() else "Owl"  # a header of numbers only is refused
    clips = [CLIPS[i] for i in rng.permutation(len(CLIPS))[:n_clips]]
    weights = rng.integers(1, 9, n_clips) / 4 if chance(rng, 0.2) else None
    return Content(
        _scores(rng, n_clips, n_tags), _labels(rng, n_clips, n_tags), tags, clips, weights
    )


def _scores(rng: Generator, n_clips: int, n_tags: int) -> NDArray[Any]:
    kind = one_of(rng, ("probability", "logit", "ties", "integer"))
    shape = n_clips, n_tags
    if kind == "integer":
        return rng.integers(2, 120, shape).astype(one_of(rng, ("u1", "i2", "i4", "i8")))
    dtype = one_of(rng, ("f2", "f4", "f8"))
    if kind == "ties":
        return (rng.integers(1, 8, shape) / 8).astype(dtype)
    values = rng.uniform(0.01, 0.99, shape)
    return (np.log(values / (1 - values)) - 9 if kind == "logit" else values).astype(dtype)


def _labels(rng: Generator, n_clips: int, n_tags: int) -> NDArray[Any]:
    labels = rng.choice([0, 1, -1], (n_clips, n_tags), p=[0.55, 0.4, 0.05]).astype(np.int8)
    labels[0], labels[1] = 1, 0
    if chance(rng, 0.5):
        return np.abs(labels).astype(one_of(rng, ("?", "u1", "i8")))
    return labels.astype(one_of(rng, ("i1", "i4", "f4", "f8")))
