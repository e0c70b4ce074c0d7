"""Methods by name, with their options."""

from __future__ import annotations

import dataclasses
from typing import Any

from tagthresh.methods.base import Method
from tagthresh.methods.constant import Constant
from tagthresh.methods.coordinate_ascent import CoordinateAscent
from tagthresh.methods.exact import Exact
from tagthresh.methods.hierarchical import Hierarchical
from tagthresh.methods.numerical_gradient import NumericalGradient
from tagthresh.methods.random_search import RandomSearch
from tagthresh.methods.shared import Shared
from tagthresh.methods.surrogate_gradient import SurrogateGradient
from tagthresh.metrics.registry import check_options
from tagthresh.validation import InputError, described, nearest

METHODS: dict[str, type[Method]] = {
    kind.name: kind
    for kind in (
        Constant,
        Shared,
        RandomSearch,
        NumericalGradient,
        SurrogateGradient,
        Exact,
        Hierarchical,
        CoordinateAscent,
    )
}
ALIASES = {"sgl": SurrogateGradient.name}


def as_method(method: str | Method, **options: Any) -> Method:
    """Return the method that a name and options stand for; methods pass through.

    Raises
    ------
    InputError
        When the name or an option is unknown.

    Examples
    --------
    >>> as_method("constant", value=0.3)
    Constant(value=0.3)
    """
    if isinstance(method, Method):
        if options:
            rule = "must be given with a method's name"
            raise InputError("options", rule, f"{options} with {method!r}")
        return method
    given: object = method
    name = given if isinstance(given, str) else ""
    kind = METHODS.get(ALIASES.get(name, name))
    if kind is None:
        names = ", ".join([*METHODS, *ALIASES])
        hint = nearest(name, [*METHODS, *ALIASES])
        raise InputError("method", f"must be one of {names}", f"{described(method)}{hint}")
    check_options(f"method {name!r}", options, [field.name for field in dataclasses.fields(kind)])
    return kind(**options)
