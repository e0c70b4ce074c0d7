"""What a page holds: one object of plain values and packed arrays, read by `content.js`.

tags
    Names, in the order of the scores.
thresholds
    The thresholds file that the page starts from, as `Thresholds.to_dict` has it.
metric, share, same_clips, expected
    Name, beta and average of the metric shown first; whether that fitted for is in percent, and on
    these clips; what cross-fitting expects of it, where that is known.
stops, path
    `Stops` of each tag, and the stops along the frontier.
starts
    Sets of thresholds to begin with or to compare with, the first being the page's own: places
    among the stops, the metric on these clips with its interval, and its difference to that of the
    first, with the interval of paired draws.
gains
    By the name of a set that was given to compare with: interval and verdict of what each tag of
    the page's own thresholds gains on it in F1 (`tagthresh.compare_thresholds`).
bins, examples, reliability
    `histograms` and `examples`; the reliability curve of each tag, where scores are probabilities.
"""

from __future__ import annotations

import base64
import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tagthresh import validation
from tagthresh.counts.curve import Curve
from tagthresh.decision_rule import printed
from tagthresh.evaluation.bootstrap import interval, rescored
from tagthresh.evaluation.probabilities import Reliability, curves
from tagthresh.methods.shared import Shared
from tagthresh.metrics.decisions import decide
from tagthresh.metrics.fbeta import FBeta
from tagthresh.metrics.registry import as_metric
from tagthresh.report.page.examples import examples
from tagthresh.report.page.histograms import are_probabilities, histograms
from tagthresh.report.page.stops import Stops
from tagthresh.thresholds.evidence import Evidence
from tagthresh.tradeoffs.frontier import Frontier
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tagthresh.calibration.calibrator import Calibrator
    from tagthresh.counts.counts import Counts
    from tagthresh.evaluation.compare_thresholds import ThresholdComparison
    from tagthresh.evaluation.crossfit import CrossFit
    from tagthresh.thresholds.thresholds import Thresholds
    from tagthresh.validation import LabelledScores

RESAMPLES = 500  # of the clips, for the intervals of the starts


class Clips(NamedTuple):
    """Checked clips: labels and scores, counts, names if known, and which are drawn together."""

    data: LabelledScores
    counts: Counts
    names: Sequence[str] | None
    unit: NDArray[np.int64]


def content(
    clips: Clips,
    sets: Mapping[str, Thresholds],
    compared: Mapping[str, ThresholdComparison],
    expected: CrossFit | None,
    calibrator: Calibrator | None,
) -> dict[str, Any]:
    """Everything on the page about the clips, the first of `sets` being the page's own.

    `compared` tells of the other sets what the first gains on them, tag by tag.
    """
    data, counts, _, _ = clips
    first = next(iter(sets.values()))
    metric = shown_metric(first)
    frontier = Frontier.from_curve(Curve.from_counts(counts))
    starts = _starts(counts, sets, metric)
    stops = Stops.from_frontier(frontier, np.array(list(starts.values())))
    return {
        "tags": list(counts.tags or first.names),
        "clips": counts.n_clips,
        "complete": counts.complete,
        "thresholds": first.to_dict(),
        "status": _status(first, counts),
        "metric": {"name": metric.name, "beta": float(metric.beta), "average": metric.average},
        "share": _is_share(first),
        "same_clips": first.fitted_on(counts),
        "expected": expected and expected.to_dict(),
        "known": packed(counts.known.mass),
        "positives": packed(counts.positive.mass),
        "effective": packed(counts.known.effective),
        "highest": packed(_highest(counts)),
        "stops": packed_all(vars(stops)),
        "path": packed(stops.path(frontier)),
        "starts": _judged(clips, starts, stops, metric),
        "gains": {
            name: packed_all({key: found.table[key] for key in ("low", "high", "verdict")})
            for name, found in compared.items()
        },
        "bins": packed_all(histograms(counts)),
        "examples": _examples(clips, next(iter(starts.values())), stops),
        "reliability": _reliability(data, calibrator),
    }


def shown_metric(thresholds: Thresholds) -> FBeta:
    """F-beta that the thresholds were fitted for; micro-averaged F1 if it was something else."""
    try:
        metric = as_metric(thresholds.origin.metric) if thresholds.origin else FBeta()
    except InputError:
        return FBeta()
    return metric if isinstance(metric, FBeta) and not metric.needs_rows else FBeta()


def _is_share(thresholds: Thresholds) -> bool:
    """Whether the metric fitted for is one that is shown in percent."""
    try:
        return thresholds.origin is None or as_metric(thresholds.origin.metric).share
    except InputError:  # a function of somebody's own
        return False


def packed(values: NDArray[Any]) -> dict[str, str]:
    """Write an array in the smallest type that holds it, little-endian and in base64.

    Examples
    --------
    >>> packed(np.array([1.0, 255.0]))
    {'type': 'u1', 'data': 'Af8='}
    """
    array = values.ravel()
    whole = (array >= 0) & (array < 2**32) & (array == np.floor(array))
    if array.dtype.kind != "f" or whole.all():
        array = array.astype(np.min_scalar_type(int(array.max(initial=0))))
    kind = f"{array.dtype.kind}{array.dtype.itemsize}"
    return {"type": kind, "data": base64.b64encode(array.astype(f"<{kind}").tobytes()).decode()}


def packed_all(values: Mapping[str, Any]) -> dict[str, Any]:
    """Pack what are arrays and keep the rest."""
    return {k: packed(v) if isinstance(v, np.ndarray) else v for k, v in values.items()}


def _highest(counts: Counts) -> NDArray[np.float64]:
    """Highest known score of each tag, or what it prints as; above it nothing is accepted."""
    highest = np.array([score.max(initial=-np.inf) for score in counts.known.score], counts.dtype)
    return np.maximum(highest.astype(np.float64), printed(highest))


def _starts(
    counts: Counts, sets: Mapping[str, Thresholds], metric: FBeta
) -> dict[str, NDArray[np.float64]]:
    """Thresholds in the order of the tags: those given, the best shared one, the usual default."""
    middle = 0.5 if are_probabilities(counts) else 0.0
    usual = {
        "best shared": Shared().fit(counts, metric).values,
        f"default {middle:g}": np.full(counts.n_tags, middle),
    }
    given = {name: each.in_order(counts.tags, counts.n_tags) for name, each in sets.items()}
    return given | {name: values for name, values in usual.items() if name not in given}


def _judged(
    clips: Clips, starts: Mapping[str, NDArray[np.float64]], stops: Stops, metric: FBeta
) -> list[dict[str, Any]]:
    """Each start with its metric on the clips, and an interval."""
    decisions = [decide(clips.data, values) for values in starts.values()]
    draws = rescored(clips.data, decisions, metric, groups=clips.unit, n_resamples=RESAMPLES)
    scores = [float(metric(clips.counts.confusion(values))) for values in starts.values()]
    n_groups, judged = int(clips.unit.max()) + 1, []
    for (name, values), score, drawn in zip(starts.items(), scores, draws, strict=True):
        low, high = interval(score, drawn, n_groups, metric.bounds)
        gain = score - scores[0]
        ends = interval(gain, drawn - draws[0], n_groups, (-1.0, 1.0)) if gain else (0, 0)
        place, difference = packed(stops.at(values)), [gain, *ends]
        numbers = {"score": score, "low": low, "high": high, "difference": difference}
        judged.append({"name": name, "place": place, **numbers})
    return judged


def _status(thresholds: Thresholds, counts: Counts) -> list[str]:
    """Status of each tag: as fitted, or from the clips on the page where that is not known."""
    evidence = thresholds.origin and thresholds.origin.evidence
    if not evidence:
        return Evidence(counts.positive.effective).beside(counts).status
    row = np.array([evidence["status"]])
    aligned = validation.align("thresholds", row, thresholds.tags, counts.tags)
    return list(map(str, aligned[0]))


def _examples(clips: Clips, thresholds: NDArray[np.float64], stops: Stops) -> dict[str, Any]:
    """Give examples, their clips numbered anew; only their names are kept."""
    found = examples(clips.data, thresholds)
    tag = np.repeat(np.arange(len(thresholds)), np.diff(found["offset"]))
    used, number = np.unique(found["clip"], return_inverse=True)
    names = [f"clip {clip}" if clips.names is None else str(clips.names[clip]) for clip in used]
    score = stops.reached(found["score"], tag)
    return {"names": names, **packed_all(found | {"clip": number, "score": score})}


def _reliability(data: LabelledScores, calibrator: Calibrator | None) -> dict[str, Any] | None:
    """Curves of the calibrator's probabilities, or of scores that can be taken for such."""
    of = "scores, taken for probabilities"
    scores = data.scores if data.known is None else np.where(data.known, data.scores, 0)
    if calibrator is not None:
        of = "calibrated probabilities"
        scores = calibrator.predict_proba(scores, data.tags)
        scores = validation.align("calibrator", scores, calibrator.tags, data.tags)
    elif scores.min() < 0 or scores.max() > 1:
        return None
    found = curves(dataclasses.replace(data, scores=scores))
    columns = {
        name: np.concatenate(column).astype(np.float32)
        for name, column in zip(Reliability._fields, zip(*found, strict=True), strict=True)
    }
    offset = np.cumsum([0, *(len(curve.mass) for curve in found)])
    return {"of": of, **packed_all({"offset": offset, **columns})}
