"""``tagthresh fit``."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import scipy
import typer

from tagthresh import InputError, Profile, find_thresholds
from tagthresh.cli import bounds, errors, parsing, printing, writing
from tagthresh.cli.cluster import Engine
from tagthresh.cli.options import FILES, Costs, Metric, NewThresholds, OntologyFile, whole
from tagthresh.cli.results import TagResults
from tagthresh.cli.shards import LabelledShards
from tagthresh.counts.as_counts import as_counts
from tagthresh.find import judged
from tagthresh.formatting import plural
from tagthresh.thresholds.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tagthresh import Calibrator, Solution, io, methods, metrics

SHORT = "Find the thresholds that maximise a metric on labelled clips."
HELP = SHORT + FILES
EPILOG = (
    "\b\nExamples:\n"
    "  tagthresh fit dev.npz\n"
    "  tagthresh fit scores.csv --labels labels.csv -o dog.json --metric f0.5_macro\n"
    "  tagthresh fit dev.npz --method exact\n"
    "  tagthresh fit dev.npz --method exact --metric cost --costs costs.csv\n"
    "  tagthresh fit dev.h5 --method constant --option value=0.3\n"
    "  tagthresh fit dev.npz --method sgl --option start=0.5 --option epochs=200\n"
    "  tagthresh fit dev.npz --cv 10 --bootstrap 500 --rows 0\n"
    "  tagthresh fit 'shards/*.npz' --memory 2GB\n"
    "  tagthresh fit dev.npz --no-cv --json\n"
    "  tagthresh fit dev.npz --calibrator calibrator.json --profile profile.json\n"
    "  tagthresh fit recordings.csv --labels labels.csv --group-column recording\n"
    '  tagthresh fit dev.npz --set "Dog=0.4" --set "Waves, surf=never"\n'
    "  tagthresh fit dev.npz --ontology ontology.json\n"
    "  tagthresh fit 'scores/*.parquet' --labels 'labels/*.parquet' --engine dask\n"
    "  tagthresh fit 'shards/*.npz' --engine dask --workers 8 --memory 4GB\n"
    "  tagthresh fit 'shards/*.npz' --engine dask --scheduler tcp://10.0.0.1:8786\n"
    "  tagthresh fit scores.npy --labels labels.npy --tags tags.txt\n"
    "  tagthresh fit dev.npz --csv tags.csv --excel-safe --markdown tags.md \\\n"
    "      --latex tags.tex\n"
    "  tagthresh fit dev.npz --unseen never\n"
    '  tagthresh fit dev.npz --fix "Clock=0.2" --min 0.05 --max "Dog=0.6"\n'
    "  tagthresh fit folds.csv --labels labels.csv --ignore fold\n"
    "  tagthresh fit bare_scores.csv --labels bare_labels.csv --no-header\n"
    "  tagthresh fit scores.csv --labels found.csv --positive-only"
)
Method = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="NAME",
        help="hierarchical: made for new clips; exact: best on these clips; shared: best "
        "single threshold; constant: a given one; coordinate_ascent: for metrics over clips; sgl, "
        "numerical_gradient, random_search: as in the SGL-Thresh paper.",
    ),
]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="NAME=VALUE",
        help="Option of the method (docs/methods.md lists them); may be repeated.",
    ),
]
ByHand = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="TAG=VALUE",
        help="Set a tag's threshold by hand after the fit, to a number or never; may be repeated.",
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        "--cv",
        metavar="FOLDS",
        parser=whole(2),
        help="Folds of the cross-fitting that tells what to expect on new clips; 10 by default "
        "on up to 20 million scores.",
    ),
]
NoFolds = Annotated[
    bool,
    typer.Option(
        "--no-cv", help="Leave out the cross-fitting, and the bootstrap unless asked for."
    ),
]
Bootstrap = Annotated[
    int | None,
    typer.Option(
        "--bootstrap",
        metavar="FITS",
        parser=whole(40),
        help="Fits on resampled clips for the interval of each threshold; 100 by default where it "
        "is quick, on up to 30,000 scores.",
    ),
]
NewCalibrator = Annotated[
    str | None,
    typer.Option(
        "--calibrator",
        metavar="JSON",
        help="Where to write the curves that turn scores into probabilities (hierarchical only).",
    ),
]
NewProfile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="JSON",
        help="Where to write what the scores look like, to be compared with later ones by drift.",
    ),
]
# Options that need all clips in memory.
WHOLE = ("group_column", "no_header", "ontology", "override", "cv", "bootstrap", "profile")


def run(
    context: typer.Context,
    files: LabelledShards,
    limits: bounds.Limits,
    engine: Engine,
    results: TagResults,
    ontology: OntologyFile = None,
    output: NewThresholds = "thresholds.json",
    metric: Metric = "f1_micro",
    costs: Costs = None,
    method: Method = "hierarchical",
    option: Options = None,
    override: ByHand = None,
    cv: Folds = None,
    no_cv: NoFolds = False,
    bootstrap: Bootstrap = None,
    calibrator: NewCalibrator = None,
    profile: NewProfile = None,
) -> None:
    """Find thresholds and write them."""
    outputs = {
        "-o": (output, writing.THRESHOLDS),
        "--calibrator": (calibrator, (".json",)),
        "--profile": (profile, (".json",)),
    }
    results.check((*files.inputs, ontology, costs), outputs)
    search = Search(
        metric=parsing.metric(metric, costs),
        method=parsing.method(method, option or []),
        limits=limits,
        by_hand=parsing.thresholds("--set", override or []),
        cv=_folds(cv, no_cv=no_cv),
        bootstrap=bootstrap or "auto",
    )
    search.check(calibrator)
    if files.in_parts(context, WHOLE, on_dask=engine.is_dask):
        result = Result(search, search.in_parts(files, output, engine))
    else:
        table = files.read_checked(ontology)
        result = Result(search, search.in_memory(table, files), table)
    result.write(output, calibrator, profile)
    result.give(output, results)


def _folds(cv: int | None, *, no_cv: bool) -> int | Literal["auto"] | None:
    """Folds of the cross-fitting; None leaves it out."""
    if cv is not None and no_cv:
        raise InputError("--cv and --no-cv", "cannot be combined", f"--cv {cv} --no-cv")
    return None if no_cv else cv or "auto"


@dataclass(frozen=True)
class Search:
    """What thresholds to find, and how."""

    metric: metrics.Metric
    method: methods.Method
    limits: bounds.Limits
    by_hand: Mapping[str, float | None]
    cv: int | Literal["auto"] | None
    bootstrap: int | Literal["auto"]

    def check(self, calibrator: str | None) -> None:
        """Check what goes together, before any file is read."""
        with errors.of_option("--metric", self.metric.name):
            self.method.check(self.metric)
        if calibrator is not None and not self.method.calibrates:
            raise InputError("--calibrator", "needs --method hierarchical", self.method.name)
        self.limits.check(self.by_hand)

    def arguments(self, tags: Iterable[str]) -> dict[str, Any]:
        """Arguments of every `find_thresholds`, for these tags."""
        return {"metric": self.metric, "method": self.method, **self.limits.arguments(tags)}

    def in_memory(self, table: io.Table, files: LabelledShards) -> Solution:
        """Find thresholds with all clips in memory."""
        tags = table.tags or [str(tag) for tag in range(table.scores.shape[1])]
        bounds.check_tags("--set", self.by_hand, tags)  # before a fit that may take minutes
        arguments = self.arguments(tags)
        names = {"groups": f"{files.file}: groups", "cv": "--cv", "bootstrap": "--bootstrap"}
        with errors.renamed(**names), printing.stage("finding thresholds"):
            return find_thresholds(
                *(table.labels, table.scores),
                tags=table.tags,
                sample_weight=table.weights,
                groups=table.groups,
                cv=self.cv,
                bootstrap=self.bootstrap,
                positive_only=files.positive_only,
                **arguments,
            )

    def in_parts(self, files: LabelledShards, output: str, engine: Engine) -> Solution:
        """Find thresholds with some clips in memory at a time, here or on a cluster."""
        checkpoint = None if output == "-" or engine.is_dask else f"{output}.counting"
        with printing.progress("clips") as progress:
            clips = files.shards(progress, checkpoint)
            arguments = self.arguments(clips.tags or map(str, range(clips.n_tags)))
            if engine.is_dask:
                with engine.client() as client:
                    from tagthresh.integrations import dask

                    return dask.find_thresholds(
                        clips, client=client, progress=progress, **arguments
                    )
            if checkpoint is not None and Path(checkpoint).exists():
                printing.note(f"going on from {checkpoint}")
            with errors.as_options("memory"):
                return find_thresholds(clips, cv=self.cv, bootstrap=self.bootstrap, **arguments)


@dataclass(frozen=True)
class Result:
    """What was found, and what becomes of it by --set; no table where clips are read in parts."""

    search: Search
    fitted: Solution
    table: io.Table | None = None

    @cached_property
    def solution(self) -> Solution:
        """What holds after --set: of the thresholds set by hand nothing was resampled."""
        if self.table is None or not self.search.by_hand:
            return self.fitted
        data, counts = as_counts(
            *(self.table.labels, self.table.scores, self.table.tags, self.table.weights),
            positive_only=True,  # as checked before the fit
        )
        thresholds = self.fitted.thresholds.override(self.search.by_hand)
        metric = self.search.metric.for_tags(counts.tags, counts.n_tags)
        score, certificate = judged(metric, thresholds.values, counts, data)
        evidence = self.fitted.evidence
        return dataclasses.replace(
            self.fitted,
            thresholds=thresholds,
            score=score,
            status=f"{len(self.search.by_hand)} of {len(thresholds)} thresholds set by hand",
            certificate=certificate,
            evidence=Evidence(evidence.seen).beside(counts),
            expected=None,
        )

    def write(self, output: str, calibrator: str | None, profile: str | None) -> None:
        """Write the files; where one of them cannot be made, none is written."""
        contents = {
            calibrator: None if calibrator is None else self._calibrator(),
            profile: None if profile is None else self._profile(),
        }
        writing.write_thresholds(self.solution.thresholds, output)
        for path, content in contents.items():
            if path is not None and content is not None:
                content.save(path)
                printing.wrote(path)

    def _calibrator(self) -> Calibrator:
        if self.fitted.calibrator is None:
            rule = "needs at least one known positive; there is none"
            raise InputError("--calibrator", rule)
        return self.fitted.calibrator

    def _profile(self) -> Profile | None:
        """Profile of the scores; clips whose label is unknown may have none."""
        if self.table is None:
            return None
        with errors.renamed(y_score="--profile needs every score: they"):
            thresholds = self.solution.thresholds
            return Profile.from_scores(self.table.scores, thresholds, tags=self.table.tags)

    def give(self, output: str, results: TagResults) -> None:
        """Say how good the thresholds are, and what they rest on."""
        from tagthresh.report import terminal

        for line in self._summary():
            printing.note(line)
        fitted = {"as_fitted": self.fitted.to_dict()} if self.search.by_hand else {}
        results.give(
            self.solution.table,
            lambda rows: [terminal.trust(self.solution, rows)],
            lambda: self.solution.to_dict() | fitted | {"output": output},
            output=output,
        )

    def _summary(self) -> Iterator[str]:
        """Say how good the thresholds are, on these clips and on new ones."""
        metric, origin = self.search.metric, self.fitted.thresholds.origin
        clips = plural(origin.clips if origin else 0, "clip")
        size = f"{clips} x {plural(len(self.solution.thresholds), 'tag')}"
        score, fitted_score = (
            printing.metric_value(metric, solution.score)
            for solution in (self.solution, self.fitted)
        )
        method = f"({origin.method['name'] if origin else ''}: {self.fitted.status})"
        if self.search.by_hand:
            changed = f"{score} after --set on {size}; {fitted_score} as fitted"
            yield f"{metric.name} {changed} {method}"
        else:
            yield f"{metric.name} {score} on {size} {method}"
        if self.fitted.expected:
            expected = printing.expectation(metric, self.fitted.expected)
            yield f"as fitted, {expected}" if self.search.by_hand else expected
        elif self.search.cv is not None and self._can_be_crossfitted:
            yield "--cv 10 tells what to expect on new clips"

    @property
    def _can_be_crossfitted(self) -> bool:
        """Whether there are clips for ten folds."""
        if self.table is None or scipy.sparse.issparse(self.table.scores):
            return False
        return len(self.table.scores) >= 10
