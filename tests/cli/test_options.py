"""Every option of every command: in its help, in the pages, and refused where it makes no sense."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import command_line
import numpy as np
import pytest
import typer

import tagthresh as tt
from tagthresh import cli
from tagthresh.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TAGS = ["Dog", "Rain"]


class Option(NamedTuple):
    command: str
    name: str  # the long form


def options() -> Iterator[tuple[Option, list[str]]]:
    """Every option, with all its forms."""
    for command, found in COMMANDS.items():
        for parameter in found.params:
            if parameter.param_type_name == "option" and parameter.name != "help":
                yield Option(command, parameter.opts[-1]), parameter.opts


OPTIONS = dict(options())


def mentioned(forms: list[str], text: str) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(form)}(?![\w-])", text) for form in forms)


@pytest.mark.parametrize("option", OPTIONS, ids=" ".join)
def test_every_option_has_an_example(option: Option) -> None:
    examples = [
        line
        for line in COMMANDS[option.command].epilog.replace("\\\n", " ").splitlines()
        if f"tagthresh {option.command}" in line
    ]
    assert any(mentioned(OPTIONS[option], line) for line in examples)


def test_the_page_on_the_command_line_is_what_the_help_says() -> None:
    assert command_line.TARGET.read_text("utf-8") == command_line.page(), "run make docs"


@pytest.mark.parametrize("option", OPTIONS, ids=" ".join)
def test_every_option_is_in_the_pages(option: Option) -> None:
    _, section = command_line.TARGET.read_text("utf-8").split(f"\n## {option.command}\n")
    rows = [line for line in section.split("\n## ")[0].splitlines() if line.startswith("| `")]
    assert sum(mentioned(OPTIONS[option], line.split("|")[1]) for line in rows) == 1


# What each command is given besides the option; a use that begins with files has its own.
GIVEN = {
    "demo": "",
    "review": "scores.csv",
    "fit": "dev.npz",
    "frontier": "dev.npz",
    "guarantee": "dev.npz --recall 0.5",
    "evaluate": "dev.npz",
    "apply": "dev.npz",
    "report": "dev.npz",
    "adapt": "dev.npz",
    "drift": "dev.npz",
    "calibrate": "dev.npz",
    "compare": "dev.npz dev.npz",
    "compare-thresholds": "thresholds.json thresholds.json dev.npz",
    "metrics": "",
    "reproduce": "folder",
}
# Two uses of each option that make no sense, and what is said; by command where it matters.
FLAG = "does not take a value"
NONSENSE: dict[str | tuple[str, str], list[tuple[str, str]]] = {
    "--bands": [
        ("--bands 0.5,high", "--bands must be a finite number; got 'high'"),
        ("--bands 0", "--bands must be at least 1; got 0"),
    ],
    "--positive-only": [
        ("--positive-only=yes", FLAG),
        ("--positive-only --positive-only=no", FLAG),
    ],
    "--bootstrap": [
        ("--bootstrap 3", "'--bootstrap': must be a whole number of at least 40; got 3"),
        (
            "--bootstrap 50 --recall 0.9",
            "--recall is an option of tagthresh guarantee",
        ),
    ],
    "--calibrator": [
        ("--calibrator none.json", "none.json cannot be read: No such file"),
        ("--calibrator thresholds.json", "thresholds.json is not a calibrator file"),
    ],
    ("fit", "--memory"): [
        ("--memory lots", "--memory must be a number of bytes such as 500MB or 2GiB; got 'lots'"),
        ("--memory 1GB --cv 5", "--memory reads clips in parts; leave out --cv"),
    ],
    ("evaluate", "--memory"): [
        ("--memory -1", "--memory must be a number of bytes such as 500MB or 2GiB; got '-1'"),
        ("--memory 1GB --calibrator calibrator.json", "reads clips in parts; leave out"),
    ],
    ("fit", "--engine"): [
        ("--engine spark", "'spark' is not one of 'local', 'dask'"),
        ("--engine dask --cv 5", "--engine dask reads clips in parts; leave out --cv"),
    ],
    ("apply", "--engine"): [
        (
            "--engine dask -o tags.csv",
            "-o tags.csv must be a folder, since with --engine dask every",
        ),
        ("--engine dask --group-column site", "reads clips in parts; leave out --group-column"),
    ],
    "--scheduler": [
        ("--scheduler tcp://10.0.0.1:8786", "--scheduler needs --engine dask"),
        ("--engine dask --scheduler tcp://a:1 --workers 2", "cannot be combined"),
    ],
    "--workers": [
        ("--workers 2", "--workers needs --engine dask"),
        ("--engine dask --workers 0", "'--workers': must be a whole number of at least 1; got 0"),
    ],
    ("fit", "--calibrator"): [
        ("--calibrator c.txt", "--calibrator c.txt: the suffix must be one of .json"),
        (
            "--calibrator c.json --method exact",
            "--calibrator needs --method hierarchical; got exac",
        ),
    ],
    "--ci": [
        ("--ci 95", "--ci must be above 0 and below 1; got 95.0"),
        ("--ci high", "'--ci': must be a number; got high"),
    ],
    "--no-ci": [
        ("--no-ci=yes", FLAG),
        ("--no-ci yes", "unexpected extra argument"),
    ],
    "--clip-seconds": [
        ("--clip-seconds 10", "--per-hour and --clip-seconds must be given together; got --clip-s"),
        ("--per-hour 1 --clip-seconds 0", "--clip-seconds must be above 0; got 0"),
    ],
    "--costs": [
        ("--metric cost --costs none.csv", "none.csv cannot be read: No such file"),
        ("--metric f1_macro --costs costs.csv", "--costs needs --metric cost; got f1_macro"),
    ],
    "--csv": [
        ("--csv table.txt", "--csv table.txt: the suffix must be one of .csv, .parquet"),
        ("--csv - --json", "--csv - and --json both print to standard output; leave out one"),
    ],
    "--markdown": [
        ("--markdown table.txt", "--markdown table.txt: the suffix must be one of .md"),
        (
            "--markdown - --json",
            "--markdown - and --json both print to standard output; leave out one",
        ),
    ],
    "--latex": [
        ("--latex table.md", "--latex table.md: the suffix must be one of .tex"),
        ("--latex - --markdown -", "--markdown - and --latex - both print to standard output"),
    ],
    "--excel-safe": [
        ("--excel-safe=yes", FLAG),
        ("--excel-safe -o tags.parquet", "needs a CSV file to write; got -o tags.parquet"),
    ],
    "--cv": [
        ("--cv 1", "'--cv': must be a whole number of at least 2; got 1"),
        ("--cv 5 --no-cv", "--cv and --no-cv cannot be combined; got --cv 5 --no-cv"),
        ("--cv 5", "--cv must be at most the number of clips, 2; got 5"),
    ],
    "--eval-labels": [
        ("dev.npz scores.csv --eval-labels none.csv", "none.csv cannot be read: No such file"),
        (
            "--eval-labels labels.csv",
            "--eval-labels must be left out, since dev.npz holds them; got",
        ),
    ],
    "--fit-labels": [
        ("scores.csv dev.npz --fit-labels none.csv", "none.csv cannot be read: No such file"),
        (
            "--fit-labels labels.csv",
            "--fit-labels must be left out, since dev.npz holds them; got ",
        ),
    ],
    "--fix": [
        ("--fix Dog=low", "--fix 'Dog' must be a finite number or never; got 'low'"),
        ("--fix Dog=1 --set Dog=1", "--fix and --set must not name the same tag; got 'Dog'"),
        ("--fix Dgo=1", "--fix must name a tag; none is called 'Dgo'; did you mean 'Dog'?"),
    ],
    "--ignore": [
        ("--ignore Dgo", "--ignore must name a column of dev.npz; got 'Dgo'; did you mean 'Dog'?"),
        ("--ignore=", "--ignore must name a column of dev.npz; got ''"),
    ],
    ("review", "--ignore"): [
        ("--ignore Dgo", "must name a column of scores.csv; got 'Dgo'; did you mean 'Dog'?"),
        ("--ignore=", "--ignore must name a column of scores.csv; got ''"),
    ],
    "--no-header": [
        ("--no-header", "--no-header must be left out, since no file is CSV; got dev.npz"),
        ("--no-header=yes", FLAG),
    ],
    ("review", "--no-header"): [
        ("--no-header", "column '2' must hold numbers; got 'Dog'"),
        ("--no-header=yes", FLAG),
    ],
    "--memory": [
        ("--memory lots", "--memory must be a number of bytes such as 500MB or 2GiB; got 'lots'"),
        ("--memory 20", "--memory must allow "),
    ],
    ("apply", "--memory"): [
        ("--memory lots", "--memory must be a number of bytes such as 500MB or 2GiB; got 'lots'"),
        ("scores.csv --memory 20", "scores.csv: --memory must allow 21 B"),
    ],
    ("guarantee", "--confidence"): [
        ("--confidence 95", "--confidence must be above 0 and below 1; got 95.0"),
        ("--confidence high", "'--confidence': must be a number; got high"),
    ],
    ("guarantee", "--jointly"): [
        ("--jointly=yes", FLAG),
        ("--jointly yes", "unexpected extra argument"),
    ],
    ("guarantee", "--precision"): [
        ("--precision 0.9", "must be given; got --precision 0.9 --recall 0.5"),
        ("--precision high", "'--precision': must be a number; got high"),
    ],
    ("guarantee", "--labels"): [
        ("scores.csv --labels none.csv --recall 0.5", "none.csv cannot be read: No such file"),
        (
            "--labels labels.csv",
            "--labels must be left out, since dev.npz holds them; got labels.csv",
        ),
    ],
    ("guarantee", "--recall"): [
        ("--recall 90", "--recall must be above 0 and"),
        ("--recall 0.8 --precision 0.9", "must be given; got --precision 0.9 --recall 0.8"),
    ],
    "--files": [
        ("--files .", "must be a new or an empty folder; it holds"),
        ("--files dev.npz", "dev.npz cannot be written: Not a directory"),
    ],
    "--group-column": [
        ("--group-column site", "--group-column must be a column or an array of"),
        ("--group-column=", "--group-column must be a column or an array of"),
    ],
    "--json": [
        ("--json=yes", FLAG),
        ("-o - --json", "-o - and --json both print to standard output; leave out one"),
    ],
    ("frontier", "--json"): [
        ("--json=yes", FLAG),
        ("--recall 0.5 -o - --json", "-o - and --json both print to standard output"),
    ],
    "--labels": [
        ("scores.csv --labels none.csv", "none.csv cannot be read: No such file"),
        (
            "--labels labels.csv",
            "--labels must be left out, since dev.npz holds them; got labels.csv",
        ),
    ],
    "--max": [
        ("--max high", "--max must be a finite number; got 'high'"),
        ("--max Dog=0.1 --min 0.2", "--min must not be above --max; got 0.2 and 0.1 for 'Dog'"),
    ],
    "--method": [
        ("--method magic", "--method must be one of constant, shared"),
        ("--method sgl --metric f1_samples", "method 'surrogate_gradient' does not maximise metri"),
    ],
    "--methods": [
        ("--methods magic", "--methods magic: method must be one of constant"),
        ("--methods exact,exact", "--methods must be distinct; 'exact' appears more than once"),
        ("--methods exact --metric f1_samples", "--metric f1_samples: method 'exact' does not max"),
    ],
    "--metric": [
        ("--metric f1", "--metric must be a known name (did you mean f1_micro?)"),
        ("--metric cost:miss=high", "--metric cost:miss=high: metric option 'miss' must be a fini"),
    ],
    ("fit", "--metric"): [
        ("--metric recall_micro", "--metric recall_micro: method 'hierarchical' does not maximise"),
        ("--metric f1_macro --precision 0.9", "--precision is an option of tagthresh guarantee"),
    ],
    ("compare-thresholds", "--labels"): [
        ("thresholds.json thresholds.json scores.csv --labels none.csv", "none.csv cannot be read"),
        (
            "--labels labels.csv",
            "--labels must be left out, since dev.npz holds them; got labels.c",
        ),
    ],
    ("compare-thresholds", "--metric"): [
        ("--metric f1_samples", "--metric must be defined for each tag by itself"),
        ("--metric hamming_loss", "higher values better; got 'hamming_loss'"),
    ],
    "--min": [
        ("--min Dog=low", "--min 'Dog' must be a finite number; got 'low'"),
        ("--min Dog=0 --fix Dog=1", "--fix and --min must not name the same tag; got 'Dog'"),
    ],
    "--no-cv": [
        ("--no-cv --cv 5", "--cv and --no-cv cannot be combined; got --cv 5 --no-cv"),
        ("--no-cv --recall 0.9", "--recall is an option of tagthresh guarantee"),
    ],
    "--only-trusted": [
        ("--only-trusted=yes", FLAG),
        ("--only-trusted yes", "unexpected extra argument"),
    ],
    "--ontology": [
        ("--ontology tree.txt", "tree.txt: the suffix must be one of .csv, .json"),
        ("--ontology tree.csv", "tree.csv: the ontology must name every tag; it lacks 'Rain'"),
    ],
    "--option": [
        ("--option fast", "--option must be NAME=VALUE; got 'fast'"),
        ("--option epochs=3", "has the options pull, polish; got 'epochs'"),
    ],
    "--output": [
        ("-o out.txt", "-o out.txt: the suffix must be one of"),
        ("-o - --json", "-o - and --json both print to standard output; leave out one"),
    ],
    ("report", "--output"): [
        ("-o out.txt", "-o out.txt: the suffix must be one of .html, .htm"),
        ("-o -", "-o -: the suffix must be one of .html, .htm"),
    ],
    ("frontier", "--output"): [
        ("-o out.json", "-o needs a limit: --precision, --recall, --per-clip or --per-hour; got n"),
        ("--recall 0.5 -o - --csv -", "-o - and --csv - both print to standard output"),
    ],
    "--per-band": [
        ("--per-band 0", "'--per-band': must be a whole number of at least 1; got 0"),
        ("--per-band few", "'--per-band': must be a whole number of at least 1; got few"),
    ],
    "--per-clip": [
        ("--per-clip 0", "--per-clip must be above 0; got 0"),
        ("--per-clip 1 --recall 0.5", "cannot be combined; got --recall 0.5 --per-clip 1"),
    ],
    "--per-hour": [
        (
            "--per-hour 12",
            "--per-hour and --clip-seconds must be given together; got --per-hour 12",
        ),
        (
            "--per-hour 1 --clip-seconds 1 --per-clip 1",
            "cannot be combined; got --per-clip 1 --per-h",
        ),
    ],
    "--plot": [
        ("--plot picture.txt", "--plot picture.txt: the suffix must be one of .png, .svg, .pdf"),
        ("--plot -", "--plot -: the suffix must be one of .png, .svg, .pdf"),
    ],
    "--precision": [
        ("--precision 90", "--precision must be above 0 and"),
        ("--precision high", "'--precision': must be a number; got high"),
        ("--precision 0.9 --recall 0.8", "cannot be combined; got --precision 0.9 --recall 0.8"),
    ],
    "--profile": [
        ("--profile none.json", "none.json cannot be read: No such file"),
        ("--profile thresholds.json", "thresholds.json is not a profile: it lacks the key"),
    ],
    ("fit", "--profile"): [
        ("--profile p.npz", "--profile p.npz: the suffix must be one of .json"),
        (
            "--profile out.json -o out.json",
            "-o and --profile must be two files; got out.json",
        ),
    ],
    "--recall": [
        ("--recall 90", "--recall must be above 0 and"),
        ("--recall 0.8 --precision 0.9", "cannot be combined; got --precision 0.9 --recall 0.8"),
    ],
    "--reference": [
        ("--reference random_search", "--reference must be one of constant, shared, "),
        ("--reference exact:epochs=3", "--reference exact:epochs=3: "),
    ],
    "--reliability": [
        ("--reliability curve.png", "--reliability needs a calibrator; pass its file as --cal"),
        ("--reliability curve.txt", "--reliability curve.txt: the suffix must be one of .png"),
    ],
    "--rows": [
        ("--rows -1", "'--rows': must be a whole number of at least 0; got -1"),
        ("--rows all", "'--rows': must be a whole number of at least 0; got all"),
    ],
    "--seed": [
        ("--seed -1", "'--seed': must be a whole number of at least 0; got -1"),
        ("--seed now", "'--seed': must be a whole number of at least 0; got now"),
    ],
    "--set": [
        ("--set Dgo=1", "--set must name a tag; none is called 'Dgo'; did you mean 'Dog'?"),
        ("--set Dog=1 --set Dog=2", "--set must give 'Dog' once; got 1 and 2"),
    ],
    "--sort": [
        ("--sort name", "--sort must be one of tag, threshold, precision"),
        ("--sort tag,f1", "--sort must be one of tag, threshold, precision"),
    ],
    "--tag-by-tag": [
        (
            "--tag-by-tag",
            "--tag-by-tag needs a limit: --precision, --recall, --per-clip or --per-ho",
        ),
        ("--recall 0.5 --tag-by-tag=yes", FLAG),
    ],
    "--tags": [
        ("--tags tags.txt", "--tags must be left out, since "),
        ("--tags none.txt", "--tags must be left out, since "),
    ],
    "--thresholds": [
        ("--thresholds none.json", "none.json cannot be read: No such file"),
        ("--thresholds tags.txt", "tags.txt is not a thresholds file: not valid JSON"),
    ],
    "--title": [
        ("--title=", "--title must not be empty; got none"),
        ("--title", "Option '--title' requires an argument"),
    ],
    "--unseen": [
        ("--unseen always", "--unseen must be a finite number, never, prior or shared"),
        (
            "--unseen never --recall 0.9",
            "--recall is an option of tagthresh guarantee",
        ),
    ],
}
FIRST = ("--json=yes", FLAG)
NONSENSE |= {
    (command, "--json"): [FIRST, ("--csv - --json", "--csv - and --json both print to standard")]
    for command in ("evaluate", "compare", "compare-thresholds")
}
NONSENSE |= {
    (command, "--excel-safe"): [
        ("--excel-safe=yes", FLAG),
        ("--excel-safe", "needs a CSV file to write; got none. Give --csv FILE.csv"),
        ("--excel-safe --csv tags.parquet", "needs a CSV file to write; got --csv tags.parquet"),
    ]
    for command in (
        *("evaluate", "compare", "compare-thresholds", "fit", "guarantee", "frontier"),
        *("drift", "adapt"),
    )
}
NONSENSE |= {
    (command, "--json"): [FIRST, ("--json yes", "unexpected extra argument")]
    for command in ("drift", "metrics", "reproduce")
}
CASES = [
    (option, *case)
    for option in OPTIONS
    for case in NONSENSE.get((option.command, option.name), NONSENSE.get(option.name, []))
]


@pytest.mark.parametrize("option", OPTIONS, ids=" ".join)
def test_of_every_option_two_uses_make_no_sense(option: Option) -> None:
    assert sum(case[0] == option for case in CASES) >= 2


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Small files of every kind, in the folder to work in."""
    monkeypatch.chdir(tmp_path)
    scores, labels = np.array([[0.9, 0.1], [0.2, 0.8]]), np.eye(2, dtype=int)
    np.savez("dev.npz", scores=scores, labels=labels, tags=TAGS)
    Path("scores.csv").write_text("clip,Dog,Rain\na,0.9,0.1\nb,0.2,0.8\n", "utf-8")
    Path("labels.csv").write_text("clip,Dog,Rain\na,1,0\nb,0,1\n", "utf-8")
    Path("costs.csv").write_text("tag,miss\nDog,20\n", "utf-8")
    Path("tags.txt").write_text("Dog\nRain\n", "utf-8")
    Path("tree.csv").write_text("child,parent\nDog,Animal\n", "utf-8")
    Path("tree.txt").write_text("", "utf-8")
    Path("folder").mkdir()
    thresholds = tt.Thresholds([0.5, 0.5], TAGS)
    thresholds.save("thresholds.json")
    tt.Profile.from_scores(scores, thresholds).save("profile.json")
    solution = tt.find_thresholds(labels, scores, tags=TAGS, cv=None)
    assert solution.calibrator is not None
    solution.calibrator.save("calibrator.json")
    return tmp_path


@pytest.mark.parametrize(
    ("option", "given", "message"), CASES, ids=[f"{case[0][0]} {case[1]}" for case in CASES]
)
def test_what_makes_no_sense_is_refused_in_one_line(
    option: Option,
    given: str,
    message: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = sorted(folder.rglob("*"))
    files = GIVEN[option.command] if given.startswith("-") else ""
    monkeypatch.setattr(sys, "argv", ["tagthresh", option.command, *f"{files} {given}".split()])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capfd.readouterr()
    assert (stop.value.code, out) == (2, "")
    assert message in err
    assert err.startswith("tagthresh: ")
    assert err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before
