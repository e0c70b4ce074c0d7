"""`find_thresholds` on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tagthresh import find, validation
from tagthresh.integrations.dask.connected import connected
from tagthresh.integrations.dask.passes import count
from tagthresh.integrations.dask.sources import source
from tagthresh.io.shards import Shards
from tagthresh.methods import as_method
from tagthresh.metrics import as_metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tagthresh.find import Bounds
    from tagthresh.io.shards import Progress
    from tagthresh.methods.base import Method
    from tagthresh.metrics.base import AnyMetric
    from tagthresh.solution import Solution


def find_thresholds(  # noqa: PLR0913
    y_true: object,
    y_score: object = None,
    *,
    metric: AnyMetric = "f1_micro",
    method: str | Method = "hierarchical",
    tags: Sequence[str] | None = None,
    fixed: Mapping[str, float | None] | None = None,
    bounds: Bounds | Mapping[str, Bounds] | None = None,
    unseen: float | Literal["never", "prior"] | None = None,
    client: Any = None,
    progress: Progress | None = None,
    positive_only: bool = False,
) -> Solution:
    """Find the threshold of each tag that maximises a metric, with the clips on a cluster.

    Parameters
    ----------
    y_true : dask array or dask data frame, shape (n_clips, n_tags), or Shards
        Labels as for `tagthresh.find_thresholds`. `Shards.from_files` stands for labels, scores and
        tags; every worker must see the files under the same paths, and ``memory`` is what one task
        may take.
    y_score : dask array or dask data frame, shape (n_clips, n_tags)
        Finite scores of any scale. Partitions of data frames go with those of `y_true` one by one,
        and are matched by column name; rows, by position.
    metric, method, fixed, bounds, unseen
        As for `tagthresh.find_thresholds`, with the methods "hierarchical" and "exact".
    tags : sequence of str, optional
        Names of the tags; by default the column names of a data frame, else none.
    client : distributed.Client, optional
        The cluster; by default the client made last, or else a cluster of this machine's cores for
        the time of the call. A script that leaves it to the default needs the usual
        ``if __name__ == "__main__":``, since its workers are processes.
    progress : callable, optional
        Called with what is being done, the clips done in this pass and the clips in all.
    positive_only : bool, default False
        As for `tagthresh.find_thresholds`; `Shards` have their own.

    Returns
    -------
    Solution
        The thresholds are, to the bit, those of all clips in memory, regardless of the partitions
        and the number of workers, even if some workers are lost on the way.

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, or the method needs all scores at
        once.

    Examples
    --------
    >>> import dask.array as da, distributed, tagthresh as tt
    >>> from tagthresh.integrations.dask import find_thresholds
    >>> fit, unseen = tt.datasets.load_demo()
    >>> y_true, y_score = (da.from_array(each, chunks=100) for each in (fit.labels, fit.scores))
    >>> with distributed.Client(processes=False, dashboard_address=":0") as client:
    ...     solution = find_thresholds(y_true, y_score, method="exact", client=client)
    >>> round(100 * solution.score, 2)
    78.16
    """
    goal, chosen = as_metric(metric), as_method(method)
    chosen.check(goal)
    quantiles = chosen.quantiles(goal)
    clips = source(y_true, y_score, tags)
    positive_only = y_true.positive_only if isinstance(y_true, Shards) else positive_only
    limits = validation.limits(fixed, bounds, clips.tags, clips.n_tags)
    at = find.thresholds_at(limits, unseen, clips.n_tags)
    with connected(client) as cluster:
        options = {"quantiles": quantiles, "positive_only": positive_only}
        counts = count(cluster, clips, at, progress, **options)
    return find.find_thresholds(
        counts, metric=goal, method=chosen, fixed=fixed, bounds=bounds, unseen=unseen
    )
