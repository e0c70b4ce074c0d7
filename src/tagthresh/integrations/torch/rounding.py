"""Thresholds in the type of the scores: `tagthresh.counts.rounding.round_up`, for tensors."""

from __future__ import annotations

import torch


def round_up(thresholds: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Smallest values of `dtype` at or above `thresholds`.

    For every score of that type, ``score >= threshold`` and ``score >= round_up(threshold)`` are
    the same decision; rounding to nearest would accept some scores just below the threshold.

    Examples
    --------
    >>> exact = torch.tensor([0.1, 0.7], dtype=torch.float64)
    >>> exact.to(torch.float16) >= exact, round_up(exact, torch.float16) >= exact
    (tensor([False,  True]), tensor([True, True]))
    """
    rounded = thresholds.to(dtype)
    above = torch.nextafter(rounded, torch.full_like(rounded, torch.inf))
    return torch.where(rounded < thresholds, above, rounded)
