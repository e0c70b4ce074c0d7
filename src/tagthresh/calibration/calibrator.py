"""Probabilities from scores: a rising curve per tag, and the range of scores where it is trusted.

    P(positive | score, tag c) = sigmoid(a_c + b_c z(score)),    b_c > 0

where z, the same for all tags, rises with the score and is interpolated between points. How z and
the curves are found is told in `tagthresh.calibration.fit`.

trusted, of a tag
    Lowest and highest score between which the curve is trusted; NaN where it is nowhere. From its
    lowest known positive to its highest known score, and within it as far as the clips fitted on
    leave the log-odds a standard deviation of at most 0.5: odds known within a factor of e, 95 % of
    the time, if the form of the curve is right. Outside it the curve goes on, as a guess that is
    better than none.

A file holds one JSON object of `SCHEMA_VERSION` 1 with the keys ``tags`` (names or null), ``rule``
(the formula in words), ``score`` and ``log_odds`` (the points of z), ``curves`` ([a, b] by tag),
``trusted`` ([low, high] by tag, or null), ``prevalence`` and ``known`` (numbers by tag, or null).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.formatting import plural
from tagthresh.io.atomic import read_json, replacing
from tagthresh.io.guard import writing_to
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray

SCHEMA_VERSION = 1
RULE = "probability = sigmoid(a + b * log_odds), log_odds interpolated linearly between scores"


@dataclass(frozen=True, eq=False, repr=False)
class Calibrator:
    """Curves that turn scores into probabilities; ``solution.calibrator``.

    Attributes
    ----------
    score : ndarray of float64, shape (n_points,)
        Ascending, in the unit of the scores; equal where z jumps.
    log_odds : ndarray of float64, shape (n_points,)
        z at these scores, ascending: the log-odds of a positive, all tags taken for one.
    curves : ndarray of float64, shape (n_tags, 2)
        (a, b) of each tag.
    trusted : ndarray of float64, shape (n_tags, 2)
        Lowest and highest trusted score of each tag, NaN where there is none.
    tags : tuple of str, or None
        Names of the tags.
    prevalence : ndarray of float64, shape (n_tags,), or None
        Mean probability of the clips fitted on, in [0, 1].
    known : ndarray of float64, shape (n_tags,), or None
        Mass of these clips.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> solution = tt.find_thresholds(fit.labels, fit.scores, method="hierarchical")
    >>> probability = solution.calibrator.predict_proba(unseen.scores)
    >>> unseen.scores[2, 1].round(3), probability[2, 1].round(3)
    (np.float32(0.121), np.float64(0.998))
    """

    score: NDArray[np.float64]
    log_odds: NDArray[np.float64]
    curves: NDArray[np.float64]
    trusted: NDArray[np.float64]
    tags: tuple[str, ...] | None = None
    prevalence: NDArray[np.float64] | None = None
    known: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        """Count the tags."""
        return len(self.curves)

    def __repr__(self) -> str:
        some = int(np.isfinite(self.trusted[:, 0]).sum())
        size = plural(len(self), "tag")
        return f"Calibrator({size}, {some} of them trusted in a range of scores)"

    def predict_proba(self, y_score: object, tags: Sequence[str] | None = None) -> Any:
        """Probability that each clip has each tag.

        Parameters
        ----------
        y_score : array-like or data frame, shape (n_clips, n_tags)
            Finite scores. The columns of a data frame are matched by name.
        tags : sequence of str, optional
            Names of the columns, to match those of an array by name too.

        Returns
        -------
        ndarray of float64, shape (n_clips, n_tags)
            In [0, 1], rising with the score; columns in the order of the calibrator's tags.

        Raises
        ------
        InputError
            When the tags differ or a score is not finite.
        """
        scores = self.aligned(y_score, tags)
        a, b = self.curves.T
        # Where z jumps, np.interp takes the value above the jump: the score that is reached.
        return scipy.special.expit(a + b * np.interp(scores, self.score, self.log_odds))

    def is_trusted(self, y_score: object, tags: Sequence[str] | None = None) -> Any:
        """Tell which probabilities are trusted.

        Parameters
        ----------
        y_score, tags
            As for `predict_proba`.

        Returns
        -------
        ndarray of bool, shape (n_clips, n_tags)
            True where the score is in the trusted range of its tag.

        Raises
        ------
        InputError
            When the tags differ or a score is not finite.

        Examples
        --------
        >>> one = Calibrator(np.array([0.0, 1]), np.array([-2.0, 2]), np.array([[0.0, 1]]),
        ...                  np.array([[0.2, 0.9]]))
        >>> one.predict_proba([[0.1], [0.5]]).round(3).T, one.is_trusted([[0.1], [0.5]]).T
        (array([[0.168, 0.5  ]]), array([[False,  True]]))
        """
        scores = self.aligned(y_score, tags)
        low, high = self.trusted.T
        return (low <= scores) & (scores <= high)

    def aligned(self, y_score: object, tags: Sequence[str] | None = None) -> NDArray[Any]:
        """Check scores and put their columns in the order of the curves.

        Parameters
        ----------
        y_score, tags
            As for `predict_proba`.

        Returns
        -------
        ndarray of float, shape (n_clips, n_tags)

        Raises
        ------
        InputError
            When the tags differ or a score is not finite.
        """
        scores, names = validation.named_matrix("y_score", y_score, tags, self.tags)
        n_tags = scores.shape[1]
        if n_tags != len(self) and (names is None or self.tags is None):
            given = f"got {n_tags} for {len(self)}"
            raise InputError("y_score", f"must have one column per curve; {given}")
        wanted = self.tags if tags is not None else validation.numbered(self.tags, names)
        scores = validation.align("y_score", scores, names, wanted)
        return validation.score_matrix("y_score", scores, self.tags)

    def to_dict(self) -> dict[str, Any]:
        """Everything in the JSON form, as plain Python values."""
        trusted = [None if np.isnan(low) else [low, high] for low, high in self.trusted.tolist()]
        return {
            "schema_version": SCHEMA_VERSION,
            "tags": None if self.tags is None else list(self.tags),
            "rule": RULE,
            "score": self.score.tolist(),
            "log_odds": self.log_odds.tolist(),
            "curves": self.curves.tolist(),
            "trusted": trusted,
            "prevalence": None if self.prevalence is None else self.prevalence.tolist(),
            "known": None if self.known is None else self.known.tolist(),
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the JSON form, whole or not at all.

        Raises
        ------
        InputError
            When the file cannot be written.
        """
        lines = (
            f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
            for key, value in self.to_dict().items()
        )
        with replacing(path) as temporary, writing_to(path):
            temporary.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Calibrator:
        """Read what `save` or ``tagthresh fit --calibrator`` wrote.

        Raises
        ------
        InputError
            When the file cannot be read or is not what it should be; the message says what is
            wrong.

        Examples
        --------
        >>> import tempfile
        >>> one = Calibrator(np.zeros(1), np.ones(1), np.ones((1, 2)), np.full((1, 2), np.nan))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     one.save(f"{folder}/calibrator.json")
        ...     Calibrator.load(f"{folder}/calibrator.json")
        Calibrator(1 tag, 0 of them trusted in a range of scores)
        """
        content = read_json(path, "a calibrator file")
        try:
            return _checked(content)
        except InputError as error:
            raise InputError(path, f"is not a calibrator file: {error}") from None


def _checked(content: object) -> Calibrator:
    """Read the JSON form and check every key."""
    found = _object(content)
    score, log_odds = (_ascending(key, found[key]) for key in ("score", "log_odds"))
    if len(score) != len(log_odds):
        raise InputError("log_odds", f"must hold {len(score)} numbers", len(log_odds))
    curves = _pairs("curves", found["curves"])
    if (curves[:, 1] <= 0).any():
        raise InputError("curves", "must rise, b above 0", curves[:, 1].min())
    tags = None if found["tags"] is None else _some("tags", found["tags"])
    trusted = _ranges(found["trusted"], len(curves))
    names = validation.tag_names(tags, len(curves))
    prevalence, known = (_each_tag(key, found.get(key), len(curves)) for key in _FITTED_ON)
    return Calibrator(score, log_odds, curves, trusted, names, prevalence, known)


def _object(content: object) -> dict[str, Any]:
    """Check that the keys are there, and that the formula is this one."""
    if not isinstance(content, dict):
        raise InputError("it", "must hold an object", f"{content!r:.40}")
    version = content.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise InputError("schema_version", f"must be {SCHEMA_VERSION}", f"{version!r}")
    missing = {"tags", "rule", "score", "log_odds", "curves", "trusted"} - content.keys()
    if missing:
        raise InputError("it", f"lacks the key {min(missing)!r}")
    if content["rule"] != RULE:
        raise InputError("rule", f"must be {RULE!r}", f"{content['rule']!r:.40}")
    return content


def _ranges(given: object, n_tags: int) -> NDArray[np.float64]:
    """Read a range or null for each tag."""
    if not isinstance(given, list) or len(given) != n_tags:
        raise InputError("trusted", f"must hold {n_tags} ranges, one per curve", f"{given!r:.40}")
    known = [tag for tag, pair in enumerate(given) if pair is not None]
    trusted = np.full((n_tags, 2), np.nan)
    if known:
        trusted[known] = _pairs("trusted", [given[tag] for tag in known])
    for low, high in trusted:
        if low > high:
            raise InputError("trusted", "must hold ranges from low to high", f"{low} to {high}")
    return trusted


LARGEST_SCORE = 1e300
LARGEST = {"log_odds": 1e6, "curves": 1e6}
_FITTED_ON = {"prevalence": 1.0, "known": np.inf}  # keys, and what each number is at most


def _each_tag(key: str, value: object, n_tags: int) -> NDArray[np.float64] | None:
    """Read a number from 0 on for each tag; None where the file does not say."""
    if value is None:
        return None
    numbers = np.array([validation.finite_number(key, each) for each in _some(key, value)])
    if len(numbers) != n_tags:
        raise InputError(key, f"must hold {n_tags} numbers, one per curve", len(numbers))
    outside = (numbers < 0) | (numbers > _FITTED_ON[key])
    if outside.any():
        raise InputError(key, f"must be from 0 to {_FITTED_ON[key]:g}", numbers[outside][0])
    return numbers


def _ascending(key: str, value: object) -> NDArray[np.float64]:
    """Read a list of numbers, none below the one before."""
    numbers = np.array([validation.finite_number(key, each) for each in _some(key, value)])
    _check_size(key, numbers)
    if (np.diff(numbers) < 0).any():
        place = int((np.diff(numbers) < 0).argmax())
        raise InputError(key, "must ascend", f"{numbers[place]} before {numbers[place + 1]}")
    return numbers


def _pairs(key: str, value: object) -> NDArray[np.float64]:
    """Read a list of pairs of numbers."""
    pairs = _some(key, value)
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise InputError(key, "must hold pairs of numbers", f"{pair!r:.40}")
    numbers = np.array([[validation.finite_number(key, each) for each in pair] for pair in pairs])
    _check_size(key, numbers)
    return numbers


def _check_size(key: str, numbers: NDArray[np.float64]) -> None:
    """Check that sums and products of what a file holds stay finite."""
    most = LARGEST.get(key, LARGEST_SCORE)
    if abs(numbers).max() > most:
        raise InputError(key, f"must be within +-{most:g}", abs(numbers).max())


def _some(key: str, value: object) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise InputError(key, "must be a list that is not empty", f"{value!r:.40}")
    return value
