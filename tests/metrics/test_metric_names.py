"""Metrics are answered under the name asked for, and misspelt names are met with the likely one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tagthresh as tt
from in_process import Done, runner
from tagthresh.metrics.registry import ALIASES, METRICS, likely_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AVERAGES = ("micro", "macro", "weighted", "samples")
AVERAGED = [name for name, kind in METRICS.items() if len(kind.averages) > 1]


@pytest.mark.parametrize(
    ("asked", "likely"),
    [
        ("F1", "f1_micro"),
        ("f1_score", "f1_micro"),
        ("f1-macro", "f1_macro"),
        ("Macro F1", "f1_macro"),
        ("f1_mikro", "f1_micro"),
        ("f1_weigthed", "f1_weighted"),
        ("f0.5", "f0.5_micro"),
        ("presicion_macro", "precision_macro"),
        ("recal", "recall_micro"),
        ("kappa", "cohen_kappa_micro"),
        ("mcc", "mcc_micro"),
        ("matthews_corcoef_macro", "matthews_corrcoef_macro"),
        ("hamming", "hamming_loss"),
        ("hamming_loss_macro", "hamming_loss"),
        ("exactmatch", "exact_match"),
        ("cost_sum", "cost"),
        ("f1_average", "f1_micro"),
    ],
)
def test_a_misspelt_name_is_met_with_the_likely_one(asked: str, likely: str) -> None:
    with pytest.raises(tt.InputError) as error:
        tt.metrics.as_metric(asked)
    hint, names = str(error.value).split("; got")
    assert hint == f"metric must be a known name (did you mean {likely}?)"
    assert "f1, precision" in names
    assert len(str(error.value)) <= 300
    assert tt.metrics.as_metric(likely).name


@pytest.mark.parametrize("name", [*AVERAGED, *ALIASES, "f2", "f0.25"])
def test_a_name_without_an_average_is_met_with_its_micro(name: str) -> None:
    assert likely_name(name) == f"{name}_micro"
    with pytest.raises(tt.InputError, match=rf"did you mean {name}_micro\?"):
        tt.find_thresholds([[0], [1]], [[0.1], [0.3]], metric=name)


@pytest.mark.parametrize("name", ["zzz", "", "_", "_micro", "\0", "f1.", "0"])
def test_what_comes_near_no_metric_is_met_with_all_names(name: str) -> None:
    with pytest.raises(
        tt.InputError, match=r"metric must be (f1, precision|a known name)"
    ) as error:
        tt.metrics.as_metric(name)
    assert len(str(error.value)) <= 300


def test_a_misspelt_method_is_met_with_the_likely_one() -> None:
    for asked, likely in {"hierarchcal": "hierarchical", "Exact": "exact", "sgd": "sgl"}.items():
        with pytest.raises(tt.InputError, match=f"did you mean '{likely}'"):
            tt.methods.as_method(asked)


@pytest.fixture(name="run")
def run_fixture(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run a command."""
    return runner(monkeypatch, capfd)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Write labelled scores, and thresholds."""
    folder = tmp_path_factory.mktemp("names")
    rng = np.random.default_rng(0)
    data, thresholds = folder / "p.npz", folder / "t.json"
    scores = rng.random((30, 2))
    np.savez(data, scores=scores, labels=scores + rng.normal(0, 0.3, scores.shape) > 0.6)
    tt.Thresholds([0.5, 0.5]).save(thresholds)
    return data, thresholds


def test_every_alias_is_answered_under_the_name_asked_for(
    files: tuple[Path, Path], run: Callable[..., Done]
) -> None:
    asked = {
        f"{alias}_{average}": f"{name}_{average}"
        for alias, name in ALIASES.items()
        for average in AVERAGES
    }
    asked |= {"f1.0_micro": "f1_micro", "hamming_loss_micro": "hamming_loss"}
    data, thresholds = files
    options = [f"--metric={name}" for pair in asked.items() for name in pair]
    judge = ("evaluate", str(data), "-t", str(thresholds), *options)
    answer = json.loads(run(*judge, "--json").out)
    loaded = np.load(data)
    evaluation = tt.evaluate(loaded["labels"], loaded["scores"], tt.Thresholds.load(thresholds))
    for alias, name in asked.items():
        assert answer[alias] == answer[name] == evaluation.score(alias)
    assert "mcc_macro" in run(*judge).out


def test_two_costs_are_both_answered(files: tuple[Path, Path], run: Callable[..., Done]) -> None:
    data, thresholds = files
    judge = ("evaluate", str(data), "-t", str(thresholds), "--json")
    answer = json.loads(run(*judge, "--metric=cost:miss=2", "--metric=cost:miss=20").out)
    assert answer["cost"] < answer["cost:miss=20"]


def test_the_command_line_asks_for_the_likely_name_first(
    files: tuple[Path, Path], run: Callable[..., Done]
) -> None:
    done = run("evaluate", str(files[0]), "-t", str(files[1]), "--metric", "f1")
    assert done.code == 2
    assert "--metric must be a known name (did you mean f1_micro?); got 'f1'. Names" in done.err
