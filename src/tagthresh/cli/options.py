"""Options that several commands take, with their help, and how a group of them is declared."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_origin, get_type_hints

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take groups of options: dataclasses whose annotated fields are the options."""
    hints = get_type_hints(command, include_extras=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[Any, list[str]]] = {}
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        options = list(_options(kind)) if is_dataclass(kind) else []
        if options:
            groups[parameter.name] = kind, [option.name for option in options]
        parameters += options or [
            parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY)
        ]

    def run(**values: Any) -> None:
        for name, (kind, options) in groups.items():
            values[name] = kind(**{option: values.pop(option) for option in options})
        command(**values)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def _options(group: Any) -> Iterator[inspect.Parameter]:
    """Options of a group, as parameters of a command."""
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        if get_origin(hints[field.name]) is Annotated:
            yield inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if field.default is MISSING else field.default,
                annotation=hints[field.name],
            )


FILES = """

    The formats of FILE, by its suffix; more in docs/files.md:

\b
      scores.npz                 arrays scores and labels (clips x tags), and
                                 optionally tags, clips, weights
      clips.h5                   the same in HDF5; PANNs' names for them,
                                 such as clipwise_output, are understood
      scores.npy --labels y.npy  one matrix a file; names with --tags tags.txt
      scores.pt --labels y.pt    the same as PyTorch tensors
      scores.csv --labels y.csv  a column a tag, before them one called clip;
                                 .tsv and .txt with tabs, .csv.gz
      pairs.csv                  columns clip, tag, score, label: a row a pair
      ... .parquet               either of these as Parquet
"""


def whole(least: int) -> Callable[[str], int]:
    """Read a whole number; typer's own message would not say what it got."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise typer.BadParameter(f"must be a whole number of at least {least}; got {text}")
        return number

    return read


def real(text: str) -> float:
    """Read a number."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"must be a number; got {text}") from None


Fitted = Annotated[
    str, typer.Option("-t", "--thresholds", metavar="JSON", help="Thresholds to use.")
]
NewThresholds = Annotated[
    str,
    typer.Option("-o", "--output", metavar="JSON", help="Where to write them; - prints them."),
]
Metric = Annotated[
    str,
    typer.Option(
        "--metric",
        metavar="NAME",
        help="What to maximise, such as f1_micro, f0.5_macro, jaccard_samples or cost:miss=20; "
        "tagthresh metrics lists them all.",
    ),
]
Costs = Annotated[
    str | None,
    typer.Option(
        "--costs",
        metavar="CSV",
        help="Costs of each tag, for --metric cost: columns tag, miss and false_alarm; 1 for what "
        "it does not name.",
    ),
]
OntologyFile = Annotated[
    str | None,
    typer.Option(
        "--ontology",
        metavar="FILE",
        help="Which tag is a kind of which (.csv with columns child and parent, or AudioSet's "
        ".json): labels are closed upwards, and decisions made consistent.",
    ),
]
ExcelSafe = Annotated[
    bool,
    typer.Option(
        "--excel-safe",
        help="In CSV, write an apostrophe before names that spreadsheets take for formulas: those "
        "that begin with =, +, -, @, a tab or a line break.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
