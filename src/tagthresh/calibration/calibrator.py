"""Probabilities from scores: a rising curve per tag, and the range of scores where it is trusted.

    P(positive | score, tag c) = sigmoid(a_c + b_c z(score)),    b_c > 0

where z, the same for all tags, rises with the score and is interpolated between points. How z and
the curves are fitted is described in `tagthresh.calibration.fit`.

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
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.formatting import plural
from tagthresh.io import json_schema as js
from tagthresh.io.atomic import replacing
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
        n_trusted = int(np.isfinite(self.trusted[:, 0]).sum())
        size = plural(len(self), "tag")
        return f"Calibrator({size}, {n_trusted} of them trusted in a range of scores)"

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
        return scipy.special.expit(self.log_odds_of(self.aligned(y_score, tags)))

    def log_odds_of(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        """Log-odds of a positive, for scores of shape (..., n_tags) in the order of the curves."""
        a, b = self.curves.T
        # Where z jumps, np.interp takes the value above the jump: the score that is reached.
        return np.asarray(a + b * np.interp(scores, self.score, self.log_odds))

    def scores_of(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score of each tag with these log-odds, among the scores fitted on, shape (n_tags,)."""
        a, b = self.curves.T
        return np.asarray(np.interp((log_odds - a) / b, self.log_odds, self.score))

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
            raise InputError(
                "y_score",
                "must have one column per tag of the calibrator",
                f"{n_tags} for {len(self)}",
            )
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
        with replacing(path) as temporary:
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
        return js.load(path, "a calibrator file", SCHEMA, _made)


LOG_ODDS = js.number(-1e100, 1e100)  # products of two are finite
SCHEMA = js.versioned(
    SCHEMA_VERSION,
    {
        "tags": js.Nullable(js.list_of(js.text, 1)),
        "rule": js.one_of(RULE),
        "score": js.ascending(js.number()),
        "log_odds": js.ascending(LOG_ODDS),
        "curves": js.list_of(js.pair_of(LOG_ODDS), 1),
        "trusted": js.list_of(js.Nullable(js.range_of(js.number()), [math.nan] * 2)),
    },
    {"prevalence": js.Nullable(js.list_of(js.number(0, 1))), "known": js.Nullable(js.masses)},
)


def _made(content: dict[str, Any]) -> Calibrator:
    """Make a calibrator, once what keys must be together is checked."""
    n_tags = len(content["curves"])
    js.same_length(content, len(content["score"]), ["log_odds"], "numbers")
    js.same_length(content, n_tags, ["trusted"], "ranges, one per curve")
    js.same_length(content, n_tags, ["prevalence", "known"], "numbers, one per curve")
    names = validation.tag_names(content["tags"], n_tags)
    keys = ("score", "log_odds", "curves", "trusted", "prevalence", "known")
    arrays = {key: np.array(content[key]) for key in keys if content.get(key) is not None}
    slope = arrays["curves"][:, 1]
    if (slope <= 0).any():
        raise InputError("curves", "must rise, with b above 0", slope.min())
    return Calibrator(**arrays, tags=names)
