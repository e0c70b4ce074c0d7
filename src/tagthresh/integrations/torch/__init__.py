"""Thresholds inside PyTorch: learned with the network, and applied by the exported model.

SGLThreshold
    Thresholds as parameters, hard decisions with a surrogate gradient; for training.
FBetaLoss
    One minus micro- or macro-averaged F-beta of decisions; for training.
ThresholdLayer
    Thresholds as a buffer, decisions equal to those of `Thresholds.predict`; for deployment.
ThresholdMetric
    The best thresholds of a validation loop, and the score they reach; needs torchmetrics.

Conventions, as in the core: a decision is ``score >= threshold``, by the rule of
`tagthresh.decision_rule`; the threshold of a tag that is never to be given is +inf. Tags are the
last dimension of every tensor, dimensions before it are clips (or clips and frames). Scores are of
any floating type and any scale, and are taken to be finite: looking would make a GPU wait.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if find_spec("torch") is None:
    raise ImportError('tagthresh.integrations.torch needs PyTorch: pip install "tagthresh[torch]"')

from tagthresh.integrations.torch.fbeta_loss import FBetaLoss
from tagthresh.integrations.torch.sgl_threshold import SGLThreshold
from tagthresh.integrations.torch.threshold_layer import ThresholdLayer

if TYPE_CHECKING:
    from tagthresh.integrations.torch.threshold_metric import ThresholdMetric

__all__ = ["FBetaLoss", "SGLThreshold", "ThresholdLayer", "ThresholdMetric"]


def __getattr__(name: str) -> Any:
    """Import `ThresholdMetric` on first use, because nothing else needs torchmetrics."""
    if name == "ThresholdMetric":
        from tagthresh.integrations.torch.threshold_metric import ThresholdMetric

        return ThresholdMetric
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
