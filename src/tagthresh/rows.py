"""Whole rows: which clips are positive, accepted or unknown for which tags.

Counts forget which scores belong to the same clip. What draws clips anew, or leaves some out, needs
to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse

from tagthresh.counts import Confusion, confusion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.checks import LabelledScores


def decide(data: LabelledScores, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Decisions of thresholds in the order of the data's tags; False where the label is unknown."""
    if data.known is None:
        return np.asarray(data.scores >= values)
    return np.where(data.known, data.scores, -np.inf) >= values


@dataclass(frozen=True, eq=False)
class Rows:
    """Labels and decisions of clips; sparse arrays of shape (n_tags, n_clips).

    Attributes
    ----------
    positive, accepted, both, unknown : csr_array of float64
        1 where the label is positive, the decision is, both are, the label is unknown.
    """

    positive: scipy.sparse.csr_array
    accepted: scipy.sparse.csr_array
    both: scipy.sparse.csr_array
    unknown: scipy.sparse.csr_array

    @classmethod
    def of(cls, data: LabelledScores, accepted: NDArray[np.bool_]) -> Rows:
        """Rows of checked labels and of decisions, False where the label is unknown."""
        unknown = np.zeros((0, 0), bool) if data.known is None else ~data.known
        parts = (data.positive, accepted, data.positive & accepted, unknown)
        return cls(*(scipy.sparse.csr_array(part.T, dtype=np.float64) for part in parts))

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
