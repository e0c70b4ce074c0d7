"""Clips on a cluster: the same thresholds to the bit, whatever the partitions and the workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import tagthresh as tt
from strategies import cases
from tagthresh import cli, io
from tagthresh.integrations import dask as on_cluster
from tagthresh.io import score_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from strategies import Case
    from tagthresh import Solution

pytestmark = pytest.mark.filterwarnings("ignore::tagthresh.UnseenTagWarning")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two workers, threads of this process."""
    with Client(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as client:
        yield client


@pytest.fixture(scope="module")
def clips() -> tuple[Any, Any]:
    """Labels and scores of 1,000 clips and 7 tags."""
    rng = np.random.default_rng(0)
    y_true = (rng.random((1000, 7)) < rng.random(7) / 5).astype(np.int8)
    y_true[rng.random(y_true.shape) < 0.1] = -1
    return y_true, (rng.normal(size=y_true.shape) + y_true).astype(np.float32)


def in_memory(y_true: Any, y_score: Any, **options: Any) -> Solution:
    return tt.find_thresholds(y_true, y_score, cv=None, bootstrap=None, **options)


def assert_same(one: Solution, other: Solution) -> None:
    assert one.thresholds.values.tobytes() == other.thresholds.values.tobytes()
    assert one.thresholds.tags == other.thresholds.tags
    assert one.score == other.score
    assert one.evidence.to_dict() == other.evidence.to_dict()


@settings(max_examples=15)
@given(data=st.data(), case=cases(max_clips=8, weighted=False))
@pytest.mark.parametrize("method", ["exact", "hierarchical"])
def test_any_chunks_in_any_order_give_the_same_bits(
    client: Any, method: str, data: st.DataObject, case: Case
) -> None:
    order = data.draw(st.permutations(range(len(case.y_true))))
    cuts = data.draw(st.sets(st.integers(1, max(1, len(order) - 1)), max_size=4))
    ends = sorted({*cuts, len(order)} - {0})
    rows = tuple(np.diff([0, *ends]).tolist())
    columns = data.draw(st.integers(1, case.y_true.shape[1]))
    y_true = da.from_array(case.y_true[list(order)], chunks=data.draw(st.integers(1, 8)))
    y_score = da.from_array(case.y_score[list(order)], chunks=(rows, columns))
    found = on_cluster.find_thresholds(y_true, y_score, method=method, client=client)
    assert_same(found, in_memory(case.y_true, case.y_score, method=method))


@pytest.mark.parametrize(
    ("dtype", "metric"),
    [(np.float16, "f1_micro"), (np.float64, "f2_macro"), (np.int16, "f1_macro")],
)
def test_types_metrics_and_limits(client: Any, clips: Any, dtype: Any, metric: str) -> None:
    y_true, y_score = clips[0], (100 * clips[1]).astype(dtype)
    options: dict[str, Any] = {
        "metric": metric,
        "fixed": {"0": 50.0},
        "bounds": {"1": (10.0, 120.0)},
    }
    arrays = (da.from_array(each, chunks=(300, -1)) for each in (y_true, y_score))
    found = on_cluster.find_thresholds(*arrays, client=client, **options)
    assert_same(found, in_memory(y_true, y_score, **options))


def test_data_frames_are_matched_by_column_name(client: Any, clips: Any) -> None:
    tags = list("abcdefg")
    y_true, y_score = (pd.DataFrame(each, columns=tags) for each in clips)
    frames = dd.from_pandas(y_true[tags[::-1]], npartitions=4), dd.from_pandas(y_score, 4)
    told: list[tuple[str, int, int]] = []
    found = on_cluster.find_thresholds(
        *frames, client=client, progress=lambda *step: told.append(step)
    )
    assert_same(found, in_memory(y_true, y_score))
    assert found.thresholds.tags == tuple(tags)
    assert list(dict.fromkeys(step for step, _, _ in told)) == [
        "positives",
        "quantiles",
        "counting",
    ]
    for step in ("positives", "quantiles", "counting"):
        done = [clips for name, clips, _ in told if name == step]
        assert len(done) == 4
        assert done == sorted(done)
        assert done[-1] == 1000
    assert {clips for _, _, clips in told} == {1000}


def test_parquet_and_empty_partitions(client: Any, clips: Any, tmp_path: Path) -> None:
    y_true, y_score = (pd.DataFrame(each, columns=list("abcdefg")) for each in clips)
    for name, frame in (("labels", y_true), ("scores", y_score)):
        (tmp_path / name).mkdir()
        for start in (0, 100, 700):
            part = frame[start : {0: 100, 100: 700}.get(start)]
            part.to_parquet(tmp_path / name / f"{start:03}.parquet")
    frames = (dd.read_parquet(tmp_path / name) for name in ("labels", "scores"))
    found = on_cluster.find_thresholds(*frames, client=client)
    assert_same(found, in_memory(y_true, y_score))
    some = (
        dd.from_pandas(frame, npartitions=5).map_partitions(lambda part: part[part.index < 300])
        for frame in (y_true, y_score)
    )
    found = on_cluster.find_thresholds(*some, client=client)
    assert_same(found, in_memory(y_true[:300], y_score[:300]))


def test_zarr(client: Any, clips: Any, tmp_path: Path) -> None:
    for name, array in zip(("labels", "scores"), clips, strict=True):
        da.from_array(array, chunks=(128, 4)).to_zarr(tmp_path / f"{name}.zarr")
    arrays = (da.from_zarr(tmp_path / f"{name}.zarr") for name in ("labels", "scores"))
    found = on_cluster.find_thresholds(*arrays, client=client)
    assert_same(found, in_memory(*clips))


@pytest.mark.parametrize("memory", ["5kB", "1GB"])
def test_files(client: Any, clips: Any, tmp_path: Path, memory: str) -> None:
    for start in range(0, 1000, 400):
        y_true, y_score = (each[start : start + 400] for each in clips)
        np.savez(tmp_path / f"{start:04}.npz", labels=y_true, scores=y_score, tags=list("abcdefg"))
    shards = tt.Shards.from_files(str(tmp_path / "*.npz"), memory=memory)
    told: list[int] = []
    found = on_cluster.find_thresholds(
        shards, client=client, progress=lambda _, done, of: told.append(of - done)
    )
    assert_same(found, in_memory(*clips, tags=list("abcdefg")))
    assert told.count(0) == 3


@pytest.mark.parametrize("suffix", ["npz", "parquet"])
def test_columns_are_left_out_of_files(
    client: Any, clips: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    names, fold = list("abcdefg"), 3
    for start in (0, 400):
        y_true, y_score = (part[start : min(start + 400, 600)] for part in clips)
        if suffix == "npz":
            np.savez(f"{start:03}.npz", labels=y_true, scores=y_score, tags=names)
        else:
            pd.DataFrame(y_score, columns=names).to_parquet(f"scores{start:03}.parquet")
            pd.DataFrame(y_true, columns=names).to_parquet(f"labels{start:03}.parquet")
    paths = ("*.npz",) if suffix == "npz" else ("scores*.parquet", "labels*.parquet")
    solution = on_cluster.find_thresholds(
        tt.Shards.from_files(*paths, ignore=[names[fold]]), client=client
    )
    y_true, y_score = (np.delete(part[:600], fold, axis=1) for part in clips)
    assert_same(solution, in_memory(y_true, y_score, tags=names[:fold] + names[fold + 1 :]))


@pytest.mark.slow
def test_killed_workers_change_nothing(clips: Any, tmp_path: Path) -> None:
    """One of two is lost in the first pass; in the last one all, with what the others found."""
    for start in range(0, 1000, 50):
        y_true, y_score = (each[start : start + 50] for each in clips)
        np.savez(tmp_path / f"{start:04}.npz", labels=y_true, scores=y_score)
    shards = tt.Shards.from_files(str(tmp_path / "*.npz"))
    killed: dict[str, list[int]] = {}
    most = {"positives": 1, "quantiles": 0, "counting": 2}
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs="CRITICAL"
        ) as cluster,
        Client(cluster) as client,
    ):

        def kill(step: str, done: int, of: int) -> None:
            if done >= of / 2 and step not in killed:
                killed[step] = list(client.run(os.getpid).values())[: most[step]]
                for pid in killed[step]:
                    os.kill(pid, signal.SIGKILL)

        found = on_cluster.find_thresholds(shards, client=client, progress=kill)
        left = set(client.run(os.getpid).values())
    assert [bool(killed[step]) for step in most] == [True, False, True]
    assert not left & {pid for pids in killed.values() for pid in pids}
    assert_same(found, in_memory(*clips))


def test_decisions_in_a_folder_are_those_in_a_file(
    client: Any, clips: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_files, "PART", 1000)
    monkeypatch.setattr(import_module("tagthresh.integrations.dask.apply_files"), "PARTS", 3)
    for start in (0, 400):
        part = pd.DataFrame(clips[1][start : {0: 400}.get(start)], columns=list("abcdefg"))
        part.insert(0, "clip", [f"clip {start + row}" for row in range(len(part))])
        part.to_parquet(tmp_path / f"{start:03}.parquet")
    thresholds = tt.Thresholds(np.linspace(0.5, 2, 7), list("abcdefg"))
    told: list[int] = []
    done = on_cluster.apply_files(
        f"{tmp_path}/*.parquet",
        thresholds,
        f"{tmp_path}/tags",
        client=client,
        progress=lambda _, done, of: told.append(of - done),
    )
    assert done == tt.apply_files(f"{tmp_path}/*.parquet", thresholds, f"{tmp_path}/one.csv")
    table = parquet.read_table(tmp_path / "tags")
    columns = {name: table[name].to_numpy() for name in table.column_names}
    io.write_columns(f"{tmp_path}/all.csv", columns)
    assert (tmp_path / "all.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()
    assert len(told) == len(list((tmp_path / "tags").iterdir())) > 5
    assert told[-1] == 0
    with pytest.raises(tt.InputError, match=r"empty folder; it holds part-0000"):
        on_cluster.apply_files(
            f"{tmp_path}/*.parquet", thresholds, f"{tmp_path}/tags", client=client
        )


def test_the_client_made_last_is_used(client: Any, clips: Any) -> None:
    arrays = [da.from_array(each, chunks=500) for each in clips]
    before = client.scheduler_info()["id"]
    assert_same(on_cluster.find_thresholds(*arrays), in_memory(*clips))
    assert client.scheduler_info()["id"] == before


@pytest.mark.parametrize(
    ("y_true", "y_score", "options", "message"),
    [
        (da.ones((4, 2)), da.ones((4, 3)), {}, "same shape"),
        (da.ones(4), da.ones(4), {}, "two dimensions"),
        (np.ones((4, 2)), np.ones((4, 2)), {}, "must be Dask arrays"),
        (da.ones((4, 2)), da.full((4, 2), np.nan, chunks=2), {}, "partition [01]: y_score"),
        (da.full((4, 2), 3, chunks=2), da.ones((4, 2)), {}, "y_true must hold 0, 1"),
        (da.ones((4, 2)), da.ones((4, 2)), {"method": "shared"}, "needs all scores in memory"),
        (da.ones((4, 2)), da.ones((4, 2)), {"tags": ["a"]}, "one name per tag"),
    ],
)
def test_bad_input_is_told(
    client: Any, y_true: Any, y_score: Any, options: Any, message: str
) -> None:
    with pytest.raises(tt.InputError, match=message):
        on_cluster.find_thresholds(y_true, y_score, client=client, **options)


def command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *args: str
) -> tuple[object, str]:
    """Run the command line; its exit code, and what it told."""
    monkeypatch.setattr(sys, "argv", ["tagthresh", *args])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code, capfd.readouterr().err


def read_back(path: Path) -> Any:
    return parquet.read_table(path).to_pylist()


@pytest.mark.slow
def test_the_command_line_fits_and_applies_on_a_cluster(
    clips: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for start in (0, 500):
        y_true, y_score = (each[start : start + 500] for each in clips)
        np.savez(tmp_path / f"{start}.npz", labels=y_true, scores=y_score, tags=list("abcdefg"))
    with LocalCluster(
        n_workers=1, processes=False, protocol="tcp", dashboard_address=":0"
    ) as cluster:
        there = "--engine", "dask", "--scheduler", cluster.scheduler_address
        code, told = command(monkeypatch, capfd, "fit", "*.npz", *there, "-o", "there.json")
        assert (code, "1000 clips x 7 tags" in told) == (None, True)
        code, told = command(monkeypatch, capfd, "fit", "*.npz", "--ignore", "c", *there)
        assert (code, "1000 clips x 6 tags" in told) == (None, True)
        applied = "apply", "*.npz", "-t", "there.json", "-o"
        code, told = command(monkeypatch, capfd, *applied, "there", *there)
        assert (code, "of 1000 clips" in told) == (None, True)
    assert command(monkeypatch, capfd, "fit", "*.npz", "-o", "here.json")[0] is None
    assert command(monkeypatch, capfd, *applied, "here.parquet")[0] is None
    assert (
        tt.Thresholds.load("there.json").values.tobytes()
        == tt.Thresholds.load("here.json").values.tobytes()
    )
    assert read_back(tmp_path / "there") == read_back(tmp_path / "here.parquet")
    assert not list(tmp_path.glob("*.counting"))


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "fit.npz", labels=np.eye(4, 2), scores=np.eye(4, 2))
    there = "--engine", "dask", "--scheduler", "nowhere:x"
    command = [sys.executable, "-m", "tagthresh", "fit", "fit.npz", *there]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("tagthresh: --scheduler nowhere:x: cannot connect; ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--workers", "2"], "--workers needs --engine dask"),
        (["--engine", "dask", "--workers", "2", "--scheduler", "tcp://a:1"], "cannot be combined"),
        (["--engine", "dask", "--cv", "5"], "--engine dask reads clips in parts; leave out --cv"),
        (["--engine", "spark"], "'spark' is not one of 'local', 'dask'"),
    ],
)
def test_options_that_do_not_go_together(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    path = tmp_path / "fit.npz"
    np.savez(path, labels=np.eye(4, 2), scores=np.eye(4, 2))
    code, told = command(monkeypatch, capfd, "fit", str(path), *options)
    assert (code, message in told) == (2, True), told
