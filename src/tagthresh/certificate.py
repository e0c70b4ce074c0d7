"""Proof that thresholds are the best there are.

Let F be the F-beta that thresholds reach, with P the mass of positives. Any other thresholds with
totals (TP', K') reach at most F if and only if

    (1 + beta^2) TP' - F K'  <=  F beta^2 P,

an equality for the thresholds at hand. The left side is a sum over tags, so it is enough that no
tag alone can raise its term, its *gain*, by another cut (Dinkelbach 1967). The slack of a tag is
its gain less the gain of the best other cut: none negative proves the optimum, 0 says that another
cut is as good, and a large one that the cut is well determined. For macro and weighted averages
each tag has an F of its own and the same holds tag by tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.metrics.base import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts import Confusion
    from tagthresh.curve import Curve
    from tagthresh.metrics.fbeta import FBeta

ROUNDING = 1e-12  # gains are sums of floats: a slack this small, relative to their terms, is 0


@dataclass(frozen=True, eq=False, repr=False)
class Certificate:
    """What to check to be sure of an optimum.

    Attributes
    ----------
    lam : ndarray of float64, shape (n_tags,)
        F that the thresholds reach: the same for all tags when micro-averaged, each tag's own
        otherwise.
    slack : ndarray of float64, shape (n_tags,)
        Gain of the chosen cut less that of the tag's best other cut, in units of clip weight;
        +inf for a tag that has no other cut worth making.
    gap : float
        Upper bound on how much any other thresholds can exceed the metric; 0 at an optimum.
    """

    lam: NDArray[np.float64]
    slack: NDArray[np.float64]
    gap: float

    def __repr__(self) -> str:
        return f"Certificate(gap={self.gap:g}, least slack={self.slack.min():g})"


def certify(curve: Curve, metric: FBeta, confusion: Confusion) -> Certificate:
    """Certificate of any thresholds, whatever method chose them.

    Parameters
    ----------
    curve : Curve
        Curve of the clips on which the thresholds are to be best.
    metric : FBeta
        What they are to be best at.
    confusion : Confusion
        What the thresholds do on these clips, arrays of shape (n_tags,). Ones that are not optimal
        get a negative slack and a positive gap.

    Examples
    --------
    >>> import tagthresh as tt
    >>> from tagthresh.curve import Curve
    >>> counts = tt.Counts.from_arrays([[1], [1], [0]], [[0.9], [0.3], [0.2]])
    >>> certificate = certify(Curve.from_counts(counts), tt.FBeta(), counts.confusion([0.5]))
    >>> round(float(certificate.slack[0]), 3), round(certificate.gap, 3)
    (-1.333, 0.333)
    """
    tp, fp, fn, _ = confusion
    accepted, positives, hits = tp + fp, tp + fn, (1 + metric.beta2) * tp
    if metric.average == "micro":
        lam = np.full(len(tp), metric(confusion))
    else:
        lam = metric.of(*confusion)
    gain, other, size = hits - lam * accepted, *_best_other(curve, metric, lam, confusion)
    slack = gain - other
    slack[np.abs(slack) <= ROUNDING * np.maximum(hits + lam * accepted, size)] = 0.0
    return Certificate(lam, slack, _gap(metric, lam, slack, positives))


def _best_other(
    curve: Curve, metric: FBeta, lam: NDArray[np.float64], confusion: Confusion
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Highest gain of each tag at cuts, never included, that do not accept the same clips.

    And the size of its terms, beside which rounding errors are small.
    """
    tag, cut = curve.tag, curve.confusion()
    same = (cut.tp == confusion.tp[tag]) & (cut.fp == confusion.fp[tag])
    hits, cost = (1 + metric.beta2) * cut.tp, lam[tag] * (cut.tp + cut.fp)
    gain = np.where(same, -np.inf, hits - cost)
    best = np.where(confusion.tp + confusion.fp == 0, -np.inf, 0.0)
    np.maximum.at(best, tag, gain)
    size = np.zeros(len(best))
    np.maximum.at(size, tag, np.where(gain == best[tag], hits + cost, 0.0))
    return best, size


def _gap(
    metric: FBeta,
    lam: NDArray[np.float64],
    slack: NDArray[np.float64],
    positives: NDArray[np.float64],
) -> float:
    """Bound what others can reach: by the excess gain over the least denominator, and by 1."""
    excess = np.maximum(-slack, 0.0)
    if metric.average == "micro":
        return float(min(ratio(excess.sum(), metric.beta2 * positives.sum()), 1 - lam[0]))
    each = np.minimum(ratio(excess, metric.beta2 * positives), 1 - lam)
    if metric.average == "macro":
        return float(each.mean())
    return float(ratio((each * positives).sum(), positives.sum()))
