"""The one limit that an operating point keeps, and what is maximised within it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tagthresh.metrics.precision import Precision
from tagthresh.metrics.recall import Recall
from tagthresh.validation import InputError, described, positive_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagthresh.counts.counts import Confusion

ROUNDING = 1e-12  # relative; sums of weights that meet a limit exactly may miss it by this much


class Limit(NamedTuple):
    """A floor on precision or recall, or a ceiling on the number of tags per clip.

    Attributes
    ----------
    name : {"precision", "recall", "per_clip"}
        What is limited.
    value : float
        The floor, or the ceiling.
    goal : str
        The limit and what is maximised within it, in words.
    options : dict of str to float
        The limit as arguments of `operating_point`.
    """

    name: str
    value: float
    goal: str
    options: dict[str, float]

    @classmethod
    def of(
        cls,
        precision: float | None = None,
        recall: float | None = None,
        per_clip: float | None = None,
        per_hour: float | None = None,
        clip_seconds: float | None = None,
    ) -> Limit:
        """Check the arguments of `operating_point` and return the one limit among them.

        Raises
        ------
        InputError
            When there is not exactly one limit, or it breaks a rule.

        Examples
        --------
        >>> Limit.of(per_hour=360, clip_seconds=10)[:3]
        ('per_clip', 1.0, 'recall with at most 360 alarms an hour')
        """
        names = "precision", "recall", "per_clip", "per_hour"
        values = zip(names, (precision, recall, per_clip, per_hour), strict=True)
        limits = {name: value for name, value in values if value is not None}
        if len(limits) != 1:
            got = ", ".join(f"{name}={described(value)}" for name, value in limits.items())
            what = f"exactly one of {', '.join(names)}"
            raise InputError(what, "must be given", got or "none")
        [(name, value)] = limits.items()
        number = positive_number(name, value)
        if name in {"precision", "recall"} and number > 1:
            raise InputError(name, "must be above 0 and at most 1", described(value))
        if (name == "per_hour") != (clip_seconds is not None):
            raise InputError(
                "per_hour and clip_seconds",
                "must be given together",
                f"per_hour={described(per_hour)}, clip_seconds={described(clip_seconds)}",
            )
        if name == "per_hour":
            seconds = positive_number("clip_seconds", clip_seconds)
            goal = f"recall with at most {number:g} alarms an hour"
            options = {name: number, "clip_seconds": seconds}
            return cls("per_clip", number * seconds / 3600, goal, options)
        if name == "per_clip":
            return cls(
                name, number, f"recall with at most {number:g} tags per clip", {name: number}
            )
        other = "recall" if name == "precision" else "precision"
        return cls(name, number, f"{other} with {name} at least {number:g}", {name: number})

    @property
    def objective(self) -> type[Precision | Recall]:
        """Metric that is maximised."""
        return Precision if self.name == "recall" else Recall

    def slack(self, confusion: Confusion, n_tags: int) -> NDArray[np.float64]:
        """Distance to the limit, linear in TP and accepted mass; negative where it is broken.

        Entries of the confusion are sums over `n_tags` tags.
        """
        tp, fp, fn, tn = confusion
        if self.name == "precision":
            size, slack = tp, tp - self.value * (tp + fp)
        elif self.name == "recall":
            size, slack = tp, tp - self.value * (tp + fn)
        else:
            size, slack = tp + fp, self.value * (tp + fp + fn + tn) / n_tags - (tp + fp)
        return np.where(np.abs(slack) <= ROUNDING * size, 0.0, slack)

    def score(self, confusion: Confusion) -> NDArray[np.float64]:
        """Value of the objective for each entry of the confusion."""
        return self.objective().of(*confusion)

    def score_within(self, confusion: Confusion, n_tags: int) -> NDArray[np.float64]:
        """Value of the objective where the limit holds, -1 where it is broken."""
        return np.where(self.slack(confusion, n_tags) >= 0, self.score(confusion), -1.0)
