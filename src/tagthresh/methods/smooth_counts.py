"""Smooth masses: what a tag accepts where decisions are ``sigmoid(sigma (score - threshold))``.

They are sums over clips, and smooth ones: clips whose scores differ by little beside 1 / sigma can
be taken together in a cell, which keeps only the mass, the mean score and the variance. Cells
of width w, in units of 1 / sigma, put the derivative of a smooth mass by the threshold off by about
w^3 / 60 of its size at most, by w^4 / 2000 where scores are spread evenly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagthresh.counts.slices import run_starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.score_counts import Tally

STEEPEST = 1e150  # a sigma whose square is finite: the density is 0 long before


def gradient(
    slopes: tuple[NDArray[np.float64], NDArray[np.float64]],
    positive: Cells,
    known: Cells,
    values: NDArray[np.float64],
    sigma: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Differentiate a metric by thresholds and by sigmas.

    Parameters
    ----------
    slopes : tuple of ndarray of float64, each of shape (n_tags,)
        `Metric.slopes`: derivatives of the metric by what each tag accepts.
    positive, known : Cells
        The positive and the known clips.
    values, sigma : ndarray of float64, shape (n_tags,)
        Thresholds and steepness.

    Returns
    -------
    ndarray of float64, shape (2, n_tags)
        Derivatives by values, then by sigma.
    """
    by_positive, by_negative = slopes
    of_positive, of_known = (cells.gradient(values, sigma) for cells in (positive, known))
    # A positive clip is in both sums: as known it is taken for a negative, then put right.
    return by_negative * of_known + (by_positive - by_negative) * of_positive


@dataclass(frozen=True, eq=False)
class Cells:
    """Clips of neighbouring scores taken together, tag after tag; every tag has a cell.

    Attributes
    ----------
    first : ndarray of int64, shape (n_tags,)
        First cell of each tag.
    size : ndarray of int64, shape (n_tags,)
        Number of cells of each tag.
    centre : ndarray of float64, shape (n_cells,)
        Mean score.
    mass : ndarray of float64, shape (n_cells,)
        Mass of the clips.
    bend : ndarray of float64, shape (n_cells,)
        Mass times half the variance of the scores: what the sum over a cell gains on the value at
        its centre, per unit of second derivative.
    """

    first: NDArray[np.int64]
    size: NDArray[np.int64]
    centre: NDArray[np.float64]
    mass: NDArray[np.float64]
    bend: NDArray[np.float64]

    @classmethod
    def from_tally(cls, tally: Tally, width: float, near: tuple[float, float]) -> Cells:
        """Gather the scores from ``near[0]`` to ``near[1]`` in cells of `width`."""
        cells = [_cells(tally, tag, width, near) for tag in range(len(tally.score))]
        size = np.array([len(centre) for centre, _, _ in cells])
        parts = (np.concatenate(part) for part in zip(*cells, strict=True))
        return cls(np.cumsum(size) - size, size, *parts)

    def gradient(
        self, values: NDArray[np.float64], sigma: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Differentiate each tag's smooth mass by value and by sigma, shape (2, n_tags)."""
        distance, steep = self.centre - np.repeat(values, self.size), np.repeat(sigma, self.size)
        decay = np.exp(-np.abs(steep * distance))
        density = decay / (1 + decay) ** 2
        # The density f = p (1 - p) of p = sigmoid(x) has f' = f (1 - 2 p) and f'' = f (1 - 6 f).
        lean = np.copysign((1 - decay) / (1 + decay), -distance)
        square = np.minimum(np.abs(steep), STEEPEST) ** 2
        slope = density * (self.mass + self.bend * square * (1 - 6 * density))
        twist = slope * distance + 2 * self.bend * steep * density * lean
        by_value = -sigma * np.add.reduceat(slope, self.first)
        return np.stack([by_value, np.add.reduceat(twist, self.first)])


def _cells(
    tally: Tally, tag: int, width: float, near: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Centre, mass and bend of the cells of a tag; one empty cell where no score is near."""
    within = slice(*np.searchsorted(tally.score[tag], near))
    score = tally.score[tag][within].astype(np.float64)
    if len(score) == 0:
        return np.zeros(1), np.zeros(1), np.zeros(1)
    mass = tally.count(tag)[within].astype(np.float64)
    if tally.weight is not None:
        mass *= tally.weight[tag][within]
    first = np.flatnonzero(run_starts(np.floor(score / width)))
    total = np.add.reduceat(mass, first)
    centre = np.add.reduceat(mass * score, first) / total
    distance = score - np.repeat(centre, np.diff(first, append=len(score)))
    return centre, total, np.add.reduceat(mass * distance**2, first) / 2
