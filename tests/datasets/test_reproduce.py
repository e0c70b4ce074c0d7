from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import tagthresh as tt
from tagthresh import cli
from tagthresh.datasets.reproduce import FILES, Figures, Line, reproduce
from tagthresh.datasets.simulate import CLIPS, audioset_shaped


def write_authors_folder(folder: Path, seed: int = 0) -> None:
    """Random data in the layout of the authors' repository, PANNs' AudioSet files included."""
    rng = np.random.default_rng(seed)

    def save(path: Path, *, labels: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        truth = np.random.default_rng(len(str(path.parent))).random((30, 527)) < 0.3
        scores = np.clip(0.3 * rng.random(truth.shape) + 0.5 * truth, 0, 1)
        torch.save(torch.tensor(truth if labels else scores, dtype=torch.float32), path)

    for dataset, parts in FILES.items():
        for part in parts:
            save(folder / dataset / f"predictions_tensor_{part}.pt", labels=False)
            save(folder / dataset / f"gt_tensor_{part}.pt", labels=True)
    save(folder / "audioset/Cnn14/eval_clipwise_predictions.pth", labels=False)
    save(folder / "audioset/Cnn14/eval_target.pth", labels=True)


@pytest.mark.slow
def test_the_whole_table_on_real_data(real: Any) -> None:
    real("dcase2017/fit.npz")
    said: list[str] = []
    lines = reproduce(Path(__file__).parents[3] / "shared" / "data", said.append)
    assert len(lines) == len(said) == 21
    assert all(line.holds for line in lines)
    assert sum(line.expected is not None for line in lines) == 15
    found = {(line.dataset, line.method): line.measured for line in lines}
    simulation = "audioset SIMULATION"
    assert found[simulation, "default"].eval == pytest.approx(50.9, abs=0.4)
    assert found[simulation, "SGL-Thresh"].eval == pytest.approx(54.7, abs=0.4)
    assert found[simulation, "SGL-Thresh"].fit == pytest.approx(56.5, abs=0.4)
    assert found["dcase2017", "random search, per tag"].fit == pytest.approx(64.2, abs=0.3)


@pytest.mark.slow
def test_the_authors_layout_is_read_and_figures_that_are_off_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_authors_folder(tmp_path)
    monkeypatch.setattr("sys.argv", ["tagthresh", "reproduce", str(tmp_path)])
    monkeypatch.setattr("tagthresh.datasets.reproduce.SEEDS", range(2))
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capfd.readouterr()
    assert stop.value.code == 1
    assert "audioset SIMULATION" not in out
    assert "NO" in out
    assert "tagthresh: dcase2017, exact: expected Figures(eval=63.18, fit=64.99), measured" in err


def test_a_folder_without_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(tt.InputError, match=r"must hold fit.npz or predictions_tensor_validation"):
        reproduce(tmp_path)


@pytest.mark.parametrize(("found", "holds"), [(59.0, True), (59.11, True), (59.13, False)])
def test_a_figure_holds_within_a_tenth_of_a_point(found: float, holds: bool) -> None:  # noqa: FBT001
    expected = Figures(59.02, 53.77)
    line = Line("dcase2017", "default", None, expected, Figures(found, 53.77), None, 0.0)
    assert line.holds == holds


def test_the_simulation_has_the_positives_of_audioset() -> None:
    simulation = audioset_shaped()
    assert simulation.labels.shape == (CLIPS, 527) == simulation.scores.shape
    assert simulation.labels.sum(axis=0)[:3].tolist() == [5036, 61, 68]
    assert simulation.scores.dtype == np.float32
    again = audioset_shaped(200, random_state=1)
    assert (again.scores == audioset_shaped(200, random_state=1).scores).all()
    assert (again.scores != audioset_shaped(200, random_state=2).scores).any()
