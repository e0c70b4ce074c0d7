"""F-beta of decisions as a loss.

    loss = 1 - F_beta,    F_beta = (1 + beta^2) TP / (K + beta^2 P)

with, over clips whose label is known, TP = sum of decisions on positives, K = sum of decisions and
P = number of positives. Averages are those of `tagthresh.metrics`: micro, F of the totals over
tags; macro, mean over tags of the F of each, tags without positives included. F is 0, without a
gradient, where nothing is positive and nothing accepted. On hard decisions, 1 - loss is the metric
itself; on soft ones, such as probabilities, a smooth relative of it.
"""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import nn

from tagthresh.integrations.torch import checks
from tagthresh.metrics.fbeta import FBeta
from tagthresh.validation import InputError, choice

Average = Literal["micro", "macro"]


class FBetaLoss(nn.Module):
    """One minus the F-beta of a batch.

    Parameters
    ----------
    beta : float, default 1.0
        From 0.001 to 1000; above 1 favours recall, below 1 precision.
    average : {"micro", "macro"}, default "micro"
        Where the sum over tags sits.

    Raises
    ------
    InputError
        When beta is not a number in that range or the average is unknown.

    Examples
    --------
    The last label is unknown, so 2 of 3 decisions are right: 2 TP / (K + P) is 2 / 3.

    >>> decisions = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    >>> labels = torch.tensor([[1, 0], [0, -1]])
    >>> FBetaLoss()(decisions, labels)
    tensor(0.3333)
    """

    def __init__(self, beta: float = 1.0, average: Average = "micro") -> None:
        super().__init__()
        choice("average", average, get_args(Average))
        self.beta2 = FBeta(beta).beta2
        self.average = average

    def forward(self, decisions: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Compute the loss of a batch.

        Parameters
        ----------
        decisions : Tensor of any floating type, shape (..., n_tags)
            Hard (0 or 1) or soft (between), where the label is known.
        labels : Tensor of any type, same shape
            1 positive, 0 negative; -1 and NaN are unknown and count nowhere.

        Returns
        -------
        Tensor of the type of `decisions`, at least float32; no dimensions
            In [0, 1]; summed in that type, as counts beyond 256 do not fit bfloat16.

        Raises
        ------
        InputError
            When decisions are not floating, shapes differ, or a label is none of these.
        """
        checks.floating("decisions", decisions)
        checks.is_tensor("labels", labels)
        if decisions.shape != labels.shape or decisions.ndim == 0:
            raise InputError(
                "decisions and labels",
                "must have the same shape (..., tags)",
                f"{tuple(decisions.shape)} and {tuple(labels.shape)}",
            )
        wide = decisions.to(torch.promote_types(decisions.dtype, torch.float32))
        truth = labels.to(wide.dtype)
        accepted = torch.where(checks.known(truth), wide, 0.0)
        positive = (truth == 1).to(wide.dtype)
        return 1 - self._f(*map(self._total, (accepted * positive, accepted, positive)))

    def _total(self, mass: torch.Tensor) -> torch.Tensor:
        """Sum over clips, and over tags too for the micro average."""
        per_tag = mass.flatten(0, -2).sum(0) if mass.ndim > 1 else mass
        return per_tag.sum() if self.average == "micro" else per_tag

    def _f(self, tp: torch.Tensor, accepted: torch.Tensor, positive: torch.Tensor) -> torch.Tensor:
        total = accepted + self.beta2 * positive
        return ((1 + self.beta2) * tp / (total + (total == 0))).mean()
