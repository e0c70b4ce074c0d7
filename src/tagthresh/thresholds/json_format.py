"""thresholds.json: how thresholds are written to a file, and what is checked when they are read.

One JSON object of `SCHEMA_VERSION` 1 with the keys

schema_version, tags, values, rule
    What is needed to decide: names (or null), thresholds (null is never), and the rule in words.
metric, metric_options, method, score, clips, known, positives, fingerprint
    What they were fitted for, with what it was given besides its name, such as costs; how; the
    metric reached, clips in all, known and positive mass per tag, and a SHA-256 of what was counted
    (`Counts.fingerprint`). All null for thresholds that were not fitted.
evidence
    What the thresholds, as fitted, rest on (`tagthresh.thresholds.evidence`): columns with an entry
    per tag, null where something was not looked at. Null where nothing is known.
overrides
    Fitted values that were replaced by hand, by tag: ``{"Dog": {"fitted": 0.31, "set": 0.4}}``.
version, created
    Of the library; and the time of fitting (UTC, ISO 8601).
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tagthresh import validation
from tagthresh.formatting import plain
from tagthresh.io import json_schema as js
from tagthresh.io.atomic import replacing
from tagthresh.thresholds.evidence import COLUMNS, STATUSES
from tagthresh.validation import InputError
from tagthresh.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from tagthresh.counts.counts import Counts
    from tagthresh.metrics.base import Metric

SCHEMA_VERSION = 1
RULE = "score >= threshold"


@dataclass(frozen=True)
class Origin:
    """Where fitted thresholds came from.

    Attributes
    ----------
    metric : str
        What was maximised.
    method : mapping
        ``name`` and ``options`` of the method; ``fixed`` thresholds and ``bounds`` by tag, where
        there were any; of a guarantee, ``infeasible`` too: the names of the
        tags without a guarantee.
    score : float
        The metric on the clips fitted on.
    clips : int
        Number of these clips.
    known, positives : tuple of float
        Mass of known and of positive clips of each tag.
    fingerprint : str
        SHA-256 of what was counted.
    version : str
        Version of the library.
    created : str
        Time of fitting, UTC, ISO 8601.
    evidence : mapping or None
        What the thresholds rest on: ``solution.evidence.to_dict()``.
    metric_options : mapping
        What the metric was given besides its name, such as costs: `Metric.options`.
    """

    metric: str
    method: Mapping[str, Any]
    score: float
    clips: int
    known: tuple[float, ...]
    positives: tuple[float, ...]
    fingerprint: str
    version: str
    created: str
    evidence: Mapping[str, Any] | None = None
    metric_options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        counts: Counts,
        metric: Metric,
        method: Mapping[str, Any],
        score: float,
        evidence: Mapping[str, Any] | None = None,
    ) -> Origin:
        """Origin of thresholds fitted now."""
        return cls(
            metric=metric.name,
            method=method,
            score=score,
            clips=counts.n_clips,
            known=tuple(counts.known.mass.tolist()),
            positives=tuple(counts.positive.mass.tolist()),
            fingerprint=counts.fingerprint,
            version=__version__,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            evidence=evidence,
            metric_options=metric.options,
        )


class Content(NamedTuple):
    """What a file holds: the arguments of `Thresholds`."""

    values: list[float]
    tags: list[str] | None
    origin: Origin | None
    overrides: dict[str, dict[str, float]]


def to_json(
    values: Iterable[float],
    tags: Iterable[str] | None,
    origin: Origin | None,
    overrides: Mapping[str, Mapping[str, float]],
) -> dict[str, Any]:
    """Everything as plain Python values."""
    names = [each.name for each in dataclasses.fields(Origin)]
    where_from = dataclasses.asdict(origin) if origin else dict.fromkeys(names)
    return {
        "schema_version": SCHEMA_VERSION,
        "tags": None if tags is None else list(tags),
        "values": plain(values),
        "rule": RULE,
        **{key: list(v) if isinstance(v, tuple) else v for key, v in where_from.items()},
        "overrides": {
            tag: dict(zip(change, plain(change.values()), strict=True))
            for tag, change in overrides.items()
        },
    }


def write(path: str | os.PathLike[str], content: dict[str, Any]) -> None:
    """Write a file, whole or not at all.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    with replacing(path) as temporary:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read(path: str | os.PathLike[str]) -> Content:
    """Read a file and check every key.

    Raises
    ------
    InputError
        When it cannot be read or is not what it should be.
    """
    return js.load(path, "a thresholds file", SCHEMA, _content)


LIMITS = js.record(
    {"name": js.text},
    {
        "fixed": js.mapping_of(js.Nullable(js.number())),
        "bounds": js.mapping_of(js.range_of(js.Nullable(js.number()))),
        "infeasible": js.list_of(js.text),
    },
)


def _method(key: str, value: object) -> dict[str, Any]:
    """Check how thresholds were found: what is used again by its form, the rest as it is."""
    limits = LIMITS(key, value)
    rest: Any = js.anything(key, value)
    return {**rest, **limits}


ORIGIN: dict[str, js.Checker] = {
    "metric": js.text,
    "method": _method,
    "score": js.number(),
    "clips": js.whole(0),
    "known": js.masses,
    "positives": js.masses,
    "fingerprint": js.text,
    "version": js.text,
    "created": js.text,
}
NEVER_SEEN = "never seen"  # as files of before say for "no labels" and "no positives"
THRESHOLD = js.Nullable(js.number(), math.inf)
SHARE = js.Nullable(js.list_of(js.Nullable(js.number(0, 1 + 1e-9))))  # sums of weights round
EVIDENCE: dict[str, js.Checker] = {
    **dict.fromkeys(COLUMNS, SHARE),
    "status": js.list_of(js.one_of(*STATUSES, NEVER_SEEN)),
    "seen": js.masses,
    **dict.fromkeys(
        ("threshold_low", "threshold_high"), js.Nullable(js.list_of(js.Nullable(js.number())))
    ),
}
SCHEMA = js.versioned(
    SCHEMA_VERSION,
    {
        "tags": js.Nullable(js.list_of(js.text)),
        "values": js.list_of(THRESHOLD),
        "rule": js.one_of(RULE),
    },
    {
        **{key: js.Nullable(check) for key, check in ORIGIN.items()},
        "metric_options": js.Nullable(js.mapping_of(js.anything), {}),
        "evidence": js.Nullable(js.record(EVIDENCE, closed=True)),
        "overrides": js.mapping_of(js.record({"fitted": THRESHOLD, "set": THRESHOLD}, closed=True)),
    },
)


def _content(found: dict[str, Any]) -> Content:
    """Check what keys must be together."""
    values, tags = found["values"], found["tags"]
    if not values:
        raise InputError("values", "must hold at least one threshold", "[]")
    names = validation.tag_names(tags, len(values)) or map(str, range(len(values)))
    current = dict(zip(names, values, strict=True))
    overrides = found.get("overrides", {})
    for tag, change in overrides.items():
        if tag not in current:
            raise js.wrong("overrides", "must name tags", tag)
        if change["set"] != current[tag]:
            raise js.wrong(f"overrides of {tag!r}", "must be set to its value", change)
    return Content(values, tags, _origin(found, len(values)), overrides)


def _origin(found: dict[str, Any], n_tags: int) -> Origin | None:
    """Read where the thresholds came from; None when the file does not say."""
    given = {key: found[key] for key in ORIGIN if found.get(key) is not None}
    if not given:
        return None
    if len(given) < len(ORIGIN):
        raise js.wrong("it", f"lacks the key {min(ORIGIN.keys() - given.keys())!r}", list(given))
    js.same_length(given, n_tags, ("known", "positives"), "numbers")
    evidence = found.get("evidence")
    js.same_length(evidence or {}, n_tags, COLUMNS, "entries", "evidence ")
    given |= {key: tuple(given[key]) for key in ("known", "positives")}
    return Origin(**given, evidence=evidence, metric_options=found.get("metric_options", {}))
