"""Thresholds: one number per tag, where they came from, and the decisions they make.

A clip gets a tag when ``score >= threshold``. A tag that is never to be given has the threshold
+inf, ``null`` in JSON. The JSON form is `SCHEMA_VERSION` 1: one object with the keys

schema_version, tags, values, rule
    What is needed to decide: names (or null), thresholds, and the rule in words.
metric, method, score, clips, known, positives, fingerprint
    What they were fitted for and how, the metric reached, clips in all, known and positive mass per
    tag, and a SHA-256 of what was counted. Null for thresholds that were not fitted.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from tagthresh import checks
from tagthresh.checks import InputError
from tagthresh.files import replacing
from tagthresh.placement import round_up
from tagthresh.plain import plain

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

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
        ``name`` and ``options`` of the method.
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


@dataclass(frozen=True, eq=False)
class Thresholds:
    """One threshold per tag.

    Parameters
    ----------
    values : array-like of float, shape (n_tags,)
        In the unit of the scores; +inf is never.
    tags : sequence of str, optional
        Distinct names, in the order of `values`.
    origin : Origin, optional
        Where the values came from; set by `find_thresholds`.
    overrides : mapping, optional
        Fitted values replaced by hand; set by `override`.

    Raises
    ------
    InputError
        When values are not numbers or names do not fit them.

    Examples
    --------
    >>> thresholds = Thresholds([0.3, 0.7], ["Dog", "Rain"])
    >>> thresholds.predict([[0.4, 0.4], [0.1, 0.9]])
    array([[ True, False],
           [False,  True]])
    """

    values: NDArray[np.float64]
    tags: tuple[str, ...] | None = None
    origin: Origin | None = None
    overrides: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __init__(
        self,
        values: ArrayLike,
        tags: Sequence[str] | None = None,
        origin: Origin | None = None,
        overrides: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        array = checks.threshold_values(values)
        array.flags.writeable = False
        object.__setattr__(self, "values", array)
        object.__setattr__(self, "tags", checks.tag_names(tags, len(array)))
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "overrides", dict(overrides or {}))

    def __len__(self) -> int:
        """Count the tags."""
        return len(self.values)

    @property
    def names(self) -> tuple[str, ...]:
        """Tags to show: their names, or their positions where they have none."""
        return self.tags or tuple(str(i) for i in range(len(self)))

    def predict(self, y_score: object, tags: Sequence[str] | None = None) -> Any:
        """Decide which clips get which tags.

        Parameters
        ----------
        y_score : array-like, data frame or sparse matrix, shape (n_clips, n_tags)
            Finite scores. The columns of a data frame are matched by name. In a sparse matrix a
            score that is not stored is below every threshold.
        tags : sequence of str, optional
            Names of the columns, to match those of an array by name too.

        Returns
        -------
        ndarray of bool, or csr_array of bool for a sparse matrix, shape (n_clips, n_tags)
            True where ``score >= threshold``.

        Raises
        ------
        InputError
            When the tags differ or a score is not finite.

        Examples
        --------
        >>> Thresholds([0.5, np.inf]).predict([[0.5, 9.0]])
        array([[ True, False]])
        """
        if scipy.sparse.issparse(y_score):
            return self._predict_sparse(self._aligned(scipy.sparse.csc_array(y_score), tags))
        scores, names = checks.matrix("y_score", y_score)
        scores = self._aligned(scores, names if tags is None else tags)
        scores = checks.score_matrix("y_score", scores, self.tags)
        return scores >= round_up(self.values, scores.dtype)

    def _predict_sparse(self, y_score: scipy.sparse.csc_array) -> scipy.sparse.csr_array:
        stored = y_score.tocoo()
        if not np.isfinite(stored.data).all():
            raise InputError("y_score must be finite; a stored score is not")
        accepted = stored.data >= self.values[stored.col]
        place = stored.row[accepted], stored.col[accepted]
        return scipy.sparse.csr_array((np.ones(len(place[0]), bool), place), shape=stored.shape)

    def in_order(self, tags: tuple[str, ...] | None, n_tags: int) -> NDArray[np.float64]:
        """Values in the order of `tags`, or as they are where one side has no names.

        Raises
        ------
        InputError
            When the tags differ.
        """
        if n_tags != len(self) and (tags is None or self.tags is None):
            raise InputError(f"thresholds must hold one per tag; got {len(self)} for {n_tags} tags")
        row = checks.align("thresholds", self.values[None], self.tags, tags)
        return np.asarray(row[0])

    def _aligned(self, scores: Any, tags: Sequence[str] | None) -> Any:
        """Order the columns as the thresholds."""
        n_tags = scores.shape[1]
        if n_tags != len(self) and (tags is None or self.tags is None):
            raise InputError(
                f"y_score must have one column per threshold; got {n_tags} for {len(self)}"
            )
        return checks.align("y_score", scores, checks.tag_names(tags, n_tags), self.tags)

    def override(self, values: Mapping[str, float | None]) -> Thresholds:
        """Return thresholds with some values set by hand, and recorded as such.

        Parameters
        ----------
        values : mapping of str to float or None
            New threshold by tag; None is never. Tags without names are called "0", "1", ...

        Returns
        -------
        Thresholds

        Raises
        ------
        InputError
            When a tag is unknown or a value is not a number.

        Examples
        --------
        >>> changed = Thresholds([0.3, 0.7], ["Dog", "Rain"]).override({"Dog": 0.4})
        >>> changed.values, changed.overrides
        (array([0.4, 0.7]), {'Dog': {'fitted': 0.3, 'set': 0.4}})
        """
        new, overrides = self.values.copy(), dict(self.overrides)
        for tag, value in values.items():
            if tag not in self.names:
                raise InputError(f"override: no tag is called {tag!r}{_nearest(tag, self.names)}")
            place = self.names.index(tag)
            number = math.inf if value is None else value
            if isinstance(number, bool) or not isinstance(number, int | float | np.number):
                raise InputError(
                    f"override: the threshold of {tag!r} must be a number; got {value!r}"
                )
            fitted = overrides.get(tag, {}).get("fitted", float(self.values[place]))
            overrides[tag] = {"fitted": fitted, "set": float(number)}
            new[place] = number
        return Thresholds(new, self.tags, self.origin, overrides)

    def to_dict(self) -> dict[str, Any]:
        """Everything in the JSON form, as plain Python values."""
        origin = dataclasses.asdict(self.origin) if self.origin else dict.fromkeys(_ORIGIN)
        overrides = {
            tag: dict(zip(change, plain(change.values()), strict=True))
            for tag, change in self.overrides.items()
        }
        return {
            "schema_version": SCHEMA_VERSION,
            "tags": None if self.tags is None else list(self.tags),
            "values": plain(self.values),
            "rule": RULE,
            **{key: _listed(value) for key, value in origin.items()},
            "overrides": overrides,
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the JSON form, whole or not at all.

        Raises
        ------
        InputError
            When the file cannot be written.
        """
        with replacing(path) as temporary:
            text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")


_ORIGIN = [f.name for f in dataclasses.fields(Origin)]


def load(path: str | os.PathLike[str]) -> Thresholds:
    """Read thresholds that `Thresholds.save` or ``tagthresh fit`` wrote.

    Parameters
    ----------
    path : path
        A JSON file of `SCHEMA_VERSION` 1.

    Returns
    -------
    Thresholds

    Raises
    ------
    InputError
        When the file cannot be read or is not what it should be; the message says what is wrong.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Thresholds([0.3, np.inf], ["Dog", "Rain"]).save(f"{folder}/thresholds.json")
    ...     load(f"{folder}/thresholds.json").values
    array([0.3, inf])
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=_no_constant)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not a thresholds file: not valid JSON ({error})") from None
    try:
        return _from_dict(content)
    except (InputError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is not a thresholds file: {error}") from None


def _from_dict(content: Any) -> Thresholds:
    if not isinstance(content, dict):
        raise InputError(f"it must hold an object; got {type(content).__name__}")
    version = content.get("schema_version")
    if version != SCHEMA_VERSION:
        raise InputError(f"schema_version must be {SCHEMA_VERSION}; got {version!r}")
    missing = {"tags", "values", "rule"} - content.keys()
    if missing:
        raise InputError(f"it lacks the key {min(missing)!r}")
    if content["rule"] != RULE:
        raise InputError(f"rule must be {RULE!r}; got {content['rule']!r}")
    values = [_never_if_null(value) for value in content["values"]]
    overrides = {
        tag: {key: _never_if_null(value) for key, value in change.items()}
        for tag, change in content.get("overrides", {}).items()
    }
    return Thresholds(values, content["tags"], _origin(content, len(values)), overrides)


def _origin(content: dict[str, Any], n_tags: int) -> Origin | None:
    """Read where the thresholds came from; None when the file does not say."""
    found = {key: content[key] for key in _ORIGIN if content.get(key) is not None}
    if not found:
        return None
    missing = [key for key in _ORIGIN if key not in found]
    if missing:
        raise InputError(f"it lacks the key {missing[0]!r}")
    for key in ("known", "positives"):
        found[key] = tuple(float(value) for value in found[key])
        if len(found[key]) != n_tags:
            raise InputError(f"{key} must hold {n_tags} numbers; got {len(found[key])}")
    return Origin(**found)


def _never_if_null(value: object) -> float:
    if value is None:
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"values must be numbers or null; got {value!r}")
    return float(value)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON; never is null")


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _nearest(tag: str, names: Sequence[str]) -> str:
    """Hint at the closest name; empty when none is close."""
    import difflib

    close = difflib.get_close_matches(tag, names, 1)
    return f"; did you mean {close[0]!r}?" if close else ""
