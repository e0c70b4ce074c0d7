"""Tables of results, written whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagthresh.checks import InputError
from tagthresh.files import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_columns(path: str, columns: Mapping[str, Any]) -> None:
    """Write a table, whole or not at all.

    Parameters
    ----------
    path : str
        A ``.csv`` or ``.parquet`` file; ``-`` is CSV on standard output.
    columns : mapping of str to sequence
        Columns by name, all of one length. NaN and infinity are written as empty cells.

    Raises
    ------
    InputError
        When the suffix is another or the file cannot be written.
    """
    import pyarrow as pa
    from pyarrow import csv, parquet

    table = pa.table({name: _finite(values) for name, values in columns.items()})
    if path == "-":
        csv.write_csv(table, sys.stdout.buffer)
        sys.stdout.flush()
        return
    writers = {".csv": csv.write_csv, ".parquet": parquet.write_table}
    suffix = Path(path).suffix.lower()
    if suffix not in writers:
        raise InputError(f"{path}: the suffix must be one of {', '.join(writers)}")
    with replacing(path) as temporary:
        writers[suffix](table, temporary)


def _finite(values: Any) -> Any:
    """Turn NaN and infinity, such as the threshold of never, into nulls, as in the JSON forms."""
    import pyarrow as pa

    array = np.asarray(values)
    if array.dtype.kind != "f":
        return values
    array = array.astype(
        np.result_type(array, np.float32), copy=False
    )  # Arrow cannot print half floats
    return pa.array(array, mask=~np.isfinite(array))
