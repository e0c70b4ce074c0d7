"""Whole rows: which clips are positive, accepted or unknown for which tags.

Counts forget which scores belong to the same clip. What draws clips anew or leaves some out, and
metrics that are averaged over clips, need to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh.counts.counts import Confusion, confusion
from tagthresh.decision_rule import accepts
from tagthresh.metrics.base import Metric, ratio
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tagthresh.validation import LabelledScores


PAIRS = "must hold one weight per clip for a metric that is averaged over clips"


def decide(data: LabelledScores, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Decisions of thresholds in the order of the data's tags; False where the label is unknown."""
    accepted = accepts(data.scores, values)
    return accepted if data.known is None else accepted & data.known


def clip_weight(data: LabelledScores) -> NDArray[np.float64]:
    """Weight of each clip, shape (n_clips,); 0 for clips without a known label.

    Raises
    ------
    InputError
        When pairs of clip and tag are weighted, which leaves the weight of a clip undefined.
    """
    if data.pair_weight is not None:
        raise InputError("sample_weight", PAIRS)
    weight = data.clip_weight
    return weight if data.known is None else weight * data.known.any(axis=1)


@dataclass(frozen=True, eq=False)
class ClipCounts:
    """Counts over the known tags of each clip, for metrics that are averaged over clips.

    Attributes
    ----------
    confusion : Confusion
        Numbers of tags, shape (n_clips,), regardless of the clip's weight.
    weight : ndarray of float64, shape (n_clips,)
        Weight of each clip; 0 for clips without a known label, which no mean holds. NaN where
        pairs of clip and tag are weighted: no mean over clips is defined.
    """

    confusion: Confusion
    weight: NDArray[np.float64]

    @classmethod
    def of(cls, data: LabelledScores, accepted: NDArray[np.bool_]) -> ClipCounts:
        """Count checked labels and decisions as from `decide`."""
        n_tags = data.scores.shape[1]
        known = n_tags if data.known is None else np.count_nonzero(data.known, axis=1)
        hits = data.positive & accepted
        sums = (np.count_nonzero(part, axis=1) for part in (hits, accepted, data.positive))
        counts = confusion(*(np.asarray(part, np.float64) for part in (*sums, known)))
        undefined = data.pair_weight is not None
        return cls(counts, np.full(len(hits), np.nan) if undefined else clip_weight(data))

    def score(self, metric: Metric) -> float:
        """Mean of the metric over clips."""
        return float(self.scores(metric, self.weight[:, None])[0])

    def scores(self, metric: Metric, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean of the metric under each column of weights, shape (n_clips, n_columns)."""
        if np.isnan(self.weight).any():
            raise InputError("sample_weight", PAIRS)
        weight = np.where(self.weight[:, None] > 0, weight, 0.0)
        return ratio(metric.of(*self.confusion) @ weight, weight.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Rows:
    """Labels and decisions of clips, in sparse arrays of shape (n_tags, n_clips).

    Attributes
    ----------
    clips : ClipCounts
        Of the same labels and decisions.
    positive, accepted, both, unknown : csr_array of float64
        1 where the label is positive, the decision is, both are, the label is unknown. Where pairs
        of clip and tag are weighted, the weight in place of 1, and for `unknown` 1 less the weight.
    """

    clips: ClipCounts
    positive: scipy.sparse.csr_array
    accepted: scipy.sparse.csr_array
    both: scipy.sparse.csr_array
    unknown: scipy.sparse.csr_array

    @classmethod
    def of(cls, data: LabelledScores, accepted: NDArray[np.bool_]) -> Rows:
        """Rows of checked labels and of decisions, False where the label is unknown."""
        unknown: NDArray[Any] = np.zeros((0, 0), bool) if data.known is None else ~data.known
        if data.pair_weight is not None:
            unknown = 1 - data.pair_weight
        pairs = (data.positive, accepted, data.positive & accepted)
        parts = [*map(data.weighed, pairs), unknown]
        sparse = (scipy.sparse.csr_array(part.T, dtype=np.float64) for part in parts)
        return cls(ClipCounts.of(data, accepted), *sparse)

    def score(
        self,
        metric: Metric | Callable[[Confusion], NDArray[np.float64]],
        weight: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Metric, or a function like one, under each column of weights, (n_clips, n_columns)."""
        if isinstance(metric, Metric) and metric.needs_rows:
            return self.clips.scores(metric, weight)
        if isinstance(metric, Metric) and metric.average == "micro":
            return metric.of(*confusion(*(self.sums_of_clips @ weight)))
        return metric(self.confusion(weight))

    @cached_property
    def sums_of_clips(self) -> NDArray[np.float64]:
        """True positives, accepted, positive and known pairs of each clip, shape (4, n_clips)."""
        parts = self.both, self.accepted, self.positive
        known = np.full(self.positive.shape[1], float(self.positive.shape[0]))
        if self.unknown.nnz:
            known -= self.unknown.sum(axis=0)
        return np.stack([*(part.sum(axis=0) for part in parts), known])

    def confusion(self, weight: NDArray[np.float64]) -> Confusion:
        """Confusion of each tag under each column of clip weights.

        Parameters
        ----------
        weight : ndarray of float64, shape (n_clips, n_columns)

        Returns
        -------
        Confusion
            Masses of shape (n_tags, n_columns).
        """
        known = weight.sum(axis=0)
        if self.unknown.nnz:
            known = known - self.unknown @ weight
        return confusion(self.both @ weight, self.accepted @ weight, self.positive @ weight, known)


def score(metric: Metric, data: LabelledScores, accepted: NDArray[np.bool_]) -> float:
    """Metric of decisions as from `decide`."""
    if metric.needs_rows:
        return ClipCounts.of(data, accepted).score(metric)
    return float(metric(confusion_of(data, accepted)))


def confusion_of(data: LabelledScores, accepted: NDArray[np.bool_]) -> Confusion:
    """Confusion of decisions as from `decide`, of shape (n_tags,)."""
    masses = Rows.of(data, accepted).confusion(data.clip_weight[:, None])
    return Confusion(*(mass[:, 0] for mass in masses))
