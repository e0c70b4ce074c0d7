"""The frontier: the most true positives that any thresholds reach for a given accepted mass.

Each tag's curve of (K, TP) is cut down to its upper convex hull; the hulls' edges, of all tags
together, are taken in order of slope, steepest first. Their running sums are the vertices of the
frontier, the hull of everything that per-tag thresholds can do. A metric that is quasi-convex in
(TP, K) for fixed positives and clips, such as any micro-averaged F-beta, has its maximum over all
thresholds at one of these vertices.

The slope of an edge is the precision of the block of clips that it accepts, so the hull is an
antitonic regression of that precision, block by block (pool adjacent violators).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import scipy

from tagthresh.counts.as_counts import as_counts, next_to_positives
from tagthresh.counts.counts import Confusion, confusion
from tagthresh.counts.curve import NEVER, Curve
from tagthresh.formatting import TableMixin, plain
from tagthresh.metrics.base import defined
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.recall import Recall
from tagthresh.validation import whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, repr=False)
class Frontier(TableMixin):
    """Best reachable totals, from accepting nothing to accepting every positive with a score.

    Attributes
    ----------
    curve : Curve
        The curves whose hulls are merged.
    cut : ndarray of int64, shape (n_edges,)
        Cut of `curve` that an edge moves its tag to; edges in order of falling slope.
    tp, accepted : ndarray of float64, shape (n_edges + 1,)
        Total TP and K before the first edge and after each; one pair a vertex. 0 before the first,
        but for what limits of thresholds force tags to accept.
    """

    curve: Curve
    cut: NDArray[np.int64]
    tp: NDArray[np.float64]
    accepted: NDArray[np.float64]

    def __repr__(self) -> str:
        best = self.fbeta().max()
        return f"Frontier({len(self.tp)} vertices, {self.curve.counts!r}, best F1 {best:.4f})"

    @classmethod
    def from_curve(cls, curve: Curve) -> Frontier:
        """Merge the hulls of all tags."""
        never = curve.never()
        starts = never.tp, never.tp + never.fp
        cut, slope = _hulls(curve, *starts)
        tag = curve.tag[cut]
        # Stable: edges of one tag, whose slopes never rise, stay in their order.
        order = np.argsort(-slope, kind="stable")
        tp, accepted = (
            np.cumsum(np.append(start.sum(), _steps(mass[cut], tag, start)[order]))
            for mass, start in zip((curve.tp, curve.accepted), starts, strict=True)
        )
        return cls(curve, cut[order], tp, accepted)

    @classmethod
    def from_arrays(
        cls,
        y_true: object,
        y_score: object = None,
        *,
        tags: Sequence[str] | None = None,
        sample_weight: ArrayLike | None = None,
        ignore: Sequence[str] = (),
        positive_only: bool = False,
    ) -> Frontier:
        """Frontier of labels and scores, or of Counts, GridCounts or Shards.

        Arguments are those of `Counts.from_arrays`.

        Raises
        ------
        InputError
            When an argument breaks a rule of `tagthresh.validation`.

        Examples
        --------
        >>> y_true, y_score = [[1, 0], [1, 1], [0, 0]], [[0.9, 0.6], [0.3, 0.5], [0.4, 0.0]]
        >>> frontier = Frontier.from_arrays(y_true, y_score)
        >>> frontier.precision.round(2), frontier.recall.round(2)
        (array([ nan, 1.  , 0.67, 0.6 ]), array([0.  , 0.33, 0.67, 1.  ]))
        """
        given = as_counts(
            *(y_true, y_score, tags, sample_weight),
            ignore=ignore,
            positive_only=positive_only,
            at=next_to_positives,
        )
        return cls.from_curve(Curve.from_counts(given.counts))

    @property
    def precision(self) -> NDArray[np.float64]:
        """Precision of all tags together at each vertex, in [0, 1]; NaN where nothing is given."""
        return defined(self.tp, self.accepted)

    @property
    def recall(self) -> NDArray[np.float64]:
        """Recall of all tags together at each vertex, in [0, 1]."""
        return Recall().of(*self.confusion())

    @property
    def per_clip(self) -> NDArray[np.float64]:
        """Tags that a clip gets on average, at each vertex; NaN where labels are partly unknown."""
        counts = self.curve.counts
        return self.known_share * (counts.n_tags if counts.complete else np.nan)

    @property
    def known_share(self) -> NDArray[np.float64]:
        """Share of the known labels, pairs of clip and tag, where the tag is given; in [0, 1]."""
        return np.asarray(self.accepted / self.curve.counts.known.mass.sum())

    def fbeta(self, beta: float = 1.0) -> NDArray[np.float64]:
        """Micro-averaged F-beta at each vertex; its maximum is that of all thresholds."""
        return FBeta(beta).of(*self.confusion())

    @property
    def table(self) -> dict[str, NDArray[np.float64]]:
        """Table with a row per vertex, as columns: ``pandas.DataFrame(frontier.table)``."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.fbeta(),
            "per_clip": self.per_clip,
            "tp": self.tp,
            "accepted": self.accepted,
            "known_share": self.known_share,
        }

    def to_dict(self) -> dict[str, list[float | None]]:
        """Return the columns as plain Python values; NaN is None."""
        return {name: plain(column) for name, column in self.table.items()}

    def confusion(self) -> Confusion:
        """Confusion summed over tags at each vertex, shape (n_vertices,)."""
        counts = self.curve.counts
        return confusion(
            self.tp, self.accepted, counts.positive.mass.sum(), counts.known.mass.sum()
        )

    def cuts(self, vertex: int) -> NDArray[np.int64]:
        """Cut of each tag at a vertex, shape (n_tags,); NEVER where the tag accepts nothing."""
        whole_number("vertex", vertex, 0, len(self.cut))
        cuts = np.full(self.curve.counts.n_tags, NEVER)
        reached = self.cut[:vertex]
        np.maximum.at(cuts, self.curve.tag[reached], reached)
        return cuts


def _hulls(
    curve: Curve, tp: NDArray[np.float64], accepted: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Cuts of each tag on its upper hull, highest first, and the slope that leads to each.

    A hull starts from (`tp`, `accepted`), what its tag accepts before its first cut.
    """
    # Clips may weigh too little beside the others to change a sum: of equal sums, keep the last.
    last = np.diff(curve.accepted, append=np.inf) > 0
    last |= np.diff(curve.tag, append=len(tp)) > 0
    cuts = np.flatnonzero(last & (curve.accepted > accepted[curve.tag]))
    tag = curve.tag[cuts]
    mass = _steps(curve.accepted[cuts], tag, accepted)
    precision = _steps(curve.tp[cuts], tag, tp) / mass
    ends, slopes = [np.empty(0, np.int64)], [np.empty(0)]
    for start, stop in pairwise(np.searchsorted(tag, np.arange(len(tp) + 1)).tolist()):
        if start < stop:
            pooled = scipy.optimize.isotonic_regression(
                precision[start:stop], weights=mass[start:stop], increasing=False
            )
            ends.append(start + pooled.blocks[1:] - 1)
            slopes.append(pooled.x[pooled.blocks[:-1]])
    return cuts[np.concatenate(ends)], np.concatenate(slopes)


def _steps(
    total: NDArray[np.float64], tag: NDArray[np.int64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Increase from each entry to the next within a tag; the first is one from the tag's start."""
    before = np.concatenate([[0.0], total[:-1]])
    opens = np.diff(tag, prepend=-1) > 0
    return np.asarray(total - np.where(opens, start[tag], before))
