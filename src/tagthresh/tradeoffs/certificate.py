"""Proof that thresholds are the best there are.

Let F be the F-beta that thresholds reach, with P the mass of positives. Any other thresholds with
totals (TP', K') reach at most F if and only if

    (1 + beta^2) TP' - F K'  <=  F beta^2 P,

an equality for the thresholds at hand. The left side is a sum over tags, so it is enough that no
tag alone can raise its term, its *gain*, by another cut (Dinkelbach, "On nonlinear fractional
programming", Management Science 13(7), 1967). The *slack* of a tag is its gain less the gain of its
best other cut. No negative slack proves the optimum. A slack of 0 means that another cut is as
good; a large slack, that the cut is well determined. For macro and weighted averages each tag has
an F of its own, and the same holds tag by tag.

The *gap* is the distance to the best that any thresholds reach. For averages over tags, that is
the best cut of each tag. For a micro average that is monotone and quasi-convex, as F-beta is, it is
the best vertex of the frontier. The method "exact" finds these maxima, so the gap is what it would
gain. A micro average that is only monotone is bounded on each edge of the frontier, by its value
for the TP of the edge's end and the FP of its start: thresholds with more TP than the end have no
less FP either.

Where scores are known only up to a cell (`tagthresh.counts.streaming.interval_counts`), the
optimistic counts give a bound on what any thresholds reach. It holds for monotone metrics only. For
F-beta, the slack is then relative to the best cut that the cells leave possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.counts.curve import Curve
from tagthresh.metrics.fbeta import FBeta
from tagthresh.tradeoffs.frontier import Frontier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Confusion, Counts
    from tagthresh.metrics.base import Metric

ROUNDING = 1e-12  # gains are sums of floats: a slack this small, relative to their terms, is 0


@dataclass(frozen=True, eq=False, repr=False)
class Certificate:
    """How far thresholds are from the best there are.

    Attributes
    ----------
    gap : float
        How much better the best thresholds on these clips are; 0 at an optimum. For clips counted
        on a grid, and for a micro average that "exact" does not maximise, an upper bound on it.
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
    """Certify thresholds, whatever method chose them.

    Parameters
    ----------
    counts : Counts
        The clips on which the thresholds are judged.
    metric : Metric
        What they are judged by.
    confusion : Confusion
        Confusion of the thresholds on these clips, arrays of shape (n_tags,). Thresholds that are
        not optimal get a positive gap and, for F-beta, a negative slack.

    Returns
    -------
    Certificate or None
        None for a micro average that is not monotone: no bound on it is known.

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
    bound = _upper_bound(curve, gain)
    if bound is None:
        return None
    gap = bound - float(gain(confusion))
    return Certificate(gap if gap > ROUNDING * abs(bound) else 0.0, lam, slack)


def _upper_bound(curve: Curve, metric: Metric) -> float | None:
    """Bound on what any thresholds reach; None where none is known."""
    if metric.separable:
        best = metric.of_tags(curve.never())
        np.maximum.at(best, curve.tag, metric.of_tags(curve.confusion(), curve.tag))
        return float(metric.over_tags(best, curve.never()))
    if not metric.monotone:
        return None
    tp, fp, fn, tn = Frontier.from_curve(curve).confusion()
    if not metric.quasi_convex:  # an edge has at most the TP of its end and the FP of its start
        tp, fn = np.append(tp[1:], tp[-1]), np.append(fn[1:], fn[-1])
    return float(metric.of(tp, fp, fn, tn).max())


def _dinkelbach(
    curve: Curve, metric: FBeta, confusion: Confusion
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """F that the thresholds reach, and the slack of every tag."""
    n_tags = len(confusion.tp)
    micro = metric.average == "micro"
    lam = np.full(n_tags, metric(confusion)) if micro else metric.of(*confusion)
    reward, cost = (1 + metric.beta2) * confusion.tp, lam * (confusion.tp + confusion.fp)

    # All cuts of all tags, "never" among them, but for those that accept the same clips.
    tag = np.concatenate([curve.tag, np.arange(n_tags)])
    cuts = zip(curve.confusion(), curve.never(), strict=True)
    tp, fp, _, _ = (np.concatenate(masses) for masses in cuts)
    same = (tp == confusion.tp[tag]) & (fp == confusion.fp[tag])
    other_reward, other_cost = (1 + metric.beta2) * tp, lam[tag] * (tp + fp)
    other_gain = np.where(same, -np.inf, other_reward - other_cost)
    best = np.full(n_tags, -np.inf)
    np.maximum.at(best, tag, other_gain)

    slack = reward - cost - best
    size = reward + cost  # of the terms, beside which rounding errors are small
    is_best = other_gain == best[tag]
    np.maximum.at(size, tag, np.where(is_best, other_reward + other_cost, 0.0))
    slack[np.abs(slack) <= ROUNDING * size] = 0.0
    return lam, slack
