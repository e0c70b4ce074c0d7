"""Clips read in parts from files: the thresholds of all of them in memory, also after a kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import tagthresh as tt
from tagthresh.counts.streaming import passes
from tagthresh.io import shards
from tagthresh.io.array_files import opened
from tagthresh.io.memory_limit import byte_size

if TYPE_CHECKING:
    from pathlib import Path

TAGS = ("Dog", "Rain", "Cat")
N_CLIPS = 400


@pytest.fixture(scope="module")
def clips() -> tuple[Any, Any]:
    """Labels, some unknown, and scores."""
    rng = np.random.default_rng(0)
    y_true = (rng.random((N_CLIPS, 3)) < [0.02, 0.2, 0.5]).astype(np.int8)
    y_score = (rng.normal(size=y_true.shape) + 2 * y_true).astype(np.float32)
    y_true[rng.random(y_true.shape) < 0.05] = -1
    return y_true, y_score


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read some tens of clips at a time."""
    monkeypatch.setattr(shards, "PART", 60_000)


def archive(folder: Path, y_true: Any, y_score: Any, save: Any = np.savez) -> str:
    """Write five archives; the name of the folder."""
    folder.mkdir()
    for i, (labels, scores) in enumerate(
        zip(np.array_split(y_true, 5), np.array_split(y_score, 5), strict=True)
    ):
        save(folder / f"{i}.npz", scores=scores, labels=labels, tags=np.array(TAGS))
    return str(folder)


def wide(path: Path, values: Any, tags: tuple[str, ...] = TAGS) -> str:
    """Write a Parquet file with small groups of rows."""
    columns = {tag: values[:, TAGS.index(tag)] for tag in tags}
    clips = [f"clip{i}" for i in range(len(values))]
    parquet.write_table(pa.table({"clip": clips, **columns}), path, row_group_size=70)
    return str(path)


def written(form: str, folder: Path, y_true: Any, y_score: Any) -> tuple[str, str | None]:
    """Paths of scores and labels in a form."""
    if form == "npz":
        return archive(folder / "npz", y_true, y_score), None
    if form == "pattern of compressed npz":
        return archive(folder / "npz", y_true, y_score, np.savez_compressed) + "/*.npz", None
    if form == "hdf5":
        with h5py.File(folder / "clips.h5", "w") as file:
            file["scores"], file["labels"], file["tags"] = y_score, y_true, list(TAGS)
        return str(folder / "clips.h5"), None
    if form == "parquet":
        swapped = ("Cat", "Dog", "Rain")
        return wide(folder / "s.parquet", y_score), wide(folder / "y.parquet", y_true, swapped)
    np.save(folder / "s.npy", y_score)
    np.save(folder / "y.npy", y_true)
    return str(folder / "s.npy"), str(folder / "y.npy")


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("method", ["exact", "hierarchical"])
@pytest.mark.parametrize("form", ["npz", "pattern of compressed npz", "hdf5", "parquet", "npy"])
def test_thresholds_are_those_in_memory(
    form: str, method: str, clips: tuple[Any, Any], tmp_path: Path
) -> None:
    whole = tt.find_thresholds(*clips, method=method, cv=None)
    paths = written(form, tmp_path, *clips)
    found = tt.Shards.from_files(*paths, memory="100MB")
    assert len(list(found.parts())) > 5
    ours = tt.find_thresholds(found, method=method)
    assert ours.thresholds.values.tobytes() == whole.thresholds.values.tobytes()
    assert ours.score == whole.score
    assert ours.thresholds.tags == (None if form == "npy" else TAGS)


@pytest.mark.usefixtures("small_parts")
def test_memory_mapped_arrays(clips: tuple[Any, Any], tmp_path: Path) -> None:
    paths = written("npy", tmp_path, *clips)
    scores, labels = (np.load(str(path), mmap_mode="r") for path in paths)
    ours = tt.find_thresholds(tt.Shards.from_arrays(labels, scores, tags=TAGS), method="exact")
    whole = tt.find_thresholds(*clips, method="exact", cv=None, tags=TAGS)
    assert ours.thresholds.values.tobytes() == whole.thresholds.values.tobytes()


@pytest.mark.usefixtures("small_parts")
def test_progress_tells_every_pass(clips: tuple[Any, Any]) -> None:
    seen: list[tuple[str, int, int]] = []
    given = tt.Shards.from_arrays(*clips, progress=lambda *told: seen.append(told))
    tt.find_thresholds(given, method="hierarchical")
    assert list(dict.fromkeys(step for step, _, _ in seen)) == [
        "positives",
        "quantiles",
        "counting",
    ]
    assert [told for told in seen if told[1] == N_CLIPS] == [
        (step, N_CLIPS, N_CLIPS) for step in ("positives", "quantiles", "counting")
    ]


# Killed and run again

CHILD = """
import sys
import tagthresh as tt
from tagthresh.counts.streaming import passes
from tagthresh.io import shards
passes.SHARE, shards.PART = 0, 60_000
def progress(step, done, total):
    if (step, done >= total // 2) == (sys.argv[2], True):
        print("half", flush=True)
        sys.stdin.read()  # until it is killed, or its parent is gone
given = tt.Shards.from_files(sys.argv[1], checkpoint=sys.argv[3], progress=progress)
tt.find_thresholds(given)
"""


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("step", ["positives", "quantiles", "counting"])
def test_a_killed_run_goes_on_to_the_same_bytes(
    step: str, clips: tuple[Any, Any], tmp_path: Path
) -> None:
    folder, checkpoint = archive(tmp_path / "npz", *clips), tmp_path / "counts"
    command = [sys.executable, "-c", CHILD, folder, step, str(checkpoint)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "half\n"
        child.kill()
        assert child.wait() == -signal.SIGKILL
    seen: list[tuple[str, int]] = []
    again = tt.Shards.from_files(
        folder, checkpoint=checkpoint, progress=lambda at, done, _: seen.append((at, done))
    )
    solution = tt.find_thresholds(again)
    assert seen[0][0] == step
    assert seen[0][1] > N_CLIPS // 2
    whole = tt.find_thresholds(*clips, cv=None)
    assert solution.thresholds.values.tobytes() == whole.thresholds.values.tobytes()
    assert not checkpoint.exists()


def test_a_checkpoint_of_something_else_is_refused(
    clips: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "SHARE", 0)
    checkpoint = tmp_path / "counts"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    given = tt.Shards.from_arrays(*clips, checkpoint=checkpoint, progress=stop)
    with pytest.raises(KeyboardInterrupt):
        tt.find_thresholds(given, method="exact")
    given = tt.Shards.from_arrays(*clips, checkpoint=checkpoint)
    with pytest.raises(
        tt.InputError, match="counts is not a checkpoint of these clips and options"
    ):
        tt.find_thresholds(given, method="hierarchical")
    with np.load(checkpoint) as file:
        found = dict(file)
    for name in sorted(found):  # checksums are good, the digest is not
        changed = np.append(found[name], found[name].ravel()[:1])
        with checkpoint.open("wb") as file:
            np.savez(file, **(found | {name: changed}))
        with pytest.raises(tt.InputError, match="is not a checkpoint of these clips"):
            tt.find_thresholds(given, method="exact")
    checkpoint.write_text("{}")
    with pytest.raises(tt.InputError, match="is not a checkpoint"):
        tt.find_thresholds(given, method="exact")


# What is refused


def hits(tp: Any, fp: Any, fn: Any, tn: Any) -> Any:
    """Metric of which nothing is known."""
    return tp / (tp + fp + fn + tn)


@pytest.mark.parametrize(
    ("method", "metric", "message"),
    [
        ("sgl", "f1_micro", "'surrogate_gradient' needs all scores in memory"),
        (
            "exact",
            tt.metrics.FunctionMetric(hits, average="macro"),
            "metric 'hits_macro' needs all scores",
        ),
    ],
)
def test_what_needs_every_score_is_refused(
    method: Any, metric: Any, message: str, clips: tuple[Any, Any]
) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.find_thresholds(tt.Shards.from_arrays(*clips), method=method, metric=metric)


def test_too_little_memory_is_told(clips: tuple[Any, Any]) -> None:
    given = tt.Shards.from_arrays(*clips, memory="3kB")
    with pytest.raises(tt.InputError, match=r"memory must be at least .*MB to count.*got 0.003MB"):
        tt.find_thresholds(given, method="exact")


@pytest.mark.usefixtures("small_parts")
def test_bad_values_are_told_with_their_place(clips: tuple[Any, Any], tmp_path: Path) -> None:
    y_true, y_score = np.abs(clips[0]), clips[1].copy()
    y_score[303, 1] = np.nan
    with pytest.raises(tt.InputError, match=r"^y_score must be finite; got nan at clip 303"):
        tt.find_thresholds(tt.Shards.from_arrays(y_true, y_score))
    paths = written("npy", tmp_path, y_true, y_score)
    with pytest.raises(tt.InputError, match=r"s.npy: scores must be finite; got nan at clip 303"):
        tt.find_thresholds(tt.Shards.from_files(*paths))
    y_true[301, 0] = 2
    paths = written("npy", tmp_path, y_true, clips[1])
    with pytest.raises(tt.InputError, match=r"y.npy: labels must .* got 2 at clip 301"):
        tt.find_thresholds(tt.Shards.from_files(*paths))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"scores": np.ones((2, 3)), "weights": np.ones(2)}, "holds weights; clips read in parts"),
        ({"scores": np.ones((2, 3))}, "holds no labels; give a second file"),
        ({"other": np.ones((2, 3))}, "must hold 'scores' or 'labels'; it has"),
        (
            {"scores": np.ones((2, 3)), "labels": np.ones((2, 2))},
            "labels of the shape of the scores",
        ),
        ({"scores": np.ones(2), "labels": np.ones(2)}, "must have two dimensions"),
        ({"scores": np.asfortranarray(np.ones((2, 3)))}, "must hold row after row"),
    ],
)
def test_bad_archives_are_told(arrays: dict[str, Any], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(tt.InputError, match=message):
        tt.Shards.from_files(str(tmp_path / "a.npz"))


def test_bad_files_are_told(clips: tuple[Any, Any], tmp_path: Path) -> None:
    folder = archive(tmp_path / "npz", *clips)
    np.savez(tmp_path / "npz" / "9.npz", scores=np.ones((2, 2)), labels=np.ones((2, 2)))
    with pytest.raises(tt.InputError, match=r"9.npz must have the 3 tags of .*0.npz; got 2"):
        tt.Shards.from_files(folder)
    np.savez(tmp_path / "npz" / "9.npz", scores=clips[1], labels=clips[0], tags=np.array([*"abc"]))
    with pytest.raises(tt.InputError, match=r"9.npz must have the tags of .*0.npz, in the same"):
        tt.Shards.from_files(folder)
    (tmp_path / "npz" / "9.npz").write_bytes(b"")
    with pytest.raises(tt.InputError, match=r".*9.npz cannot be read: it is no .npz archive"):
        tt.Shards.from_files(folder)
    with pytest.raises(tt.InputError, match=r"must be one file for each of .*; got 1 for 6"):
        tt.Shards.from_files(folder, f"{folder}/0.npz")
    with pytest.raises(tt.InputError, match=r"match files of scores \(.*\); it matches none"):
        tt.Shards.from_files(str(tmp_path / "*.npz"))
    with pytest.raises(tt.InputError, match=r"a.csv: the suffix must be one of .npy"):
        tt.Shards.from_files(str(tmp_path / "a.csv"))
    with pytest.raises(tt.InputError, match=r".*b.npy cannot be read: No such file"):
        tt.Shards.from_files(str(tmp_path / "b.npy"))


def test_a_file_cut_short_is_told(clips: tuple[Any, Any], tmp_path: Path) -> None:
    scores, labels = written("npy", tmp_path, *clips)
    content = (tmp_path / "s.npy").read_bytes()
    (tmp_path / "s.npy").write_bytes(content[:-8])
    with pytest.raises(tt.InputError, match=r".*s.npy cannot be read: cut short"):
        tt.find_thresholds(tt.Shards.from_files(scores, labels))


def test_other_clips_in_the_labels_are_told(clips: tuple[Any, Any], tmp_path: Path) -> None:
    scores = wide(tmp_path / "s.parquet", clips[1])
    names = [f"clip{i}" for i in reversed(range(N_CLIPS))]
    columns = dict(zip(TAGS, clips[0].T, strict=True))
    parquet.write_table(pa.table({"clip": names, **columns}), tmp_path / "y.parquet")
    with pytest.raises(tt.InputError, match=r"must hold the clips of .* in the same order"):
        tt.Shards.from_files(scores, str(tmp_path / "y.parquet"))


@pytest.mark.parametrize("size", ["1XB", "", "-1", "0", True, "1.5.2GB"])
def test_bad_sizes_are_told(size: Any) -> None:
    with pytest.raises(tt.InputError, match="memory must be"):
        byte_size("memory", size)


def test_rows_of_parquet_go_back_and_forth(clips: tuple[Any, Any], tmp_path: Path) -> None:
    rows = opened(wide(tmp_path / "s.parquet", clips[1]))["matrix"]
    for part in (slice(0, 10), slice(10, 250), slice(300, 310), slice(5, 80), slice(390, None)):
        assert (rows[part] == clips[1][part]).all()


# The command line


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``tagthresh``."""
    line = [sys.executable, "-m", "tagthresh", *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_fit_reads_folders(clips: tuple[Any, Any], tmp_path: Path) -> None:
    folder, output = archive(tmp_path / "npz", *clips), tmp_path / "thresholds.json"
    done = command("fit", f"{folder}/*.npz", "-o", str(output), "--json", "--fix", "Dog=0.5")
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, f"wrote {output}")
    whole = tt.find_thresholds(*clips, cv=None, tags=TAGS, fixed={"Dog": 0.5})
    assert tt.Thresholds.load(output).values.tobytes() == whole.thresholds.values.tobytes()
    assert json.loads(done.stdout)["score"] == whole.score
    assert sorted(path.name for path in tmp_path.iterdir()) == ["npz", "thresholds.json"]


def test_fit_refuses_what_needs_all_clips(clips: tuple[Any, Any], tmp_path: Path) -> None:
    folder = archive(tmp_path / "npz", *clips)
    for options, message in [
        (["--cv", "5"], f"{folder} is read in parts; leave out --cv"),
        (["--set", "Dog=1"], "leave out --set; --fix does the same before the fit"),
        (["--memory", "lots"], "memory must be a number of bytes such as 500MB or 2GiB"),
        (["--fix", "Dgo=1"], "--fix must name a tag; none is called 'Dgo'; did you mean 'Dog'?"),
    ]:
        done = command("fit", folder, *options, "-o", str(tmp_path / "t.json"))
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert message in done.stderr


def test_evaluate_reads_folders(clips: tuple[Any, Any], tmp_path: Path) -> None:
    folder = archive(tmp_path / "npz", *clips)
    thresholds = tt.Thresholds([0.5, 1.0, float("inf")], TAGS)
    thresholds.save(tmp_path / "t.json")
    done = command("evaluate", folder, "-t", str(tmp_path / "t.json"), "--json")
    assert done.returncode == 0, done.stderr
    assert (
        json.loads(done.stdout).items()
        >= tt.evaluate(*clips, thresholds, ci=None).to_dict().items()
    )
    done = command("evaluate", folder, "-t", str(tmp_path / "t.json"), "--ontology", "o.json")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"{folder} is read in parts; leave out --ontology" in done.stderr


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("name", ["0.0", "0.3", "9.0", "inf"])
def test_evaluation_is_that_in_memory(name: str, clips: tuple[Any, Any]) -> None:
    thresholds = tt.Thresholds([float(name), 0.5, 1.0], TAGS)
    ours = tt.evaluate(tt.Shards.from_arrays(*clips, tags=TAGS), thresholds=thresholds)
    assert ours.to_dict() == tt.evaluate(*clips, thresholds, tags=TAGS, ci=None).to_dict()


@pytest.mark.parametrize("method", ["exact", "hierarchical"])
@pytest.mark.parametrize("unseen", ["never", 0.25])
def test_tags_without_positives(unseen: Any, method: str, clips: tuple[Any, Any]) -> None:
    y_true = np.abs(clips[0]) * [1, 0, 1]
    given = {"unseen": unseen, "method": method}
    with pytest.warns(tt.UnseenTagWarning):
        ours = tt.find_thresholds(tt.Shards.from_arrays(y_true, clips[1]), **given)
    with pytest.warns(tt.UnseenTagWarning):
        whole = tt.find_thresholds(y_true, clips[1], cv=None, **given)
    assert ours.thresholds.values.tobytes() == whole.thresholds.values.tobytes()
    assert ours.score == whole.score
    with pytest.raises(
        tt.InputError, match=r"unseen must be \"never\" or a number .* got 'shared'"
    ):
        tt.find_thresholds(tt.Shards.from_arrays(y_true, clips[1]), unseen="shared")


def test_a_pattern_without_quotes_is_told(clips: tuple[Any, Any], tmp_path: Path) -> None:
    folder = archive(tmp_path / "npz", *clips)
    done = command("fit", f"{folder}/0.npz", f"{folder}/1.npz", "-o", str(tmp_path / "t.json"))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "several files are a folder, or a pattern in quotes" in done.stderr
