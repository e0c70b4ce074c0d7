"""Thresholds for clips among which tags are rarer or more common: learned without their labels.

What is assumed is prior shift: the scores of a tag's positives are distributed as among the clips
fitted on, those of its negatives too, and only the share of positives, its prevalence, differs.
Then every log-odds of a tag moves by the same shift d, that of the log-odds of its prevalence:

    P'(positive | score) = sigmoid(log-odds of the calibrator + d)

1. Shifts (`tagthresh.calibration.label_shift`): the most probable d of each tag, given the scores
   of the new clips, by the EM of Saerens and others with a prior learned from all tags. A few
   positives more or less are no news: tags that say little lean on the others.
2. Cuts: F-beta wants clips whose probability is F / (1 + beta^2) or more, with F of all tags where
   micro-averaged, else of each tag. F before and after are both expected from the new clips, those
   before by weighing them as if nothing had shifted. A cut moves by the change of this log-odds
   less the shift, regardless of the method; where nothing has shifted, it stays.

The prevalence before is the mean probability of the clips fitted on, so that these clips
themselves show no shift. `docs/shift.md` measures what adapting gains, and where it fails.

References
----------
Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a priori
probabilities", Neural Computation 14(1), 2002. Lipton, Elkan and Naryanaswamy, "Optimal
thresholding of classifiers to maximize F1 measure", ECML-PKDD 2014: the cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.calibration.calibrator import Calibrator
from tagthresh.calibration.hierarchical_logistic import wanted_log_odds
from tagthresh.calibration.label_shift import (
    GRID,
    NewClips,
    Shifts,
    learned_shifts,
    new_clip_weight,
    place,
)
from tagthresh.counts.counts import Confusion, Counts, confusion
from tagthresh.decision_rule import accepts
from tagthresh.formatting import TableMixin, plural, table
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.registry import as_metric
from tagthresh.thresholds.json_format import Origin
from tagthresh.thresholds.thresholds import Thresholds, as_thresholds
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tagthresh.thresholds.thresholds import AnyThresholds

CUT_ROUNDS = 20  # between the cuts and the F-beta that they reach
Z = 1.959964  # standard deviations on either side: 95 %
SUREST = 1e-9  # nearest that a prevalence is to 0 and 1
ADAPTED = "adapt"
VERDICTS = ("more common", "rarer", "unclear")


@dataclass(frozen=True, eq=False, repr=False)
class Adaptation(TableMixin):
    """Thresholds moved to the prevalences of new clips.

    Attributes
    ----------
    thresholds : Thresholds
        One per tag. Their origin has the method "adapt", with that of the thresholds before under
        ``fitted``; its score and positives are expected, not counted.
    metric : str
        What the thresholds are for.
    n_clips : int
        New clips.
    before, after : float
        The metric to expect on the new clips, in [0, 1], with the thresholds as they were and as
        they are now, if the assumption holds.
    table : dict of str to list or ndarray
        Table with a row per tag, as columns: ``pandas.DataFrame(adaptation.table)``: ``tag``;
        ``threshold_old``, ``threshold_new``; ``prevalence_old``, ``prevalence_new``, in [0, 1], the
        latter with an interval, ``low`` to ``high``, of the 95 % that the tag's own clips leave;
        ``verdict``, "more common" or "rarer"
        where the interval leaves out the prevalence before, else "unclear"; and ``kept``, why a
        threshold has not moved: "set by hand", "fixed", "never", or "".
    """

    thresholds: Thresholds
    metric: str
    n_clips: int
    before: float
    after: float
    table: dict[str, Any]

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items())
        expected = f"{self.metric} {self.before:.4f} -> {self.after:.4f} expected"
        return f"Adaptation({expected} on {plural(self.n_clips, 'clip')}; tags: {verdicts})"

    @property
    def verdicts(self) -> dict[str, int]:
        """Number of tags by verdict."""
        return {verdict: self.table["verdict"].count(verdict) for verdict in VERDICTS}

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain Python values; a threshold of never is None."""
        return {
            "metric": self.metric,
            "clips": self.n_clips,
            "before": self.before,
            "after": self.after,
            "verdicts": self.verdicts,
            "per_tag": table(self.table),
            "thresholds": self.thresholds.to_dict(),
        }


def adapt(
    y_score: object,
    thresholds: AnyThresholds,
    *,
    calibrator: Calibrator,
    tags: Sequence[str] | None = None,
) -> Adaptation:
    """Move thresholds to the prevalences of new clips, whose labels nobody knows.

    Parameters
    ----------
    y_score : array-like or data frame, shape (n_clips, n_tags)
        Finite scores of the new clips; the more, the better the prevalences are known.
    thresholds : Thresholds or Solution
        Fitted for an F-beta, by any method, on the clips that the calibrator was fitted on. Those
        set by hand or fixed stay, and so does never; bounds are kept.
    calibrator : Calibrator
        ``solution.calibrator``, or `Calibrator.load`.
    tags : sequence of str, optional
        Names of the columns.

    Returns
    -------
    Adaptation
        ``.thresholds``, ``.table``.

    Raises
    ------
    InputError
        When the tags differ, a score is not finite, the thresholds are not for an F-beta or adapted
        already, or the calibrator does not say what it was fitted on.

    Examples
    --------
    Clips with a dog are kept, of the others one in five:

    >>> import numpy as np
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> solution = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags)
    >>> kept = (unseen.labels[:, 4] == 1) | (np.arange(500) % 5 == 0)
    >>> adapted = tt.adapt(
    ...     unseen.scores[kept], solution.thresholds, calibrator=solution.calibrator
    ... )
    >>> [adapted.table[name][4] for name in ("tag", "verdict")]
    ['Dog', 'more common']
    >>> before, after = (
    ...     tt.evaluate(unseen.labels[kept], unseen.scores[kept], each).score()
    ...     for each in (solution.thresholds, adapted.thresholds)
    ... )
    >>> round(before, 3), round(after, 3)
    (0.814, 0.83)
    """
    prevalence, known = _reference(calibrator)
    thresholds = as_thresholds(thresholds, len(calibrator), calibrator.tags)
    metric = _metric(thresholds)
    scores = calibrator.aligned(y_score, tags)
    validation.check_shape("y_score", scores.shape)  # at least one clip
    old = thresholds.in_order(calibrator.tags, len(calibrator))
    names = calibrator.tags or thresholds.tags
    log_odds = calibrator.log_odds_of(scores)
    new = NewClips.from_log_odds(log_odds, prevalence)
    shifts = learned_shifts(new, new_clip_weight(prevalence, known, len(scores)))
    cuts = moved_cuts(new, shifts.shift, calibrator.log_odds_of(old), metric)
    moved = calibrator.scores_of(cuts)
    values, kept = _within_limits(moved, old, names or thresholds.names, thresholds)
    probability = scipy.special.expit(log_odds + shifts.shift)
    before, after = (_expected(scores, probability, cut) for cut in (old, values))
    origin = _origin(thresholds, metric, after, scores, names)
    adapted = Thresholds(values, names, origin, thresholds.overrides)
    return Adaptation(
        adapted,
        metric.name,
        len(scores),
        float(metric(before)),
        float(metric(after)),
        {"tag": list(adapted.names), "threshold_old": old, "threshold_new": values}
        | _prevalences(prevalence, shifts)
        | {"kept": kept.tolist()},
    )


def moved_cuts(
    new: NewClips, shift: NDArray[np.float64], cut: NDArray[np.float64], metric: FBeta
) -> NDArray[np.float64]:
    """Log-odds, as calibrated, at which each tag is cut now; `cut` is where it was cut before."""
    before = _wanted(metric, new.weighted_back(shift), scipy.special.expit(GRID)[None], cut)
    moved = cut
    for _ in range(CUT_ROUNDS):
        after = _wanted(metric, new.mass, scipy.special.expit(GRID + shift[:, None]), moved)
        moved = cut - shift + after - before
    return moved


def _wanted(
    metric: FBeta,
    mass: NDArray[np.float64],
    probability: NDArray[np.float64],
    cut: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Log-odds of F / (1 + beta^2), what F-beta wants, at these cuts: one, or one a tag."""
    accepted = np.arange(len(GRID)) >= place(cut)[:, None]
    positive = mass * probability
    counts = confusion(
        (positive * accepted).sum(axis=1),
        (mass * accepted).sum(axis=1),
        positive.sum(axis=1),
        mass.sum(axis=1),
    )
    value = metric(counts) if metric.average == "micro" else metric.of(*counts)
    return wanted_log_odds(value / (1 + metric.beta2))


def _expected(
    scores: NDArray[Any], probability: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> Confusion:
    """Confusion that the probabilities let expect."""
    accepted = accepts(scores, thresholds)
    return confusion(
        (probability * accepted).sum(axis=0),
        accepted.sum(axis=0),
        probability.sum(axis=0),
        np.full(len(thresholds), float(len(scores))),
    )


def _prevalences(prevalence: NDArray[np.float64], shifts: Shifts) -> dict[str, Any]:
    """Columns about prevalence."""
    at = scipy.special.logit(prevalence) + shifts.shift
    low, high = scipy.special.expit(at - Z * shifts.sd), scipy.special.expit(at + Z * shifts.sd)
    rarer, more = high < prevalence, low > prevalence
    verdict = np.select([more, rarer], VERDICTS[:2], VERDICTS[2])
    return {
        "prevalence_old": prevalence,
        "prevalence_new": scipy.special.expit(at),
        "low": low,
        "high": high,
        "verdict": verdict.tolist(),
    }


def _within_limits(
    moved: NDArray[np.float64],
    old: NDArray[np.float64],
    names: tuple[str, ...],
    thresholds: Thresholds,
) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Thresholds within their bounds, and why they stay; empty for those that do not."""
    method = thresholds.origin.method if thresholds.origin else {}
    fixed, bounds = method.get("fixed", {}), method.get("bounds", {})
    by_hand = [name in thresholds.overrides for name in names]
    is_fixed = [name in fixed for name in names]
    kept = np.select([by_hand, is_fixed, np.isinf(old)], ["set by hand", "fixed", "never"], "")
    pairs = np.array([bounds.get(name, (None, None)) for name in names], np.float64)
    low, high = np.where(np.isnan(pairs), (-np.inf, np.inf), pairs).T
    return np.where(kept == "", np.clip(moved, low, high), old), kept


def _metric(thresholds: Thresholds) -> FBeta:
    """F-beta that the thresholds are for."""
    origin = thresholds.origin
    if origin is None:
        raise InputError("thresholds", "must come from a fit; these do not record a metric")
    if origin.method.get("name") == ADAPTED:
        raise InputError(
            "thresholds", "must be fitted thresholds", "thresholds that were adapted already"
        )
    try:
        metric = as_metric(origin.metric)
    except InputError:
        metric = None
    if not isinstance(metric, FBeta) or metric.average == "samples":
        raise InputError(
            "thresholds",
            "must maximise an F-beta with a micro, macro or weighted average",
            origin.metric,
        )
    return metric


def _reference(calibrator: Calibrator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Prevalence and mass of the clips that a calibrator was fitted on."""
    validation.of_type("calibrator", calibrator, Calibrator, "solution.calibrator")
    if calibrator.prevalence is None or calibrator.known is None:
        raise InputError(
            "calibrator", "must record the prevalences of its training clips; fit this one again"
        )
    return np.clip(calibrator.prevalence, SUREST, 1 - SUREST), calibrator.known


def _origin(
    thresholds: Thresholds,
    metric: FBeta,
    expected: Confusion,
    scores: NDArray[Any],
    names: tuple[str, ...] | None,
) -> Origin:
    """Origin of adapted thresholds, with that of those before; no label was counted."""
    counts = Counts.from_arrays(np.zeros(scores.shape, np.uint8), scores, tags=names)
    fitted = thresholds.origin.method if thresholds.origin else None
    made = {"name": ADAPTED, "options": {}, "fitted": fitted}
    origin = Origin.of(counts, metric, made, float(metric(expected)))
    return replace(origin, positives=tuple((expected.tp + expected.fn).tolist()))
