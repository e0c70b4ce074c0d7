"""Thresholds from a validation loop: counts on a fixed grid, on the device of the scores.

The grid is the same for every tag and every process: the scores of both signs whose magnitude is
between 2^-16 and 2^8 (probabilities above 0.000015, logits up to 256), cut up into octaves, and
every octave into `cells` parts of one width. What is closer to 0 or further from it shares a cell.
The states are two tensors of counts, so they add up over batches and over processes, and the
thresholds do not depend on how the clips were dealt out. They are best on the clips up to a gap
that is reported (`tagthresh.counts.streaming.interval_counts`); `tagthresh.GridCounts`, on the CPU,
has a finer grid.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if find_spec("torchmetrics") is None:
    raise ImportError('ThresholdMetric needs torchmetrics: pip install "tagthresh[torch]"')

from torchmetrics import Metric

from tagthresh.counts.streaming.interval_counts import CellEntries, Spans, counts_in_cells
from tagthresh.find import find_thresholds
from tagthresh.integrations.torch import checks
from tagthresh.integrations.torch.rounding import rounded
from tagthresh.methods.registry import as_method
from tagthresh.metrics.registry import as_metric
from tagthresh.validation import InputError, tag_names, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tagthresh.methods import Method
    from tagthresh.metrics.base import AnyMetric
    from tagthresh.solution import Solution

LEAST, MOST = -16, 8  # powers of 2 between which the grid is fine
FINEST = 1 << 20  # cells per octave: float32 distinguishes so many


class ThresholdMetric(Metric):
    """Best thresholds for the clips counted so far, and the score that they reach.

    Clips cannot be weighted. Scores are taken to be finite: looking would make a GPU wait.

    Parameters
    ----------
    n_tags : int
        Number of tags, at least 1.
    metric : str, Metric or callable, default "f1_micro"
        What to maximise, as for `tagthresh.find_thresholds`.
    method : str or Method, default "hierarchical"
        How, as for `tagthresh.find_thresholds`.
    tags : sequence of str, optional
        Names of the tags.
    cells : int, default 256
        Parts of an octave, from 1 to 2^20: a power of 2. The states take 784 * cells bytes a tag:
        106 MB for 527 tags by default.
    **options
        Of `torchmetrics.Metric`.

    Attributes
    ----------
    positive, negative : Tensor of int64, shape (n_tags, n_cells)
        Number of positive and of negative clips in every cell.

    Raises
    ------
    InputError
        When an option breaks its rule.

    Examples
    --------
    >>> from tagthresh.integrations.torch import ThresholdMetric
    >>> best = ThresholdMetric(n_tags=2, method="exact")
    >>> best.update(torch.tensor([[0.9, 0.1], [0.3, 0.4]]), torch.tensor([[1, 0], [1, 1]]))
    >>> best.update(torch.tensor([[0.2, 0.2], [0.1, 0.3]]), torch.tensor([[0, 0], [0, 1]]))
    >>> found = best.compute()
    >>> found["score"], found["gap"]
    (tensor(1.), tensor(0.))
    """

    is_differentiable = False
    higher_is_better = None
    full_state_update = False

    positive: torch.Tensor
    negative: torch.Tensor
    edge_bits: torch.Tensor

    def __init__(
        self,
        n_tags: int,
        metric: AnyMetric = "f1_micro",
        method: str | Method = "hierarchical",
        *,
        tags: Sequence[str] | None = None,
        cells: int = 256,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.n_tags = checks.tag_count(n_tags)
        self.goal, self.method = as_metric(metric), as_method(method)
        self.method.check(self.goal)
        self.tags = tag_names(tags, n_tags)
        edges = grid(cells)
        # As integers, the edges are left alone when a model is made half.
        self.register_buffer("edge_bits", edges.view(torch.int32), persistent=False)
        for name in ("positive", "negative"):
            counts = torch.zeros((n_tags, len(edges)), dtype=torch.int64)
            self.add_state(name, counts, dist_reduce_fx="sum")

    def update(self, scores: torch.Tensor, labels: torch.Tensor) -> None:
        """Count more clips.

        Parameters
        ----------
        scores : Tensor of any floating type, shape (..., n_tags)
            Finite where the label is known: probabilities, logits, of any scale.
        labels : Tensor of any type, same shape
            1 positive, 0 negative; -1 and NaN are unknown and count nowhere.

        Raises
        ------
        InputError
            When scores are not floating or not of `n_tags` tags, shapes differ, or a label is none
            of these.
        """
        checks.score_shape(scores, self.n_tags)
        checks.is_tensor("labels", labels)
        if labels.shape != scores.shape:
            raise InputError(
                "scores and labels",
                "must have the same shape (..., tags)",
                f"{tuple(scores.shape)} and {tuple(labels.shape)}",
            )
        checks.known(labels)
        wide = scores.detach().to(torch.promote_types(scores.dtype, torch.float32))
        edges = self.edge_bits.view(torch.float32).to(wide.dtype)
        cell = (torch.bucketize(wide, edges, right=True) - 1).clamp(min=0)
        tag = torch.arange(self.n_tags, device=scores.device)
        place = (tag * len(edges) + cell).flatten()
        for counts, label in ((self.positive, 1), (self.negative, 0)):
            counts.view(-1).scatter_add_(0, place, (labels == label).flatten().long())

    def solution(self) -> Solution:
        """Return the solution for the clips of this process.

        Raises
        ------
        InputError
            When no clip has been counted.
        """
        positive, negative = (each.cpu().numpy() for each in (self.positive, self.negative))
        n_clips = int((positive + negative).sum(axis=1).max())
        if not n_clips:
            raise InputError(
                "ThresholdMetric", "must hold known labels; call update with some first"
            )
        low = self.edge_bits.cpu().view(torch.float32).double().numpy()
        low[0], last = np.finfo(np.float64).min, np.finfo(np.float64).max
        high = np.append(np.nextafter(low[1:], -np.inf), last)
        sides = _entries(positive, low, high), _entries(negative, low, low)
        counts = counts_in_cells(n_clips, [(self.n_tags, sides)], Spans(low, high), self.tags)
        return find_thresholds(counts, metric=self.goal, method=self.method)

    def compute(self) -> dict[str, torch.Tensor]:
        """Return the best thresholds for the clips of all processes, and their score.

        Returns
        -------
        dict of Tensor
            All of float32. "score": the metric on these clips. "gap": how much more any thresholds
            could reach at most, NaN where no bound is known. "thresholds": of shape (n_tags,), +inf
            for never; torchmetrics takes the dimension away where there is but one tag.

        Raises
        ------
        InputError
            When no clip has been counted.
        """
        found = self.solution()
        gap = found.certificate.gap if found.certificate else float("nan")
        device = self.positive.device
        score, most = (torch.tensor(each, dtype=torch.float32) for each in (found.score, gap))
        values = checks.threshold_values(found.thresholds)
        thresholds = rounded(values, torch.float32)
        return {
            "score": score.to(device),
            "gap": most.to(device),
            "thresholds": thresholds.to(device),
        }


def grid(cells: int) -> torch.Tensor:
    """Return the lower edges of all cells in float32, ascending."""
    whole_number("cells", cells, 1)
    if cells > FINEST or cells & (cells - 1):
        raise InputError("cells", f"must be a power of 2, up to {FINEST}", cells)
    octave = torch.exp2(torch.arange(LEAST, MOST, dtype=torch.float32))[:, None]
    up = (octave * (1 + torch.arange(cells) / cells)).flatten()
    up = torch.cat([up, torch.tensor([2.0**MOST])])
    return torch.cat(
        [torch.tensor([torch.finfo(torch.float32).min]), -up.flip(0), torch.zeros(1), up]
    )


def _entries(
    clips: NDArray[np.int64], low: NDArray[np.float64], extreme: NDArray[np.float64]
) -> CellEntries:
    """Return the entries of a matrix of counts."""
    tag, cell = np.nonzero(clips)
    return CellEntries(tag, low[cell], extreme[cell], clips[tag, cell])
