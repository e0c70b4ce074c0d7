"""The command line: parse, call, print; no maths here.

Results go to standard output (one JSON object with ``--json``), everything else to standard error.
Exit codes: 0 done; 2 bad usage or bad input, told in one line; 1 a bug.
"""

from __future__ import annotations

import json
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from tagthresh.checks import InputError
from tagthresh.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table as RichTable

    from tagthresh.methods import Method

FILES = """

    The forms of FILE, told apart by its suffix; more in docs/files.md:

\b
      scores.npz                 arrays scores and labels (clips x tags), and
                                 optionally tags, clips, weights
      clips.h5                   the same in HDF5; PANNs' clipwise_output, target
                                 and audio_name are understood
      scores.npy --labels y.npy  one matrix a file; names with --tags tags.txt
      scores.pt --labels y.pt    the same as PyTorch tensors
      scores.csv --labels y.csv  a column a tag, before them one called clip
      pairs.csv                  columns clip, tag, score, label: a row a pair
      ... .parquet               either of these as Parquet
"""

app = typer.Typer(
    name="tagthresh",
    help="Per-tag thresholds for multi-label classifiers: from scores to decisions.",
    epilog="Start with: tagthresh demo",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

# Typer's own base of all usage errors, wherever its version keeps it.
UsageError: Any = typer.BadParameter.__base__

Labels = Annotated[
    str | None, typer.Option("--labels", metavar="FILE", help="Labels, where FILE has none.")
]
Tags = Annotated[
    str | None,
    typer.Option("--tags", metavar="FILE", help="Text file with a tag a line, for bare matrices."),
]
Fitted = Annotated[
    str, typer.Option("-t", "--thresholds", metavar="JSON", help="Thresholds to use.")
]
Metric = Annotated[
    str,
    typer.Option(
        "--metric",
        help="f1, f0.5, f2 (any beta), precision or recall, then _micro, _macro or _weighted.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def _version(shown: bool) -> None:
    if shown:
        print(__version__)
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command(epilog="Example: tagthresh demo && cat thresholds.json")
def demo(
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="JSON", help="Where to write the thresholds.")
    ] = "thresholds.json",
    as_json: Json = False,
) -> None:
    """Choose thresholds on half of some real clips and judge them on the other half."""
    from tagthresh import demo as example
    from tagthresh.report import terminal

    outcomes = example.run()
    best = outcomes[-1]
    best.solution.thresholds.save(output)
    if as_json:
        _print_json(
            {
                "methods": {
                    o.name: {"fit": o.solution.score, "unseen": o.unseen.score()} for o in outcomes
                },
                "output": output,
            }
        )
        return
    print(f"{example.ABOUT}\n")
    _print_tables(terminal.outcomes(outcomes), terminal.gains(outcomes[0].unseen, best.unseen))
    print(f"\nwrote {output}; next: tagthresh fit --help")


@app.command(
    help="Find the thresholds that maximise a metric on labelled clips." + FILES,
    epilog="\b\nExamples:\n"
    "  tagthresh fit dev.npz\n"
    "  tagthresh fit scores.csv --labels labels.csv -o dog.json --metric f0.5_macro\n"
    "  tagthresh fit dev.h5 --method constant --option value=0.3\n"
    "  tagthresh fit dev.npz --method sgl --option start=0.5 --option epochs=200\n"
    '  tagthresh fit dev.npz --set "Dog=0.4" --set "Gunshot, gunfire=never"',
)
def fit(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Scores, and labels if it has them.")],
    labels: Labels = None,
    tags: Tags = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="JSON", help="Where to write; - prints it.")
    ] = "thresholds.json",
    metric: Metric = "f1_micro",
    method: Annotated[
        str,
        typer.Option(
            help="exact: best on these clips; shared: best single threshold; constant: a given "
            "one; sgl, numerical_gradient, random_search: as in the SGL-Thresh paper."
        ),
    ] = "exact",
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="Option of the method; docs/methods.md lists them."
        ),
    ] = None,
    override: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="TAG=VALUE", help="Set a tag's threshold by hand, or never."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find thresholds and write them."""
    from tagthresh import find_thresholds, tables
    from tagthresh.methods import as_method

    chosen = as_method(method, **dict(_assignment("--option", text) for text in option or []))
    by_hand = dict(_assignment("--set", text) for text in override or [])
    with _stage(f"reading {file}"):
        table = tables.read_labelled(file, labels, tags)
    with _stage("finding thresholds"):
        solution = find_thresholds(
            table.labels,
            table.scores,
            metric=metric,
            method=chosen,
            tags=table.tags,
            sample_weight=table.weights,
        )
    thresholds = solution.thresholds.override(by_hand)
    if output == "-":
        _print_json(thresholds.to_dict())
    else:
        thresholds.save(output)
    n_clips, n_tags = table.scores.shape
    _note(
        f"{metric} {100 * solution.score:.2f} % on {n_clips} clips x {n_tags} tags ({method}: "
        f"{solution.status})"
    )
    _note(f"wrote {output}" if output != "-" else "")
    if as_json and output != "-":
        _print_json({**solution.to_dict(), "thresholds": thresholds.to_dict(), "output": output})


@app.command(
    help="Judge thresholds on labelled clips: per tag, and averaged." + FILES,
    epilog="\b\nExamples:\n"
    "  tagthresh evaluate eval.npz\n"
    "  tagthresh evaluate eval.npz -t thresholds.json --sort support --rows 0\n"
    "  tagthresh evaluate scores.csv --labels labels.csv --csv per_tag.csv",
)
def evaluate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Scores, and labels if it has them.")],
    thresholds: Fitted = "thresholds.json",
    labels: Labels = None,
    tags: Tags = None,
    sort: Annotated[
        str, typer.Option(help="Column to sort tags by, lowest first: f1, support, tag, ...")
    ] = "f1",
    rows: Annotated[int, typer.Option(min=0, help="Tags to show; 0 is all.")] = 20,
    csv: Annotated[
        str | None,
        typer.Option(metavar="CSV", help="Write the table of all tags (.csv or .parquet)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Judge thresholds and print how good they are."""
    import tagthresh as tt
    from tagthresh import checks, tables
    from tagthresh.report import terminal

    checks.choice("--sort", sort, terminal.COLUMNS)
    fitted = tt.load(thresholds)
    with _stage(f"reading {file}"):
        table = tables.read_labelled(file, labels, tags)
    with _stage("evaluating"):
        evaluation = tt.evaluate(
            table.labels, table.scores, fitted, tags=table.tags, sample_weight=table.weights
        )
    if csv is not None:
        tables.write_columns(csv, evaluation.per_tag)
        _note(f"wrote {csv}")
    if as_json:
        _print_json(evaluation.to_dict())
    else:
        _print_tables(terminal.per_tag(evaluation, sort, rows), terminal.averages(evaluation))


@app.command(
    help="Give clips their tags: one row for every score at or above its tag's threshold." + FILES,
    epilog="\b\nExamples:\n"
    "  tagthresh apply scores.npz -o tags.csv\n"
    "  tagthresh apply scores.csv -t thresholds.json -o tags.parquet\n"
    "  cat scores.csv | tagthresh apply - -o - | head",
)
def apply(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Scores; labels are ignored.")],
    thresholds: Fitted = "thresholds.json",
    tags: Tags = None,
    output: Annotated[
        str,
        typer.Option("-o", "--output", metavar="FILE", help=".csv or .parquet; - prints CSV."),
    ] = "tags.csv",
    as_json: Json = False,
) -> None:
    """Decide and write the decisions."""
    from tagthresh import load, tables
    from tagthresh.apply import accepted_pairs

    fitted = load(thresholds)
    with _stage(f"reading {file}"):
        table = tables.read(file, tags=tags)
    with _stage(f"writing {output}"):
        columns = accepted_pairs(table, fitted)
        tables.write_columns(output, columns)
    n_clips, n_tagged = table.scores.shape[0], len(set(columns["clip"]))
    n_pairs = len(columns["clip"])
    _note(f"{n_pairs} tags on {n_tagged} of {n_clips} clips; wrote {output}")
    if as_json and output != "-":
        _print_json(
            {"clips": n_clips, "clips_with_tags": n_tagged, "tags": n_pairs, "output": output}
        )


@app.command(
    epilog="\b\nExamples:\n"
    "  tagthresh compare dev.npz eval.npz\n"
    "  tagthresh compare dev.npz eval.npz --methods constant:value=0.3,shared,exact\n"
    "  tagthresh compare dev.npz eval.npz --reference shared --csv methods.csv --plot methods.png",
)
def compare(
    fit: Annotated[str, typer.Argument(metavar="FIT", help="Labelled scores to fit on.")],
    judged: Annotated[str, typer.Argument(metavar="EVAL", help="Labelled scores to judge on.")],
    methods: Annotated[
        str,
        typer.Option(help="Methods, with options as NAME:OPTION=VALUE:OPTION=VALUE,NAME,..."),
    ] = "constant,shared,sgl,exact",
    metric: Metric = "f1_micro",
    reference: Annotated[
        str | None, typer.Option(help="Method that differences are to; the first by default.")
    ] = None,
    fit_labels: Annotated[
        str | None, typer.Option(metavar="FILE", help="Labels of FIT, where it has none.")
    ] = None,
    eval_labels: Annotated[
        str | None, typer.Option(metavar="FILE", help="Labels of EVAL, where it has none.")
    ] = None,
    tags: Tags = None,
    csv: Annotated[
        str | None, typer.Option(metavar="CSV", help="Write the table (.csv or .parquet).")
    ] = None,
    plot: Annotated[
        str | None, typer.Option(metavar="FILE", help="Draw bars with intervals (.png, .svg).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit several methods on some clips, judge them on others, with bootstrap intervals."""
    from tagthresh import compare as side_by_side
    from tagthresh import tables
    from tagthresh.report import plot as pictures
    from tagthresh.report import terminal

    chosen = [_method(text) for text in methods.split(",")]
    with _stage("reading"):
        one = tables.read_labelled(fit, fit_labels, tags)
        other = tables.read_labelled(judged, eval_labels, tags).in_tag_order(one.tags, judged)
    with _stage("comparing"):
        result = side_by_side(
            (one.labels, one.scores, one.weights),
            (other.labels, other.scores, other.weights),
            methods=chosen,
            metric=metric,
            reference=reference,
            tags=one.tags or other.tags,
        )
    if csv is not None:
        tables.write_columns(csv, result.columns())
        _note(f"wrote {csv}")
    if plot is not None:
        pictures.save(pictures.comparison(result), plot)
        _note(f"wrote {plot}")
    if as_json:
        _print_json(result.to_dict())
    else:
        _print_tables(terminal.comparison(result))


@app.command(
    epilog="\b\nThe authors' predictions:\n"
    "  git clone https://github.com/topel/sglthresh\n"
    "  tagthresh reproduce sglthresh/datasets\n\n"
    "Example: tagthresh reproduce sglthresh/datasets --json > table.json",
)
def reproduce(
    folder: Annotated[
        str,
        typer.Argument(metavar="DATASETS", help="Folder with dcase2017, dcase2019, audioset."),
    ],
    as_json: Json = False,
) -> None:
    """Measure Table 2 of the SGL-Thresh paper beside its own figures; exit 1 if one is off."""
    import dataclasses

    from tagthresh.report import terminal
    from tagthresh.reproduce import reproduce as measure

    with _stage("measuring") as say:
        lines = measure(folder, say)
    if as_json:
        _print_json({"lines": [dataclasses.asdict(line) | {"holds": line.holds} for line in lines]})
    else:
        _print_tables(terminal.reproduction(lines))
    if not all(line.holds for line in lines):
        _note("tagthresh: a deterministic figure is off")
        raise typer.Exit(1)


def _method(text: str) -> Method:
    """Read a method from NAME:OPTION=VALUE:OPTION=VALUE."""
    from tagthresh.methods import as_method

    name, *options = text.strip().split(":")
    return as_method(name, **dict(_assignment("--methods", option) for option in options))


def _assignment(option: str, text: str) -> tuple[str, Any]:
    """Split NAME=VALUE at the last sign; the value is a number, a word, or None for never."""
    name, sign, value = text.rpartition("=")
    if not sign or not name:
        raise InputError(f"{option} must be NAME=VALUE; got {text!r}")
    if value == "never":
        return name, None if option == "--set" else value
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


@contextmanager
def _stage(name: str) -> Iterator[Callable[[str], None]]:
    """Show what is going on, and for how long, while it lasts and somebody watches.

    Gives a function that changes what is shown.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    silent = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=silent) as progress:
        task = progress.add_task(name)
        yield lambda text: progress.update(task, description=text)


def _print_tables(*shown: RichTable) -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 120)
    for table in shown:
        console.print(table)


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def _note(text: str) -> None:
    if text:
        print(text, file=sys.stderr)


def _fail(message: str) -> NoReturn:
    _note(f"tagthresh: {message}")
    sys.exit(2)


def main() -> None:
    """Run the command line."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_, **__: _note(f"warning: {message}")
        try:
            sys.exit(app(standalone_mode=False))
        except InputError as error:
            _fail(str(error))
        except UsageError as error:
            _fail(f"{error.format_message()} (see tagthresh --help)")
        except (KeyboardInterrupt, typer.Abort):
            _note("tagthresh: stopped")
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()  # the reader of the output, such as head, has seen enough
            sys.exit(0)
