"""Clips that belong together, such as those of one recording or site, and are drawn together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tagthresh import validation
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from numpy.typing import ArrayLike, NDArray


def group_numbers(
    groups: Iterable[Hashable] | None, sample_weight: ArrayLike | None, n_kept: int
) -> NDArray[np.int64]:
    """Give each of the `n_kept` clips of positive weight its group's number; its own by default.

    Raises
    ------
    InputError
        When there is not one group per clip, one is missing, or all are the same.
    """
    if groups is None:
        return np.arange(n_kept)
    codes = _codes(groups)
    kept = (
        None if sample_weight is None else validation.heavy(np.asarray(sample_weight, np.float64))
    )
    n_clips = n_kept if kept is None else len(kept)
    if len(codes) != n_clips:
        raise InputError(
            "groups", "must hold one group per clip", f"{len(codes)} for {n_clips} clips"
        )
    found, number = np.unique(codes if kept is None else codes[kept], return_inverse=True)
    if len(found) < 2:
        raise InputError("groups", "must name at least two groups; all clips are in the same one")
    return number


def _codes(groups: Iterable[Hashable]) -> NDArray[np.int64]:
    """Give each clip the number of its group, in order of appearance.

    Raises
    ------
    InputError
        When a group is missing: None, NaN or NA.
    """
    validation.check_readable("groups", groups)
    groups = validation.listed("groups", groups, "['site 1', 'site 2', ...]")
    number: dict[Hashable, int] = {}
    codes = []
    for clip, group in enumerate(groups):
        missing = group is None or type(group).__name__ in {"NAType", "NaTType"}
        if missing or (isinstance(group, float) and np.isnan(group)):
            rule = "must name a group for every clip"
            raise InputError("groups", rule, str(group), Place(clip=clip))
        try:
            codes.append(number.setdefault(group, len(number)))
        except TypeError:  # lists, and records of NumPy, which only look hashable
            rule = "must be names or numbers"
            raise InputError(
                "groups", rule, validation.described(group), Place(clip=clip)
            ) from None
    return np.array(codes, np.int64)
