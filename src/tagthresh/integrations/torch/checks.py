"""Checks on the input of modules: types and shapes, which cost nothing, and values of labels."""

from __future__ import annotations

import torch

from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.validation import InputError, whole_number

MOST_TAGS = 10**8  # of a module: their parameters take a gigabyte


def tag_count(value: object) -> int:
    """Check a number of tags."""
    return whole_number("n_tags", value, 1, MOST_TAGS)


def threshold_values(thresholds: object) -> torch.Tensor:
    """Return the values of checked thresholds, in float64."""
    if not isinstance(thresholds, Thresholds):
        raise InputError("thresholds", "must be Thresholds", type(thresholds).__name__)
    return torch.tensor(thresholds.values)


def is_tensor(name: str, value: object) -> None:
    """Check that a value is a tensor."""
    if not isinstance(value, torch.Tensor):
        raise InputError(name, "must be a tensor", type(value).__name__)
    if value.layout is not torch.strided:
        raise InputError(name, "must be a dense tensor", value.layout, remedy="Use .to_dense()")


def floating(name: str, tensor: torch.Tensor) -> None:
    """Check that a value is a tensor of a floating type."""
    is_tensor(name, tensor)
    if not tensor.is_floating_point():
        raise InputError(name, "must be of a floating type", tensor.dtype)


def fits(name: str, value: float, dtype: torch.dtype | None) -> None:
    """Check that a number is finite in the type of a module, the default type for None."""
    kind = torch.get_default_dtype() if dtype is None else dtype
    if not kind.is_floating_point:
        raise InputError("dtype", "must be a floating type", kind)
    if abs(value) > torch.finfo(kind).max:
        raise InputError(name, f"must be finite as {kind}", value)


def score_shape(scores: torch.Tensor, n_tags: int) -> None:
    """Check that scores are of a floating type and have the tags in the last dimension."""
    floating("scores", scores)
    if scores.ndim == 0 or scores.shape[-1] != n_tags:
        raise InputError(
            "scores",
            f"must have the {n_tags} tags in the last dimension",
            f"shape {tuple(scores.shape)}",
        )


def known(labels: torch.Tensor) -> torch.Tensor:
    """Find the known labels, True where 0 or 1; check that the others are -1 or NaN."""
    labelled = (labels == 0) | (labels == 1)
    if torch.compiler.is_compiling():
        return labelled  # a compiled graph cannot stop at a value
    bad = ~(labelled | (labels == -1) | labels.isnan())
    if bad.any():
        raise InputError("labels", "must be 0, 1 or unknown (-1 or NaN)", labels[bad][0].item())
    return labelled
