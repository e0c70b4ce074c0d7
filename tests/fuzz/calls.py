"""Calls of every public function: arguments that are right, in other containers, or odd."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

import tagthresh as tt
from fuzz import odd
from fuzz.catalogue import ABSENT, CATALOGUE, WORK, World
from fuzz.content import one_of
from fuzz.trial import FindingError, check_message, origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

WORLDS = 60  # sets of data that calls are made on


@dataclass
class Call:
    """A call to be tried.

    Attributes
    ----------
    name : str
        What is called.
    function : callable
    arguments : dict
    world : World
        What the arguments were made of.
    changes : list of str
        Arguments that were changed: ``name same`` where they still mean the same.
    """

    name: str
    function: Callable[..., Any]
    arguments: dict[str, Any]
    world: World
    changes: list[str]

    @property
    def plain(self) -> bool:
        """Whether the arguments mean what they meant at first."""
        return all(change.endswith(" same") for change in self.changes)


@cache
def _world(seed: int, number: int) -> World:
    return World(np.random.default_rng([seed, number, 7]))


def call_of(seed: int, number: int) -> Call:
    """Make the call of a number; always the same for a seed."""
    rng = np.random.default_rng([seed, number, 11])
    name = list(CATALOGUE)[number % len(CATALOGUE)]
    world = _world(seed, int(rng.integers(WORLDS)))
    function, arguments = CATALOGUE[name](world, rng)
    call = Call(name, function, dict(arguments), world, [])
    fate = rng.random()
    if fate < 0.2:
        _same(rng, call)
    elif fate < 0.9 and arguments:
        for _ in range(one_of(rng, (1, 1, 1, 2))):
            _odd(rng, call)
    return call


def _same(rng: Generator, call: Call) -> None:
    """Put matrices into other containers."""
    for name in {"y_true", "y_score"} & call.arguments.keys():
        value = call.arguments[name]
        if isinstance(value, np.ndarray):
            call.arguments[name] = odd.same_matrix(rng, value, call.world.tags)
            call.changes.append(f"{name} same")


def _odd(rng: Generator, call: Call) -> None:
    """Put something odd in place of an argument."""
    name = one_of(rng, sorted(call.arguments))
    try:
        value = odd.odd(rng, name, call.arguments[name])
    except Exception:  # noqa: BLE001 - changed before into what cannot be changed again
        return
    if name in WORK and isinstance(value, int) and value > WORK[name]:
        return  # as much work as was asked for is no fault
    call.arguments[name] = value
    call.changes.append(f"{name} = {type(value).__name__} {_shown(value):.60}")


def _shown(value: Any) -> str:
    try:
        text = re.sub(r" at 0x[0-9a-f]+", "", repr(value))
        return " ".join(text.split())
    except Exception as error:  # noqa: BLE001 - huge integers have no text
        return type(error).__name__


def attempt(call: Call) -> str:
    """Make a call; say what happened."""
    try:
        result = call.function(**call.arguments)
    except tt.InputError as error:
        check_message(error)
        if not call.changes and call.name not in ABSENT:
            raise FindingError("refused", f"right arguments: {error!s:.80}") from None
        return "refused"
    _check_shown(result)
    if call.plain:
        check_values(call, result)
    return "returned"


def _check_shown(result: Any) -> None:
    """Check that a result can be printed, and goes into JSON where it says that it does."""
    try:
        repr(result)
        if hasattr(result, "to_dict") and type(result).__module__.startswith("tagthresh"):
            json.dumps(result.to_dict(), allow_nan=False)
    except Exception as error:
        raise FindingError("breaks later", f"{type(error).__name__} at {origin(error)}") from error


def check_values(call: Call, result: Any) -> None:
    """Compare results with those in plain NumPy, whatever the container was."""
    world, name = call.world, call.name
    if isinstance(result, tt.Solution) and name == "find_thresholds exact":
        wanted = world.f1(result.thresholds.values)
        if not np.isclose(result.score, wanted, rtol=1e-12, atol=1e-12):
            raise FindingError("misread", "score of find_thresholds")
        if not np.array_equal(result.thresholds.values, world.exact.thresholds.values):
            raise FindingError("misread", "thresholds by the container")
    if name == "Thresholds.predict" and not np.array_equal(np.asarray(result), world.accepted):
        raise FindingError("misread", "decisions")
    if isinstance(result, tt.Evaluation) and name == "evaluate":
        wanted = world.f1(world.thresholds.values)
        if not np.isclose(result.score("f1_micro"), wanted, rtol=1e-12, atol=1e-12):
            raise FindingError("misread", "score of evaluate")
