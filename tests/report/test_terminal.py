"""The page as Python and the command line make it, without a browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt
from tagthresh import cli
from tagthresh.report.page.content import shown_metric

if TYPE_CHECKING:
    from collections.abc import Callable

LABELS, SCORES = [[1, 0], [0, 1], [1, 1]], [[0.9, 0.2], [0.4, 0.6], [0.7, 0.3]]
THRESHOLDS = tt.Thresholds([0.5, 0.25], ["Dog", "Rain"])


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run `tagthresh report` beside eval.npz and two files of thresholds; exit code and errors."""
    _, unseen = tt.datasets.load_demo()
    monkeypatch.chdir(tmp_path)
    np.savez("eval.npz", **vars(unseen))
    for name, value in (("thresholds", 0.1), ("old", 0.2)):
        tt.Thresholds([value] * 10, unseen.tags).save(f"{name}.json")

    def call(*args: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["tagthresh", "report", *args])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        code = stop.value.code
        return (code if isinstance(code, int) else 0), capfd.readouterr().err

    return call


def content(path: str) -> dict[str, Any]:
    """Read what a page holds."""
    text = Path(path).read_text("utf-8")
    start = text.index('<script type="application/json" id="content">')
    found: dict[str, Any] = json.loads(text[text.index(">", start) + 1 : text.index("</", start)])
    return found


def test_the_command_makes_a_page(run: Callable[..., tuple[int, str]]) -> None:
    assert run("eval.npz") == (0, "wrote report.html\n")
    found = content("report.html")
    assert found["title"] == "eval.npz"
    assert found["examples"]["names"][0].endswith(".ogg")
    names = [start["name"] for start in found["starts"]]
    assert names == ["thresholds.json", "best shared", "default 0.5"]
    with np.load("eval.npz") as data:
        judged = tt.evaluate(data["labels"], data["scores"], tt.Thresholds.load("thresholds.json"))
    assert found["starts"][0]["score"] == judged.score("f1_micro")
    assert found["starts"][0]["low"] < judged.score("f1_micro") < found["starts"][0]["high"]
    assert found["starts"][0]["difference"] == [0, 0, 0]
    for start in found["starts"][1:]:
        gained, low, high = start["difference"]
        assert gained == start["score"] - judged.score("f1_micro")
        assert low < gained < high


def test_a_still_picture_is_drawn_beside_it(run: Callable[..., tuple[int, str]]) -> None:
    found = run("eval.npz", "-t", "old.json", "--plot", "frontier.svg")
    assert found == (0, "wrote report.html\nwrote frontier.svg\n")
    assert "<svg" in Path("frontier.svg").read_text("utf-8")


def test_several_files_and_a_calibrator(run: Callable[..., tuple[int, str]]) -> None:
    fit, _ = tt.datasets.load_demo()
    solution = tt.find_thresholds(fit.labels, fit.scores, tags=fit.tags, cv=None)
    assert solution.calibrator is not None
    solution.calibrator.save("c.json")
    files = ("-t", "thresholds.json", "-t", "old.json", "--calibrator", "c.json")
    assert run("eval.npz", *files, "--title", "Two", "-o", "two.html")[0] == 0
    found = content("two.html")
    assert [start["name"] for start in found["starts"]][:2] == ["thresholds.json", "old.json"]
    assert found["title"] == "Two"
    assert found["reliability"]["of"] == "calibrated probabilities"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("eval.npz", "-o", "page.txt"), "-o page.txt: the suffix must be one of .html, .htm"),
        (("eval.npz", "--plot", "a.gif"), "--plot a.gif: the suffix must be one of .png"),
        (("eval.npz", "-o", "-"), "-o -: the suffix must be one of .html, .htm"),
        (("eval.npz", "-t", "old.json", "-t", "old.json"), "-t must name different files"),
        (("eval.npz", "-t", "none.json"), "none.json cannot be read"),
        (("eval.npz", "-o", "none/page.html"), "none/page.html cannot be written"),
        (("none.npz",), "none.npz cannot be read"),
    ],
)
def test_bad_arguments_are_told_in_one_line(
    run: Callable[..., tuple[int, str]], args: tuple[str, ...], words: str
) -> None:
    code, err = run(*args)
    assert code == 2
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"y_true": tt.Counts.from_arrays(LABELS, SCORES)}, "y_true must be labels"),
        ({"thresholds": "0.5"}, "thresholds 'chosen' must be Thresholds"),
        ({"thresholds": tt.Thresholds([0.5])}, "thresholds must hold one threshold per tag"),
        ({"others": {"x": "0.5"}}, "thresholds 'x' must be Thresholds"),
        ({"others": {"chosen": THRESHOLDS}}, "others must have names other than 'chosen'"),
        ({"clips": ["a"]}, "clips must name 3 clips; got 1"),
        ({"clips": ["a", "\ud800", "c"]}, "a name in clips must be text in Unicode"),
        ({"groups": [1, 1, 1]}, "groups must name at least two groups"),
    ],
)
def test_bad_input_is_refused(arguments: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"y_true": LABELS, "y_score": SCORES, "thresholds": THRESHOLDS}
    with pytest.raises(tt.InputError, match=words):
        tt.report(**(given | arguments))


def test_no_name_ends_the_script() -> None:
    tags = ["</script><script>alert(1)</script>", "<!--"]
    page = tt.report(LABELS, SCORES, tt.Thresholds([0.5, 0.5], tags), title="</title>&")
    assert page.html.count("<script") == page.html.count("</script>") == 2
    assert "<title>&lt;/title&gt;&amp;</title>" in page.html
    assert page.content["tags"] == tags


def test_clips_of_weight_0_are_no_clips() -> None:
    page = tt.report(
        *(LABELS, SCORES, THRESHOLDS), sample_weight=[1.0, 0.0, 2.0], clips=["a", "b", "c"]
    )
    assert page.content["clips"] == 2
    assert page.content["examples"]["names"] == ["a", "c"]


@pytest.mark.parametrize(
    ("fitted_for", "shown"),
    [("f0.5_macro", "f0.5_macro"), ("jaccard_micro", "f1_micro"), ("f1_samples", "f1_micro")],
)
def test_the_metric_shown_is_the_one_fitted_for_where_counts_tell_it(
    fitted_for: str, shown: str
) -> None:
    method = "coordinate_ascent" if fitted_for == "f1_samples" else "exact"
    solution = tt.find_thresholds(LABELS, SCORES, metric=fitted_for, method=method, cv=None)
    assert shown_metric(solution.thresholds).name == shown
    assert shown_metric(THRESHOLDS).name == "f1_micro"


def test_the_page_says_how_large_it_is() -> None:
    page = tt.report(LABELS, SCORES, THRESHOLDS)
    assert repr(page) == f"Page(3 clips x 2 tags, {len(page.html.encode()) / 1e6:.1f} MB)"
