"""Confusions of any thresholds, all tags at once.

`Counts.confusion` answers for one set of thresholds, tag after tag. Methods that move thresholds
many times ask here: the scores of all tags lie in one array, and every search runs over all tags
and cuts together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.decision_rule import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Confusion, Counts
    from tagthresh.counts.score_counts import Tally


@dataclass(frozen=True, eq=False)
class Lookup:
    """Counts, laid out for many searches.

    Attributes
    ----------
    counts : Counts
        What is looked up.
    known, positive : Tails
        Their scores of known and of positive clips.

    Examples
    --------
    >>> import tagthresh as tt
    >>> counts = tt.Counts.from_arrays([[1, 0], [0, 1]], [[0.9, 0.2], [0.4, 0.6]])
    >>> Lookup.from_counts(counts).confusion(np.array([[0.3, 0.5], [0.3, 0.7]])).tp
    array([[1., 1.],
           [1., 0.]])
    """

    counts: Counts
    known: Tails
    positive: Tails

    @classmethod
    def from_counts(cls, counts: Counts) -> Lookup:
        """Lay out the scores of every tag."""
        return cls(counts, Tails.from_tally(counts.known), Tails.from_tally(counts.positive))

    def confusion(self, thresholds: NDArray[np.float64]) -> Confusion:
        """Count as `Counts.confusion` does, the same to the bit.

        Parameters
        ----------
        thresholds : ndarray of float64, shape (n_tags,) or (n_tags, n_cuts)
            One threshold per tag, or several; +inf accepts nothing.
        """
        cuts = rounded(self.counts.limited(thresholds), self.counts.dtype)
        return self.counts.confusion_from(self.positive.accepted(cuts), self.known.accepted(cuts))


@dataclass(frozen=True, eq=False)
class Tails:
    """The entries of a tally, tag after tag, each tag closed by one at +inf that has no mass.

    Attributes
    ----------
    first, last : ndarray of int64, shape (n_tags,)
        Places of each tag's lowest entry and of its closing one.
    score : ndarray of float, shape (n_entries + n_tags,)
        Ascending within a tag.
    mass : ndarray of float64 or unsigned int, shape (n_entries + n_tags,)
        Mass of the tag at this entry and above.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    score: NDArray[Any]
    mass: NDArray[Any]

    @classmethod
    def from_tally(cls, tally: Tally) -> Tails:
        """Join the tags of a tally."""
        size = np.array([len(score) for score in tally.score])
        last = np.cumsum(size + 1) - 1
        tails = [tally.tail(tag) for tag in range(len(size))]
        return cls(last - size, last, _closed(tally.score, np.inf), _closed(tails, 0))

    def accepted(self, cuts: NDArray[Any]) -> NDArray[np.float64]:
        """Mass at or above each cut, shape (n_tags,) or (n_tags, n_cuts), of the scores' type."""
        shape = (-1,) + (1,) * (cuts.ndim - 1)
        last = self.last.reshape(shape)
        place = np.broadcast_to(self.first.reshape(shape), cuts.shape)
        # Bisection in strides of falling powers of 2: everything before `place` is below the cut.
        for power in reversed(range(int((self.last - self.first).max()).bit_length())):
            ahead = np.minimum(place + (1 << power), last)
            place = np.where(self.score[ahead - 1] < cuts, ahead, place)
        return self.mass[place].astype(np.float64)


def _closed(parts: tuple[NDArray[Any], ...] | list[NDArray[Any]], end: float) -> NDArray[Any]:
    """Join arrays of one type, each followed by `end`."""
    closing = np.array([end], parts[0].dtype)
    return np.concatenate([piece for part in parts for piece in (part, closing)])
