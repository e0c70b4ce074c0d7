"""Thresholds at the end of a deployed model.

The buffer holds the thresholds rounded up to the type of the scores, so that deciding takes one
comparison in that type and yet agrees with `Thresholds.predict` for every score. Conversions that
PyTorch does by rounding to nearest (`half`, `to`, `load_state_dict`) round up here too.

Survives `torch.jit.script`, `torch.jit.trace`, `torch.export.export` and `torch.onnx.export`, with
both exporters of the last; in bfloat16 the TorchScript one makes a model that ONNX Runtime (1.32)
has no CPU kernel for.
"""

# No postponed annotations in this file: TorchScript cannot read them on a module.

from typing import Any, Self

import torch
from torch import nn

from tagthresh.integrations.torch import checks
from tagthresh.integrations.torch.rounding import round_up
from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.validation import InputError


class ThresholdLayer(nn.Module):
    """Decisions of given thresholds; the last layer of a network in use.

    Parameters
    ----------
    thresholds : Thresholds
        One per tag, in the order of the scores' last dimension.
    dtype : torch.dtype, optional
        Floating type of the scores; torch's default when not given. `half` and `to` change it
        later, but cannot bring back digits that were rounded away.

    Attributes
    ----------
    thresholds : Tensor, shape (n_tags,)
        Rounded up to `dtype`; +inf is never.

    Raises
    ------
    InputError
        When `thresholds` are not `Thresholds`.

    Examples
    --------
    >>> layer = ThresholdLayer(Thresholds([0.3, float("inf")], ["Dog", "Rain"]))
    >>> torch.nn.Sequential(torch.nn.Sigmoid(), layer)(torch.tensor([[0.2, 9.0], [-2.0, 9.0]]))
    tensor([[ True, False],
            [False, False]])
    """

    thresholds: torch.Tensor

    def __init__(self, thresholds: Thresholds, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        values = checks.threshold_values(thresholds)
        self.register_buffer("thresholds", round_up(values, dtype or torch.get_default_dtype()))

    def forward(self, scores: torch.Tensor) -> torch.Tensor:
        """Decide which clips get which tags.

        Parameters
        ----------
        scores : Tensor of the layer's type or a narrower one, shape (..., n_tags)
            Finite; on the device of the layer.

        Returns
        -------
        Tensor of bool, shape of `scores`
            True where ``score >= threshold``.

        Raises
        ------
        InputError
            When scores are not floating, not of `n_tags` tags, or of a wider type than the layer:
            for those its thresholds were rounded too far. A scripted or traced layer trusts them.
        """
        if not torch.jit.is_scripting():  # type: ignore[attr-defined]
            self._check(scores)
        return scores >= self.thresholds

    @torch.jit.unused
    def _check(self, scores: torch.Tensor) -> None:
        if torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
            return
        checks.score_shape(scores, len(self.thresholds))
        own = self.thresholds.dtype
        if torch.promote_types(scores.dtype, own) != own:
            raise InputError(
                f"scores must be no wider than the layer's {own}; got {scores.dtype}: "
                "make the layer with that dtype"
            )

    def _apply(self, *args: Any, **options: Any) -> Self:
        """Move or convert as every module does, except that thresholds round up."""
        before = self.thresholds
        super()._apply(*args, **options)  # type: ignore[no-untyped-call]
        if self.thresholds.dtype != before.dtype:
            self.thresholds = round_up(before, self.thresholds.dtype).to(self.thresholds.device)
        return self

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Load as every module does, except that thresholds round up."""
        key = f"{prefix}thresholds"
        if key in state_dict:
            state_dict[key] = round_up(state_dict[key], self.thresholds.dtype)
        super()._load_from_state_dict(state_dict, prefix, *rest)
