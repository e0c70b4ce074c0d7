"""What a trial may end in: a value, one good error, or a finding."""

from __future__ import annotations

import traceback
import unicodedata
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import tagthresh as tt

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 300  # characters of a message
PACKAGE = Path(tt.__file__).parent
UNSAFE_ADVICE = ("allow_pickle", "weights_only")


class FindingError(Exception):
    """Something that must not happen: its kind, and the place or the words that tell it apart."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(kind, detail)
        self.kind, self.detail = kind, detail


@contextmanager
def quiet() -> Iterator[None]:
    """Make every warning an error, but for those that the library documents."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        warnings.filterwarnings("ignore", category=ResourceWarning)
        yield


def check_message(error: tt.InputError, files: tuple[str, ...] = ()) -> None:
    """Check that an error is one short line without control characters that names a file."""
    text = str(error)
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
        raise FindingError("message", f"control characters: {origin(error)}")
    if len(text) > LONGEST:
        raise FindingError("message", f"longer than {LONGEST} characters: {origin(error)}")
    if files and not any(file in text for file in files):
        raise FindingError("message", f"names no file: {origin(error)}")
    if any(word in text for word in UNSAFE_ADVICE):
        raise FindingError("message", f"advises to load pickles: {origin(error)}")


def origin(error: BaseException) -> str:
    """Name the innermost function of the library in a traceback."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PACKAGE)
    ]
    if not frames:
        return "outside the library"
    last = frames[-1]
    return f"{Path(last.filename).relative_to(PACKAGE)}:{last.name}"


def as_finding(error: BaseException) -> FindingError:
    """Turn whatever a trial raised into a finding."""
    if isinstance(error, FindingError):
        return error
    return FindingError("exception", f"{type(error).__name__} at {origin(error)}")
