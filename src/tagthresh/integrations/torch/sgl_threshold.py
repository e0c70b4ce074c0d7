"""Thresholds learned by gradient descent through decisions that have no gradient.

Forward, a decision is a step; backward, it is taken to be a steep sigmoid of the distance of the
score from the threshold:

    d = 1 if s >= t else 0,    dd/ds = -dd/dt = sigma g,    dd/dsigma = (s - t) g,
    g = sigmoid(sigma (s - t)) sigmoid(-sigma (s - t)).

So the loss sees the decisions that will be made, and every score within about 5 / sigma of its
threshold pulls on it. The paper's fit, with which its figures are reproduced: all clips in one
batch, 1 - micro-F1, 100 steps of Adam at a learning rate of 0.01 on thresholds and sigmas, sigma
from 50, thresholds from 0.3 (DCASE 2017, AudioSet) or 0.5 (DCASE 2019).

References
----------
Pellegrini and Masquelier, "Fast threshold optimization for multi-label audio tagging using
surrogate gradient learning", ICASSP 2021. The authors' code accepts ``score > threshold``; the
rest is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import torch
from torch import nn

from tagthresh.integrations.torch import checks
from tagthresh.integrations.torch.rounding import rounded
from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.validation import finite_number, flag, positive_number

if TYPE_CHECKING:
    from collections.abc import Sequence


class SGLThreshold(nn.Module):
    """Decisions with a surrogate gradient; the last layer of a network in training.

    `half` and `to` round its thresholds, as they do all parameters.

    Parameters
    ----------
    n_tags : int
        Number of tags, at least 1.
    start : float, default 0.5
        Threshold of every tag before training, in the unit of the scores: 0 for logits.
    sigma : float, default 50.0
        Steepness of the surrogate before training, above 0, in the inverse unit of the scores.
        A logit moves 4 to 10 times as much as its probability: divide sigma by that for logits.
    learn_sigma : bool, default True
        Whether sigma is trained with the thresholds.
    dtype : torch.dtype, optional
        Floating type of the parameters; torch's default when not given.

    Attributes
    ----------
    thresholds, sigma : Parameter, shape (n_tags,)
        Of each tag.

    Raises
    ------
    InputError
        When an option breaks its rule.

    Examples
    --------
    The paper's fit of thresholds to scores:

    >>> from tagthresh.integrations.torch import FBetaLoss
    >>> scores = torch.tensor([[0.9, 0.1], [0.4, 0.2], [0.2, 0.6], [0.3, 0.4]])
    >>> labels = torch.tensor([[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> layer, loss = SGLThreshold(n_tags=2, start=0.5), FBetaLoss()
    >>> adam = torch.optim.Adam(layer.parameters(), lr=0.01)
    >>> for epoch in range(100):
    ...     adam.zero_grad()
    ...     loss(layer(scores), labels).backward()
    ...     adam.step()
    >>> layer(scores).detach()
    tensor([[1., 0.],
            [1., 0.],
            [0., 1.],
            [0., 1.]])
    >>> layer.to_thresholds(["Dog", "Rain"]).predict([[0.4, 0.1]])
    array([[ True, False]])
    """

    def __init__(
        self,
        n_tags: int,
        start: float = 0.5,
        sigma: float = 50.0,
        *,
        learn_sigma: bool = True,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        shape = (checks.tag_count(n_tags),)
        start, sigma = finite_number("start", start), positive_number("sigma", sigma)
        flag("learn_sigma", learn_sigma)
        for name, value in (("start", start), ("sigma", sigma)):
            checks.fits(name, value, dtype)
        self.thresholds = nn.Parameter(torch.full(shape, start, dtype=dtype))
        self.sigma = nn.Parameter(torch.full(shape, sigma, dtype=dtype), learn_sigma)

    @classmethod
    def from_thresholds(
        cls,
        thresholds: Thresholds,
        sigma: float = 50.0,
        *,
        learn_sigma: bool = True,
        dtype: torch.dtype | None = None,
    ) -> Self:
        """Start from existing thresholds, rounded to `dtype`; +inf stays +inf in training.

        Parameters
        ----------
        thresholds : Thresholds
            Where to start.
        sigma, learn_sigma, dtype
            As for the class.

        Raises
        ------
        InputError
            When `thresholds` are not `Thresholds` or an option breaks its rule.

        Examples
        --------
        >>> SGLThreshold.from_thresholds(Thresholds([0.25, 0.75])).thresholds.data
        tensor([0.2500, 0.7500])
        """
        values = checks.threshold_values(thresholds)
        layer = cls(len(values), sigma=sigma, learn_sigma=learn_sigma, dtype=dtype)
        with torch.no_grad():
            layer.thresholds.copy_(rounded(values, layer.thresholds.dtype))
        return layer

    def forward(self, scores: torch.Tensor) -> torch.Tensor:
        """Decide, 1 where ``score >= threshold`` and 0 elsewhere.

        Parameters
        ----------
        scores : Tensor of any floating type, shape (..., n_tags)
            Finite; on the device of the layer.

        Returns
        -------
        Tensor of the type and shape of `scores`
            The decisions. Their surrogate gradient is computed in at least float32.

        Raises
        ------
        InputError
            When scores are not floating or not of `n_tags` tags.
        """
        checks.score_shape(scores, len(self.thresholds))
        wide = torch.promote_types(scores.dtype, torch.float32)
        own = wide if scores.dtype == torch.bfloat16 else scores.dtype
        gap = scores.to(wide) - self.thresholds.to(own).to(wide)  # compared as in the core
        decisions: torch.Tensor = _Step.apply(gap, self.sigma)  # type: ignore[no-untyped-call]
        return decisions.to(scores.dtype)

    def to_thresholds(self, tags: Sequence[str] | None = None) -> Thresholds:
        """Return the current thresholds, which decide as the layer does.

        Parameters
        ----------
        tags : sequence of str, optional
            Names of the tags.

        Returns
        -------
        Thresholds

        Raises
        ------
        InputError
            When names do not fit, or training has made a threshold NaN.
        """
        return Thresholds(self.thresholds.detach().cpu().double().numpy(), tags)


class _Step(torch.autograd.Function):
    """1 where ``gap >= 0``; differentiated as ``sigmoid(sigma * gap)``."""

    @staticmethod
    def forward(gap: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:  # noqa: ARG004
        return (gap >= 0).to(gap.dtype)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:  # noqa: ARG004
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        gap, sigma = ctx.saved_tensors
        steep = sigma * gap
        # A product of two sigmoids: p (1 - p) would lose the slope of high scores to rounding.
        slope = gradient * torch.sigmoid(steep) * torch.sigmoid(-steep)
        # The gap of a tag that is never given is -inf and its slope 0; times each other, NaN.
        by_sigma = torch.where(slope == 0, slope, gap * slope)
        return sigma * slope, by_sigma.sum_to_size(sigma.shape)
