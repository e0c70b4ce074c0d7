"""Thresholds that hold on unseen clips: hierarchical calibration near the cut.

The thresholds that are best on the clips given overfit tags with few positives. Here each tag gets
a curve, its probability of a positive near the cut, which leans on the curves of all tags the more,
the less its own clips say; and it is cut where that probability is what F-beta asks for.

1. Coordinate (`tagthresh.counts.normal_scores`): x, the normal quantile of a score's rank among the
   scores of all tags.
2. Start: x is counted from the best cut that all tags share. The pooled curve, that of all tags
   taken for one, is fitted there.
3. Curves (`tagthresh.calibration.hierarchical_logistic`): a logistic curve per tag, its clips
   weighted by their nearness to its cut, under a normal prior learned from all tags; `ROUNDS` of
   EM, from the pooled curve.
4. Cut: at the best F-beta, what is accepted has probability F / (1 + beta^2) or more. F is what the
   cuts of the round before reach: of all tags together where micro-averaged, else of each tag,
   shrunk over tags (`tagthresh.methods.shrunken_fbeta`). A tag whose threshold has limits is cut
   within them, and the others make the best of it.
5. Polish: the cut moves to a mean of cuts near it, weighted by what they gain on these clips.

Nothing is drawn at random, and any strictly increasing function of the scores gives the same
decisions on these clips. Thresholds lie on a grid of 0.01 in x, half-way between neighbours among
the scores of all tags rather than the tag's own: where it has few, the curve knows more than their
gap. `docs/hierarchical.md` measures what each step gains.

References
----------
Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure",
ECML-PKDD 2014: the cut, at F / 2 for beta 1. Morris, "Parametric empirical Bayes inference",
Journal of the American Statistical Association 78, 1983: the prior. Tibshirani and Hastie, "Local
likelihood estimation", same journal 82, 1987: nearness.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from tagthresh.calibration.fit import calibrate
from tagthresh.calibration.hierarchical_logistic import (
    Cells,
    Curves,
    pooled_curve,
    posterior,
    wanted_log_odds,
)
from tagthresh.calibration.normal_prior import Prior
from tagthresh.counts.counts import confusion
from tagthresh.counts.normal_scores import Binned
from tagthresh.counts.step_functions import added
from tagthresh.methods.base import Fit, Method
from tagthresh.methods.shrunken_fbeta import Reached, shrunk
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.jaccard import Jaccard
from tagthresh.validation import InputError, finite_number, flag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores

FOUND = 0.25  # share of a tag's hits taken from the clips; the rest is what its curve expects
ROUNDS = 4  # of EM; more gain nothing on clips not fitted on
STEPS = 1  # of Newton's method in a round, which begins where the one before ended
REACH = 2.5  # log-odds of the pooled curve: bandwidth of a tag with one positive
SPREAD = np.array([0.1, 0.02])  # prior variances of a and of b / pooled slope: one tag's worth
WIDE = 10.0  # times `SPREAD`: the prior of the first round
LEAST_SLOPE = 0.15  # share of the pooled slope: every curve rises
POLISH_GAIN = 0.5  # log-weight of a gain of one positive
POLISH_REACH = 0.3  # log-odds: how far a polished cut moves
POLISH_SLOPE = 0.3  # share of the pooled slope: the least that turns log-odds into x


@dataclass(frozen=True)
class Hierarchical(Method):
    """Thresholds from calibrated probabilities.

    A tag without known positives keeps the cut that the other tags and its own negatives suggest,
    since that is what the prior is for: finite, unless above every score of any tag. Where no tag
    has a positive, nothing is accepted.

    Parameters
    ----------
    pull : float, default 0.0
        Share of the way, in x, that each cut moves to the best cut that all tags share; from 0 to
        1. For clips known to differ from those the thresholds will be used on.
    polish : bool, default True
        Whether cuts are moved to a mean of cuts near them.

    Raises
    ------
    InputError
        When an option breaks its rule.

    Notes
    -----
    ``Solution.statistics`` holds ``curves``, (a, b) of each tag: log-odds a + b x, with x counted
    from the best shared cut; ``slope``, b of the pooled curve; and ``cut``, x of each threshold.
    ``Solution.calibrator`` has curves of its own, made for all scores rather than those near a cut;
    it is None where no tag has a positive.

    Examples
    --------
    >>> import tagthresh as tt
    >>> fit, unseen = tt.datasets.load_demo()
    >>> for method in ("exact", "hierarchical"):
    ...     solution = tt.find_thresholds(fit.labels, fit.scores, method=method)
    ...     evaluation = tt.evaluate(unseen.labels, unseen.scores, solution.thresholds)
    ...     print(f"{solution.score:.3f} here, {evaluation.score():.3f} on unseen clips")
    0.782 here, 0.784 on unseen clips
    0.770 here, 0.792 on unseen clips
    """

    name = "hierarchical"
    calibrates = True
    along_coordinate = True

    pull: float = 0.0
    polish: bool = True

    def __post_init__(self) -> None:
        if not 0 <= finite_number("pull", self.pull) <= 1:
            raise InputError("pull", "must be from 0 to 1", f"{self.pull!r}")
        flag("polish", self.polish)

    def maximises(self, metric: Metric) -> bool:
        """Whether the method can work with a metric."""
        return isinstance(metric, FBeta | Jaccard) and not metric.needs_rows

    def quantiles(self, metric: Metric) -> bool:
        """Whether quantiles of all scores are needed of clips read in parts: the coordinate's."""
        return True

    def _solve(self, counts: Counts, metric: Metric, rows: LabelledScores | None) -> Fit:
        if isinstance(metric, Jaccard):  # F1 / (2 - F1): highest at the same cuts
            metric = FBeta(average=metric.average)
        metric = cast("FBeta", metric)
        if np.isinf(counts.positive.lowest).all():
            return Fit(np.full(counts.n_tags, np.inf), "no known positive: nothing is accepted")
        binned = Binned.from_counts(counts)
        value = values(binned, metric)
        shared = _shared(value[binned.lowest :]) + binned.lowest
        binned = binned.around(shared)
        model = _Model.from_binned(counts, binned, metric)
        state = model.start(value[shared])
        for _ in range(ROUNDS):
            state = model.next(state)
        cut = _polished(state, binned, model.slope) if self.polish else state.cut
        place = binned.at(np.clip((1 - self.pull) * cut, *model.allowed))
        statistics = {
            "curves": state.curves.parameters.tolist(),
            "slope": model.slope,
            "cut": binned.edge[place].tolist(),
        }
        status = "cut at calibrated probabilities"
        calibrator = partial(calibrate, counts, binned, model.cells)
        return Fit(binned.threshold[place], status, statistics, calibrator)


def values(binned: Binned, metric: FBeta) -> NDArray[np.float64]:
    """Metric of all tags cut at the same edge, for each edge, shape (n_edges,)."""
    known, positives = binned.accepted.at(0), binned.positives
    micro = metric.average == "micro"
    total = [np.zeros(len(binned.edge))] * (4 if micro else 1)
    for tags, tp, accepted in binned.blocks():
        counts = confusion(tp, accepted, positives[tags, None], known[tags, None])
        share = positives[tags, None] if metric.average == "weighted" else 1.0
        parts = counts if micro else [share * metric.of(*counts)]
        total = list(map(added, total, parts))
    if micro:
        return metric.of(*total)
    whole = positives.sum() if metric.average == "weighted" else len(positives)
    return np.asarray(total[0] / whole)


def _shared(value: NDArray[np.float64]) -> int:
    """Place of the best edge for all tags: the middle one, where several tie."""
    best = np.flatnonzero(value == value.max())
    return int(best[len(best) // 2])


@dataclass(frozen=True, eq=False)
class _State:
    """Where a round ends.

    Attributes
    ----------
    curves : Curves
        Of each tag.
    prior : Prior
        Learned from them.
    cut : ndarray of float64, shape (n_tags,)
        Where they are cut, in x from the shared cut.
    wanted : ndarray of float64, shape (n_tags,)
        Probability from which on F-beta at these cuts wants a clip accepted.
    """

    curves: Curves
    prior: Prior
    cut: NDArray[np.float64]
    wanted: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Model:
    """What stays the same from round to round.

    Attributes
    ----------
    binned : Binned
        Masses, x counted from the shared cut.
    metric : FBeta
        What is maximised.
    cells : Cells
        The same masses, for curves.
    pooled : ndarray of float64, shape (2,)
        The pooled curve.
    allowed : ndarray of float64, shape (2, n_tags)
        Lowest and highest cut that the limits of each tag allow, in x from the shared cut.
    """

    binned: Binned
    metric: FBeta
    cells: Cells
    pooled: NDArray[np.float64]
    allowed: NDArray[np.float64]

    @classmethod
    def from_binned(cls, counts: Counts, binned: Binned, metric: FBeta) -> _Model:
        """Fit the pooled curve."""
        cells, pooled = Cells.from_binned(binned), pooled_curve(binned)
        return cls(binned, metric, cells, pooled, _allowed(counts, binned))

    @property
    def slope(self) -> float:
        """Slope of the pooled curve, in log-odds per unit of x."""
        return float(self.pooled[1])

    @property
    def micro(self) -> bool:
        """Whether all tags share one F."""
        return self.metric.average == "micro"

    @property
    def guess(self) -> NDArray[np.float64]:
        """Covariance of (a, b) that one tag would have."""
        return np.diag(SPREAD * [1.0, self.slope**2])

    @property
    def width(self) -> NDArray[np.float64]:
        """How near to its cut the clips of each tag count."""
        return REACH * np.maximum(self.binned.positives, 1.0) ** -0.2 / self.slope

    def start(self, value: float) -> _State:
        """Begin with the pooled curve and the shared cut, whose metric is `value`."""
        n_tags = self.cells.n_tags
        curves = Curves(np.tile(self.pooled, (n_tags, 1)), np.zeros((n_tags, 2, 2)))
        wanted = np.full(n_tags, value / (1 + self.metric.beta2))
        return _State(curves, Prior(self.pooled, WIDE * self.guess), np.zeros(n_tags), wanted)

    def next(self, state: _State) -> _State:
        """One round of EM, and the cuts that follow from it."""
        local = self.cells.near(state.cut, self.width)
        curves = posterior(local, state.prior, state.curves.parameters, STEPS)
        curves = curves.steeper(LEAST_SLOPE * self.slope)
        log_odds = wanted_log_odds(state.wanted)
        # Where each tag has an F of its own, allowing for doubt about the curve alone costs
        # macro-F1 (docs/hierarchical.md): the F of an uncertain tag is as doubtful as its curve.
        cut = curves.cut_in_doubt(log_odds) if self.micro else curves.cut(log_odds)
        cut = np.clip(cut, *self.allowed)
        return _State(curves, Prior.learned(curves, self.guess), cut, self.wanted(curves, cut))

    def wanted(self, curves: Curves, cut: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability F / (1 + beta^2), where F is that of all tags at these cuts, or of each."""
        confusion = self.binned.confusion(self.binned.at(cut))
        beta2, positives = self.metric.beta2, self.binned.positives
        if self.micro:
            return np.full(len(cut), float(self.metric(confusion)) / (1 + beta2))
        # The cuts follow the luck of a tag's few clips: most of its hits are the curve's word.
        expected = curves.positives_above(self.cells, cut)
        hits = FOUND * confusion.tp + (1 - FOUND) * expected
        whole = confusion.tp + confusion.fp + beta2 * positives
        return shrunk(Reached(hits, whole, positives, self.binned.accepted.at(0)), beta2)


def _allowed(counts: Counts, binned: Binned) -> NDArray[np.float64]:
    """Lowest and highest edge whose threshold the limits of each tag allow, or one next to them."""
    if counts.limits is None:
        return np.repeat(binned.edge[[[0], [-1]]], counts.n_tags, axis=1)
    low, high = counts.limits
    first = np.searchsorted(binned.threshold, low)
    last = np.searchsorted(binned.threshold, high, side="right") - 1
    return np.asarray(binned.edge[np.clip([first, last], 0, len(binned.edge) - 1)])


def _polished(state: _State, binned: Binned, slope: float) -> NDArray[np.float64]:
    """Mean of cuts, weighted by nearness to the cut found and by their gain on these clips."""
    tight = np.maximum(state.curves.parameters[:, 1], POLISH_SLOPE * slope) / POLISH_REACH
    cut = np.empty(len(tight))
    for tags, tp, accepted in binned.blocks():
        distance = (binned.edge - state.cut[tags, None]) * tight[tags, None]
        weight = POLISH_GAIN * (tp - state.wanted[tags, None] * accepted) - distance**2 / 2
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        cut[tags] = (weight @ binned.edge) / weight.sum(axis=1)
    return cut
