"""How to choose thresholds: one class a method, one file a class; fields are options."""

from tagthresh.methods.base import Fit, Method
from tagthresh.methods.constant import Constant
from tagthresh.methods.exact import Exact
from tagthresh.methods.names import METHODS, as_method
from tagthresh.methods.shared import Shared

__all__ = ["METHODS", "Constant", "Exact", "Fit", "Method", "Shared", "as_method"]
