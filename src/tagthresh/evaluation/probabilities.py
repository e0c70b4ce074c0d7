"""How far probabilities can be believed: Brier score, calibration error, and the reliability curve.

Over the known pairs of clip and tag, with masses (sums of clip weights):

Brier score
    Mean of (probability - label)^2, label 1 or 0 (Brier, "Verification of forecasts expressed in
    terms of probability", Monthly Weather Review 78, 1950).
calibration error (ECE)
    Mean over bins, by mass, of |share of positives - mean probability| (Naeini, Cooper and
    Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015), of
    bins of equal mass (Nixon et al., "Measuring calibration in deep learning", CVPR Workshops
    2019). It is above 0 for a perfect calibrator too, the more, the fewer the clips a bin.
reliability curve
    Share of positives against mean probability, of bins that expect equally many positives: where
    few pairs are positive, bins of equal mass would put all that matters in the last one. Intervals
    are those of `tagthresh.metrics.binomial_intervals`, of 95 %; they take pairs for independent,
    which those of one clip are not quite.

Pairs of equal probability are in one bin; a pair is in the bin that holds the middle of their mass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh import validation
from tagthresh.calibration.calibrator import Calibrator
from tagthresh.formatting import TableMixin, plain, table
from tagthresh.metrics.binomial_intervals import clopper_pearson
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.validation import LabelledScores

BINS = 15
ROUNDING = 1e-6  # a probability this far outside 0 and 1 is taken for 0 or 1


class Reliability(NamedTuple):
    """The reliability curve; arrays of shape (n_bins,), bins without pairs left out.

    Attributes
    ----------
    mass : ndarray of float64
        Of the pairs of each bin.
    probability, observed : ndarray of float64
        Mean probability and share of positives, in [0, 1].
    low, high : ndarray of float64
        Interval of `observed`.
    """

    mass: NDArray[np.float64]
    probability: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Calibration(TableMixin):
    """Probabilities judged on labelled clips.

    Attributes
    ----------
    brier, ece : float
        Of all known pairs; NaN where there is none.
    curve : Reliability
        Of all known pairs.
    table : dict of str to sequence
        Table with a row per tag, as columns ``tag``, ``positives``, ``expected`` (masses: those
        found, and the sum of the probabilities), ``brier`` and ``ece``:
        ``pandas.DataFrame(calibration.table)``.
    """

    brier: float
    ece: float
    curve: Reliability
    table: dict[str, Any]

    def __repr__(self) -> str:
        pairs = f"{self.curve.mass.sum():.10g} pairs"
        return f"Calibration({pairs}, brier={self.brier:.4f}, ece={self.ece:.4f})"

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain Python values; NaN is None."""
        brier, ece = plain([self.brier, self.ece])
        return {
            "brier": brier,
            "ece": ece,
            "curve": table(self.curve._asdict()),
            "per_tag": table(self.table),
        }


def evaluate_probabilities(
    y_true: object,
    y_score: object,
    *,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    bins: int = BINS,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> Calibration:
    """Judge probabilities on labelled clips.

    Parameters
    ----------
    y_true : array-like or data frame, shape (n_clips, n_tags)
        1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere.
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Probabilities, in [0, 1]; what rounding put 1e-6 outside is taken for 0 or 1.
    tags : sequence of str, optional
        Names of the columns.
    sample_weight : array-like, shape (n_clips,) or (n_clips, n_tags), optional
        Weights of the clips, or of pairs of clip and tag (`review_weights`), at least 0; 1 by
        default.
    bins : int, default 15
        At least 1, of calibration errors and of the curve.
    ignore, positive_only
        As for `find_thresholds`.

    Returns
    -------
    Calibration

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, or a score is no probability.

    Examples
    --------
    >>> import tagthresh as tt
    >>> y_true, y_score = [[1], [0], [0], [1]], [[0.9], [0.2], [0.4], [0.6]]
    >>> found = tt.evaluate_probabilities(y_true, y_score, bins=2)
    >>> round(found.brier, 4), round(found.ece, 3), found.curve.observed
    (0.0925, 0.275, array([0.33333333, 1.        ]))
    """
    validation.whole_number("bins", bins, 1, validation.MOST)
    data = validation.labelled_scores(
        y_true, y_score, tags, sample_weight, ignore=ignore, positive_only=positive_only
    )
    return _judged(data, bins)


def _judged(data: LabelledScores, bins: int) -> Calibration:
    known = np.ones(data.scores.shape, bool) if data.known is None else data.known
    outside = known & _outside(data.scores)
    if outside.any():
        clip, tag = np.argwhere(outside)[0]
        where = validation.place((clip, tag), data.tags)
        rule = "must be probabilities, from 0 to 1"
        raise InputError("y_score", rule, data.scores[clip, tag], where)
    every = _Pairs.of(data, known)
    names = data.tags or tuple(str(tag) for tag in range(known.shape[1]))
    parts = [_Pairs.of(data, known, tag) for tag in range(len(names))]
    per_tag = {
        "tag": list(names),
        "positives": np.array([part.weight[part.positive].sum() for part in parts]),
        "expected": np.array([part.weight @ part.probability for part in parts]),
        "brier": np.array([part.brier for part in parts]),
        "ece": np.array([part.ece(bins) for part in parts]),
    }
    return Calibration(every.brier, every.ece(bins), every.curve(bins), per_tag)


def curves(data: LabelledScores, bins: int = 10) -> list[Reliability]:
    """Reliability curve of each tag, of scores that are probabilities and have been checked."""
    known = np.ones(data.scores.shape, bool) if data.known is None else data.known
    return [_Pairs.of(data, known, tag).curve(bins) for tag in range(known.shape[1])]


def reliability(
    y_true: object,
    y_score: object,
    calibrator: Calibrator,
    *,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> dict[str, Calibration]:
    """Judge scores before and after a calibrator, and after it where it is trusted and where not.

    Parameters
    ----------
    y_true, y_score, tags, sample_weight, ignore, positive_only
        As for `evaluate`.
    calibrator : Calibrator
        Matched with the scores by tag name where both have names, else by position.

    Returns
    -------
    dict of str to Calibration
        "raw", left out where a score is no probability; "calibrated"; and of its pairs those
        "trusted" and "not trusted".

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, or the tags differ.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> solution = tt.find_thresholds(fit.labels, fit.scores, method="hierarchical")
    >>> found = tt.reliability(unseen.labels, unseen.scores, solution.calibrator)
    >>> {name: round(each.brier, 3) for name, each in found.items()}
    {'raw': 0.162, 'calibrated': 0.058, 'trusted': 0.096, 'not trusted': 0.007}
    """
    validation.of_type("calibrator", calibrator, Calibrator, "solution.calibrator")
    data = validation.labelled_scores(
        y_true, y_score, tags, sample_weight, ignore=ignore, positive_only=positive_only
    )
    known = np.ones(data.scores.shape, bool) if data.known is None else data.known
    labels, y_score_known = np.where(known, data.positive, -1), np.where(known, data.scores, 0)
    own = validation.names_beside(y_score, data.tags, calibrator.tags)
    wanted = validation.numbered(calibrator.tags, own)
    label, scores = (validation.align("y_score", x, own, wanted) for x in (labels, y_score_known))
    weight = data.weight
    if data.pair_weight is not None:
        weight = validation.align("sample_weight", data.pair_weight, own, wanted)
    names = wanted or own
    probability, trusted = calibrator.predict_proba(scores), calibrator.is_trusted(scores)

    parts = {
        "raw": (label, scores),
        "calibrated": (label, probability),
        "trusted": (np.where(trusted, label, -1), probability),
        "not trusted": (np.where(trusted, -1, label), probability),
    }
    if _outside(scores).any():
        del parts["raw"]
    checked = {
        name: validation.labelled_part(*part, names, weight)[0] for name, part in parts.items()
    }
    return {name: _judged(part, BINS) for name, part in checked.items()}


def _outside(scores: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which scores are no probabilities."""
    return ~((scores >= -ROUNDING) & (scores <= 1 + ROUNDING))


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Known pairs of clip and tag; arrays of shape (n_pairs,)."""

    positive: NDArray[np.bool_]
    probability: NDArray[np.float64]
    weight: NDArray[np.float64]

    @classmethod
    def of(cls, data: LabelledScores, known: NDArray[np.bool_], tag: int | None = None) -> _Pairs:
        """Pairs of one tag, or of all."""
        which = slice(None) if tag is None else slice(tag, tag + 1)
        part = known[:, which]
        weight = data.weighed(known)[:, which][part].astype(np.float64)
        if data.weight is not None:
            weight = np.broadcast_to(data.weight[:, None], part.shape)[part]
        return cls(
            data.positive[:, which][part],
            data.scores[:, which][part].astype(np.float64).clip(0, 1),
            weight,
        )

    @property
    def brier(self) -> float:
        total = self.weight.sum()
        error = (self.probability - self.positive) ** 2
        return float(self.weight @ error / total) if total else np.nan

    def ece(self, bins: int) -> float:
        """Calibration error."""
        found = self.binned(self.weight, bins)
        total = found.mass.sum()
        error = np.abs(found.observed - found.probability)
        return float(found.mass @ error / total) if total else np.nan

    def curve(self, bins: int) -> Reliability:
        """Reliability curve."""
        return self.binned(self.weight * self.probability, bins)

    def binned(self, share: NDArray[np.float64], bins: int) -> Reliability:
        """Bins that hold equal parts of a share, 0 or more for each pair."""
        place = _bin_of(self.probability, share, bins)
        total = np.bincount(place, self.weight, bins).astype(np.float64, copy=False)
        some = np.flatnonzero(total)
        mass = total[some]
        positives, expected, square = (
            np.bincount(place, self.weight * value, bins)[some]
            for value in (self.positive, self.probability, self.weight)
        )
        observed = np.minimum(positives / mass, 1)
        n = mass**2 / square
        low, high = clopper_pearson(observed * n, n)
        return Reliability(mass, expected / mass, observed, low, high)


def _bin_of(
    probability: NDArray[np.float64], share: NDArray[np.float64], bins: int
) -> NDArray[np.int64]:
    """Bin of each pair, 0 to bins - 1: that which holds the middle of the share of its ties."""
    _, tie = np.unique(probability, return_inverse=True)
    part = np.bincount(tie, share)
    end = np.cumsum(part)
    if not len(end) or end[-1] <= 0:
        return np.zeros(len(probability), np.int64)
    middle = (end - part / 2) / end[-1]
    return np.asarray(np.minimum(bins * middle, bins - 1), np.int64)[tie]
