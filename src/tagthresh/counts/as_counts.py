"""One door to counts, for labels and scores in every form that users have them in.

Arrays, data frames and sparse matrices are counted, and their rows are kept where they are dense.
`Counts`, `GridCounts` and `Shards` stand for labels, scores, tags and weights together and have no
rows. Counts of `Shards` are exact next to positives and at thresholds named before counting: a
function takes them if it asks for no other threshold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tagthresh.counts.counts import Counts
from tagthresh.counts.sparse import Pairs, labelled
from tagthresh.counts.streaming.grid import GridCounts
from tagthresh.counts.streaming.passes import count
from tagthresh.io.shards import Shards
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.validation import LabelledScores, Tags

    At = Callable[[Tags | None, int], Sequence[NDArray[Any]]]

WITHOUT_ROWS = (Counts, GridCounts, Shards)


class Counted(NamedTuple):
    """Rows and their counts.

    Attributes
    ----------
    rows : LabelledScores or None
        None where there are no rows of dense scores.
    counts : Counts
    """

    rows: LabelledScores | None
    counts: Counts


def as_counts(  # noqa: PLR0913
    y_true: object,
    y_score: object = None,
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    *,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
    at: At | None = None,
    quantiles: bool = False,
) -> Counted:
    """Count labels and scores in any form.

    Parameters
    ----------
    y_true : array-like, data frame, sparse matrix, Counts, GridCounts or Shards
        Labels; the last three stand for all arguments up to `positive_only`.
    y_score, tags, sample_weight, ignore, positive_only
        As for `Counts.from_arrays`.
    at : callable, optional
        Of `Shards`: gives, for tags and their number, the thresholds at which the counts must be
        exact, besides those next to positives. None refuses `Shards`.
    quantiles : bool, default False
        Whether counts of `Shards` must be exact next to quantiles of all scores, too.

    Returns
    -------
    Counted

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, or stands beside what holds it.

    Examples
    --------
    >>> as_counts([[1], [0]], [[0.9], [0.2]]).counts
    Counts(2 clips x 1 tag, float64)
    """
    options: dict[str, Any] = {"ignore": ignore, "positive_only": positive_only}
    if isinstance(y_true, WITHOUT_ROWS):
        beside = {"y_score": y_score, "tags": tags, "sample_weight": sample_weight, **options}
        _check_alone(y_true, beside)
        return Counted(None, _without_rows(y_true, at, quantiles=quantiles))
    if y_score is None:
        raise InputError("y_score", "must be given, unless y_true holds counts or Shards")
    data = labelled(y_true, y_score, tags, sample_weight, **options)
    return Counted(None if isinstance(data, Pairs) else data, Counts.from_checked(data))


def next_to_positives(_tags: Tags | None, _n_tags: int) -> tuple[NDArray[Any], ...]:
    """Give no thresholds besides those next to positives, as `at` of `as_counts`."""
    return ()


def _without_rows(
    y_true: Counts | GridCounts | Shards, at: At | None, *, quantiles: bool
) -> Counts:
    if isinstance(y_true, Shards):
        if at is None:
            rule = "must be arrays, Counts or GridCounts, which hold all scores"
            raise InputError("y_true", rule, y_true, None, "Count the clips with tt.GridCounts")
        return count(y_true, at(y_true.tags, y_true.n_tags), quantiles=quantiles)
    return y_true.counts() if isinstance(y_true, GridCounts) else y_true


def _check_alone(y_true: object, beside: dict[str, object]) -> None:
    """Check that nothing is given with labels that hold it already."""
    kind = "Shards" if isinstance(y_true, Shards) else "Counts"
    for name, value in beside.items():
        empty = isinstance(value, tuple | list) and not value
        if not (value is None or value is False or empty):
            raise InputError(name, f"must not be given with {kind}, which already hold it")
