"""Arguments and options that several commands take, the text of their help, and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable


def explicit_options(context: typer.Context) -> dict[str, str]:
    """Return the options on the command line, by the name of their parameter."""
    source = context.get_parameter_source
    return {
        param.name: param.opts[0]
        for param in context.command.params
        if param.name and getattr(source(param.name), "name", "") == "COMMANDLINE"
    }


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


LabelledFile = Annotated[
    str, typer.Argument(metavar="FILE", help="Scores, and labels if it has them.")
]
Labels = Annotated[
    str | None, typer.Option("--labels", metavar="FILE", help="Labels, where FILE has none.")
]
Tags = Annotated[
    str | None,
    typer.Option("--tags", metavar="FILE", help="Text file with a tag a line, for bare matrices."),
]
PositiveOnly = Annotated[
    bool,
    typer.Option(
        "--positive-only",
        help="Take labels of 1 and unknown (-1, NaN or blank) without a single 0, which is an "
        "error otherwise.",
    ),
]
Groups = Annotated[
    str | None,
    typer.Option(
        "--group-column",
        metavar="NAME",
        help="Column (or array) with the recording or site of each clip, which is no tag: such "
        "clips stay together, in folds and in bootstrap draws.",
    ),
]
NoTag = Annotated[
    str | None,
    typer.Option(
        "--group-column",
        metavar="NAME",
        help="Column with the recording or site of each clip, which is no tag.",
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="NAME",
        help="Column that is no tag, such as fold or start_time, to be left out; may be repeated.",
    ),
]
NoHeader = Annotated[
    bool,
    typer.Option(
        "--no-header",
        help="The first line of CSV is a clip: tags are those of --tags, or numbered.",
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help="Most memory that the arrays of a file may take, such as 500MB or 2GB; a quarter of "
        "this machine's by default.",
    ),
]
Fitted = Annotated[
    str, typer.Option("-t", "--thresholds", metavar="JSON", help="Thresholds to use.")
]
NewThresholds = Annotated[
    str,
    typer.Option("-o", "--output", metavar="JSON", help="Where to write them; - prints them."),
]
Calibrated = Annotated[
    str | None,
    typer.Option(
        "--calibrator",
        metavar="JSON",
        help="Judge the probabilities of this calibrator too, beside the scores as they are.",
    ),
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
Csv = Annotated[
    str | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        help="Write the table with all rows and digits (.csv or .parquet; - prints CSV).",
    ),
]
Markdown = Annotated[
    str | None,
    typer.Option(
        "--markdown",
        metavar="FILE",
        help="Write what is shown, with all rows, in Markdown (.md; - prints it).",
    ),
]
Latex = Annotated[
    str | None,
    typer.Option(
        "--latex",
        metavar="FILE",
        help="The same in LaTeX, with the package booktabs (.tex; - prints it).",
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
Rows = Annotated[
    int, typer.Option("--rows", metavar="N", parser=whole(0), help="Tags to show; 0 shows all.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
