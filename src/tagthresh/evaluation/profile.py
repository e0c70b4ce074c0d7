"""What the clips looked like that thresholds were fitted on, in a small file that holds no clip.

Per tag, `POINTS` scores that cut the clips into equal parts, and how many clips are at or above
each; beside them the threshold, and how many clips are at or above that. Of all tags together, how
many a clip is given. Enough to tell whether later clips are given tags as often, and whether their
scores are distributed alike (`tagthresh.drift`). Every clip counts as one.

A file holds one JSON object of `SCHEMA_VERSION` 1 with the keys ``tags`` (names or null),
``clips``, ``per_clip`` (mean and standard deviation), ``thresholds`` (by tag, null is never),
``given`` (clips by tag), ``score`` and ``above`` (lists by tag: scores, ascending, and the clips at
or above each).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh import validation
from tagthresh.formatting import plain, plural
from tagthresh.io import json_schema as js
from tagthresh.io.atomic import replacing
from tagthresh.thresholds.thresholds import Thresholds, as_thresholds
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tagthresh.thresholds.thresholds import AnyThresholds

SCHEMA_VERSION = 1
MOST_CLIPS = 10**10  # beyond, the exact test of rates takes seconds per tag
POINTS = 32  # scores kept of each tag


@dataclass(frozen=True, eq=False, repr=False)
class Profile:
    """Scores of some clips in short; made by `of`.

    Attributes
    ----------
    thresholds : Thresholds
        What decides.
    n_clips : int
        Clips.
    per_clip : tuple of float
        Tags that a clip is given: mean and standard deviation.
    given : ndarray of int64, shape (n_tags,)
        Clips at or above the threshold.
    score : ndarray of float64, shape (n_tags, n_points)
        Some scores of each tag, ascending.
    above : ndarray of int64, shape (n_tags, n_points)
        Clips at or above each.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, _ = tt.datasets.load_demo()
    >>> solution = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags)
    >>> Profile.from_scores(fit.scores, solution.thresholds)
    Profile(10 tags, 500 clips)
    """

    thresholds: Thresholds
    n_clips: int
    per_clip: tuple[float, float]
    given: NDArray[np.int64]
    score: NDArray[np.float64]
    above: NDArray[np.int64]

    @classmethod
    def from_scores(
        cls,
        y_score: object,
        thresholds: AnyThresholds,
        *,
        tags: Sequence[str] | None = None,
    ) -> Profile:
        """Sum up clips.

        Parameters
        ----------
        y_score : array-like or data frame, shape (n_clips, n_tags)
            Finite scores, of the clips that the thresholds were fitted on, or of others known to be
            as they should be.
        thresholds : Thresholds, Solution, mapping of str to float or None, array-like, or float
            One per tag, or one for all.
        tags : sequence of str, optional
            Names of the columns.

        Returns
        -------
        Profile

        Raises
        ------
        InputError
            When the tags differ, a score is not finite or there is no clip.
        """
        given, own = validation.matrix("y_score", y_score)  # at least one clip
        n_tags = given.shape[1]
        names = validation.tag_names(tags, n_tags) or own
        thresholds = as_thresholds(thresholds, n_tags, names)
        scores = thresholds.aligned(y_score, tags)
        decisions = thresholds.predict(scores)
        ascending = np.sort(scores, axis=0)
        score = ascending[np.arange(POINTS) * len(scores) // POINTS].T.astype(np.float64)
        return cls(
            thresholds,
            len(scores),
            mean_and_sd(decisions),
            decisions.sum(axis=0),
            score,
            above(scores, score),
        )

    def __repr__(self) -> str:
        return f"Profile({plural(len(self.thresholds), 'tag')}, {plural(self.n_clips, 'clip')})"

    def to_dict(self) -> dict[str, Any]:
        """Everything in the JSON form, as plain Python values."""
        tags = self.thresholds.tags
        return {
            "schema_version": SCHEMA_VERSION,
            "tags": None if tags is None else list(tags),
            "clips": self.n_clips,
            "per_clip": list(self.per_clip),
            "thresholds": plain(self.thresholds.values),
            "given": self.given.tolist(),
            "score": self.score.tolist(),
            "above": self.above.tolist(),
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the JSON form, whole or not at all.

        Raises
        ------
        InputError
            When the file cannot be written.
        """
        with replacing(path) as temporary:
            text = json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Profile:
        """Read what `save` or ``tagthresh fit --profile`` wrote.

        Raises
        ------
        InputError
            When the file cannot be read or is not what it should be; the message says what is
            wrong.
        """
        return js.load(path, "a profile", SCHEMA, _made)


def mean_and_sd(decisions: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean and standard deviation of the tags per clip; the latter 0 for a single clip."""
    tags = decisions.sum(axis=1)
    return float(tags.mean()), float(tags.std(ddof=1)) if len(tags) > 1 else 0.0


def above(scores: NDArray[Any], points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count the clips at or above some scores of each tag.

    Parameters
    ----------
    scores : ndarray of float, shape (n_clips, n_tags)
    points : ndarray of float64, shape (n_tags, n_points)

    Returns
    -------
    ndarray of int64, shape (n_tags, n_points)
    """
    # Equal scores stay equal between files of float32 and their CSV when both are float32.
    kind = np.float16 if scores.dtype == np.float16 else np.float32
    with np.errstate(over="ignore"):
        columns, points = np.sort(scores.T, axis=1).astype(kind), points.astype(kind)
    below = [np.searchsorted(*each) for each in zip(columns, points, strict=True)]
    return np.asarray(len(scores) - np.array(below), np.int64)


SCHEMA = js.versioned(
    SCHEMA_VERSION,
    {
        "tags": js.Nullable(js.list_of(js.text)),
        "clips": js.whole(1),
        "per_clip": js.list_of(js.number()),
        "thresholds": js.list_of(js.Nullable(js.number(), np.inf)),
        "given": js.list_of(js.whole(0)),
        "score": js.rows_of(js.ascending(js.number())),
        "above": js.rows_of(js.list_of(js.whole(0))),
    },
)


def _made(found: dict[str, Any]) -> Profile:
    """Make a profile, once what keys must be together is checked."""
    if not found["thresholds"]:
        raise InputError("thresholds", "must hold at least one threshold", "[]")
    thresholds = Thresholds(found["thresholds"], found["tags"])
    n_tags, n_clips = len(thresholds), found["clips"]
    per_clip, score = np.array(found["per_clip"]), np.array(found["score"])
    given, above_ = (np.array(found[key], np.int64) for key in ("given", "above"))
    _check_shape("per_clip", per_clip, (2,))
    _check_shape("given", given, (n_tags,))
    _check_shape("score", score, (n_tags, *score.shape[1:]))
    _check_shape("above", above_, score.shape)
    _check_clips("given", given, n_clips)
    _check_clips("above", above_, n_clips)
    if (np.diff(above_, axis=1) > 0).any():
        raise InputError("above", "must not rise from one score to the next")
    mean, sd = per_clip.tolist()
    if not (0 <= mean <= n_tags and 0 <= sd <= n_tags):
        raise InputError("per_clip", "must be a mean and standard deviation", f"{mean}, {sd}")
    return Profile(thresholds, n_clips, (mean, sd), given, score, above_)


def _check_shape(key: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise InputError(key, f"must have the shape {shape}", array.shape)


def _check_clips(key: str, clips: NDArray[np.int64], n_clips: int) -> None:
    if clips.max() > n_clips:
        rule = f"must be from 0 to {n_clips} clips"
        raise InputError(key, rule, f"{clips.min()}, {clips.max()}")
