"""Expected cost: what a miss and a false alarm of each tag cost, summed over the tags of a clip.

    cost = sum over tags c of (miss_c FN_c + false_alarm_c FP_c) / N_c

with N_c the known clips of tag c: the mean cost of a clip whose tags are all known. Less is better.
It is a sum of one term a tag, so the best cut of each tag is best for all. Where scores are
calibrated probabilities, that is the one at false_alarm / (false_alarm + miss). (Elkan, "The
foundations of cost-sensitive learning", IJCAI 2001.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tagthresh.counts.counts import Confusion
from tagthresh.io.read_errors import reading
from tagthresh.io.text_files import read_rows
from tagthresh.metrics.base import Array, Average, Metric, ratio
from tagthresh.validation import InputError, check_distinct, described, finite_number, number_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Costs = float | Sequence[float] | Mapping[str, float]

COSTS = ("miss", "false_alarm")
MOST = 1e100  # times the mass of clips, still finite


@dataclass(frozen=True)
class _Priced(Metric):
    """The common base of the cost and of its opposite: the costs of each tag."""

    averages = ("sum",)
    share = False
    bounds = (-np.inf, np.inf)
    priced: ClassVar[tuple[str, str]]  # counts of positives and of negatives that have a price

    miss: Costs = 1.0
    false_alarm: Costs = 1.0
    _: KW_ONLY
    average: Average = "sum"

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in COSTS:
            object.__setattr__(self, name, _checked(name, getattr(self, name)))

    @property
    def options(self) -> dict[str, Any]:
        """The costs, sequences as lists."""
        costs = ((name, getattr(self, name)) for name in COSTS)
        return {name: list(cost) if isinstance(cost, tuple) else cost for name, cost in costs}

    def for_tags(self, tags: tuple[str, ...] | None, n_tags: int) -> Metric:
        """Put the costs in the order of the data's tags.

        Raises
        ------
        InputError
            When there is not one cost per tag, or one is for a tag that is not there.
        """
        costs: dict[str, Any] = {
            name: _ordered(name, getattr(self, name), tags, n_tags) for name in COSTS
        }
        return replace(self, **costs)

    def of(self, tp: Array, fp: Array, fn: Array, tn: Array) -> Array:
        """Return the value for each entry of the counts; costs that differ by tag need `of_tags`.

        Raises
        ------
        InputError
            When a cost is not one number.
        """
        miss, alarm = (finite_number(name, getattr(self, name)) for name in COSTS)
        return self._mean(miss, alarm, Confusion(tp, fp, fn, tn))

    def of_tags(self, confusion: Confusion, tag: NDArray[np.int64] | None = None) -> Array:
        """Return values for counts whose first axis is all tags, or the tags ``tag``."""
        miss, alarm = (
            _aligned(costs, confusion.tp.shape, tag) for costs in (self.miss, self.false_alarm)
        )
        return self._mean(miss, alarm, confusion)

    def _mean(self, miss: Array | float, alarm: Array | float, confusion: Confusion) -> Array:
        tp, fp, fn, tn = confusion
        positives, negatives = (getattr(confusion, name) for name in self.priced)
        return ratio(miss * positives + alarm * negatives, tp + fp + fn + tn)


@dataclass(frozen=True)
class Cost(_Priced):
    """Mean cost per clip.

    Parameters
    ----------
    miss, false_alarm : float, sequence or mapping of str to float, default 1.0
        Cost of rejecting a positive, and of accepting a negative; at least 0. One number for all
        tags; one for each tag, in their order; or by name, tags not named costing 1.

    Raises
    ------
    InputError
        When a cost is not a finite number of at least 0. When the metric is used, where costs and
        tags do not fit.

    Examples
    --------
    >>> import tagthresh as tt
    >>> metric = tt.metrics.Cost(miss={"Gunshot": 20}, false_alarm=2)
    >>> y_true, y_score = [[1, 0], [0, 0], [0, 1]], [[0.4, 0.1], [0.6, 0.2], [0.2, 0.7]]
    >>> tags = ["Gunshot", "Rain"]
    >>> solution = tt.find_thresholds(y_true, y_score, metric=metric, method="exact", tags=tags)
    >>> round(solution.score, 3), solution.thresholds.values
    (0.667, array([0.3 , 0.45]))
    """

    formula = "(miss FN + false_alarm FP) / clips, summed over tags"
    greater_is_better = False
    stem = "cost"
    priced = ("fn", "fp")
    bounds = (0.0, np.inf)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Cost:
        r"""Read the costs of tags.

        Parameters
        ----------
        path : path
            A CSV file in UTF-8 with the column ``tag`` and one or both of ``miss`` and
            ``false_alarm``. Tags that it does not name, and empty entries, cost 1.

        Raises
        ------
        InputError
            When the file cannot be read or is not what it should be; the message says what is
            wrong.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "costs.csv")
        ...     _ = path.write_text("tag,miss,false_alarm\nGunshot,20,2\nRain,,0.5\n")
        ...     Cost.from_file(path).options
        {'miss': {'Gunshot': 20.0}, 'false_alarm': {'Gunshot': 2.0, 'Rain': 0.5}}
        """
        rows = read_rows(path)
        names = set(rows[0]) - {"tag"} if rows else set()
        if not rows or "tag" not in rows[0] or not names or not names <= set(COSTS):
            got = ", ".join(rows[0]) if rows else "no row"
            rule = "must have the columns tag, miss and false_alarm, and a row"
            raise InputError(str(path), rule, got)
        with reading(path):
            check_distinct("tags", [row["tag"] for row in rows])
            if not all(row["tag"].strip() for row in rows):
                raise InputError("tags", "must be names; one is empty")
            return cls(**{name: _column(name, rows) for name in names})  # type: ignore[arg-type]

    @property
    def gain(self) -> Metric:
        """What methods maximise in its place."""
        return _Avoided(self.miss, self.false_alarm)


@dataclass(frozen=True)
class _Avoided(_Priced):
    """Cost that right decisions avoid: the highest possible cost less the cost."""

    monotone = True
    stem = "avoided_cost"
    priced = ("tp", "tn")


def _column(name: str, rows: Iterable[Mapping[str, str]]) -> dict[str, float]:
    """Costs by tag of a column of a file, empty entries left out."""
    given = {row["tag"]: row[name] for row in rows if row[name].strip()}
    return {tag: number_of(f"{name} of {tag!r}", text) for tag, text in given.items()}


def _checked(name: str, costs: Any) -> Costs:
    """Costs as a float, a tuple or a dict of floats."""
    if isinstance(costs, Mapping):
        names = {tag: tag if isinstance(tag, str) else described(tag) for tag in costs}
        return {names[tag]: _cost(f"{name} of {names[tag]!r}", cost) for tag, cost in costs.items()}
    if isinstance(costs, np.ndarray):
        costs = costs.tolist()  # a number, where it has no dimension
    if isinstance(costs, Sequence) and not isinstance(costs, str | bytes):
        return tuple(_cost(name, cost) for cost in costs)
    return _cost(name, costs)


def _cost(name: str, cost: object) -> float:
    number = finite_number(name, cost)
    if number < 0:
        raise InputError(name, "must be at least 0", described(cost))
    if number > MOST:
        raise InputError(name, f"must be at most {MOST:g}", described(cost))
    return number


def _aligned(costs: Costs, shape: tuple[int, ...], tag: NDArray[np.int64] | None) -> Array | float:
    """Costs of the first axis of counts of a shape: of all tags, or of ``tag``."""
    if isinstance(costs, int | float):
        return costs
    by_tag = np.array([*costs.values()] if isinstance(costs, Mapping) else costs)
    return (by_tag if tag is None else by_tag[tag]).reshape(-1, *(1,) * (len(shape) - 1))


def _ordered(name: str, costs: Costs, tags: tuple[str, ...] | None, n_tags: int) -> Costs:
    """One cost for each tag, in their order: by name where they have names, else a tuple."""
    names = tags or tuple(str(tag) for tag in range(n_tags))
    if isinstance(costs, Mapping):
        unknown = [tag for tag in costs if tag not in names]
        if unknown:
            raise InputError(name, "must name tags of the data", f"{unknown[0]!r}")
        return {tag: costs.get(tag, 1.0) for tag in names}
    if isinstance(costs, Sequence):
        if len(costs) != n_tags:
            raise InputError(name, "must hold one cost per tag", f"{len(costs)} for {n_tags}")
        return dict(zip(names, costs, strict=True)) if tags else costs
    return (costs,) * n_tags
