"""How to choose thresholds: one class a method, one file a class; fields are options."""

from tagthresh.methods.base import Fit, Method
from tagthresh.methods.constant import Constant
from tagthresh.methods.coordinate_ascent import CoordinateAscent
from tagthresh.methods.exact import Exact
from tagthresh.methods.hierarchical import Hierarchical
from tagthresh.methods.numerical_gradient import NumericalGradient
from tagthresh.methods.random_search import RandomSearch
from tagthresh.methods.registry import METHODS, as_method
from tagthresh.methods.shared import Shared
from tagthresh.methods.surrogate_gradient import SurrogateGradient

__all__ = [
    "METHODS",
    "Constant",
    "CoordinateAscent",
    "Exact",
    "Fit",
    "Hierarchical",
    "Method",
    "NumericalGradient",
    "RandomSearch",
    "Shared",
    "SurrogateGradient",
    "as_method",
]
