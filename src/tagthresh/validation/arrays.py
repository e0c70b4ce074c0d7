"""Matrices of labels, scores and weights: their shapes, types and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from tagthresh.validation import remedies
from tagthresh.validation.errors import InputError, Place, described
from tagthresh.validation.frames import (
    check_readable,
    column_labels,
    column_names,
    column_text,
    names_beside,
)
from tagthresh.validation.tags import Tags, align, numbered, place, tag_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

MOST = 2**53  # floats hold integers up to it exactly
EXACT = "must be within +-2**53 when they are integers"
REAL = "must hold real numbers of at most 64 bits"
LIGHTEST, HEAVIEST = 1e-12, 1e12  # weights other than 0
HALF_INFINITY = 0x7C00  # bits of +inf in float16
CACHE_BYTES = 1 << 19  # scores looked at together


def matrix(
    name: str, value: object, *, allow_no_clips: bool = False, ignore: Collection[str] = ()
) -> tuple[NDArray[Any], Tags | None]:
    """Return a two-dimensional array of numbers, and its column names if it has any.

    `ignore` names columns of a frame that are left out.
    """
    columns = column_labels(value)
    if columns is None:
        array, names = numbers(name, value), None
    else:
        kept = [label for label in columns if column_text(label) not in ignore]
        array, names = _from_frame(name, value, kept)
    check_shape(name, array.shape, value, allow_no_clips=allow_no_clips)
    return array, names


def named_matrix(
    name: str, value: object, tags: Iterable[object] | None, others: Tags | None
) -> tuple[NDArray[Any], Tags | None]:
    """Return a matrix in the order of `tags`, or its own, and the names to match with `others`."""
    array, columns = matrix(name, value, allow_no_clips=True)
    wanted = tag_names(tags, array.shape[1])
    columns = names_beside(value, columns, wanted or others)
    return align(name, array, columns, wanted), wanted or columns


def check_shape(
    name: str, shape: tuple[int, ...], value: object = None, *, allow_no_clips: bool = False
) -> None:
    """Check that there are clips and tags; `value` is what the array was made of."""
    if len(shape) != 2:
        rule = "must have two dimensions (clips, tags)"
        got = f"{len(shape)}, shape {shape}" if len(shape) > 1 else len(shape)
        raise InputError(name, rule, got, remedy=remedies.of_shape(name, shape, value))
    if shape[1] == 0 or (shape[0] == 0 and not allow_no_clips):
        raise InputError(name, "must hold at least one clip and one tag", f"shape {shape}")


def same_shape(of_labels: tuple[int, ...], of_scores: tuple[int, ...]) -> None:
    """Check that labels and scores have one shape."""
    if of_labels != of_scores:
        rule = "must have the same shape (clips, tags)"
        raise InputError("y_true and y_score", rule, f"{of_labels} and {of_scores}")


def _from_frame(name: str, value: Any, columns: list[Any]) -> tuple[NDArray[Any], Tags | None]:
    """Values and names of a frame."""
    names = column_names(name, columns)
    arrays = [numbers(f"{name} column {c!r}", value[c]) for c in columns]
    array = np.stack(arrays, axis=1) if arrays else np.empty((0, 0))
    for column in arrays:
        if column.dtype != array.dtype:
            _check_exact(name, column)
    return array, names


def numbers(name: str, value: object) -> NDArray[Any]:
    """Return a dense array of numbers, from anything that can be converted."""
    if scipy.sparse.issparse(value):
        raise InputError(
            name, "must be dense here, with a value for every clip and tag; it is sparse"
        )
    check_readable(name, value)
    try:
        array = _base(np.asanyarray(value))
    except (TypeError, ValueError, RuntimeError) as error:
        remedy = remedies.of_type(name, value)
        rule = f"must be an array of numbers{'' if remedy else f'; {error}'}"
        kind = getattr(value, "dtype", type(value).__name__)
        raise InputError(name, rule, kind if remedy else None, remedy=remedy) from None
    if array.dtype.kind == "O":
        array = _from_objects(name, array)
    check_type(name, array.dtype)
    return array


def _base(array: NDArray[Any]) -> NDArray[Any]:
    """Plain array, masked or not; np.matrix and its like would change the shape of results."""
    if np.ma.isMaskedArray(array):
        return np.ma.array(np.asarray(array), mask=np.ma.getmaskarray(array))
    return np.asarray(array)


def summed(name: str, value: Any) -> Any:
    """CSR or CSC form of a sparse matrix, entries stored twice added up; itself, where it has it.

    Its shape is checked, and what it stores to be real numbers.
    """
    check_shape(name, value.shape, allow_no_clips=True)
    check_type(name, value.dtype)
    matrix = value if value.format in {"csr", "csc"} else value.tocsr()
    if matrix.has_canonical_format:
        return matrix
    matrix = matrix.copy() if matrix is value else matrix
    matrix.sum_duplicates()
    return matrix


def _from_objects(name: str, array: NDArray[Any]) -> NDArray[np.float64]:
    """Numbers of an array of Python objects, masked entries NaN."""
    numbers = np.full(array.shape, np.nan)
    masked = np.ma.getmaskarray(array)
    for at, value in np.ndenumerate(np.ma.getdata(array)):
        try:
            numbers[at] = np.nan if masked[at] else _number_or_nan(value)
        except (TypeError, ValueError, OverflowError):
            where = Place(clip=at[0] if at else None, tag=at[1] if len(at) == 2 else None)
            rule = EXACT if isinstance(value, int) else REAL
            raise InputError(name, rule, described(value), where) from None
    return numbers


def check_type(name: str, dtype: np.dtype[Any]) -> None:
    """Check that values are numbers that a float64 can hold."""
    if dtype.kind not in "buif" or dtype.itemsize > 8:
        raise InputError(name, REAL, dtype, remedy=remedies.of_dtype(dtype))


def _number_or_nan(value: Any) -> float:
    """Read a number; None and pandas' NA are NaN.

    Raises
    ------
    TypeError, ValueError or OverflowError
        When it is none, as text, or an integer that a float does not hold exactly.
    """
    if isinstance(value, np.generic):
        check_type("value", value.dtype)  # float() would cut complex and long double down
    if value is None or type(value).__name__ == "NAType":
        return np.nan
    if isinstance(value, str | bytes) or (isinstance(value, int) and abs(value) > MOST):
        raise ValueError
    return float(value)


def labels(
    truth: NDArray[Any], where: Callable[[int], Place]
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
            rule = "must hold 0, 1 or unknown (-1, NaN or masked)"
            raise InputError("y_true", rule, truth.ravel()[first], where(first))
    if unknown is None or not unknown.any():
        return positive, None
    return positive & ~unknown, ~unknown


def score_matrix(
    name: str, scores: NDArray[Any], names: Tags | None, known: NDArray[np.bool_] | None = None
) -> NDArray[Any]:
    """Check that scores are finite where known; return them in a float type that holds them."""
    scores = floating(name, unmasked(scores))
    for _ in finite_parts(name, scores, names, known):
        pass
    return scores


def finite_parts(
    name: str, scores: NDArray[Any], names: Tags | None, known: NDArray[np.bool_] | None = None
) -> Iterator[tuple[slice, slice]]:
    """Give one part of the scores after the other, once it is checked to be finite where known.

    A part is as many rows, or columns if they are what the memory of the matrix holds, as fit a
    cache.
    """
    by_column, is_checked = scores.flags.fnc, False
    length = scores.shape[1] if by_column else scores.shape[0]
    step = max(1, CACHE_BYTES * length // max(1, scores.nbytes))
    for start in range(0, length, step):
        lines = slice(start, start + step)
        part = (slice(None), lines) if by_column else (lines, slice(None))
        if not is_checked and not _all_finite(scores[part]):
            _check_finite(name, scores, names, known)
            is_checked = True
        yield part


def _all_finite(scores: NDArray[Any]) -> bool:
    """Tell whether scores, at least one, are finite."""
    if scores.dtype == np.float16:  # NumPy is slow at it, but not at looking at the bits
        return int((scores.view(np.int16) & 0x7FFF).max()) < HALF_INFINITY
    return bool(np.isfinite(scores).all())


def _check_finite(
    name: str, scores: NDArray[Any], names: Tags | None, known: NDArray[np.bool_] | None
) -> None:
    """Check that scores are finite where known."""
    bad = ~np.isfinite(scores)
    if known is not None:
        bad &= known
    if bad.any():
        at = np.unravel_index(bad.argmax(), bad.shape)
        remedy = remedies.of_value(float(scores[at]))
        raise InputError(name, "must be finite", scores[at], place(at, names), remedy)


def unmasked(array: Any) -> NDArray[Any]:
    """Values of an array, NaN where they are masked."""
    if np.ma.isMaskedArray(array):
        floats = array if array.dtype.kind == "f" else array.astype(np.float64)
        return np.asarray(np.ma.filled(floats, np.nan))
    return np.asarray(array)


def floating(name: str, scores: NDArray[Any]) -> NDArray[Any]:
    """Scores in a float type in which they are compared: their own, float64 for integers."""
    check_type(name, scores.dtype)
    _check_exact(name, scores)
    return scores if scores.dtype.kind == "f" else scores.astype(np.float64)


def common_type(types: Iterable[np.dtype[Any]]) -> np.dtype[Any]:
    """Type in which scores of several types are compared: the widest."""
    return np.result_type(*(floating("y_score", np.zeros(0, kind)).dtype for kind in types))


def _check_exact(name: str, scores: NDArray[Any]) -> None:
    """Check that 64-bit integers survive as floats."""
    is_long = scores.dtype.kind in "iu" and scores.dtype.itemsize == 8
    if is_long and scores.size and (scores.max() > MOST or scores.min() < -MOST):
        raise InputError(name, EXACT, "more")


def weights(
    sample_weight: ArrayLike | None,
    shape: tuple[int, ...],
    names: Tags | None = None,
    known: NDArray[np.bool_] | None = None,
    ignore: Collection[str] = (),
) -> NDArray[np.float64] | None:
    """Check weights of clips or, for a shape (n_clips, n_tags), of pairs; None stays None."""
    if sample_weight is None:
        return None
    if column_labels(sample_weight) is None:
        array = numbers("sample_weight", sample_weight)
    else:
        array, columns = matrix("sample_weight", sample_weight, ignore=ignore)
        array = align("sample_weight", array, numbered(columns, names), names)
    weight = unmasked(array).astype(np.float64)
    if weight.shape not in {shape[:1], shape}:
        rule = f"must hold one weight per clip{', or per pair' * (len(shape) - 1)}"
        got = f"shape {weight.shape} for {shape[0]} clips"
        raise InputError("sample_weight", rule, got)
    bad = ~(np.isfinite(weight) & (weight >= 0))
    if weight.ndim == 2 and known is not None:
        bad &= known
    if bad.any():
        at = np.unravel_index(bad.argmax(), bad.shape)
        where = Place(clip=int(at[0])) if weight.ndim == 1 else place(at, names)
        raise InputError("sample_weight", "must be finite and at least 0", weight[at], where)
    if not heavy(weight).any():
        raise InputError("sample_weight", "must be positive for at least one clip; all are 0")
    _check_range(weight if weight.ndim == 1 or known is None else weight[known])
    return weight


def _check_range(weight: NDArray[np.float64]) -> None:
    """Check that no weight is lost beside another, or in a square."""
    used = weight[weight > 0]
    if used.size and (used.min() < LIGHTEST or used.max() > HEAVIEST):
        rule = f"must be 0, or from {LIGHTEST:g} to {HEAVIEST:g}"
        remedy = f"Divide all by the largest, and set those then below {LIGHTEST:g} to 0"
        raise InputError("sample_weight", rule, f"{used.min():g} to {used.max():g}", None, remedy)


def heavy(weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which clips count: those with a weight, or a pair with a weight, above 0."""
    return np.asarray(weight > 0 if weight.ndim == 1 else (weight > 0).any(axis=1))
