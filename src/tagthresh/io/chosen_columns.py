"""Columns that are left out of files read in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class ChosenColumns:
    """Some columns of a matrix whose rows can be read.

    Attributes
    ----------
    rows : Rows
        The matrix.
    columns : list of int
        Positions of the columns, in their order.

    Examples
    --------
    >>> chosen = ChosenColumns(np.array([[1, 2, 3], [4, 5, 6]]), [0, 2])
    >>> chosen.shape, chosen[1:]
    ((2, 2), array([[4, 6]]))
    """

    rows: Any
    columns: list[int]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return self.rows.shape[0], len(self.columns)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        dtype: np.dtype[Any] = self.rows.dtype
        return dtype

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        return np.asarray(self.rows[rows])[:, self.columns]


def without_columns(
    arrays: dict[str, Any], names: Sequence[str], ignore: Collection[str]
) -> dict[str, Any]:
    """Leave columns out of every matrix that has one for each name; ``tags`` are what is left."""
    kept = [i for i, name in enumerate(names) if name not in ignore]
    if len(kept) == len(names):
        return arrays
    chosen = {
        key: ChosenColumns(rows, kept) if rows.shape[1:] == (len(names),) else rows
        for key, rows in arrays.items()
        if key != "tags"
    }
    return {**chosen, "tags": tuple(names[i] for i in kept)}
