"""Thresholds: one number per tag, where they came from, and the decisions they make.

A clip gets a tag when ``score >= threshold``, by the rule of `tagthresh.decision_rule`. A tag
that is never to be given has the threshold +inf, ``null`` in JSON, whose form is defined in
`tagthresh.thresholds.json_format`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.counts.float_keys import comparable
from tagthresh.decision_rule import accepts, rounded
from tagthresh.formatting import TableMixin, plural
from tagthresh.thresholds import json_format
from tagthresh.validation import InputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from tagthresh.counts.counts import Counts
    from tagthresh.thresholds.json_format import Origin
    from tagthresh.validation import Tags

FORMS = (
    "must be Thresholds, such as solution.thresholds or tt.Thresholds.load(path), "
    "numbers by tag, an array of them, or one number"
)


@dataclass(frozen=True, eq=False, repr=False)
class Thresholds(TableMixin):
    """One threshold per tag.

    Parameters
    ----------
    values : array-like of float, shape (n_tags,), or mapping of str to float or None
        In the unit of the scores, +inf for never; by tag, with None for never, in a mapping.
    tags : sequence of str, optional
        Distinct names, in the order of `values`; a mapping has them already. Tags without names
        are called "0", "1", ... wherever thresholds are asked for by tag.
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

    By tag they behave like a mapping, and NumPy takes them for their values:

    >>> thresholds = Thresholds({"Dog": 0.4, "Rain": None})
    >>> thresholds["Dog"], list(thresholds), dict(thresholds)
    (0.4, ['Dog', 'Rain'], {'Dog': 0.4, 'Rain': inf})
    >>> np.asarray(thresholds)
    array([0.4, inf])
    """

    values: NDArray[np.float64]
    tags: tuple[str, ...] | None = None
    origin: Origin | None = None
    overrides: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __init__(
        self,
        values: ArrayLike | Mapping[str, float | None],
        tags: Sequence[str] | None = None,
        origin: Origin | None = None,
        overrides: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        if isinstance(values, Mapping):
            if tags is not None:
                raise InputError("tags", "must not be given with a mapping, whose keys they are")
            tags, values = _columns(values)
        array = validation.threshold_values(values)
        array.flags.writeable = False
        object.__setattr__(self, "values", array)
        object.__setattr__(self, "tags", validation.tag_names(tags, len(array)))
        object.__setattr__(self, "origin", origin)
        object.__setattr__(
            self,
            "overrides",
            dict(_by_tag(overrides)),
        )

    def __len__(self) -> int:
        """Count the tags."""
        return len(self.values)

    def __iter__(self) -> Iterator[str]:
        """Go through the tags."""
        return iter(self.names)

    def __contains__(self, tag: object) -> bool:
        """Whether a tag is called so."""
        return tag in self._place

    def __getitem__(self, tag: str) -> float:
        """Threshold of a tag; +inf is never.

        Raises
        ------
        KeyError
            When no tag is called so.
        """
        if tag not in self._place:
            hint = validation.nearest(tag, self.names)
            raise KeyError(f"no tag is called {validation.described(tag)}{hint}")
        return float(self.values[self._place[tag]])

    def keys(self) -> tuple[str, ...]:
        """Tags, as of a mapping: ``dict(thresholds)`` gives the thresholds by tag."""
        return self.names

    def __array__(
        self,
        dtype: DTypeLike | None = None,
        copy: bool | None = None,  # noqa: FBT001 -- NumPy's signature
    ) -> NDArray[Any]:
        """Give the values to NumPy."""
        return np.array(self.values, dtype, copy=copy)

    def __repr__(self) -> str:
        low, high = (f"{value:.4g}" for value in (self.values.min(), self.values.max()))
        origin = self.origin
        source = ""
        if origin:
            source = f", {origin.metric} {origin.score:.4f} on {plural(origin.clips, 'clip')}"
        by_hand = f", {len(self.overrides)} set by hand" if self.overrides else ""
        return f"Thresholds({plural(len(self), 'tag')}, {low} to {high}{source}{by_hand})"

    @property
    def table(self) -> dict[str, Any]:
        """Table with a row per tag, as columns: ``pandas.DataFrame(thresholds.table)``.

        The tag, its threshold and, where some were set by hand, what the fit had found for these.
        """
        columns = {"tag": list(self.names), "threshold": self.values}
        if self.overrides:
            changes = (self.overrides.get(name) for name in self.names)
            columns["fitted"] = [c["fitted"] if c else math.nan for c in changes]
        return columns

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

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
            return self._predict_sparse(validation.summed("y_score", y_score), tags)
        scores = self._floating(y_score, tags)
        values, cuts = comparable(scores, rounded(self.values, scores.dtype))
        cuts = np.broadcast_to(cuts, scores.shape)
        decisions = np.empty_like(scores, bool)
        for part in validation.finite_parts(
            "y_score", scores, self.tags
        ):  # while it is in the cache
            np.greater_equal(values[part], cuts[part], out=decisions[part])
        return decisions

    def aligned(self, y_score: object, tags: Sequence[str] | None = None) -> NDArray[Any]:
        """Check scores and put their columns in the order of the thresholds.

        Parameters
        ----------
        y_score : array-like or data frame, shape (n_clips, n_tags)
            Finite scores.
        tags : sequence of str, optional
            Names of the columns.

        Returns
        -------
        ndarray of float, shape (n_clips, n_tags)

        Raises
        ------
        InputError
            When the tags differ or a score is not finite.
        """
        return validation.score_matrix("y_score", self._floating(y_score, tags), self.tags)

    def _floating(self, y_score: object, tags: Sequence[str] | None) -> NDArray[Any]:
        """Scores as `aligned` gives them, not yet checked to be finite."""
        scores, names = validation.named_matrix("y_score", y_score, tags, self.tags)
        wanted = self.tags if tags is not None else validation.numbered(self.tags, names)
        scores = self._aligned(scores, names, wanted)
        return validation.floating("y_score", validation.unmasked(scores))

    def _predict_sparse(self, y_score: Any, tags: Sequence[str] | None) -> scipy.sparse.csr_array:
        names = validation.tag_names(tags, y_score.shape[1])
        column = self._aligned(np.arange(y_score.shape[1])[None], names, self.tags)[0]
        stored = y_score.tocoo(copy=False)
        tag = np.argsort(column)[stored.col]  # no column is copied to be put in order
        scores = validation.floating("y_score", stored.data)
        bad = ~np.isfinite(scores)
        if bad.any():
            first = int(bad.argmax())
            where = validation.place((stored.row[first], tag[first]), self.tags)
            raise InputError("y_score", "must be finite", scores[first], where)
        accepted = accepts(scores, self.values[tag])
        place = stored.row[accepted], tag[accepted]
        return scipy.sparse.csr_array((np.ones(len(place[0]), bool), place), shape=stored.shape)

    def in_order(self, tags: tuple[str, ...] | None, n_tags: int) -> NDArray[np.float64]:
        """Values in the order of `tags`, or as they are where one side has no names.

        Raises
        ------
        InputError
            When the tags differ.
        """
        if n_tags != len(self) and (tags is None or self.tags is None):
            raise InputError(
                "thresholds", "must hold one threshold per tag", f"{len(self)} for {n_tags} tags"
            )
        own = validation.numbered(self.tags, tags)
        row = validation.align("thresholds", self.values[None], own, tags)
        return np.asarray(row[0])

    def fitted_on(self, counts: Counts) -> bool:
        """Whether these are the very clips, with their labels, that the values were fitted on."""
        return self.origin is not None and self.origin.fingerprint == counts.fingerprint

    def _aligned(self, scores: Any, tags: Tags | None, wanted: Tags | None) -> Any:
        """Order the columns, named `tags`, as the thresholds, named `wanted`."""
        n_tags = scores.shape[1]
        if n_tags != len(self) and (tags is None or self.tags is None):
            raise InputError(
                "y_score", "must have one column per threshold", f"{n_tags} for {len(self)}"
            )
        return validation.align("y_score", scores, tags, wanted)

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
        if not isinstance(values, Mapping):
            raise InputError(
                "override", "must give thresholds by tag", validation.described(values)
            )
        new, overrides = self.values.copy(), dict(self.overrides)
        for tag, value in values.items():
            if tag not in self._place:
                hint = validation.nearest(tag, self.names)
                raise InputError(
                    "override", f"must name a tag; none is called {validation.described(tag)}{hint}"
                )
            place = self._place[tag]
            name = f"override: the threshold of {tag!r}"
            number = math.inf if value is None else _threshold(name, value)
            fitted = overrides.get(tag, {}).get("fitted", float(self.values[place]))
            overrides[tag] = {"fitted": fitted, "set": number}
            new[place] = number
        return Thresholds(new, self.tags, self.origin, overrides)

    def to_dict(self) -> dict[str, Any]:
        """Everything in the JSON form, as plain Python values."""
        return json_format.to_json(self.values, self.tags, self.origin, self.overrides)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the JSON form, whole or not at all.

        Raises
        ------
        InputError
            When the file cannot be written.
        """
        json_format.write(path, self.to_dict())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Thresholds:
        """Read thresholds that `Thresholds.save` or ``tagthresh fit`` wrote.

        Parameters
        ----------
        path : path
            A JSON file as defined in `tagthresh.thresholds.json_format`.

        Returns
        -------
        Thresholds

        Raises
        ------
        InputError
            When the file cannot be read or is not what it should be; the message says why.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Thresholds([0.3, np.inf], ["Dog", "Rain"]).save(f"{folder}/thresholds.json")
        ...     Thresholds.load(f"{folder}/thresholds.json").values
        array([0.3, inf])
        """
        return cls(*json_format.read(path))


class WithThresholds(Protocol):
    """What has thresholds, such as a Solution."""

    @property
    def thresholds(self) -> Thresholds:
        """One threshold per tag."""


AnyThresholds: TypeAlias = "Thresholds | WithThresholds | Mapping[str, float | None] | ArrayLike"


def as_thresholds(
    value: object, n_tags: int, tags: Tags | None, name: str = "thresholds"
) -> Thresholds:
    """Thresholds in any form that users have them in.

    Parameters
    ----------
    value : Thresholds, Solution, mapping of str to float or None, array-like, or float
        A Solution, as anything else that has ``.thresholds``, stands for these. An array is in the
        order of `tags`; a number is for all of them.
    n_tags : int
        Number of tags of an array, or that get the number.
    tags : tuple of str, or None
        Their names.
    name : str, default "thresholds"
        What the argument is called.

    Returns
    -------
    Thresholds
        In the order of `tags`, but `Thresholds` in their own.

    Raises
    ------
    InputError
        When it is none of these.

    Examples
    --------
    >>> [as_thresholds(form, 2, ("a", "b")).values for form in (0.5, [0.1, 0.2], {"b": 1, "a": 2})]
    [array([0.5, 0.5]), array([0.1, 0.2]), array([2., 1.])]
    """
    held = getattr(value, "thresholds", value)
    if isinstance(held, Thresholds):
        return held
    try:
        if isinstance(value, Mapping):
            same = tags is not None and value.keys() == set(tags)
            return Thresholds({tag: value[tag] for tag in tags or ()} if same else value)
        return Thresholds(_in_order_of_tags(value, n_tags, name), tags)
    except InputError as error:
        if not error.argument.startswith("values"):
            raise
        raise error.located(argument=error.argument.replace("values", name)) from None


def _in_order_of_tags(value: object, n_tags: int, name: str) -> ArrayLike:
    """Numbers of an array, one per tag, or one number as often as there are tags."""
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        return [_threshold(name, value)] * n_tags
    try:
        array = validation.numbers(name, value)
    except InputError:
        array = np.empty(())
    if array.ndim != 1:
        raise InputError(name, FORMS, f"{validation.described(value):.80}")
    if len(array) != n_tags:
        raise InputError(name, "must hold one threshold per tag", f"{len(array)} for {n_tags} tags")
    return array


def _threshold(name: str, value: object) -> float:
    """Check one threshold; +inf is never."""
    if isinstance(value, float) and value == math.inf:
        return math.inf
    return validation.finite_number(name, value)


def _columns(values: Mapping[str, float | None]) -> tuple[list[str], list[float]]:
    """Tags and thresholds of a mapping; None is never."""
    tags = validation.tag_names(list(values), len(values)) or ()
    numbers = (math.inf if value is None else value for value in values.values())
    return list(tags), [
        _threshold(f"values: the threshold of {tag!r}", value)
        for tag, value in zip(tags, numbers, strict=True)
    ]


def _by_tag(overrides: object) -> Mapping[str, Mapping[str, float]]:
    """Check values replaced by hand, by tag; none by default."""
    if overrides is None:
        return {}
    return validation.mapping("overrides", overrides, "those of other Thresholds")
