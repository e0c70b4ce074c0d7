"""Whether two results are the same, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tagthresh as tt


def same_counts(a: tt.Counts, b: tt.Counts) -> bool:
    """Whether two counts hold the same bytes."""
    for one, other in ((a.known, b.known), (a.positive, b.positive)):
        for left, right in (
            (one.score, other.score),
            (one.above, other.above),
            (one.weight or (), other.weight or ()),
        ):
            if [(x.dtype, x.tobytes()) for x in left] != [(x.dtype, x.tobytes()) for x in right]:
                return False
    return a.n_clips == b.n_clips
