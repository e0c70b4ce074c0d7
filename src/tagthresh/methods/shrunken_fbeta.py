"""The F-beta of every tag, shrunk over tags: where few clips speak for a tag, the others help.

The best cut of a tag lies where the probability of a positive is F / (1 + beta^2), F being the
F-beta that the tag can reach (Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers
to maximize F1 measure", ECML-PKDD 2014). Of a tag with a handful of positives F is hardly known:
one without any has caught none, and would be cut where nothing is accepted. So F leans on a line
over all tags, F against the logarithm of the prevalence, by as much as the tag's own clips leave
open. The line matters where rare tags have a lower F than frequent ones; elsewhere it is level.

With the cuts of the round before, for tag c,

    h_c = TP_c / 4 + 3 A_c / 4            hits: some as found, most as the curve expects (A_c)
    d_c = TP_c + FP_c + beta^2 P_c        so that F_c = (1 + beta^2) h_c / d_c
    k   = 1.5 (1 + beta^2)                d of 1.5 tags with one positive, one accepted clip
    m_c = m + s (x_c - mean x)            least squares of h_c / d_c on x_c = log(P_c / N_c)
    F_c / (1 + beta^2) = (h_c + k m_c) / (d_c + k)

P_c and N_c are the mass of positives and of known clips. The weights of the least squares are
d_c / (d_c + k), 0 without positives; its ridge is `RIDGE`; s is at least 0, and m_c from m / 10 to
1 / (1 + beta^2). `docs/hierarchical.md` measures what each part gains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tagthresh.metrics.base import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORTH = 1.5  # tags with one positive and one accepted clip: what the line counts for
RIDGE = 1.0  # squared log-prevalence times tags: holds the line level where tags are few
LEAST = 0.1  # share of the mean: the line goes no lower
ABSENT = 0.5  # positives of a tag without any, for its prevalence


class Reached(NamedTuple):
    """What cuts reach on each tag; arrays of shape (n_tags,).

    Attributes
    ----------
    hits : ndarray of float64
        True positives, found or expected.
    whole : ndarray of float64
        What they are a share of: accepted clips + beta^2 positives.
    positives, known : ndarray of float64
        Mass of positives and of known clips; at least one tag has a positive.
    """

    hits: NDArray[np.float64]
    whole: NDArray[np.float64]
    positives: NDArray[np.float64]
    known: NDArray[np.float64]


def shrunk(reached: Reached, beta2: float) -> NDArray[np.float64]:
    """F / (1 + beta^2) of each tag, shrunk towards the line over all tags; shape (n_tags,)."""
    worth = WORTH * (1 + beta2)
    line = _line(reached, worth, 1 / (1 + beta2))
    return np.asarray((reached.hits + worth * line) / (reached.whole + worth))


def _line(reached: Reached, worth: float, highest: float) -> NDArray[np.float64]:
    """Weighted least squares of hits / whole on the logarithm of the prevalence."""
    weight = np.where(reached.positives > 0, reached.whole / (reached.whole + worth), 0.0)
    rate = ratio(reached.hits, reached.whole)
    mean = np.average(rate, weights=weight)
    known = reached.known > 0
    x = np.log(np.maximum(reached.positives, ABSENT) / np.where(known, reached.known, 1.0))
    x = np.where(known, x - np.average(x, weights=weight), 0.0)
    slope = np.sum(weight * x * (rate - mean)) / (np.sum(weight * x**2) + RIDGE)
    return np.asarray(np.clip(mean + max(slope, 0.0) * x, LEAST * mean, highest))
