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
from tagthresh.io.atomic import read_json, replacing
from tagthresh.io.guard import writing_to
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
        tags of which nothing is promised.
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
    with replacing(path) as temporary, writing_to(path):
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read(path: str | os.PathLike[str]) -> Content:
    """Read a file and check every key.

    Raises
    ------
    InputError
        When it cannot be read or is not what it should be.
    """
    content = read_json(path, "a thresholds file")
    try:
        return _checked(content)
    except InputError as error:
        raise InputError(f"{path} is not a thresholds file: {error}") from None


def _checked(content: object) -> Content:
    if not isinstance(content, dict):
        raise InputError(f"it must hold an object; got {_shown(content)}")
    version = content.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise InputError(f"schema_version must be {SCHEMA_VERSION}; got {version!r}")
    missing = {"tags", "values", "rule"} - content.keys()
    if missing:
        raise InputError(f"it lacks the key {min(missing)!r}")
    if content["rule"] != RULE:
        raise InputError(f"rule must be {RULE!r}; got {_shown(content['rule'])}")
    values = [_threshold("values", value) for value in _expected(content, "values", list)]
    if not values:
        raise InputError("values must hold at least one threshold; got []")
    tags = None if content["tags"] is None else _expected(content, "tags", list)
    validation.tag_names(tags, len(values))
    overrides = _overrides(content, tags or [str(i) for i in range(len(values))], values)
    return Content(values, tags, _origin(content, len(values)), overrides)


def _overrides(
    content: dict[str, Any], tags: list[str], values: list[float]
) -> dict[str, dict[str, float]]:
    """Read the changes by tag, which must agree with the values."""
    found = _expected(content, "overrides", dict) if "overrides" in content else {}
    current = dict(zip(tags, values, strict=True))
    overrides = {}
    for tag, change in found.items():
        if tag not in current:
            raise InputError(f"overrides must name tags; got {tag!r}")
        if not isinstance(change, dict) or set(change) != {"fitted", "set"}:
            raise InputError(f"overrides of {tag!r} must hold fitted and set; got {_shown(change)}")
        overrides[tag] = {key: _threshold("overrides", v) for key, v in change.items()}
        if overrides[tag]["set"] != current[tag]:
            raise InputError(f"overrides of {tag!r} must be set to its value; got {_shown(change)}")
    return overrides


def _origin(content: dict[str, Any], n_tags: int) -> Origin | None:
    """Read where the thresholds came from; None when the file does not say."""
    if all(content.get(key) is None for key in _ORIGIN):
        return None
    found = {key: _expected(content, key, kind) for key, kind in _ORIGIN.items()}
    for key in ("known", "positives"):
        found[key] = tuple(validation.finite_number(key, value) for value in found[key])
        if len(found[key]) != n_tags:
            raise InputError(f"{key} must hold {n_tags} numbers; got {len(found[key])}")
    found["score"] = float(found["score"])
    options = {}
    if content.get("metric_options") is not None:
        options = _expected(content, "metric_options", dict)
    return Origin(**found, evidence=_evidence(content, n_tags), metric_options=options)


def _evidence(content: dict[str, Any], n_tags: int) -> dict[str, Any] | None:
    """Read what the thresholds rest on; None when the file does not say."""
    if content.get("evidence") is None:
        return None
    columns: dict[str, Any] = _expected(content, "evidence", dict)
    if set(columns) != set(COLUMNS):
        raise InputError(f"evidence must hold {', '.join(COLUMNS)}; got {_shown(list(columns))}")
    for name, column in columns.items():
        _check_column(name, column, n_tags)
    return columns


def _check_column(name: str, column: object, n_tags: int) -> None:
    """Check a column of the evidence; null is "not looked at", a null entry is NaN or never."""
    if column is None and name not in {"seen", "status"}:
        return
    if not isinstance(column, list) or len(column) != n_tags:
        raise InputError(f"evidence {name} must hold {n_tags} entries; got {_shown(column)}")
    for value in column:
        if name == "status":
            validation.choice("evidence status", value, STATUSES)
        elif value is not None or name == "seen":
            validation.finite_number(f"evidence {name}", value)


_ORIGIN: dict[str, Any] = {
    "metric": str,
    "method": dict,
    "score": int | float,
    "clips": int,
    "known": list,
    "positives": list,
    "fingerprint": str,
    "version": str,
    "created": str,
}


def _expected(content: dict[str, Any], key: str, kind: Any) -> Any:
    """Value of a key, of the type that it must have."""
    if key not in content or content[key] is None:
        raise InputError(f"it lacks the key {key!r}")
    value = content[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        names = {dict: "an object", list: "a list", str: "a string"}
        raise InputError(f"{key} must be {names.get(kind, 'a number')}; got {_shown(value)}")
    return value


def _threshold(key: str, value: object) -> float:
    return math.inf if value is None else validation.finite_number(key, value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
