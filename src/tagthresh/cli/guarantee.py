"""``tagthresh fit`` with a floor: thresholds that keep precision or recall above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from tagthresh.cli import printing, reading
from tagthresh.cli.options import real
from tagthresh.formatting import plural
from tagthresh.validation import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tagthresh.tradeoffs.guarantee import Guarantee

Precision = Annotated[
    float | None,
    typer.Option(
        "--precision",
        metavar="SHARE",
        parser=real,
        help="Promise each tag a precision of at least SHARE on unseen clips, and find the "
        "thresholds with the highest recall that keep it (docs/guarantees.md).",
    ),
]
Recall = Annotated[
    float | None,
    typer.Option(
        "--recall", metavar="SHARE", parser=real, help="The same for a recall of at least SHARE."
    ),
]
Confidence = Annotated[
    float | None,
    typer.Option(
        "--confidence",
        metavar="SHARE",
        parser=real,
        help="Confidence of the promise; 0.95 by default.",
    ),
]
Jointly = Annotated[
    bool,
    typer.Option("--jointly", help="Make it the confidence that all tags keep their promise."),
]
FLOORS, ABOUT_FLOORS = ("precision", "recall"), ("confidence", "jointly")
# Options that go with a floor.
COMMON = (
    "file",
    "labels",
    "tags",
    "ignore",
    "no_header",
    "positive_only",
    "output",
    "rows",
    "as_json",
)
CONFIDENCE = 0.95


class Promise(NamedTuple):
    """What is asked for, as given."""

    precision: float | None
    recall: float | None
    confidence: float | None
    jointly: bool

    def checked(self) -> dict[str, Any]:
        """Arguments of `tagthresh.guarantee`, with errors that name the options."""
        from tagthresh import validation

        given = {name: value for name, value in self._asdict().items() if value is not None}
        for name in (*FLOORS, "confidence"):
            if name in given:
                validation.share(f"--{name}", given[name])
        return {"confidence": CONFIDENCE} | given


def asked(promise: Promise, flags: Mapping[str, str]) -> bool:
    """Whether a floor is given; refuses options that do not go together.

    Parameters
    ----------
    promise : Promise
        What is asked for.
    flags : mapping of str to str
        Options on the command line, by parameter.
    """
    floors = [flags[name] for name in FLOORS if name in flags]
    if len(floors) == 2:
        got = f"--precision {promise.precision:g} --recall {promise.recall:g}"
        raise InputError(f"--precision and --recall exclude each other; got {got}")
    if floors and "group_column" in flags:
        raise InputError(
            f"{floors[0]} needs independent clips: keep one of each group in the file, and leave "
            "out --group-column and its column"
        )
    for name, flag in flags.items():
        if name in ABOUT_FLOORS and not floors:
            raise InputError(f"{flag} belongs to a promise; give --precision or --recall too")
        if name not in (*FLOORS, *ABOUT_FLOORS, *COMMON) and floors:
            raise InputError(f"{floors[0]} finds thresholds in its own way; leave out {flag}")
    return bool(floors)


def run(
    promise: Promise,
    files: tuple[str, str | None, str | None, dict[str, Any]],
    output: str,
    rows: int,
    *,
    positive_only: bool,
    as_json: bool,
) -> None:
    """Find thresholds with a promise, write them and list the tags."""
    from tagthresh import Counts, guarantee
    from tagthresh.report import terminal

    options = promise.checked()
    table = reading.checked(*files, positive_only=positive_only)
    with reading.blamed(table, *files[:2]), printing.stage("finding thresholds"):
        counts = Counts.from_arrays(
            *(table.labels, table.scores),
            tags=table.tags,
            sample_weight=table.weights,
            positive_only=positive_only,
        )
        result = guarantee(counts, **options)
    printing.save(result.thresholds, output)
    printing.note(_told(result))
    if as_json:
        printing.print_json(result.to_dict() | {"output": output})
        return
    console = printing.tables_console(stderr=output == "-")
    console.print(terminal.guarantee(result, rows, console.width))


def _told(result: Guarantee) -> str:
    promised, all_tags = result.feasible.sum(), len(result.feasible)
    rest = "never given" if result.metric == "precision" else "given to every clip fitted on"
    infeasible = f"; the others are {rest}" if promised < all_tags else ""
    return f"{result.promise}: {promised} of {plural(all_tags, 'tag')}{infeasible}"
