"""`find_thresholds`, the call most people make: counts, a metric and a method give a solution."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tagthresh import validation
from tagthresh.counts.as_counts import WITHOUT_ROWS, as_counts
from tagthresh.counts.normal_scores import along_coordinate
from tagthresh.evaluation.crossfit import warn_of_few
from tagthresh.evaluation.expected import Plan, check_rowless, expectation
from tagthresh.evaluation.groups import group_numbers
from tagthresh.formatting import plain, plural, visible
from tagthresh.io.shards import Shards
from tagthresh.methods.registry import as_method
from tagthresh.methods.shared import Shared
from tagthresh.metrics.decisions import decide, score
from tagthresh.metrics.registry import as_metric
from tagthresh.solution import Solution
from tagthresh.thresholds.evidence import Evidence
from tagthresh.thresholds.json_format import Origin
from tagthresh.thresholds.thresholds import Thresholds
from tagthresh.tradeoffs.certificate import certify
from tagthresh.validation import InputError
from tagthresh.validation.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.methods.base import Method
    from tagthresh.metrics.base import AnyMetric, Metric
    from tagthresh.tradeoffs.certificate import Certificate
    from tagthresh.validation import LabelledScores, Tags

    Bounds = tuple[float | None, float | None]


class UnseenTagWarning(UserWarning):
    """Some tags have no known positive clip, or no known negative one."""


def find_thresholds(  # noqa: PLR0913
    y_true: object,
    y_score: object = None,
    *,
    metric: AnyMetric = "f1_micro",
    method: str | Method = "hierarchical",
    tags: Sequence[str] | None = None,
    sample_weight: ArrayLike | None = None,
    groups: Iterable[Hashable] | None = None,
    cv: int | Literal["auto"] | None = "auto",
    bootstrap: int | Literal["auto"] | None = "auto",
    fixed: Mapping[str, float | None] | None = None,
    bounds: Bounds | Mapping[str, Bounds] | None = None,
    unseen: float | Literal["never", "prior", "shared"] | None = None,
    ignore: Sequence[str] = (),
    positive_only: bool = False,
) -> Solution:
    """Find the threshold of each tag that maximises a metric.

    Parameters
    ----------
    y_true : array-like, data frame or sparse matrix, shape (n_clips, n_tags), or counts or Shards
        1 positive, 0 negative; -1, NaN and masked entries are unknown and count nowhere; not stored
        is 0. `Counts`, `GridCounts` and `Shards`, clips that are read in parts, stand for labels,
        scores, tags and weights together.
    y_score : array-like, data frame or sparse matrix, shape (n_clips, n_tags)
        Finite scores of any scale. Data frames are matched with `y_true` by column name; rows, by
        position. In a sparse matrix a score that is not stored is below every threshold.
    metric : str, Metric or callable, default "f1_micro"
        What to maximise: a name, such as "f0.5_macro" (`docs/metrics.md` lists them); an object,
        such as ``tt.metrics.FBeta(2, average="weighted")``; or a function of (tp, fp, fn, tn),
        which is then micro-averaged (`FunctionMetric`).
    method : str or Method, default "hierarchical"
        How: "hierarchical", made for unseen clips; "exact", the best on these;
        "coordinate_ascent", for metrics that couple the tags; "shared", "constant"; the SGL-Thresh
        paper's "surrogate_gradient" ("sgl"), "numerical_gradient" and "random_search"; or an object
        with options, such as ``tt.methods.Constant(0.3)``.
    tags : sequence of str, optional
        Names of the tags.
    sample_weight : array-like, shape (n_clips,) or (n_clips, n_tags), optional
        Weights of the clips, or of pairs of clip and tag (`review_weights`), at least 0; 1 by
        default.
    groups : iterable of hashable, n_clips of them, optional
        Clips that belong together have the same group, such as a recording or a site: they are
        never in two folds, and are drawn together.
    cv : int, "auto" or None, default "auto"
        Folds of the cross-fitting that tells what to expect on unseen clips (`crossfit`); None
        leaves it out. "auto" is 10 (or the number of groups, if that is less) where groups are
        given or it takes a few times what the fit takes: for 10 to 200,000 clips, at most 20
        million pairs of clip and tag, and all methods but random_search and coordinate_ascent;
        elsewhere it is None.
    bootstrap : int, "auto" or None, default "auto"
        Fits on resampled clips for the interval of each threshold (`threshold_interval`); None
        leaves them out. "auto" is 100 where there is cross-fitting, for up to 30,000 pairs of clip
        and tag, and all methods but random_search and coordinate_ascent; elsewhere it is None.
    fixed : mapping of str to float or None, optional
        Thresholds of tags that are given, not found; None is never. Those of the other tags are
        found to go with them. Tags without names are called "0", "1", ...
    bounds : (lowest, highest), or mapping of str to (lowest, highest), optional
        Limits of the thresholds of all tags that are not fixed, or of some tags; None is no limit.
    unseen : float, "never", "prior", "shared" or None, default None
        Threshold, within `bounds`, of tags without a known positive that are not fixed: a number;
        none that any score reaches; or the best single threshold of all tags. The others are found
        to go with it. "prior", with "hierarchical" only, is the cut that the other tags suggest.
        None never gives tags without any known label, and leaves those with known negatives to the
        method.
    ignore : sequence of str, optional
        Names of columns of data frames that are no tags and are left out. A column that is the same
        in scores and labels is an error otherwise (`tagthresh.validation.label_signs`).
    positive_only : bool, default False
        Whether labels may hold 1 and unknown and no 0 at all, which is an error otherwise: -1 is
        unknown here, not "no".

    Returns
    -------
    Solution
        ``.thresholds``, ``.score``, ``.expected``, ``.evidence``, ``.status``, ``.statistics``,
        ``.certificate``.

    Raises
    ------
    InputError
        When an argument breaks a rule of `tagthresh.validation`, or the method cannot maximise the
        metric; the message then names one that can.

    Warns
    -----
    UnseenTagWarning
        When tags have no known label, no known positive, or no known negative; it names them.
    FewPositivesWarning
        When there are too few positives for a macro-average to tell which method is better.

    Examples
    --------
    >>> import tagthresh as tt
    >>> y_true = [[1, 0], [1, 1], [0, 0], [0, 1]]
    >>> y_score = [[0.9, 0.1], [0.3, 0.4], [0.2, 0.2], [0.1, 0.3]]
    >>> solution = tt.find_thresholds(y_true, y_score, tags=["Dog", "Rain"])
    >>> solution.score
    1.0
    >>> solution.thresholds.values
    array([0.25, 0.25])
    """
    metric, method = as_metric(metric), as_method(method)
    method.check(metric)
    if isinstance(y_true, WITHOUT_ROWS):
        check_rowless(cv, bootstrap, grouped=groups is not None)
    validation.same_rows(y_true=y_true, y_score=y_score, groups=groups)

    def at(names: Tags | None, n_tags: int) -> tuple[NDArray[np.float64], ...]:
        return thresholds_at(validation.limits(fixed, bounds, names, n_tags), unseen, n_tags)

    data, counts = as_counts(
        *(y_true, y_score, tags, sample_weight),
        ignore=ignore,
        positive_only=positive_only,
        at=at,
        quantiles=isinstance(y_true, Shards) and method.quantiles(metric),
    )
    goal = metric.for_tags(counts.tags, counts.n_tags)
    limits = validation.limits(fixed, bounds, counts.tags, counts.n_tags)
    data, counts = _within(limits, data, counts)
    if isinstance(unseen, str) and unseen == "prior":
        _check_prior(method)
    elif unseen is not None:
        data, counts = _within(_with_unseen(unseen, goal, data, counts), data, counts)
    unit = None if data is None else group_numbers(groups, sample_weight, len(data.scores))
    plan = Plan.of(cv, bootstrap, method, counts, unit, grouped=groups is not None)
    if method.along_coordinate:
        counts = along_coordinate(counts)  # once, for the folds too
    fit = method.fit(counts, goal, data)
    warn_of_unseen(counts, unseen)
    unlabelled = (counts.known.clips == 0) & (unseen is None)
    values = np.where(unlabelled, counts.limited(_never(counts)), counts.placed(fit.values))
    reached, certificate = judged(goal, values, counts, data)
    evidence, expected = Evidence(counts.positive.effective), None
    if data is not None and unit is not None:
        evidence, expected = expectation(data, counts, unit, method, goal, plan)
    warn_of_few(expected, goal)
    if evidence.threshold is not None:
        never = np.where(unlabelled, values, evidence.threshold)
        evidence = replace(evidence, threshold=never)
    evidence = evidence.beside(counts)
    made = {"name": method.name, "options": method.options} | _recorded(counts)
    origin = Origin.of(counts, metric, made, reached, evidence.to_dict())
    thresholds = Thresholds(values, counts.tags, origin)
    return Solution(
        *(thresholds, reached, fit.status, fit.statistics),
        certificate=certificate,
        evidence=evidence,
        expected=expected,
        calibrator=fit.calibrator,
    )


def thresholds_at(
    limits: Limits | None, unseen: float | str | None, n_tags: int
) -> tuple[NDArray[np.float64], ...]:
    """Thresholds that tags may get by limits or for want of positives, of clips read in parts."""
    if isinstance(unseen, str) and unseen == "shared":
        raise InputError(
            "unseen", 'must be "never" or a number for clips read in parts', "'shared'"
        )
    known = unseen is None or (isinstance(unseen, str) and unseen in {"never", "prior"})
    return (*(limits or ()), *(() if known else (np.full(n_tags, _number(unseen)),)))


def judged(
    metric: Metric, values: NDArray[np.float64], counts: Counts, data: LabelledScores | None
) -> tuple[float, Certificate | None]:
    """Metric that thresholds reach on clips, and how far from the best they can be."""
    if metric.needs_rows and data is not None:
        return score(metric, data, decide(data, values)), None
    confusion = counts.confusion(values)
    return float(metric(confusion)), certify(counts, metric, confusion)


def _with_unseen(
    unseen: float | str, metric: Metric, data: LabelledScores | None, counts: Counts
) -> Limits:
    """Limits in which the tags without known positives are fixed too."""
    words = isinstance(unseen, str)
    if words and unseen == "shared":
        value = counts.placed(Shared().fit(counts, metric, data).values)
    elif words and unseen == "never":
        value = _never(counts)
    else:
        value = np.full(counts.n_tags, _number(unseen))
    limits, lacking = counts.limits or Limits.none(counts.n_tags), counts.positive.mass == 0
    value = limits.nearest(value)
    return Limits(*(np.where(lacking, value, end) for end in limits))


def _within(
    limits: Limits | None, data: LabelledScores | None, counts: Counts
) -> tuple[LabelledScores | None, Counts]:
    """Put limits on the thresholds to be found."""
    for limit in limits or ():
        placed = counts.placed(limit)
        for tag in np.flatnonzero(placed != limit).tolist():
            raise InputError(
                "fixed, bounds and unseen",
                "must not cut through a cell of the grid that holds scores",
                f"{limit[tag]} for tag {counts.name(tag)!r}",
                remedy=f"The nearest threshold that does not is {placed[tag]}",
            )
    if data is not None:
        data = replace(data, limits=limits)
    return data, replace(counts, limits=limits)


def _recorded(counts: Counts) -> dict[str, Any]:
    """Give fixed thresholds and bounds by tag, as plain values; nothing without limits."""
    if counts.limits is None:
        return {}
    fixed, bounds = {}, {}
    for tag, (low, high) in enumerate(np.stack(counts.limits, axis=1).tolist()):
        if low == high:
            [fixed[counts.name(tag)]] = plain([low])
        elif np.isfinite([low, high]).any():
            bounds[counts.name(tag)] = plain([low, high])
    return {"fixed": fixed, "bounds": bounds}


def _never(counts: Counts) -> NDArray[np.float64]:
    return np.full(counts.n_tags, np.inf)


def _check_prior(method: Method) -> None:
    """Check that a method has something to say of tags that it has not seen."""
    if not method.along_coordinate:
        rule = 'must be "never", "shared" or a number, since only "hierarchical" has a prior'
        raise InputError("unseen", rule, f"'prior' with method {method.name!r}")


def _number(unseen: object) -> float:
    return validation.finite_number('unseen, where not "never", "prior" or "shared",', unseen)


def warn_of_unseen(counts: Counts, unseen: float | str | None = None) -> None:
    """Name the tags without known labels, positives or negatives, to the caller of the caller."""
    unlabelled = counts.known.clips == 0
    never = "" if unseen is not None else '; they are never given, which unseen="prior" changes'
    kinds = {
        f"no clip has a known label{never}": unlabelled,
        "no clip is known to be positive": (counts.positive.mass == 0) & ~unlabelled,
        "no clip is known to be negative": counts.presence_only,
    }
    for what, lacking in kinds.items():
        names = [visible(counts.name(int(tag))) for tag in np.flatnonzero(lacking)]
        if names:
            shown = "; ".join(names[:10]) + ("; ..." if len(names) > 10 else "")
            text = f"{len(names)} of {plural(counts.n_tags, 'tag')}: {what}: {shown}"
            warnings.warn(text, UnseenTagWarning, stacklevel=3)
