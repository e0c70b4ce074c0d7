from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from pyarrow import parquet as pq
from rich.console import Console
from sklearn.metrics import f1_score

import tagthresh as tt
from in_process import Done, runner
from tagthresh.datasets.demo import load_demo
from tagthresh.datasets.reproduce import Figures, Line
from tagthresh.report import terminal

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run the command line in a folder with the demo's two halves, fit.npz and eval.npz."""
    for half, name in zip(load_demo(), ("fit", "eval"), strict=True):
        np.savez(tmp_path / f"{name}.npz", **vars(half))
    monkeypatch.chdir(tmp_path)

    return runner(monkeypatch, capfd)


def test_the_whole_path_vs_scikit_learn(run: Callable[..., Done], tmp_path: Path) -> None:
    done = run("fit", "fit.npz", "--method", "exact", "-o", "t.json")
    assert done.code == 0
    assert "10 ok, 0 few positives" in done.out
    assert "f1_micro 78.16 % on 500 clips x 10 tags" in done.err
    judged = json.loads(run("evaluate", "eval.npz", "-t", "t.json", "--json").out)
    with np.load("eval.npz") as unseen:
        decisions = unseen["scores"] >= tt.Thresholds.load("t.json").values
        wanted = f1_score(unseen["labels"], decisions, average="micro")
        clips, tags = unseen["clips"], unseen["tags"]
    assert judged["f1_micro"] == pytest.approx(wanted, abs=1e-12)
    assert round(100 * wanted, 2) == 78.41
    assert run("apply", "eval.npz", "-t", "t.json", "-o", "tags.csv").code == 0
    lines = (tmp_path / "tags.csv").read_text("utf-8").splitlines()
    assert lines[0] == '"clip","tag","score","threshold"'
    given = {(line.split('","')[0][1:], line.split('","')[1].split('",')[0]) for line in lines[1:]}
    rows, columns = decisions.nonzero()
    assert given == {(clips[r], tags[c]) for r, c in zip(rows, columns, strict=True)}


def test_sparse_files_vs_python(run: Callable[..., Done], tmp_path: Path) -> None:
    half = load_demo()[0]
    kept = np.where(half.scores >= np.sort(half.scores, axis=1)[:, [-3]], half.scores, 0)
    y_true, y_score = (scipy.sparse.coo_array(each) for each in (half.labels, kept))
    scipy.sparse.save_npz(tmp_path / "labels.npz", y_true)
    scipy.sparse.save_npz(tmp_path / "scores.npz", y_score)
    (tmp_path / "tags.txt").write_text("\n".join(half.tags), "utf-8")
    files = ("scores.npz", "--labels", "labels.npz", "--tags", "tags.txt")
    done = run("fit", *files, "-o", "t.json", "--set", "Dog=never")
    assert done.code == 0, done.err
    solution = tt.find_thresholds(y_true, y_score, tags=half.tags)
    values = solution.thresholds.override({"Dog": None}).values
    np.testing.assert_array_equal(tt.Thresholds.load("t.json").values, values)
    judged = json.loads(run("evaluate", *files, "-t", "t.json", "--json").out)
    thresholds = tt.Thresholds.load("t.json")
    assert judged["f1_micro"] == tt.evaluate(y_true, y_score, thresholds).score()
    assert run("apply", "scores.npz", *files[3:], "-t", "t.json", "-o", "tags.csv").code == 0
    lines = (tmp_path / "tags.csv").read_text("utf-8").splitlines()
    assert len(lines) - 1 == thresholds.predict(kept).sum()
    done = run("fit", *files, "--cv", "5")
    assert done.code == 2
    assert "need rows of dense scores" in done.err


def test_evaluate_prints_worst_tags_first(run: Callable[..., Done]) -> None:
    run("fit", "fit.npz")
    done = run("evaluate", "eval.npz", "--rows", "3", "--csv", "tags.csv")
    assert done.code == 0
    assert "tags by f1, lowest first (3 of 10 shown)" in done.out
    assert "wrote tags.csv" in done.err
    evaluation = json.loads(run("evaluate", "eval.npz", "--json").out)
    worst = min(evaluation["per_tag"], key=lambda row: row["f1"])["tag"]
    assert done.out.splitlines()[4].split("│")[1].strip() == worst
    by_name = run("evaluate", "eval.npz", "--sort", "tag", "--rows", "0").out
    assert by_name.index("Baby cry") < by_name.index("Waves, surf")


def test_the_clips_fitted_on_are_remarked(run: Callable[..., Done]) -> None:
    run("fit", "fit.npz")
    assert "note: the thresholds were fitted on these very clips" in run("evaluate", "fit.npz").err
    assert "note:" not in run("evaluate", "eval.npz").err
    run("fit", "eval.npz", "-o", "new.json")
    done = run("compare-thresholds", "thresholds.json", "new.json", "eval.npz")
    assert [line for line in done.err.splitlines() if "note:" in line] == [
        "note: new was fitted on these very clips; expect less on others"
    ]


def test_methods_take_options_and_tags_are_set_by_hand(run: Callable[..., Done]) -> None:
    done = run(
        *("fit", "fit.npz", "--method", "constant", "--option", "value=0.3", "--json"),
        *("--set", "Dog=0.4", "--set", "Waves, surf=never"),
    )
    result = json.loads(done.out)
    content = result["thresholds"]
    assert content["method"] == {"name": "constant", "options": {"value": 0.3}}
    by_tag = dict(zip(content["tags"], content["values"], strict=True))
    assert (by_tag["Dog"], by_tag["Rain"], by_tag["Waves, surf"]) == (0.4, 0.3, None)
    assert content["overrides"]["Waves, surf"] == {"fitted": 0.3, "set": None}
    assert result["certificate"]["gap"] > 0
    assert content == tt.Thresholds.load("thresholds.json").to_dict()


def test_any_metric_is_fitted_and_shown(run: Callable[..., Done]) -> None:
    done = run(
        *("fit", "fit.npz", "--metric", "cost:miss=20:false_alarm=2", "--method", "exact"),
        *("--json", "--set", "Dog=0.4"),
    )
    result = json.loads(done.out)
    assert result["thresholds"]["metric"] == "cost"
    assert result["certificate"]["gap"] > 0
    assert f"cost {result['score']:.4g} after --set on" in done.err
    run("fit", "fit.npz", "--metric", "f1_samples", "--method", "coordinate_ascent")
    judge = ("evaluate", "eval.npz", "--metric", "f1_samples", "--metric", "cost:miss=3")
    shown = json.loads(run(*judge, "--json").out)
    done = run(*judge)
    assert f"f1_samples {100 * shown['f1_samples']:.2f} %" in done.out
    assert f"cost {shown['cost']:.4g}" in done.out
    methods = "shared,coordinate_ascent"
    done = run("compare", "fit.npz", "eval.npz", "--metric", "exact_match", "--methods", methods)
    assert "exact_match in %" in done.out
    done = run("compare", "fit.npz", "eval.npz", "--metric", "cost", "--methods", "shared,exact")
    assert "cost, on training clips" in done.out


def test_metrics_lists_them_all(run: Callable[..., Done]) -> None:
    listed = json.loads(run("metrics", "--json").out)["metrics"]
    assert [row["metric"] for row in listed] == list(tt.metrics.METRICS)
    shown = run("metrics").out
    assert "matthews_corrcoef" in shown
    assert "exact_match" in shown


def test_standard_output_takes_thresholds_and_decisions(run: Callable[..., Done]) -> None:
    done = run("fit", "fit.npz", "-o", "-", "--metric", "f0.5_macro")
    assert json.loads(done.out)["metric"] == "f0.5_macro"
    run("fit", "fit.npz")
    done = run("apply", "eval.npz", "-o", "-")
    assert done.out.startswith('"clip","tag","score","threshold"\n')
    assert "tags on" in done.err


def test_the_demo_beats_the_default(run: Callable[..., Done]) -> None:
    done = run("demo")
    assert done.code == 0
    assert "tags that gain most" in done.out
    methods = json.loads(run("demo", "--json").out)["methods"]
    unseen = [methods[name]["unseen"] for name in ("default 0.5", "best shared", "exact")]
    assert [round(100 * value, 2) for value in unseen] == [1.40, 76.29, 78.41]
    assert tt.Thresholds.load("thresholds.json").tags is not None


def test_unseen_tags_are_named_in_a_warning(run: Callable[..., Done]) -> None:
    np.savez("a.npz", scores=[[0.9, 0.1]], labels=[[1, 0]], tags=["Dog", "Rain"])
    done = run("fit", "a.npz")
    assert done.code == 0
    assert "no clip is known to be positive" in done.err
    assert "1 of 2 tags: no clip is known to be positive: Rain" in done.err


@pytest.mark.parametrize(
    "command",
    ["fit", "evaluate", "apply", "adapt", "drift", "compare", "compare-thresholds", "demo"],
)
def test_every_help_has_an_example(run: Callable[..., Done], command: str) -> None:
    done = run(command, "--help")
    assert done.code == 0
    assert f"  tagthresh {command}" in done.out


def test_version_from_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "tagthresh", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == tt.__version__


def test_a_reader_that_stops_early_is_no_error(run: Callable[..., Done]) -> None:
    run("fit", "fit.npz")
    command = f"{sys.executable} -m tagthresh apply eval.npz -o - | head -n 1"
    done = subprocess.run(  # noqa: S602 - the pipe is the point
        command, shell=True, capture_output=True, text=True, check=True
    )
    assert done.stdout == '"clip","tag","score","threshold"\n'
    assert "Traceback" not in done.stderr


def test_alone_it_prints_its_help(run: Callable[..., Done]) -> None:
    done = run()
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: tagthresh [OPTIONS] COMMAND")
    assert done.out == run("--help").out


@pytest.mark.parametrize(
    "command",
    [
        *("demo", "fit", "evaluate", "apply", "calibrate", "compare", "compare-thresholds"),
        *("metrics", "reproduce"),
        *("demo", "fit", "evaluate", "apply", "adapt", "calibrate", "compare"),
        *("compare-thresholds", "reproduce"),
        *("demo", "fit", "evaluate", "apply", "adapt", "drift", "calibrate"),
        *("compare", "compare-thresholds", "reproduce"),
        *("demo", "fit", "evaluate", "apply", "adapt", "drift", "calibrate", "compare"),
        *("compare-thresholds", "metrics", "reproduce"),
    ],
)
def test_help_fits_eighty_columns(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert "..." not in run("--help").out.replace("[ARGS]...", "")
    shown = run(command, "--help").out
    assert shown.startswith(f"Usage: tagthresh {command} ")
    assert max(map(len, shown.splitlines())) <= 80


def small(**arrays: object) -> None:
    """Write a.npz: both tags are told apart perfectly by 0.5."""
    content = {
        "scores": [[0.9, 0.1], [0.2, 0.8], [0.1, 0.2]],
        "labels": [[1, 0], [0, 1], [0, 0]],
        "tags": ["Dog", "Rain"],
    }
    np.savez("a.npz", **(content | arrays))  # type: ignore[arg-type]


def test_the_score_told_is_that_of_the_thresholds_written(run: Callable[..., Done]) -> None:
    small()
    done = run("fit", "a.npz", "--set", "Dog=NEVER", "--json")
    assert (
        "f1_micro 66.67 % after --set on 3 clips x 2 tags; 100.00 % as fitted (hierarchical"
        in done.err
    )
    result = json.loads(done.out)
    assert result["score"] == pytest.approx(2 / 3)
    assert result["status"] == "1 of 2 thresholds set by hand"
    assert result["certificate"]["gap"] >= 1 / 3
    assert result["as_fitted"]["score"] == 1
    assert result["as_fitted"]["certificate"]["gap"] == 0
    assert result["thresholds"]["score"] == 1
    assert result["thresholds"]["values"][0] is None
    plain = run("fit", "a.npz", "--json")
    assert "f1_micro 100.00 % on 3 clips" in plain.err
    assert json.loads(plain.out)["score"] == 1


@pytest.mark.parametrize("value", [".4", "+0.4", "0.4", "4e-1", " 0.4"])
def test_thresholds_by_hand_are_any_number(run: Callable[..., Done], value: str) -> None:
    small()
    assert run("fit", "a.npz", "--set", f"Dog={value}").code == 0
    assert tt.Thresholds.load("thresholds.json").values[0] == 0.4


def test_a_printed_file_leaves_standard_output_to_itself(run: Callable[..., Done]) -> None:
    run("fit", "fit.npz")
    judged = run("evaluate", "eval.npz", "--csv", "-", "--rows", "1")
    lines = judged.out.splitlines()
    assert lines[0].startswith('"tag","threshold","precision"')
    assert len(lines) == 11
    assert "lowest first (1 of 10 shown)" in judged.err
    assert "wrote" not in judged.err
    compared = run("compare", "fit.npz", "eval.npz", "--methods", "shared,exact", "--csv", "-")
    assert compared.out.startswith('"method","fit","eval"')
    assert "95 % interval over clips" in compared.err
    shown = run("demo", "-o", "-")
    assert json.loads(shown.out)["tags"][4] == "Dog"
    assert "tags that gain most" in shown.err


def test_never_is_an_empty_cell(run: Callable[..., Done]) -> None:
    small(labels=[[1, 0], [0, 0], [0, 0]])
    run("fit", "a.npz", "--method", "exact")
    lines = run("evaluate", "a.npz", "--csv", "-").out.splitlines()
    assert lines[2] == '"Rain",,,,,0,0,'  # shares of nothing, too


@pytest.mark.parametrize("scores", ["a,Dog,0.01\nb,Rain,0.01\n", "a,Dog,0.01\na,Rain,0.9\n"])
def test_any_number_of_pairs_may_be_accepted(run: Callable[..., Done], scores: str) -> None:
    tt.Thresholds([0.6, 0.6], ["Dog", "Rain"]).save("thresholds.json")
    Path("scores.csv").write_text("clip,tag,score\n" + scores, encoding="utf-8")
    done = run("apply", "scores.csv", "-o", "-")
    wanted = ['"a","Rain",0.9,0.6'] if "0.9" in scores else []
    assert done.code == 0
    assert done.out.splitlines() == ['"clip","tag","score","threshold"', *wanted]


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    "args",
    [
        ("demo",),
        ("evaluate", "eval.npz"),
        ("evaluate", "eval.npz", "--sort", "predicted"),
        ("compare", "fit.npz", "eval.npz", "--methods", "constant:value=0.3,shared,exact"),
        ("compare-thresholds", "thresholds.json", "shared.json", "eval.npz"),
    ],
)
def test_tables_are_whole_at_any_width(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, columns: int, args: tuple[str, ...]
) -> None:
    run("fit", "fit.npz")
    run("fit", "fit.npz", "--method", "shared", "-o", "shared.json")
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(*args).out.splitlines()
    assert max(map(len, lines)) <= columns
    assert not [line for line in lines if "…" in line]
    if args[-1] == "predicted":
        assert any("predicted" in line for line in lines if line.startswith("┃"))


def test_reproduction_is_whole_at_any_width() -> None:
    figures = Figures(61.56, 61.82)
    line = Line(
        "audioset SIMULATION", "random search, per tag", figures, figures, figures, figures, 7.27
    )
    for columns in (60, 80, 120):
        console = Console(file=io.StringIO(), width=columns)
        console.print(terminal.reproduction([line]))
        shown = console.file.getvalue()  # type: ignore[attr-defined]
        assert "…" not in shown
        assert "61.56 (61.82)" in shown
        assert "+- 61.6 (61.8)" in shown


def in_a_shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S602 - the shell's redirections are the point
        command.replace("tagthresh", f"{sys.executable} -m tagthresh", 1),
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "command",
    [
        "fit fit.npz -o -",
        "apply eval.npz -o -",
        "evaluate eval.npz",
        "evaluate eval.npz --json",
        "--help",
    ],
)
def test_full_standard_output_is_told_in_one_line(run: Callable[..., Done], command: str) -> None:
    run("fit", "fit.npz")
    done = in_a_shell(f"tagthresh {command} >/dev/full")
    assert done.returncode == 2
    told = "tagthresh: cannot write standard output: No space left on device"
    assert done.stderr == told + "\n"


@pytest.mark.usefixtures("run")
def test_names_beyond_the_encoding_of_the_terminal_are_escaped() -> None:
    small(tags=["Chien é", "雨"])
    tt.Thresholds([0.5, 0.5], ["Chien é", "雨"]).save("thresholds.json")
    for option in ("", " --json"):
        done = in_a_shell(f"tagthresh evaluate a.npz{option}", PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (0, "")
        assert "Chien" in done.stdout
    assert json.loads(done.stdout)["per_tag"][1]["tag"] == "雨"


def test_brackets_in_a_file_name_are_no_markup(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal: progress is shown
    Path("d[").mkdir()
    small()
    Path("a.npz").rename("d[/x].npz")
    done = run("fit", "d[/x].npz")
    assert done.code == 0
    assert "reading d[/x].npz" in done.err


def test_a_fit_says_what_to_expect(run: Callable[..., Done]) -> None:
    done = run("fit", "fit.npz", "--json")
    expected = json.loads(done.out)["expected"]
    assert expected["low"] < expected["score"] < expected["high"]
    assert expected["folds"] == 10
    assert f"expect {100 * expected['score']:.2f} % on new clips" in done.err
    assert json.loads(run("fit", "fit.npz", "--json", "--cv", "3").out)["expected"]["folds"] == 3
    assert json.loads(run("fit", "fit.npz", "--json", "--no-cv").out)["expected"] is None
    both = run("fit", "fit.npz", "--cv", "3", "--no-cv")
    assert (both.code, both.err) == (
        2,
        "tagthresh: --cv and --no-cv cannot be combined; got --cv 3 --no-cv\n",
    )


def grouped_files() -> None:
    """Write s.csv and l.csv: 100 clips, cut in fives from recordings."""
    rng = np.random.default_rng(2)
    labels = np.repeat(rng.random((20, 2)) < 0.4, 5, axis=0)
    scores = np.repeat(rng.normal(size=(20, 2)), 5, axis=0) + labels
    rows = [
        f"c{i},rec{i // 5},{row[0]:.4f},{row[1]:.4f}\n" for i, row in enumerate(scores.tolist())
    ]
    Path("s.csv").write_text("clip,recording,Dog,Rain\n" + "".join(rows))
    rows = [f"c{i},{row[0]:d},{row[1]:d}\n" for i, row in enumerate(labels.tolist())]
    Path("l.csv").write_text("clip,Dog,Rain\n" + "".join(rows[::-1]))


def test_recordings_are_never_split(run: Callable[..., Done]) -> None:
    grouped_files()
    files, column = ("s.csv", "--labels", "l.csv"), ("--group-column", "recording")
    done = run("fit", *files, *column, "--json")
    result = json.loads(done.out)
    assert result["thresholds"]["tags"] == ["Dog", "Rain"]
    table = tt.io.read_labelled("s.csv", "l.csv", group_column="recording")
    data, groups = (table.labels, table.scores), [int(clip[1:]) // 5 for clip in table.clips or ()]
    wanted = tt.find_thresholds(*data, tags=table.tags, groups=groups).expected
    assert wanted is not None
    assert result["expected"] == wanted.to_dict()
    assert run("evaluate", *files, *column).code == 0
    assert run("apply", "s.csv", *column).code == 0
    both = ("s.csv", "s.csv", "--fit-labels", "l.csv", "--eval-labels", "l.csv")
    found = json.loads(run("compare", *both, *column, "--json", "--methods", "shared").out)
    entry = tt.compare_methods(data, data, methods=["shared"], groups=groups).entries[0]
    assert found["methods"][0]["eval_low"] == entry.interval.low


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("site", "column 'recording' must hold numbers; got 'rec0'"),
        ("one", "groups must name at least two groups; all clips are in the same"),
    ],
)
def test_groups_that_cannot_be_dealt(run: Callable[..., Done], column: str, message: str) -> None:
    grouped_files()
    if column == "one":
        text = Path("s.csv").read_text()
        Path("s.csv").write_text(re.sub(r"rec\d+", "a", text).replace("recording", "one"))
    done = run("fit", "s.csv", "--labels", "l.csv", "--group-column", column)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_errors_name_the_clip(run: Callable[..., Done]) -> None:
    small(clips=["a.wav", "b.wav", "c.wav"], labels=[[1, 0], [0, 2], [0, 0]])
    done = run("fit", "a.npz")
    assert "got 2 at clip 1 ('b.wav'), tag 'Rain'" in done.err
    small(clips=["a.wav", "b.wav", "c.wav"], weights=[1, 1, -1])
    assert "got -1.0 at clip 2 ('c.wav')\n" in run("fit", "a.npz").err


def test_precision_is_guaranteed(run: Callable[..., Done]) -> None:
    done = run("guarantee", "fit.npz", "--precision", "0.8", "--rows", "10")
    told = "precision at least 80 % with confidence 95 %, each tag by itself"
    assert done.err.endswith(f"{told}: 9 of 10 tags; the others are never given\n")
    assert told in done.out
    [line] = [line for line in done.out.splitlines() if "never" in line and "│" in line]
    never = [cell.strip() for cell in line.split("│")[1:-1]]
    assert never[:4] == ["Fire", "never", "-", "0.00"]
    assert never[-1] == "8400"  # what the tag without a promise needs
    content = json.loads(run("guarantee", "fit.npz", "--precision", "0.8", "--json").out)
    assert content["infeasible"] == {"Fire": 8400}
    assert content["thresholds"] == tt.Thresholds.load("thresholds.json").to_dict()
    options = content["thresholds"]["method"]["options"]
    assert options == {"precision": 0.8, "confidence": 0.95, "jointly": False}


def test_recall_of_all_tags_at_once_is_guaranteed(run: Callable[..., Done]) -> None:
    done = run("guarantee", "fit.npz", "--recall", "0.9", "--confidence", "0.8", "--jointly")
    assert "recall at least 90 % with confidence 80 %, all tags at once: 10 of 10 tags" in done.err
    printed = run("guarantee", "fit.npz", "--recall", "0.9", "-o", "-", "--rows", "1")
    assert json.loads(printed.out)["metric"] == "precision_macro"
    assert "(1 of 10 shown)" in printed.err


def test_a_tag_whose_recall_cannot_be_guaranteed_is_given(run: Callable[..., Done]) -> None:
    small()
    done = run("guarantee", "a.npz", "--recall", "0.9")
    assert "0 of 2 tags; the others are given to every clip fitted on" in done.err
    assert tt.Thresholds.load("thresholds.json").predict([[0.1, 0.1]]).all()


def test_two_threshold_files_are_compared(run: Callable[..., Done]) -> None:
    run("fit", "fit.npz", "--method", "shared", "-o", "old.json")
    run("fit", "fit.npz", "--method", "exact", "-o", "new.json")
    command = ("compare-thresholds", "old.json", "new.json", "eval.npz")
    done = run(*command, "--rows", "3", "--csv", "tags.csv", "--plot", "tags.png")
    assert (done.code, done.err) == (0, "wrote tags.csv\nwrote tags.png\n")
    assert "f1 of each tag, clear and great differences first (3 of 10 shown)" in done.out
    assert "tags: 2 better, 0 worse, 8 unclear, 0 same" in " ".join(done.out.split())
    assert Path("tags.csv").read_text("utf-8").startswith('"tag","threshold_old","threshold_new"')
    result = json.loads(run(*command, "--json", "--metric", "f2_macro").out)
    with np.load("eval.npz") as unseen:
        wanted = tt.compare_thresholds(
            *(
                unseen["labels"],
                unseen["scores"],
                tt.Thresholds.load("old.json"),
                tt.Thresholds.load("new.json"),
            ),
            metric="f2_macro",
            tags=unseen["tags"].tolist(),
        )
    assert result == wanted.to_dict()


def test_two_threshold_files_on_whole_recordings(run: Callable[..., Done]) -> None:
    grouped_files()
    for value in ("0.2", "0.8"):
        tt.Thresholds([float(value)] * 2, ["Rain", "Dog"]).save(f"{value}.json")
    command = ("compare-thresholds", "0.2.json", "0.8.json", "s.csv", "--labels", "l.csv", "--json")
    result = json.loads(run(*command, "--group-column", "recording").out)
    table = tt.io.read_labelled("s.csv", "l.csv", group_column="recording")
    wanted = tt.compare_thresholds(
        *(
            table.labels,
            table.scores,
            tt.Thresholds.load("0.2.json"),
            tt.Thresholds.load("0.8.json"),
        ),
        tags=table.tags,
        groups=table.groups,
    )
    assert result == wanted.to_dict()


def test_the_frontier_and_limits_on_it(run: Callable[..., Done]) -> None:
    shown = run("frontier", "fit.npz", "--csv", "f.csv", "--plot", "f.png")
    assert (shown.code, shown.err) == (0, "wrote f.csv\nwrote f.png\n")
    assert "78.16" in shown.out
    assert Path("f.csv").read_text("utf-8").startswith('"precision","recall","f1","per_clip"')
    done = run("frontier", "fit.npz", "--precision", "0.9", "-o", "t.json", "--rows", "2")
    assert "(2 of 10" in done.out
    judged = json.loads(run("evaluate", "fit.npz", "-t", "t.json", "--json").out)
    assert 0.9 <= judged["precision_micro"] < 0.905
    hourly = run("frontier", "fit.npz", "--per-hour", "360", "--clip-seconds", "10", "--json")
    assert json.loads(hourly.out)["per_clip"] == 1
    assert json.loads(hourly.out)["per_hour"] == 360
    told = run("frontier", "fit.npz", "--per-hour", "9", "--clip-seconds", "10", "--tag-by-tag")
    assert told.err.startswith("recall with at most 9 alarms an hour, tag by tag: precision ")
    assert " alarms an hour\n" in told.err
    assert "tags per clip" not in told.out + told.err
    rare = ("--per-hour", "0.1", "--clip-seconds", "10", "--tag-by-tag")
    done = run("frontier", "fit.npz", *rare)
    assert "0 alarms an hour; never given, since no cut keeps the limit: " in done.err
    assert len(json.loads(run("frontier", "fit.npz", "--json").out)["recall"]) >= 100


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (("-o", "t.json"), "-o needs a limit: --precision, --recall, --per-clip or --per-hour"),
        (("--tag-by-tag",), "--tag-by-tag needs a limit"),
        (
            ("--recall", "0.5", "--precision", "0.5"),
            "--per-hour cannot be combined; got --precision 0.5 --recall 0.5",
        ),
        (
            ("--per-hour", "3"),
            "--per-hour and --clip-seconds must be given together; got --per-hour 3",
        ),
        (("--recall", "2"), "tagthresh: --recall must be above 0 and at most 1; got 2.0"),
        (("--recall", "1", "-o", "-", "--csv", "-"), "-o - and --csv - both print"),
    ],
)
def test_limits_that_make_no_sense(
    run: Callable[..., Done], options: tuple[str, ...], rule: str
) -> None:
    done = run("frontier", "fit.npz", *options)
    assert done.code == 2
    assert rule in done.err


def test_fit_tells_which_tags_not_to_trust(run: Callable[..., Done]) -> None:
    table = " ".join(run("fit", "fit.npz", "--bootstrap", "40", "--rows", "2").out.split())
    assert "(2 of 10 shown)" in table
    assert table.count("[") == 7  # three for each tag, one in the legend
    content = json.loads(run("fit", "fit.npz", "--bootstrap", "40", "--json").out)
    first = content["per_tag"][0]
    assert first["threshold_low"] <= first["threshold_high"]
    assert first["status"] == "ok"
    assert content["thresholds"]["evidence"]["recall"][0] == first["recall"]
    bare = json.loads(run("fit", "fit.npz", "--no-cv", "--json").out)
    assert set(bare["per_tag"][0]) == {"tag", "threshold", "status", "seen"}


def test_probabilities_from_a_calibrator(run: Callable[..., Done]) -> None:
    done = run("fit", "fit.npz", "--method", "hierarchical", "--calibrator", "c.json", "--no-cv")
    assert done.code == 0
    assert "wrote c.json" in done.err
    with np.load("eval.npz") as unseen:
        wanted = tt.Calibrator.load("c.json").predict_proba(unseen["scores"])
        trusted = tt.Calibrator.load("c.json").is_trusted(unseen["scores"])
        labels = unseen["labels"]
    told = json.loads(run("calibrate", "eval.npz", "-c", "c.json", "-o", "p.csv", "--json").out)
    assert told == {"clips": 500, "trusted": pytest.approx(trusted.mean()), "output": "p.csv"}
    written = tt.io.read("p.csv")
    np.testing.assert_allclose(written.scores, wanted, rtol=1e-12)
    assert written.tags == tt.Calibrator.load("c.json").tags
    run("calibrate", "eval.npz", "-c", "c.json", "-o", "p.parquet", "--only-trusted")
    column = pq.read_table("p.parquet")["Dog"].to_numpy(zero_copy_only=False)
    place = list(written.tags or ()).index("Dog")
    np.testing.assert_array_equal(~np.isnan(column), trusted[:, place])
    done = run("evaluate", "eval.npz", "--calibrator", "c.json", "--reliability", "r.png", "--json")
    found = json.loads(done.out)["calibration"]
    assert found["calibrated"]["brier"] == pytest.approx(((wanted - labels) ** 2).mean())
    assert Path("r.png").stat().st_size > 1000
    shown = run("evaluate", "eval.npz", "--calibrator", "c.json").out
    assert "not trusted" in shown
    assert f"{found['raw']['ece']:.3g}" in shown
    assert json.loads(run("evaluate", "eval.npz", "--json").out)["calibration"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "fit.npz", "--method", "exact", "--calibrator", "c.json"), "needs --method hier"),
        (("fit", "fit.npz", "--calibrator", "fit.npz"), "the suffix must be one of .json"),
        (("calibrate", "eval.npz"), "calibrator.json cannot be read"),
        (("calibrate", "eval.npz", "-o", "p.npz"), "the suffix must be one of .csv, .parquet"),
        (("calibrate", "eval.npz", "-o", "-", "--json"), "both print to standard output"),
        (("evaluate", "eval.npz", "--reliability", "r.png"), "pass its file as --calibrator"),
    ],
)
def test_calibrators_out_of_place(
    run: Callable[..., Done], arguments: tuple[str, ...], message: str
) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert message in done.err
    assert not Path("c.json").exists()


def test_no_positive_is_nothing_to_calibrate(run: Callable[..., Done]) -> None:
    np.savez("a.npz", scores=[[0.9], [0.1]], labels=[[0], [0]])
    done = run("fit", "a.npz", "--method", "hierarchical", "--calibrator", "c.json")
    assert done.code == 2
    assert "--calibrator needs at least one known positive; there is none" in done.err
    assert not Path("c.json").exists()


def test_limits_on_the_command_line(run: Callable[..., Done]) -> None:
    done = run(
        *("fit", "fit.npz", "--no-cv", "--fix", "Dog=0.2", "--fix", "Rain=never"),
        *("--min", "0.01", "--max", "Clock=0.02", "--json"),
    )
    content = json.loads(done.out)["thresholds"]
    value = dict(zip(content["tags"], content["values"], strict=True))
    assert (value["Dog"], value["Rain"]) == (0.2, None)
    assert 0.01 <= value["Clock"] <= 0.02
    assert min(v for v in value.values() if v is not None) >= 0.01
    assert content["method"]["fixed"] == {"Dog": 0.2, "Rain": None}
    assert content["method"]["bounds"]["Clock"] == [0.01, 0.02]
    assert "within limits" in done.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--fix Dgo=0.2", "--fix must name a tag; none is called 'Dgo'; did you mean 'Dog'?"),
        ("--min Dgo=0.2", "--min must name a tag; none is called 'Dgo'; did you mean 'Dog'?"),
        ("--fix Dog=0.2 --set Dog=0.3", "--fix and --set must not name the same tag; got 'Dog'"),
        ("--fix Dog=0.2 --min Dog=0.3", "--fix and --min must not name the same tag; got 'Dog'"),
        ("--min 0.3 --max Dog=0.2", "--min must not be above --max; got 0.3 and 0.2 for 'Dog'"),
        ("--min 0.3 --min 0.2", "--min must be given once for 'all tags'; got '0.2'"),
        ("--max high", "--max must be a finite number; got 'high'"),
        ("--fix Dog=low", "--fix 'Dog' must be a finite number or never; got 'low'"),
    ],
)
def test_limits_that_do_not_go_together(
    run: Callable[..., Done], options: str, message: str
) -> None:
    done = run("fit", "fit.npz", *options.split())
    assert done.code == 2
    assert message in done.err
    assert len(done.err.splitlines()) == 1


FAMILY = "child,parent\nDog,Animal\nRooster,Animal\nAnimal,\n"


def family(path: Path) -> None:
    """Scores of an animal that are too low, labels that do not name it, and which tag is which."""
    rng = np.random.default_rng(0)
    labels = (rng.random((200, 3)) < 0.3).astype(float)
    labels[:, 2] = np.where(rng.random(200) < 0.5, np.nan, 0)
    scores = np.clip(rng.normal(0.4 * (labels == 1) + 0.3, 0.15), 0, 1)
    tags = np.array(["Dog", "Rooster", "Animal"])
    np.savez(path / "family.npz", scores=scores, labels=labels, tags=tags)
    (path / "family.csv").write_text(FAMILY, "utf-8")


def test_an_ontology_on_the_command_line(run: Callable[..., Done], tmp_path: Path) -> None:
    family(tmp_path)
    known = ("--ontology", "family.csv")
    assert run("fit", "family.npz", "--method", "exact", *known).code == 0
    judged = json.loads(run("evaluate", "family.npz", *known, "--json").out)
    ontology = tt.Ontology.from_file("family.csv")
    with np.load("family.npz") as found:
        tags, scores = found["tags"].tolist(), found["scores"]
        labels = ontology.close_labels(found["labels"], tags)
    thresholds = tt.Thresholds.load("thresholds.json")
    decisions = ontology.consistent(thresholds.predict(scores), tags)
    for key, each in (("f1_micro", decisions), ("inconsistent", thresholds.predict(scores))):
        wanted = f1_score(labels[labels >= 0], each[labels >= 0])
        score = judged[key] if key == "f1_micro" else judged[key]["f1_micro"]
        assert score == pytest.approx(wanted, abs=1e-12)
    assert judged["recall_micro"] > judged["inconsistent"]["recall_micro"]
    done = run("evaluate", "family.npz", *known)
    assert "effect of the ontology, in %" in done.out
    assert "1 tag added" in done.out
    assert run("apply", "family.npz", *known).code == 0
    lines = (tmp_path / "tags.csv").read_text("utf-8").splitlines()
    assert len(lines) - 1 == decisions.sum()


def test_an_ontology_that_does_not_know_a_tag(run: Callable[..., Done], tmp_path: Path) -> None:
    family(tmp_path)
    (tmp_path / "family.csv").write_text("child,parent\nDog,Animal\nRoster,Animal\n", "utf-8")
    run("fit", "family.npz")
    for command in ("fit", "evaluate", "apply"):
        done = run(command, "family.npz", "--ontology", "family.csv")
        assert done.code == 2
        assert "family.csv: the ontology must name every tag; it lacks 'Rooster'" in done.err
        assert "did you mean 'Roster'?" in done.err


def test_a_review_and_the_fit_after_it(run: Callable[..., Done], tmp_path: Path) -> None:
    fit, _ = load_demo()
    clips = [f"clip {i}" for i in range(500)]  # the demo's have no names of their own
    np.savez(tmp_path / "fit.npz", **(vars(fit) | {"clips": clips}))
    done = run("review", "fit.npz", "--per-band", "20", "--bands", "5")
    assert done.code == 0
    assert "1000 labels to find out, 20 % of 500 clips x 10 tags" in done.err
    frame = pd.read_csv(tmp_path / "to_review.csv")
    assert list(frame.columns) == ["clip", "tag", "score", "band", "band_clips", "label"]
    truth = pd.DataFrame(fit.labels, clips, fit.tags)
    frame["label"] = [truth.loc[c, t] for c, t in zip(frame["clip"], frame["tag"], strict=True)]
    frame.to_csv(tmp_path / "to_review.csv", index=False)
    done = run("fit", "to_review.csv", "--no-cv", "--json")
    assert done.code == 0
    assert json.loads(done.out)["thresholds"]["known"] == pytest.approx([500] * 10)
    score = json.loads(run("evaluate", "eval.npz", "--json").out)["f1_micro"]
    assert score > 0.7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--bands 0.5,high", "--bands must be a finite number; got 'high'"),
        ("--bands 0.5,0.2", "bands must be a number or ascending edges"),
        ("--bands 0", "bands must be at least 1; got 0"),
        ("--bands 3", "fit.npz: clips must be distinct; "),
        ("-o - --json", "-o - and --json both print to standard output"),
        ("-o review.npz", "-o review.npz: the suffix must be one of .csv, .parquet"),
    ],
)
def test_reviews_that_do_not_go(run: Callable[..., Done], options: str, message: str) -> None:
    done = run("review", "fit.npz", *options.split())
    assert done.code == 2
    assert message in done.err
    assert len(done.err.splitlines()) == 1


def test_no_positive_is_told_before_anything_is_written(run: Callable[..., Done]) -> None:
    small(labels=[[0, 0], [0, 0], [0, 0]])
    done = run("frontier", "a.npz")
    assert (done.code, done.err) == (
        2,
        "tagthresh: a.npz: labels must have a known positive; it has none\n",
    )
    done = run("fit", "a.npz", "--calibrator", "c.json", "-o", "t.json")
    assert done.code == 2
    assert not Path("t.json").exists()


def test_apply_reads_folders_and_patterns(run: Callable[..., Done], tmp_path: Path) -> None:
    run("fit", "fit.npz")
    half = load_demo()[1]
    (tmp_path / "parts").mkdir()
    for start in range(0, 500, 200):
        rows = slice(start, min(start + 200, 500))
        arrays: dict[str, Any] = {
            "scores": half.scores[rows],
            "clips": half.clips[rows],
            "tags": half.tags,
        }
        np.savez(tmp_path / "parts" / f"{start:03}.npz", **arrays)
    whole = run("apply", "eval.npz", "-o", "whole.csv", "--json")
    for path in ("parts", "parts/*.npz"):
        done = run("apply", path, "-o", "some.csv", "--json")
        assert json.loads(done.out) == json.loads(whole.out) | {"output": "some.csv"}
        assert (tmp_path / "some.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    done = run("apply", "parts", "--group-column", "site")
    assert done.err == "tagthresh: parts is read in parts; leave out --group-column\n"


def test_apply_to_a_cluster_needs_a_folder(run: Callable[..., Done]) -> None:
    run("fit", "fit.npz")
    done = run("apply", "eval.npz", "--engine", "dask", "-o", "tags.csv")
    assert (
        "-o tags.csv must be a folder, since with --engine dask every task writes a file"
        in done.err
    )
    done = run("apply", "eval.npz", "--engine", "dask", "--group-column", "site")
    assert "leave out --group-column" in done.err
