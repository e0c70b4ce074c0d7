"""Thresholds at the end of a deployed model.

The buffer holds the thresholds rounded to the type of the scores, as the rule of
`tagthresh.decision_rule` wants it: deciding takes one comparison in that type and agrees with
`Thresholds.predict`. `half` and `to` round the thresholds that the layer was made with, not the
buffer: rounded twice, a threshold half-way between two scores might go the other way.

Survives `torch.jit.script`, `torch.jit.trace`, `torch.export.export` and `torch.onnx.export`, with
both exporters of the last; in bfloat16 the TorchScript one makes a model that ONNX Runtime (1.32)
has no CPU kernel for.
"""

# No postponed annotations in this file: TorchScript cannot read them on a module.

from typing import Any, Self

import torch
from torch import nn

from tagthresh.integrations.torch import checks
from tagthresh.integrations.torch.rounding import rounded
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
        Rounded to `dtype`; +inf is never.

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
        self._exact = checks.threshold_values(thresholds)
        dtype = dtype or torch.get_default_dtype()
        self.register_buffer("thresholds", rounded(self._exact, dtype))

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
        thresholds = self.thresholds
        if scores.dtype != torch.bfloat16:
            thresholds = thresholds.to(scores.dtype)
        elif thresholds.dtype == torch.float64:
            thresholds = thresholds.to(torch.float32)
        return scores >= thresholds

    @torch.jit.unused
    def _check(self, scores: torch.Tensor) -> None:
        if torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
            return
        checks.score_shape(scores, len(self.thresholds))
        own = self.thresholds.dtype
        if torch.promote_types(scores.dtype, own) != own:
            raise InputError(
                "scores",
                f"must be no wider than the layer's {own}",
                scores.dtype,
                remedy=f"Make the layer with dtype={scores.dtype}",
            )

    def _apply(self, *args: Any, **options: Any) -> Self:
        """Move or convert as every module does, except that thresholds are rounded once."""
        before = self.thresholds.dtype
        super()._apply(*args, **options)  # type: ignore[no-untyped-call]
        dtype, device = self.thresholds.dtype, self.thresholds.device
        if dtype != before:
            self.thresholds = rounded(self._exact, dtype).to(device)
        return self

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Load as every module does; from then on, the loaded values are rounded."""
        key = f"{prefix}thresholds"
        if key in state_dict:
            self._exact = state_dict[key].detach().cpu().double()
            state_dict[key] = rounded(self._exact, self.thresholds.dtype)
        super()._load_from_state_dict(state_dict, prefix, *rest)
