"""What each tag's threshold rests on, and what to expect of it on unseen clips.

status, of a tag
    "never seen" without known positives, "few positives" with fewer than `FEW`, else "ok".
    `hierarchical` leans the more on the other tags the fewer positives a tag has; `exact` suits its
    threshold to the few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tagthresh.plain import plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tagthresh.proportion import Share

FEW = 10  # positives
NEVER_SEEN, FEW_POSITIVES, OK = STATUSES = ("never seen", "few positives", "ok")
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
        clips by Kish's effective number (`tagthresh.proportion`).
    threshold : ndarray of float64, shape (2, n_tags), or None
        Bootstrap interval of 95 % of each threshold; +inf is never. None where it was not drawn.
    precision, recall : Share or None
        Of each tag to expect on unseen clips, by cross-fitting, with intervals of 95 %; in [0, 1],
        NaN where no clip was accepted or none is positive. None without cross-fitting.
    """

    seen: NDArray[np.float64]
    threshold: NDArray[np.float64] | None = None
    precision: Share | None = None
    recall: Share | None = None

    @property
    def status(self) -> list[str]:
        """Status of each tag."""
        return [
            NEVER_SEEN if seen == 0 else FEW_POSITIVES if seen < FEW else OK for seen in self.seen
        ]

    def __repr__(self) -> str:
        status = self.status
        return f"Evidence({', '.join(f'{status.count(each)} {each}' for each in STATUSES)})"

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
