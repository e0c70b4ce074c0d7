"""Every check on what users pass in, called once, at the public door.

Definitions
-----------
y_true : (n_clips, n_tags)
    1 is positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere.
y_score : (n_clips, n_tags)
    Finite real numbers of any scale: probabilities, logits, quantised integers. The score of an
    unknown label is not used.
sample_weight : (n_clips,) or (n_clips, n_tags)
    Finite, at least 0. A clip of weight 0 is the same as no clip, one of weight 2 as two clips. Of
    pairs of clip and tag: a pair of weight 0 has an unknown label; what a pair of unknown label
    weighs is not looked at.
tags : n_tags names
    Distinct, non-empty strings. Where labels, scores and thresholds have names, columns are matched
    by name; a column is matched by position only where one side has no names.

Whatever breaks a rule raises `InputError` with one line: the argument, the rule, the value found.
Functions elsewhere in the package trust what they are given.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import scipy

from tagthresh.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

Tags = tuple[str, ...]
Kind = TypeVar("Kind")
HALF_INFINITY = 0x7C00  # bits of +inf in float16
CACHE_BYTES = 1 << 19  # scores looked at together


class InputError(ValueError):
    """What was passed in breaks a rule; the message names the argument, the rule and the value."""


@dataclass(frozen=True)
class LabelledScores:
    """Checked labels and scores of the same clips and tags.

    Attributes
    ----------
    positive : ndarray of bool, shape (n_clips, n_tags)
        Known to be positive.
    known : ndarray of bool, shape (n_clips, n_tags), or None
        Known to be positive or negative; None when all are.
    scores : ndarray of float16, float32 or float64, shape (n_clips, n_tags)
        Finite wherever the label is known.
    tags : tuple of str, or None
        Names of the columns, None when nothing named them.
    weight : ndarray of float64, shape (n_clips,), or None
        Positive weight of each clip; None when all weigh 1.
    pair_weight : ndarray of float64, shape (n_clips, n_tags), or None
        Weight of each pair of clip and tag, 0 where the label is unknown; None when the pairs of a
        clip weigh the same.
    limits : Limits or None
        Of the thresholds to be found; None when there are none.
    """

    positive: NDArray[np.bool_]
    known: NDArray[np.bool_] | None
    scores: NDArray[Any]
    tags: Tags | None
    weight: NDArray[np.float64] | None
    pair_weight: NDArray[np.float64] | None = None
    limits: Limits | None = None

    def take(self, rows: NDArray[Any]) -> LabelledScores:
        """Keep some clips, by position or mask."""
        parts = (self.known, self.weight, self.pair_weight)
        known, weight, pair_weight = (None if each is None else each[rows] for each in parts)
        positive, scores = self.positive[rows], self.scores[rows]
        return LabelledScores(positive, known, scores, self.tags, weight, pair_weight, self.limits)

    def weighed(self, pairs: NDArray[np.bool_]) -> NDArray[Any]:
        """Weights of some pairs of clip and tag, 0 for the others, apart from those of clips."""
        return pairs if self.pair_weight is None else pairs * self.pair_weight


def labelled_scores(
    y_true: object,
    y_score: object,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
) -> LabelledScores:
    """Check labels, scores, names and weights together and return them aligned."""
    _check_index(y_true, y_score)
    truth, truth_tags = matrix("y_true", _dense(y_true))
    scores, score_tags = matrix("y_score", y_score)
    if truth.shape != scores.shape:
        raise InputError(
            "y_true and y_score must have the same shape (clips, tags); "
            f"got {truth.shape} and {scores.shape}"
        )
    names = tag_names(tags, scores.shape[1]) or score_tags or truth_tags
    truth = align("y_true", truth, truth_tags, names)
    scores = align("y_score", scores, score_tags, names)
    positive, known = labels(truth, partial(nth_place, shape=truth.shape, names=names))
    weight, pair_weight = weights(sample_weight, scores.shape, names, known), None
    kept = None if weight is None else heavy(weight)
    if weight is not None and weight.ndim == 2:
        known = (weight > 0) & (True if known is None else known)
        positive, pair_weight, weight = positive & known, np.where(known, weight, 0.0), None
    used = known if kept is None else kept[:, None] & (True if known is None else known)
    scores = score_matrix("y_score", scores, names, used)
    found = LabelledScores(positive, known, scores, names, weight, pair_weight)
    return found if kept is None or kept.all() else found.take(kept)


def heavy(weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which clips count: those with a weight, or a pair with a weight, above 0."""
    return np.asarray(weight > 0 if weight.ndim == 1 else (weight > 0).any(axis=1))


def _check_index(y_true: Any, y_score: Any) -> None:
    """Refuse pandas frames whose rows have names that differ: rows are matched by position."""
    indexes: list[Any] = [getattr(value, "index", None) for value in (y_true, y_score)]
    if not all(hasattr(index, "equals") for index in indexes):
        return
    if any(type(index).__name__ == "RangeIndex" for index in indexes):
        return  # rows without names of their own
    one, other = indexes
    if len(one) == len(other) and not one.equals(other):
        raise InputError(
            "y_true and y_score must have the same index, in the same order: rows are clips; "
            f"got {one[0]!r}, ... and {other[0]!r}, ..."
        )


def _dense(y_true: Any) -> object:
    """Labels that are not stored are 0; beside dense scores, a matrix of them is no burden."""
    return y_true.toarray() if scipy.sparse.issparse(y_true) else y_true


def matrix(
    name: str, value: object, *, allow_no_clips: bool = False
) -> tuple[NDArray[Any], Tags | None]:
    """Return a two-dimensional array of numbers, and its column names if it has any."""
    if hasattr(value, "collect"):
        raise InputError(f"{name} must be in memory; call .collect() on the lazy frame first")
    columns = _columns(value)
    if columns is None:
        array, names = _numbers(name, value), None
    else:
        array, names = _from_frame(name, value, columns)
    check_shape(name, array.shape, allow_no_clips=allow_no_clips)
    return array, names


def check_shape(name: str, shape: tuple[int, ...], *, allow_no_clips: bool = False) -> None:
    """Check that there are clips and tags."""
    if len(shape) != 2:
        raise InputError(
            f"{name} must have two dimensions (clips, tags); got {len(shape)}; reshape(-1, 1) "
            "makes one tag of a list, reshape(1, -1) one clip"
        )
    if shape[1] == 0 or (shape[0] == 0 and not allow_no_clips):
        raise InputError(f"{name} must hold at least one clip and one tag; got shape {shape}")


def _columns(value: Any) -> list[Any] | None:
    """Labels of the columns of a data frame (pandas, polars, Arrow), None for anything else."""
    found = getattr(value, "column_names", None)
    if found is None:
        found = getattr(value, "columns", None)
    return None if found is None else list(found)


def _from_frame(name: str, value: Any, columns: list[Any]) -> tuple[NDArray[Any], Tags | None]:
    """Values and names of a frame; columns that are merely numbered have no names."""
    numbered = all(isinstance(column, int) for column in columns)
    labels = [str(column) for column in columns]
    names = tag_names(labels, len(labels), f"columns of {name}")
    arrays = [_numbers(f"{name} column {c!r}", value[c]) for c in columns]
    array = np.stack(arrays, axis=1) if arrays else np.empty((0, 0))
    return array, None if numbered else names


def _numbers(name: str, value: object) -> NDArray[Any]:
    if scipy.sparse.issparse(value):
        raise InputError(
            f"{name} must be dense here, every clip scored for every tag; it is sparse"
        )
    try:
        array = np.asanyarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(f"{name} must be an array of numbers; {error}") from None
    if array.dtype.kind == "O":
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            array = np.vectorize(_number_or_nan, otypes=[np.float64])(array)
    check_type(name, array.dtype)
    return array


def check_type(name: str, dtype: np.dtype[Any]) -> None:
    """Check that values are numbers that a float64 can hold."""
    if dtype.kind not in "buif" or dtype.itemsize > 8:
        raise InputError(f"{name} must hold real numbers of at most 64 bits; got {dtype}")


def _number_or_nan(value: Any) -> float:
    """Read a number; None and pandas' NA are NaN."""
    missing = value is None or type(value).__name__ == "NAType"
    return float("nan" if missing else value)


def tag_names(tags: Iterable[object] | None, n_tags: int, name: str = "tags") -> Tags | None:
    """Check names: one per tag, distinct, not empty."""
    if tags is None:
        return None
    if isinstance(tags, str):
        raise InputError(f"{name} must be a list of names; got the single string {tags!r}")
    if not isinstance(tags, Iterable):
        raise InputError(f"{name} must be a list of names; got {tags!r}")
    given = tuple(tags)
    for tag in given:
        if not isinstance(tag, str) or not tag.strip() or not _is_unicode(tag):
            raise InputError(f"{name} must hold non-empty strings; got {tag!r}")
    names = tuple(str(tag) for tag in given)  # NumPy's strings show and hash as something else
    if len(names) != n_tags:
        raise InputError(f"{name} must hold one name per tag; got {len(names)} for {n_tags} tags")
    if len(set(names)) < len(names):
        twice, _ = Counter(names).most_common(1)[0]
        raise InputError(f"{name} must be distinct; {twice!r} appears more than once")
    return names


def _is_unicode(text: str) -> bool:
    """Whether a string can be written to a file; half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def align(name: str, array: Any, own: Tags | None, wanted: Tags | None) -> Any:
    """Order the columns of `array`, named `own`, as `wanted`; without names, by position."""
    if own is None or wanted is None or own == wanted:
        return array
    position = {tag: i for i, tag in enumerate(own)}
    missing = [tag for tag in wanted if tag not in position]
    if missing:
        raise InputError(f"{name} must have the same tags as the rest; it lacks {_listed(missing)}")
    if len(own) > len(wanted):
        extra = sorted(set(own) - set(wanted))
        raise InputError(
            f"{name} must have the same tags as the rest; {_listed(extra)} is not among them"
        )
    return array[:, [position[tag] for tag in wanted]]


def _listed(tags: Sequence[str]) -> str:
    shown = ", ".join(repr(tag) for tag in tags[:3])
    return shown if len(tags) <= 3 else f"{shown} and {len(tags) - 3} more"


def nearest(name: object, names: Iterable[str]) -> str:
    """Hint at the closest of some names; empty when none is close."""
    import difflib

    close = difflib.get_close_matches(str(name), list(names), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def labels(
    truth: NDArray[Any], where: Callable[[int], str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_] | None]:
    """Split labels into positive and known; known is None when every label is known.

    `where` names the clip and tag of an entry, by its number.
    """
    unknown = np.ma.getmaskarray(truth) if np.ma.isMaskedArray(truth) else None
    truth = np.ma.getdata(truth)
    if truth.dtype == bool:
        positive = truth
    elif truth.dtype.kind == "u" and truth.dtype.itemsize == 1 and truth.max(initial=0) <= 1:
        positive = truth.view(bool)
    else:
        positive = truth == 1
        unlabelled = np.isnan(truth) | (truth == -1)
        unknown = unlabelled if unknown is None else unknown | unlabelled
        bad = ~(positive | (truth == 0) | unknown)
        if bad.any():
            first = int(bad.argmax())
            raise InputError(
                "y_true must hold 0, 1 or unknown (-1, NaN or masked); "
                f"got {truth.ravel()[first]} at {where(first)}"
            )
    if unknown is None or not unknown.any():
        return positive, None
    return positive & ~unknown, ~unknown


def score_matrix(
    name: str, scores: NDArray[Any], names: Tags | None, known: NDArray[np.bool_] | None = None
) -> NDArray[Any]:
    """Check that scores are finite where known; return them in a float type that holds them."""
    scores = floating(name, unmasked(scores))
    for part in parts(scores):
        if not all_finite(scores[part]):
            check_finite(name, scores, names, known)
            break
    return scores


def all_finite(scores: NDArray[Any]) -> bool:
    """Tell whether scores, at least one, are finite."""
    if scores.dtype == np.float16:  # NumPy is slow at it, but not at looking at the bits
        return int((scores.view(np.int16) & 0x7FFF).max()) < HALF_INFINITY
    return bool(np.isfinite(scores).all())


def check_finite(
    name: str, scores: NDArray[Any], names: Tags | None, known: NDArray[np.bool_] | None = None
) -> None:
    """Check that scores are finite where known."""
    bad = ~np.isfinite(scores)
    if known is not None:
        bad &= known
    if bad.any():
        at = np.unravel_index(bad.argmax(), bad.shape)
        raise InputError(f"{name} must be finite; got {scores[at]} at {place(at, names)}")


def parts(matrix: NDArray[Any]) -> Iterator[tuple[slice, slice]]:
    """Cut a matrix into rows, or columns if they are what its memory holds, that fit a cache."""
    by_column = matrix.flags.fnc
    length = matrix.shape[1] if by_column else matrix.shape[0]
    some = max(1, CACHE_BYTES * length // max(1, matrix.nbytes))
    for start in range(0, length, some):
        own = slice(start, start + some)
        yield (slice(None), own) if by_column else (own, slice(None))


def unmasked(array: Any) -> NDArray[Any]:
    """Values of an array, NaN where they are masked."""
    if np.ma.isMaskedArray(array):
        return np.ma.filled(array.astype(np.float64), np.nan)
    return np.asarray(array)


def floating(name: str, scores: NDArray[Any]) -> NDArray[Any]:
    """Scores in a float type that holds them."""
    if scores.dtype.kind in "iu" and scores.dtype.itemsize == 8:
        _check_exact(name, scores)
    if scores.dtype.kind != "f":
        scores = scores.astype(np.result_type(scores.dtype, np.float16))
    return scores


def _check_exact(name: str, scores: NDArray[Any]) -> None:
    """Check that 64-bit integers survive as floats."""
    most = 2**53
    if scores.size and (scores.max() > most or scores.min() < -most):
        raise InputError(f"{name} must be within +-2**53 when they are integers; got more")


def nth_place(number: int, shape: tuple[int, ...], names: Tags | None) -> str:
    """Name the pair of clip and tag of an entry of a matrix, by its number."""
    return place(np.unravel_index(number, shape), names)


def place(pair: Iterable[Any], names: Tags | None) -> str:
    """Name a pair of clip and tag."""
    clip, tag = (int(i) for i in pair)
    return f"clip {clip}, tag {names[tag]!r}" if names else f"clip {clip}, tag {tag}"


def weights(
    sample_weight: ArrayLike | None,
    shape: tuple[int, ...],
    names: Tags | None = None,
    known: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64] | None:
    """Check weights of clips or, for a shape (n_clips, n_tags), of pairs; None stays None."""
    if sample_weight is None:
        return None
    if _columns(sample_weight) is None:
        given = _numbers("sample_weight", sample_weight)
    else:
        given, columns = matrix("sample_weight", sample_weight)
        given = align("sample_weight", given, columns, names)
    weight = unmasked(given).astype(np.float64)
    if weight.shape not in {shape[:1], shape}:
        raise InputError(
            f"sample_weight must hold one weight per clip{', or per pair' * (len(shape) - 1)}; "
            f"got shape {weight.shape} for {shape[0]} clips"
        )
    bad = ~(np.isfinite(weight) & (weight >= 0))
    if weight.ndim == 2 and known is not None:
        bad &= known
    if bad.any():
        at = np.unravel_index(bad.argmax(), bad.shape)
        where = f"clip {at[0]}" if weight.ndim == 1 else place(at, names)
        raise InputError(
            f"sample_weight must be finite and at least 0; got {weight[at]} at {where}"
        )
    if not heavy(weight).any():
        raise InputError("sample_weight must be positive for at least one clip; all are 0")
    with np.errstate(over="ignore"):
        used = weight if weight.ndim == 1 or known is None else weight[known]
        if not np.isfinite(used.sum()):
            raise InputError("sample_weight must have a finite sum; got inf")
    return weight


def threshold_values(values: ArrayLike) -> NDArray[np.float64]:
    """Check one threshold per tag: a number, or +inf for "never"."""
    array = _numbers("values", values).astype(np.float64)
    if array.ndim != 1 or array.size == 0:
        raise InputError(f"values must hold one threshold per tag; got shape {array.shape}")
    bad = np.isnan(array) | (array == -np.inf)
    if bad.any():
        raise InputError(
            f"values must be numbers, +inf for never; got {array[bad][0]} at tag {bad.argmax()}"
        )
    return array


def limits(fixed: object, bounds: object, tags: Tags | None, n_tags: int) -> Limits | None:
    """Check fixed thresholds and bounds of thresholds; None where there are none."""
    if fixed is None and bounds is None:
        return None
    place = {name: i for i, name in enumerate(tags or map(str, range(n_tags)))}
    found = Limits.none(n_tags)
    each = {} if fixed is None else _by_tag("fixed", fixed, place)
    if bounds is not None and not isinstance(bounds, Mapping):
        found.low[:], found.high[:] = _pair("bounds", bounds)
    for tag, pair in _by_tag("bounds", bounds, place).items():
        if tag in each:
            raise InputError(f"fixed and bounds must not name the same tag; both name {tag!r}")
        found.low[place[tag]], found.high[place[tag]] = _pair(f"bounds of {tag!r}", pair)
    for tag, value in each.items():
        number = np.inf if value is None else finite_number(f"fixed threshold of {tag!r}", value)
        found.low[place[tag]] = found.high[place[tag]] = number
    return found


def _by_tag(name: str, given: object, place: Mapping[str, int]) -> Mapping[str, object]:
    """Check that a mapping names tags; bounds of all tags are no mapping."""
    if not isinstance(given, Mapping):
        if name == "bounds":
            return {}
        raise InputError(f"{name} must give values by tag; got {given!r}")
    for tag in given:
        if tag not in place:
            raise InputError(f"{name}: no tag is called {tag!r}{nearest(tag, place)}")
    return given


def _pair(name: str, pair: object) -> tuple[float, float]:
    """Check a lowest and a highest threshold; None is no limit."""
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise InputError(f"{name} must be (lowest, highest); got {pair!r}")
    low = -np.inf if pair[0] is None else finite_number(f"{name}, the lowest,", pair[0])
    high = np.inf if pair[1] is None else finite_number(f"{name}, the highest,", pair[1])
    if low > high:
        raise InputError(f"{name} must be in order, lowest first; got {pair!r}")
    return low, high


def finite_number(name: str, value: object) -> float:
    """Check an option that must be a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputError(f"{name} must be a number; got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not np.isfinite(number):
        shown = repr(value) if len(repr(value)) < 40 else "a larger one"
        raise InputError(f"{name} must be finite; got {shown}")
    return number


def number_of(name: str, text: str, other: str = "") -> float:
    """Read a finite number from text; `other` is what else the caller takes."""
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        shown = text if len(text) <= 40 else f"{text[:37]}..."
        raise InputError(f"{name} must be a finite number{other}; got {shown!r}")
    return number


def positive_number(name: str, value: object) -> float:
    """Check an option that must be a finite number above 0."""
    number = finite_number(name, value)
    if number <= 0:
        raise InputError(f"{name} must be above 0; got {value!r}")
    return number


def share(name: str, value: object) -> float:
    """Check an option that must be a number above 0 and below 1."""
    number = finite_number(name, value)
    if not 0 < number < 1:
        raise InputError(f"{name} must be above 0 and below 1; got {value!r}")
    return number


def whole_number(name: str, value: object, least: int) -> int:
    """Check an option that must be an integer of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError(f"{name} must be an integer; got {value!r}")
    if value < least:
        raise InputError(f"{name} must be at least {least}; got {value!r}")
    return int(value)


def of_type(name: str, value: object, kind: type[Kind], such_as: str) -> Kind:
    """Check that an argument is an object of ours; `such_as` tells where to get one."""
    if not isinstance(value, kind):
        raise InputError(f"{name} must be {kind.__name__}, such as {such_as}; got {value!r:.80}")
    return value


def flag(name: str, value: object) -> None:
    """Check an option that must be True or False."""
    if not isinstance(value, bool):
        raise InputError(f"{name} must be True or False; got {value!r}")


def choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Check an option that must be one of a few words."""
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}; got {value!r}")
