"""Values of a column: names, which stay as they are written, and numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.validation import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

TEXTS = {"string", "large_string", "string_view", "binary", "large_binary", "binary_view"}
# What Arrow takes for an empty cell in a column of numbers.
NULLS = {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"}
NULLS |= {"N/A", "NA", "NULL", "NaN", "n/a", "nan", "null"}
PADDED = re.compile(r"[+-]?0\d")  # 007 is a name: no program writes a number like that
WORDS = {"yes", "no", "y", "n", "t", "f", "positive", "negative", "present", "absent"}


def groups(name: str, column: Any) -> Any:
    """Return the names of groups; numbers are names too, since all that counts is which differ."""
    return texts(name, column.cast("string") if is_numeric(column) else column)


def texts(name: str, column: Any) -> Any:
    """Return the values of a column of names, none of them empty."""
    from pyarrow import compute

    text = as_text(name, column)
    empty = compute.equal(compute.fill_null(text, ""), "").to_numpy(zero_copy_only=False)
    if empty.any():
        raise InputError(
            f"column {name!r}", f"must not have empty cells; row {empty.argmax()} is empty"
        )
    return text


def as_text(name: str, column: Any) -> Any:
    """Return the values of a column of names as they stand in the file.

    A type whose values pandas shows in another way, such as times, is an error.
    """
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_fixed_size_binary(column.type):  # padded with NULs, as NumPy's bytes are
        text = column.cast(pa.binary()).cast(pa.string())
        return compute.utf8_rtrim(text, characters="\0")
    if str(column.type) in TEXTS or pa.types.is_integer(column.type):
        return column.cast(pa.string())
    remedy = f"Write it as text, as frame[{name!r}].astype(str) does in pandas"
    rule = "must hold text, because it holds names"
    raise InputError(f"column {name!r}", rule, column.type, remedy=remedy)


def first_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return numbers where every text of a column of CSV is one, else the texts as they stand."""
    import pyarrow as pa
    from pyarrow import compute

    text = compute.utf8_trim_whitespace(column)
    null = compute.is_in(text, value_set=pa.array(sorted(NULLS)))
    known = compute.if_else(null, pa.scalar(None, pa.string()), text)
    if known.null_count == len(known):
        return column if compute.any(compute.not_equal(text, "")).as_py() else known.cast(pa.null())
    names = f"^({PADDED.pattern}|[+-]?0[xX])"  # 007, and 0x10, which Arrow would take for 16
    if compute.any(compute.match_substring_regex(known, names)).as_py():
        return column
    if compute.all(compute.match_substring_regex(known, "^(?i:true|false)$")).as_py():
        return known.cast(pa.bool_())
    for kind in (pa.int64(), pa.float64()):
        try:
            return known.cast(kind)
        except pa.ArrowInvalid:
            continue
    return column


def is_numeric(column: pa.ChunkedArray) -> bool:
    """Whether a column holds numbers, or nothing at all."""
    from pyarrow import types

    kinds = types.is_integer, types.is_floating, types.is_boolean, types.is_decimal, types.is_null
    return any(is_kind(column.type) for is_kind in kinds)


def numbers(table: pa.Table, name: str) -> NDArray[Any]:
    """Return the values of a numeric column; empty cells are NaN."""
    import pyarrow as pa

    column = table[name]
    if not is_numeric(column):
        raise no_numbers(name, column)
    if not pa.types.is_floating(column.type):
        column = column.cast(pa.float64())
    return np.asarray(column.to_numpy())


def no_numbers(name: str, column: pa.ChunkedArray) -> InputError:
    """Name the first value that is no number, else the type, and say what to do."""
    value = next((v for v in column.to_pylist() if v is not None and not _is_number(v)), None)
    if value is None:
        return InputError(f"column {name!r}", f"must hold numbers; its type is {column.type}")
    got = repr(value) if isinstance(value, str | bytes) else str(value)
    remedy = _remedy(name, str(value), column)
    return InputError(f"column {name!r}", "must hold numbers", got, remedy=remedy)


def _remedy(name: str, value: str, column: pa.ChunkedArray) -> str:
    """Say what a column of text may be, by one of its values."""
    if value.strip().lower() in WORDS:
        return "Labels are 1 for yes and 0 for no"
    if re.fullmatch(r"\s*[+-]?\d*,\d+\s*", value):
        return "Write decimals with a point, not a comma"
    if value == "?":
        return "Leave the cell empty where a label is unknown"
    if re.search(r"[,;|\[]", value):
        return "A list of labels is no column: give a row per clip and tag (clip, tag, label)"
    groups = f"If it holds recordings or sites, give --group-column {name!r}"
    leave = f"if it is no tag, --ignore {name!r}"
    if len(column) > 1 and len(column.unique()) == len(column):
        return f"Only a first column names clips: call it clip if it does. {groups}; {leave}"
    return f"{groups}; {leave}"


def _is_number(value: object) -> bool:
    if isinstance(value, str) and value in NULLS:
        return True
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
