"""How the files of a table are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tagthresh.io.table import Role

Header = Literal["required", "optional", "none"]


@dataclass(frozen=True)
class Reading:
    """What a reader of columns is asked for.

    Attributes
    ----------
    role : {"scores", "labels"}
        What a wide table holds.
    group_column : str or None
        Column with the recording or site of each clip.
    ignore : tuple of str
        Columns to leave out.
    header : {"required", "optional", "none"}
        Whether the first line of CSV must name the columns; where it is optional, a line of numbers
        is a clip.
    memory : int
        Bytes that the arrays may take.
    """

    role: Role
    group_column: str | None
    ignore: tuple[str, ...]
    header: Header
    memory: int
