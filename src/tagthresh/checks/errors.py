"""The error that every check raises."""

from __future__ import annotations


class InputError(ValueError):
    """What was passed in breaks a rule; the message names the argument, the rule and the value."""
