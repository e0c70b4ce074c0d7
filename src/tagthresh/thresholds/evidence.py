"""What each tag's threshold rests on, and what to expect of it on unseen clips.

status, of a tag
    "no labels" without any known label; "no positives" with known negatives only; "no negatives"
    where all known labels are positive, as in presence-only records, which tell recall and nothing
    of precision; "few positives" with fewer than `FEW`; else "ok".
    `hierarchical` leans the more on the other tags the fewer positives a tag has; `exact` suits its
    threshold to the few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.formatting import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.metrics.binomial_intervals import Share

FEW = 10  # positives
STATUSES = ("no labels", "no positives", "no negatives", "few positives", "ok")
NO_LABELS, NO_POSITIVES, NO_NEGATIVES, FEW_POSITIVES, OK = STATUSES
COLUMNS = (
    *("status", "seen", "threshold_low", "threshold_high"),
    *("precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Evidence:
    """What thresholds rest on.

    Attributes
    ----------
    seen : ndarray of float64, shape (n_tags,)
        Positive clips fitted on, taken for as many as they tell: groups count once, and weighted
        clips by Kish's effective number (`tagthresh.metrics.binomial_intervals`).
    threshold : ndarray of float64, shape (2, n_tags), or None
        Bootstrap interval of 95 % of each threshold; +inf is never. None where it was not drawn.
    precision, recall : Share or None
        Of each tag to expect on unseen clips, by cross-fitting, with intervals of 95 %; in [0, 1],
        NaN where no clip was accepted or none is positive. None without cross-fitting.
    presence_only : ndarray of bool, shape (n_tags,), or None
        Whether all known labels of a tag are positive; None is never.
    unlabelled : ndarray of bool, shape (n_tags,), or None
        Whether no label of a tag is known; None is never.
    """

    seen: NDArray[np.float64]
    threshold: NDArray[np.float64] | None = None
    precision: Share | None = None
    recall: Share | None = None
    presence_only: NDArray[np.bool_] | None = None
    unlabelled: NDArray[np.bool_] | None = None

    def beside(self, counts: Counts) -> Evidence:
        """Add what counts tell: which tags have no labels at all, and which have no negatives."""
        unlabelled = counts.known.clips == 0
        return replace(self, presence_only=counts.presence_only, unlabelled=unlabelled)

    @property
    def status(self) -> list[str]:
        """Status of each tag."""
        nowhere = np.zeros(len(self.seen), bool)
        cases = [
            nowhere if self.unlabelled is None else self.unlabelled,
            self.seen == 0,
            nowhere if self.presence_only is None else self.presence_only,
            self.seen < FEW,
        ]
        return [str(each) for each in np.select(cases, STATUSES[:-1], OK)]

    @property
    def summary(self) -> str:
        """How many tags have each status; those that no tag has are left out, but for the best."""
        status = self.status
        shown = [name for name in STATUSES if name in status or name in {FEW_POSITIVES, OK}]
        return ", ".join(f"{status.count(name)} {name}" for name in reversed(shown))

    def __repr__(self) -> str:
        return f"Evidence({self.summary})"

    @property
    def columns(self) -> dict[str, Any]:
        """Table with a row per tag, as columns, `COLUMNS`; None for what was not looked at."""
        interval = (None, None) if self.threshold is None else self.threshold
        shares = (self.precision or (None,) * 3, self.recall or (None,) * 3)
        found = (self.status, self.seen, *interval, *shares[0], *shares[1])
        return dict(zip(COLUMNS, found, strict=True))

    def to_dict(self) -> dict[str, list[Any] | None]:
        """Return the columns as plain Python values; NaN and +inf are None."""
        return {
            name: None if column is None else plain(column) for name, column in self.columns.items()
        }
