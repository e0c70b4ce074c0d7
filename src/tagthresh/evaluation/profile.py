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
from tagthresh.io.atomic import read_json, replacing
from tagthresh.io.guard import writing_to
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
        with replacing(path) as temporary, writing_to(path):
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
        content = read_json(path, "a profile")
        try:
            return _checked(content)
        except InputError as error:
            raise InputError(f"{path} is not a profile: {error}") from None


def mean_and_sd(decisions: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean and standard deviation of the tags a clip is given; the latter 0 for a single clip."""
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


def _checked(content: object) -> Profile:
    """Read the JSON form and check every key."""
    if not isinstance(content, dict):
        raise InputError(f"it must hold an object; got {content!r:.40}")
    version = content.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise InputError(f"schema_version must be {SCHEMA_VERSION}; got {version!r}")
    missing = {
        "tags",
        "clips",
        "per_clip",
        "thresholds",
        "given",
        "score",
        "above",
    } - content.keys()
    if missing:
        raise InputError(f"it lacks the key {min(missing)!r}")
    n_clips = validation.whole_number("clips", content["clips"], 1, MOST_CLIPS)
    values = content["thresholds"]
    if not isinstance(values, list):
        raise InputError(f"thresholds must be a list; got {values!r:.40}")
    thresholds = Thresholds([np.inf if each is None else each for each in values], content["tags"])
    n_tags = len(thresholds)
    given, counts = (_clips(key, content[key], n_clips) for key in ("given", "above"))
    score, per_clip = (_array(key, content[key], np.float64) for key in ("score", "per_clip"))
    for key, found, shape in (
        ("per_clip", per_clip, (2,)),
        ("given", given, (n_tags,)),
        ("score", score, (n_tags, score.shape[1] if score.ndim == 2 else 1)),
        ("above", counts, score.shape),
    ):
        if found.shape != shape:
            raise InputError(f"{key} must have the shape {shape}; got {found.shape}")
    _check_order(score, counts)
    mean, sd = per_clip.tolist()
    if not (0 <= mean <= n_tags and 0 <= sd <= n_tags):
        raise InputError(f"per_clip must be a mean and standard deviation; got {mean}, {sd}")
    return Profile(thresholds, n_clips, (mean, sd), given, score, counts)


def _check_order(score: NDArray[np.float64], above: NDArray[np.int64]) -> None:
    """Check that scores ascend, and that fewer clips reach higher ones."""
    if (np.diff(score, axis=1) < 0).any():
        raise InputError("score", "must ascend for every tag")
    if (np.diff(above, axis=1) > 0).any():
        raise InputError("above", "must not rise for any tag")


def _clips(key: str, value: object, n_clips: int) -> NDArray[np.int64]:
    """Read numbers of clips."""
    found = _array(key, value, np.int64)
    if found.size and (found.min() < 0 or found.max() > n_clips):
        raise InputError(
            f"{key} must be from 0 to {n_clips} clips; got {found.min()}, {found.max()}"
        )
    return found


def _array(key: str, value: object, dtype: type) -> NDArray[Any]:
    """Read numbers in a list, or in lists of one length."""
    try:
        found = np.array(value)
        flags = any(isinstance(item, bool) for item in np.array(value, object).ravel())
    except ValueError:
        found, flags = np.array(None), False
    if flags or found.ndim == 0 or found.dtype.kind not in ("iu" if dtype is np.int64 else "iuf"):
        raise InputError(f"{key} must be lists of numbers; got {value!r:.40}")
    return found.astype(dtype)
