"""An ontology of tags: parents and children, and what follows for labels and decisions.

A clip with a bark has a dog in it, and an animal. Where a tag is on, all its ancestors are:

labels
    are closed upwards: a tag is positive where it or any of its descendants is. An unknown label
    stays unknown unless a descendant is positive; a negative one gives way to it.
decisions
    are consistent when a tag is given wherever one of its descendants is.

Ancestors are followed through names that are no tags of the data, so that AudioSet's ontology of
632 names serves its 527 tags. A tag may have several parents. Every tag of the data must be a name
of the ontology: a misspelt one would be left out unnoticed.
"""

from __future__ import annotations

import graphlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import scipy

from tagthresh import validation
from tagthresh.io import json_schema as js
from tagthresh.io.text_files import read_rows
from tagthresh.validation import InputError, Place

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Column = NDArray[Any]  # of bool, or the positions where a column is on

Pair = tuple[str, str | None]
NO_CLIPS = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False, repr=False)
class Ontology:
    """Parents and children among tags; built with `from_pairs` or `from_file`.

    Attributes
    ----------
    parents : mapping of str to tuple of str
        Names of the parents of every name, itself not among them; empty for a root.

    Raises
    ------
    InputError
        When a name is its own ancestor.

    Examples
    --------
    >>> ontology = Ontology.from_pairs([("Bark", "Dog"), ("Dog", "Animal"), ("Rain", None)])
    >>> ontology.close_labels([[1, 0, -1], [-1, 0, 1]], ["Bark", "Rain", "Animal"])
    array([[ 1,  0,  1],
           [-1,  0,  1]], dtype=int8)
    """

    parents: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        _check_parents(self.parents)
        try:
            _ = self._upward_order
        except graphlib.CycleError as error:
            round_trip = " > ".join(repr(name) for name in error.args[1])
            raise InputError("an ontology", "must have no cycle", round_trip) from None

    def __repr__(self) -> str:
        roots = sum(not parents for parents in self.parents.values())
        return f"Ontology({len(self.parents)} names, {roots} of them without a parent)"

    @classmethod
    def from_pairs(cls, pairs: Iterable[Pair]) -> Ontology:
        """Take pairs of child and parent.

        Parameters
        ----------
        pairs : iterable of (str, str or None)
            Name of a tag and of one that it is a kind of; None, or "", for a tag without a parent.

        Raises
        ------
        InputError
            When a pair is not one, a child has no name, or a name is its own ancestor.

        Examples
        --------
        >>> Ontology.from_pairs([("Dog", "Animal"), ("Cat", "Animal")])
        Ontology(3 names, 1 of them without a parent)
        """
        parents: dict[str, dict[str, None]] = {}  # ordered sets
        for pair in validation.listed("pairs", pairs, "[('Dog', 'Animal'), ('Rain', None)]"):
            child, parent = _pair(pair)
            parents.setdefault(child, {})
            if parent:
                parents.setdefault(parent, {})
                parents[child][parent] = None
        return cls({name: tuple(above) for name, above in parents.items()})

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Ontology:
        """Read an ontology.

        Parameters
        ----------
        path : path
            A ``.csv`` file in UTF-8 with columns ``child`` and ``parent``, the latter empty for a
            tag without one; or a ``.json`` file in AudioSet's form: a list of objects with ``id``,
            ``name`` and ``child_ids``.

        Raises
        ------
        InputError
            When the file cannot be read or is not what it should be; the message says what is
            wrong.
        """
        validation.file_path("path", path)
        readers = {".csv": _from_csv, ".json": _from_json}
        suffix = Path(path).suffix.lower()
        if suffix not in readers:
            raise InputError(
                "the suffix", f"must be one of {', '.join(readers)}", place=Place(file=path)
            )
        pairs = readers[suffix](path)
        try:
            return cls.from_pairs(pairs)
        except InputError as error:
            raise error.located(file=str(path)) from None

    def close_labels(self, y_true: object, tags: Sequence[str] | None = None) -> NDArray[np.int8]:
        """Make every tag positive that has a positive descendant.

        Parameters
        ----------
        y_true : array-like or data frame, shape (n_clips, n_tags)
            1 positive, 0 negative; -1, NaN and masked entries are unknown.
        tags : sequence of str, optional
            Names of the columns; by default those of a data frame.

        Returns
        -------
        ndarray of int8, shape (n_clips, n_tags)
            1 positive, 0 negative, -1 unknown.

        Raises
        ------
        InputError
            When labels break a rule of `tagthresh.validation`, or a tag has no name or is no name
            of the ontology.
        """
        truth, columns = validation.matrix("y_true", y_true)
        names = self.check(validation.tag_names(tags, truth.shape[1]) or columns)
        columns = validation.names_beside(y_true, columns, names)
        truth = validation.align("y_true", truth, columns, names)
        where = partial(validation.nth_place, shape=truth.shape, names=names)
        positive, known = validation.labels(truth, where)
        closed = np.where(True if known is None else known, np.int8(0), np.int8(-1))
        closed = np.broadcast_to(closed, positive.shape).copy()
        closed[self._upwards(positive, names)] = 1
        return closed

    def consistent(self, decisions: Any, tags: Sequence[str] | None = None) -> Any:
        """Give every tag to a clip that has one of its descendants.

        Parameters
        ----------
        decisions : array-like, data frame or sparse matrix of bool, shape (n_clips, n_tags)
            As from `Thresholds.predict`.
        tags : sequence of str, optional
            Names of the columns; by default those of a data frame.

        Returns
        -------
        ndarray of bool, or csr_array of bool for a sparse matrix, shape (n_clips, n_tags)

        Raises
        ------
        InputError
            When decisions are not True and False, or a tag has no name or is no name of the
            ontology.

        Examples
        --------
        >>> ontology = Ontology.from_pairs([("Dog", "Animal")])
        >>> ontology.consistent([[True, False], [False, True]], ["Dog", "Animal"])
        array([[ True,  True],
               [False,  True]])
        """
        if scipy.sparse.issparse(decisions):
            given, columns = decisions, None
        else:
            given, columns = validation.matrix("decisions", decisions, allow_no_clips=True)
        if given.dtype != bool:
            raise InputError("decisions", "must be True or False", given.dtype)
        names = self.check(validation.tag_names(tags, given.shape[1]) or columns)
        columns = validation.names_beside(decisions, columns, names)
        return self._upwards(validation.align("decisions", given, columns, names), names)

    def check(self, tags: tuple[str, ...] | None) -> tuple[str, ...]:
        """Check that tags have names, and that the ontology knows all of them; return them.

        Raises
        ------
        InputError
            When they have none, or it does not.
        """
        if tags is None:
            raise InputError("tags", "must have names to be looked up in an ontology", "none")
        for tag in tags:
            if tag not in self.parents:
                hint = validation.nearest(tag, self.parents) or "; name it with an empty parent"
                raise InputError("the ontology", f"must name every tag; it lacks {tag!r}{hint}")
        return tags

    @cached_property
    def _upward_order(self) -> list[str]:
        """All names, children before their parents."""
        return list(graphlib.TopologicalSorter(self.parents).static_order())[::-1]

    def _upwards(self, on: Any, tags: tuple[str, ...]) -> Any:
        """Switch on the ancestors of what is on; sparse for a sparse matrix."""
        columns = scipy.sparse.csc_array(on, dtype=bool, copy=True)
        columns.eliminate_zeros()
        place = {tag: i for i, tag in enumerate(tags)}
        clips = {
            tag: [columns.indices[columns.indptr[i] : columns.indptr[i + 1]]]
            for tag, i in place.items()
        }
        closed: list[Any] = [None] * len(tags)
        for name in self._upward_order:  # clips of a name that is passed are passed on, then let go
            found = np.unique(np.concatenate(clips.pop(name, [NO_CLIPS])))
            if name in place:
                closed[place[name]] = found
            if len(found):
                for parent in self.parents[name]:
                    clips.setdefault(parent, []).append(found)
        ends = np.cumsum([0, *map(len, closed)])
        data = np.ones(ends[-1], bool), np.concatenate([NO_CLIPS, *closed]), ends
        result = scipy.sparse.csc_array(data, shape=columns.shape)
        return result.tocsr() if scipy.sparse.issparse(on) else result.toarray()


def _check_parents(parents: object) -> None:
    """Check that a mapping gives the parents of every name, those of parents too."""
    such_as = "{'Dog': ('Animal',), 'Animal': ()}"
    for child, above in validation.mapping("parents", parents, such_as).items():
        names = validation.listed(f"parents of {validation.described(child)}", above, "('Animal',)")
        for name in (child, *names):
            if not isinstance(name, str) or name not in cast("Any", parents):
                rule, remedy = "must give the parents of every name", "A root has ()"
                raise InputError(
                    "parents", rule, f"none of {validation.described(name)}", None, remedy
                )


def _pair(pair: object) -> Pair:
    """Check a pair of child and parent."""
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise InputError("pairs", "must hold (child, parent)", validation.described(pair))
    child, parent = (name.strip() if isinstance(name, str) else name for name in pair)
    if not isinstance(child, str) or not child or not isinstance(parent, str | None):
        raise InputError("pairs", "must hold the name of a child and of a parent", f"{pair!r}")
    return child, parent


def _from_csv(path: str | os.PathLike[str]) -> list[Pair]:
    rows = read_rows(path)
    if not rows or not {"child", "parent"} <= set(rows[0]):
        got = ", ".join(rows[0]) if rows else "no row"
        raise InputError(path, "must have the columns child and parent, and a row", got)
    return [(row["child"], row["parent"]) for row in rows]


def _from_json(path: str | os.PathLike[str]) -> list[Pair]:
    return js.load(path, "an ontology", _entries, _pairs)


ENTRY = js.record({"id": js.text, "name": js.text, "child_ids": js.list_of(js.text)})


def _entries(key: str, value: object) -> list[dict[str, Any]]:
    """Check AudioSet's form."""
    try:
        return list(js.list_of(ENTRY)(key, value))
    except InputError as error:
        form = "It must list objects with id, name and child_ids"
        raise InputError(error.argument, error.rule, error.value, None, form) from None


def _pairs(entries: list[dict[str, Any]]) -> list[Pair]:
    """Turn ids into names."""
    for key in ("id", "name"):
        twice = validation.repeated([entry[key] for entry in entries])
        if twice is not None:
            raise InputError(key, "must be distinct", f"{twice!r} more than once")
    name = {entry["id"]: entry["name"] for entry in entries}
    pairs: list[Pair] = [(entry["name"], None) for entry in entries]
    for entry in entries:
        for child in entry["child_ids"]:
            if child not in name:
                rule = f"must be ids of entries; no entry has the id {child!r}"
                raise InputError(f"child_ids of {entry['id']!r}", rule)
            pairs.append((name[child], entry["name"]))
    return pairs
