"""Signs that labels and scores are not what they should be, over all clips.

Two things cannot be seen in one value, and each makes every number that follows look too good.

No tag
    A column of scores that equals its labels wherever these are known, with at least one positive,
    and that holds nothing but 0, 1, -1 and NaN elsewhere too, is no classifier's: it is a column
    about the clips (a fold, a start time) that both files have. It is refused by name. Three are
    legal: a column that is 0 throughout; any column of a single clip; and any where all scores of
    all tags are 0 or 1, which makes them decisions, and these may well be right everywhere.
No negative
    Where labels are 1 or unknown and none is 0, what stands for "no" was taken for unknown (+1 and
    -1, blanks). It is refused unless the caller says that only positives are known.

Clips in parts have their signs merged with `+`, and are judged when all of them are known.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.validation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tagthresh.validation.tags import Tags

BLOCK = 64  # clips looked at first: a classifier's scores differ from labels in the first of them
SHOWN = 5  # names that a message lists


@dataclass(frozen=True)
class Signs:
    """What labels and scores of some clips show.

    Attributes
    ----------
    clips : int
        How many they are; one alone may be the same by chance.
    same : ndarray of bool, shape (n_tags,)
        Scores equal labels, as above.
    positive : ndarray of bool, shape (n_tags,)
        Of tags of `same`: there is a known positive.
    decisions : bool
        All scores are 0, 1, -1 or NaN.
    zeros, ones, unknown : bool
        Some label is 0, is 1, is unknown.

    Examples
    --------
    >>> positive, scores = np.array([[1, 0], [0, 1]], bool), np.array([[1, 0.3], [0, 0.6]])
    >>> Signs.of(positive, None, scores).check(("fold", "Dog"), positive_only=False)
    Traceback (most recent call last):
    tagthresh.validation.errors.InputError: column 'fold' is the same in scores and labels: it is no
    \
tag. Leave it out with ignore=['fold'] (--ignore)
    """

    clips: int
    same: NDArray[np.bool_]
    positive: NDArray[np.bool_]
    decisions: bool
    zeros: bool
    ones: bool
    unknown: bool

    @classmethod
    def of(
        cls, positive: NDArray[np.bool_], known: NDArray[np.bool_] | None, scores: NDArray[Any]
    ) -> Signs:
        """Signs of checked labels and scores, shape (n_clips, n_tags); `known` None is all."""
        columns = _same(positive, known, scores)
        same, some_positive = np.zeros((2, positive.shape[1]), bool)
        same[columns] = True
        some_positive[columns] = positive[:, columns].any(axis=0)
        n_positive = int(np.count_nonzero(positive))
        n_known = positive.size if known is None else int(np.count_nonzero(known))
        return cls(
            len(scores),
            same,
            some_positive,
            decisions=_only_decisions(scores),
            zeros=n_known > n_positive,
            ones=n_positive > 0,
            unknown=n_known < positive.size,
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any], prefix: str) -> Signs:
        """Signs that were laid out for a file, one array for each attribute."""
        signs: dict[str, Any] = {f.name: np.asarray(arrays[prefix + f.name]) for f in fields(cls)}
        return cls(**{name: value if value.ndim else value.item() for name, value in signs.items()})

    def __add__(self, other: Signs) -> Signs:
        """Signs of two disjoint sets of clips together."""
        return Signs(
            self.clips + other.clips,
            self.same & other.same,
            self.positive | other.positive,
            self.decisions and other.decisions,
            self.zeros or other.zeros,
            self.ones or other.ones,
            self.unknown or other.unknown,
        )

    def check(self, tags: Tags | None, *, positive_only: bool) -> None:
        """Refuse columns that are no tags, and labels without a negative.

        Raises
        ------
        InputError
            It names the column, or says what -1 means.
        """
        if self.ones and self.unknown and not self.zeros and not positive_only:
            rule = "must hold 0 for a clip without the tag"
            got = "1 and unknown only: -1, NaN and blanks are unknown"
            remedy = "Write 0 for a clip without the tag, or give positive_only=True "
            remedy += "(--positive-only) where nobody looked for such clips"
            raise InputError("y_true", rule, got, remedy=remedy)
        columns = np.flatnonzero(self.same & self.positive)
        if len(columns) and self.clips > 1 and not self.decisions:
            raise _no_tag([int(tag) if tags is None else tags[tag] for tag in columns])


def _no_tag(columns: Sequence[str | int]) -> InputError:
    """Error that names columns which are no tags."""
    names = [name for name in columns if isinstance(name, str)][:SHOWN]
    way = f" with ignore={names} (--ignore)" if names else ""
    rule = "is the same in scores and labels: it is no tag"
    return InputError(f"column {columns[0]!r}", rule, remedy=f"Leave it out{way}")


def label_like(scores: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which scores could be labels: 0, 1, -1 and NaN."""
    return np.asarray((scores == 0) | (scores == 1) | (scores == -1) | np.isnan(scores))


def _only_decisions(scores: NDArray[Any]) -> bool:
    """Tell whether all scores could be labels; ends at the first clips that say no."""
    starts = range(0, len(scores), BLOCK)
    return all(bool(label_like(scores[start : start + BLOCK]).all()) for start in starts)


def _same(
    positive: NDArray[np.bool_], known: NDArray[np.bool_] | None, scores: NDArray[Any]
) -> NDArray[np.int64]:
    """Tags whose scores equal their labels; after the first clips hardly a tag is left to see."""
    columns, start, size = np.arange(scores.shape[1]), 0, BLOCK
    while start < len(scores) and len(columns):
        rows = slice(start, start + size)
        left = scores[rows][:, columns]
        same = left == positive[rows][:, columns]
        if known is not None:
            same = np.where(known[rows][:, columns], same, label_like(left))
        columns, start, size = columns[same.all(axis=0)], rows.stop, 2 * size
    return columns
