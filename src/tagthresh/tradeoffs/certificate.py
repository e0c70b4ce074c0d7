"""Proof that thresholds are the best there are.

Let F be the F-beta that thresholds reach, with P the mass of positives. Any other thresholds with
totals (TP', K') reach at most F if and only if

    (1 + beta^2) TP' - F K'  <=  F beta^2 P,

an equality for the given thresholds. The left side is a sum over tags, so it is enough that no
tag alone can raise its term, its *gain*, by another cut (Dinkelbach 1967). The slack of a tag is
its gain less the gain of the best other cut: none negative proves the optimum, 0 says that another
cut is as good, and a large one that the cut is well determined. For macro and weighted averages
each tag has an F of its own and the same holds tag by tag.

The gap is the distance to the best that any thresholds reach: to the best cut of each tag, for
averages over tags; to the best vertex of the frontier, for a micro average that is monotone and
quasi-convex, as F-beta is. These are the maxima that the method "exact" finds, so the gap is what
it would gain. A micro average that is monotone alone is bounded: on every edge of the frontier by
its value for the TP of the edge's end and the FP of its start, since thresholds with more TP than
the end have no less FP either.

Where scores are known up to a cell (`tagthresh.counts.streaming.interval_counts`), all this is done
on the optimistic counts: what thresholds reach is known, what others might reach is bounded. That
bound holds for monotone metrics alone. For F-beta, the slack is then that of the best cut that the
cells leave possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.counts.counts import Confusion
from tagthresh.counts.curve import Curve
from tagthresh.metrics.fbeta import FBeta
from tagthresh.tradeoffs.frontier import Frontier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.metrics.base import Metric

ROUNDING = 1e-12  # gains are sums of floats: a slack this small, relative to their terms, is 0


@dataclass(frozen=True, eq=False, repr=False)
class Certificate:
    """What to check to be sure of an optimum.

    Attributes
    ----------
    gap : float
        How much better the best thresholds on these clips are; 0 at an optimum. An upper bound on
        it for clips counted on a grid, and for a micro average that "exact" does not maximise.
    lam : ndarray of float64, shape (n_tags,), or None
        F that the thresholds reach: the same for all tags when micro-averaged, each tag's own
        otherwise. None for metrics other than F-beta.
    slack : ndarray of float64, shape (n_tags,), or None
        Gain of the chosen cut less that of the tag's best other cut, in units of clip weight;
        +inf for a tag that has no other cut worth making. None for metrics other than F-beta.
    """

    gap: float
    lam: NDArray[np.float64] | None = None
    slack: NDArray[np.float64] | None = None

    def __repr__(self) -> str:
        least = "" if self.slack is None else f", least slack={self.slack.min():g}"
        return f"Certificate(gap={self.gap:g}{least})"


def certify(counts: Counts, metric: Metric, confusion: Confusion) -> Certificate | None:
    """Return the certificate of thresholds, regardless of the method that chose them.

    Parameters
    ----------
    counts : Counts
        The clips on which the thresholds are to be best.
    metric : Metric
        What they are to be best at.
    confusion : Confusion
        What the thresholds do on these clips, arrays of shape (n_tags,). Ones that are not optimal
        get a positive gap and, for F-beta, a negative slack.

    Returns
    -------
    Certificate or None
        None for a micro average that is not monotone, since no bound is known.

    Examples
    --------
    >>> import tagthresh as tt
    >>> counts = tt.Counts.from_arrays([[1], [1], [0]], [[0.9], [0.3], [0.2]])
    >>> certificate = certify(counts, tt.metrics.FBeta(), counts.confusion([0.5]))
    >>> round(float(certificate.slack[0]), 3), round(certificate.gap, 3)
    (-1.333, 0.333)
    """
    gain = metric.gain
    if counts.optimistic is not counts and not gain.monotone:
        return None
    curve = Curve.from_counts(counts.optimistic, everywhere=not gain.monotone)
    lam, slack = _dinkelbach(curve, gain, confusion) if isinstance(gain, FBeta) else (None, None)
    if slack is not None and (slack >= 0).all():
        return Certificate(0.0, lam, slack)  # without the rounding errors of a difference
    most = _most(curve, gain)
    if most is None:
        return None
    gap = most - float(gain(confusion))
    return Certificate(gap if gap > ROUNDING * abs(most) else 0.0, lam, slack)


def _most(curve: Curve, metric: Metric) -> float | None:
    """Bound on what any thresholds reach; None where none is known."""
    if metric.separable:
        best = metric.of_tags(curve.never())
        np.maximum.at(best, curve.tag, metric.of_tags(curve.confusion(), curve.tag))
        return float(metric.over_tags(best, curve.never()))
    if not metric.monotone:
        return None
    at = Frontier.from_curve(curve).confusion()
    if metric.quasi_convex:
        return float(metric.of(*at).max())
    hits = Confusion(
        tp=np.append(at.tp[1:], at.tp[-1]), fp=at.fp, fn=np.append(at.fn[1:], at.fn[-1]), tn=at.tn
    )
    return float(metric.of(*hits).max())


def _dinkelbach(
    curve: Curve, metric: FBeta, confusion: Confusion
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """F that is reached, and the slack of every tag."""
    tp, fp, _, _ = confusion
    accepted, hits = tp + fp, (1 + metric.beta2) * tp
    if metric.average == "micro":
        lam = np.full(len(tp), metric(confusion))
    else:
        lam = metric.of(*confusion)
    gain, other, size = hits - lam * accepted, *_best_other(curve, metric, lam, confusion)
    slack = gain - other
    slack[np.abs(slack) <= ROUNDING * np.maximum(hits + lam * accepted, size)] = 0.0
    return lam, slack


def _best_other(
    curve: Curve, metric: FBeta, lam: NDArray[np.float64], confusion: Confusion
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Highest gain of each tag at cuts, never included, that do not accept the same clips.

    And the size of its terms, beside which rounding errors are small.
    """
    cuts = zip(curve.confusion(), curve.never(), strict=True)
    tp, fp, _, _ = (np.concatenate(masses) for masses in cuts)
    tag = np.concatenate([curve.tag, np.arange(len(lam))])
    same = (tp == confusion.tp[tag]) & (fp == confusion.fp[tag])
    hits, cost = (1 + metric.beta2) * tp, lam[tag] * (tp + fp)
    gain = np.where(same, -np.inf, hits - cost)
    best, size = np.full(len(lam), -np.inf), np.zeros(len(lam))
    np.maximum.at(best, tag, gain)
    np.maximum.at(size, tag, np.where(gain == best[tag], hits + cost, 0.0))
    return best, size
