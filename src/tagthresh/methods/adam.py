"""The running moments of Adam, corrected for their start at 0.

References
----------
Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BETA1 = 0.9
BETA2 = 0.999
EPSILON = 1e-8


class Moments:
    """Running mean and mean square of the gradients seen so far.

    Parameters
    ----------
    shape : tuple of int
        Shape of a gradient.

    Examples
    --------
    >>> mean, square = Moments((1,)).after(np.array([3.0]))
    >>> mean.round(9), square.round(9)
    (array([3.]), array([9.]))
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._mean = np.zeros(shape)
        self._square = np.zeros(shape)
        self._seen = 0

    @property
    def fading(self) -> float:
        """`BETA2` to the power of the number of gradients seen."""
        return BETA2**self._seen

    def after(self, gradient: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Corrected mean and mean square once one more gradient is seen."""
        self._seen += 1
        self._mean = BETA1 * self._mean + (1 - BETA1) * gradient
        self._square = BETA2 * self._square + (1 - BETA2) * gradient**2
        return self._mean / (1 - BETA1**self._seen), self._square / (1 - self.fading)
