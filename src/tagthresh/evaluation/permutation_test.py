"""The randomisation test: whether luck alone could make two sets of decisions differ as much.

If both are equally good, it does not matter which clip is decided by which of them. So the
decisions of each clip are swapped or not, by the toss of a coin, over and over; p is the share of
these tosses in which a tag's metric differs at least as much as it does in truth. Where clips come
in groups, such as recordings or sites, whole groups are swapped. Few clips that are decided
differently cannot give a small p: n of them, one about 2 / 2^n at least. (Yeh, "More accurate tests
for the statistical significance of result differences", COLING 2000.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from tagthresh.counts.counts import Confusion
from tagthresh.metrics.decisions import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from tagthresh.metrics.base import Metric
    from tagthresh.validation import LabelledScores

SWAPS = 10_000
CELLS_AT_A_TIME = 1 << 21  # bounds the memory: swaps times groups, or tags
ROUNDING = 1e-12  # sums of weights in another order differ by less


def swap_test(
    data: LabelledScores,
    decisions: Sequence[NDArray[np.bool_]],
    metric: Metric,
    *,
    groups: NDArray[np.int64],
    swaps: int = SWAPS,
    random_state: int = 0,
) -> NDArray[np.float64]:
    """Give each tag the p-value of the difference between two sets of decisions.

    Parameters
    ----------
    data : LabelledScores
        The clips.
    decisions : two ndarrays of bool, each of shape (n_clips, n_tags)
        What to swap, as from `rows.decide`.
    metric : Metric
        What differs, for each tag by itself.
    groups : ndarray of int64, shape (n_clips,)
        Number of each clip's group, from 0.
    swaps : int, default 10,000
        Number of tosses.
    random_state : int, default 0
        Of the tosses; the same random_state gives the same result.

    Returns
    -------
    ndarray of float64, shape (n_tags,)
        In [1 / (swaps + 1), 1].
    """
    old, new = (Rows.of(data, each) for each in decisions)
    to_groups = scipy.sparse.csr_array((data.clip_weight, (np.arange(len(groups)), groups)))
    changed = np.unique((new.accepted - old.accepted).nonzero()[0])
    tp = ((new.both - old.both) @ to_groups)[changed]
    fp = ((new.accepted - old.accepted) @ to_groups)[changed] - tp
    differing = np.unique(np.concatenate([tp.nonzero()[1], fp.nonzero()[1]]))
    tp, fp = tp[:, differing], fp[:, differing]
    before, after = (_confusion(rows, data.clip_weight, changed) for rows in (old, new))
    found = np.abs(metric.of(*after) - metric.of(*before))
    as_great = np.zeros(len(changed))
    for tossed in _tosses(len(differing), len(changed), swaps, random_state):
        tp_moved, fp_moved = tp @ tossed, fp @ tossed
        one = metric.of(*_moved(before, tp_moved, fp_moved))
        other = metric.of(*_moved(after, -tp_moved, -fp_moved))
        as_great += (np.abs(one - other) >= found - ROUNDING).sum(axis=1)
    p_value = np.ones(data.scores.shape[1])
    p_value[changed] = (1 + as_great) / (1 + swaps)
    return p_value


def _confusion(rows: Rows, weight: NDArray[np.float64], tags: NDArray[np.int64]) -> Confusion:
    """Confusion of some tags, arrays of shape (len(tags), 1)."""
    return Confusion(*(count[tags] for count in rows.confusion(weight[:, None])))


def _moved(at: Confusion, tp: NDArray[np.float64], fp: NDArray[np.float64]) -> Confusion:
    """Accept so much more mass of positives and of negatives."""
    moved = at.tp + tp, at.fp + fp, at.fn - tp, at.tn - fp
    return Confusion(*(np.maximum(count, 0.0) for count in moved))  # rounding may leave -1e-17


def _tosses(
    n_groups: int, n_tags: int, swaps: int, random_state: int
) -> Iterator[NDArray[np.float64]]:
    """Whether each toss swaps each group, 1 or 0, shape (n_groups, tosses), some at a time."""
    rng = np.random.default_rng(random_state)
    most = max(1, CELLS_AT_A_TIME // max(n_groups, n_tags, 1))
    for start in range(0, swaps, most):
        size = n_groups, min(most, swaps - start)
        yield rng.integers(2, size=size, dtype=np.int8).astype(np.float64)
