"""A list of detections, some of them reviewed, through all commands that take one, vs Python."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

import tagthresh as tt
from tagthresh import cli

if TYPE_CHECKING:
    from collections.abc import Callable


class Detections(NamedTuple):
    """What a list holds, as matrices: NaN is no row, or in labels an empty cell."""

    scores: Any
    labels: Any


def write(name: str, half: Any, seed: int) -> Detections:
    """List the higher scores of each clip; half of the rows have a label."""
    random = np.random.default_rng(seed)
    rows = half.scores >= np.sort(half.scores, axis=1)[:, [-5]]
    reviewed = rows & (random.random(rows.shape) < 0.5)
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["clip", "tag", "score", "label"])
        for clip, tag in zip(*rows.nonzero(), strict=True):
            label = int(half.labels[clip, tag]) if reviewed[clip, tag] else ""
            score = repr(float(half.scores[clip, tag]))
            table.writerow([f"clip {clip}", half.tags[tag], score, label])
    scores = np.where(rows, half.scores.astype(float), np.nan)
    return Detections(scores, np.where(reviewed, half.labels, np.nan))


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Detections, Detections]:
    """Write fit.csv and eval.csv in a folder to work in."""
    monkeypatch.chdir(tmp_path)
    fit, unseen = tt.datasets.load_demo()
    return write("fit.csv", fit, 0), write("eval.csv", unseen, 1)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def call(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tagthresh", *args])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        return int(stop.value.code or 0), *capfd.readouterr()

    return call


TAGS = tt.datasets.load_demo()[0].tags


def in_file_order(found: Detections, tags: Any) -> tuple[Any, Any]:
    order = [list(TAGS).index(tag) for tag in tags]
    return found.labels[:, order], found.scores[:, order]


def test_reviewed_rows_are_all_that_counts(lists: Any, run: Any) -> None:
    fit, unseen = lists
    code, out, _ = run("fit", "fit.csv", "--json")
    result = json.loads(out)
    tags = result["thresholds"]["tags"]
    labels, scores = in_file_order(fit, tags)
    solution = tt.find_thresholds(labels, scores, tags=tags)
    assert code == 0
    assert result["score"] == solution.score
    assert result["expected"] == (solution.expected and solution.expected.to_dict())
    thresholds = tt.Thresholds.load("thresholds.json")
    np.testing.assert_array_equal(thresholds.values, solution.thresholds.values)
    assert thresholds.origin is not None
    assert sum(thresholds.origin.known) == np.isfinite(fit.labels).sum()
    judged = json.loads(run("evaluate", "eval.csv", "--json")[1])
    by_name = tt.Thresholds(thresholds.values, tags)
    wanted = tt.evaluate(unseen.labels, unseen.scores, by_name, tags=TAGS)
    assert judged["f1_micro"] == wanted.score()
    assert judged["clips"] == 500


def test_every_row_is_decided(lists: Any, run: Any) -> None:
    _, unseen = lists
    thresholds = tt.Thresholds(np.linspace(0.001, 0.01, 10), TAGS)
    thresholds.save("thresholds.json")
    assert run("apply", "eval.csv", "-o", "tags.csv")[0] == 0
    with Path("tags.csv").open(encoding="utf-8", newline="") as file:
        given = {(row["clip"], row["tag"]) for row in csv.DictReader(file)}
    accepted = np.nan_to_num(unseen.scores, nan=-1) >= thresholds.values
    clips, tags = accepted.nonzero()
    assert given == {(f"clip {c}", TAGS[t]) for c, t in zip(clips, tags, strict=True)}
    assert np.isnan(unseen.labels[accepted]).any()  # rows without a label are decided too


@pytest.mark.parametrize("limit", ["--precision", "--recall"])
def test_guarantees_and_operating_points(lists: Any, run: Any, limit: str) -> None:
    fit, _ = lists
    promised = json.loads(run("guarantee", "fit.csv", limit, "0.8", "--json")[1])
    labels, scores = in_file_order(fit, promised["thresholds"]["tags"])
    floor: Any = {limit[2:]: 0.8}
    wanted = tt.guarantee(labels, scores, **floor)
    values = [np.inf if v is None else v for v in promised["thresholds"]["values"]]
    np.testing.assert_array_equal(values, wanted.thresholds.values)
    point = json.loads(run("frontier", "fit.csv", limit, "0.8", "--json")[1])
    assert point["recall"] == tt.operating_point(labels, scores, **floor).recall


def test_lists_are_compared(lists: Any, run: Any) -> None:
    fit, unseen = lists
    code, out, _ = run("compare", "fit.csv", "eval.csv", "--methods", "shared,exact", "--json")
    assert code == 0
    wanted = tt.compare_methods(
        (fit.labels, fit.scores), (unseen.labels, unseen.scores), methods=["shared", "exact"]
    )
    found = {entry["method"]: entry for entry in json.loads(out)["methods"]}
    for entry in wanted.entries:
        assert found[entry.name]["fit"] == pytest.approx(entry.solution.score, abs=1e-12)
        assert found[entry.name]["eval"] == pytest.approx(entry.score, abs=1e-12)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "fit fit.csv --profile p.json",
            "--profile needs every score: they must be finite",
        ),
        ("review fit.csv", "fit.csv must have a score for every clip and tag; some are missing"),
        (
            "drift fit.csv",
            "fit.csv: scores must be dense here, with a value for every clip and tag",
        ),
    ],
)
@pytest.mark.usefixtures("lists")
def test_what_needs_every_score_says_so(run: Any, command: str, message: str) -> None:
    fit, _ = tt.datasets.load_demo()
    tt.Profile.from_scores(fit.scores, tt.Thresholds([0.5] * 10, TAGS), tags=TAGS).save(
        "profile.json"
    )
    before = sorted(Path().iterdir())
    code, out, err = run(*command.split())
    assert (code, out) == (2, "")
    assert message in err
    assert sorted(Path().iterdir()) == before
