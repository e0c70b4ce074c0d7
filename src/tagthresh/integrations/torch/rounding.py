"""The rule of `tagthresh.decision_rule` for tensors."""

from __future__ import annotations

import torch


def rounded(thresholds: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Round thresholds to the values of `dtype` that scores of that type are compared with.

    The nearest ones, never -inf, as `tagthresh.decision_rule.rounded` has them. For bfloat16,
    whose scores are compared as float32, the smallest ones at or above these: they decide the same.

    Examples
    --------
    >>> exact = torch.tensor([0.1, 0.7], dtype=torch.float64)
    >>> exact.to(torch.float16) >= exact, exact.to(torch.float16) >= rounded(exact, torch.float16)
    (tensor([False,  True]), tensor([True, True]))
    """
    if dtype == torch.bfloat16:
        return _up(rounded(thresholds, torch.float32))
    lowest = max(torch.finfo(dtype).min, torch.finfo(thresholds.dtype).min)
    return thresholds.clamp(min=lowest).to(dtype)


def _up(thresholds: torch.Tensor) -> torch.Tensor:
    """Return the smallest values of bfloat16 at or above thresholds."""
    near = thresholds.to(torch.bfloat16)
    above = torch.nextafter(near, torch.full_like(near, torch.inf))
    return torch.where(near < thresholds, above, near)
