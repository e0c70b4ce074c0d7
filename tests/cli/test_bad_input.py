"""Bad input ends in one clear line and exit code 2, with nothing half-written."""

from __future__ import annotations

import json
import os
import pickle
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pyarrow as pa
import pytest
import torch
from pyarrow import parquet

import tagthresh as tt
from tagthresh import cli

if TYPE_CHECKING:
    from collections.abc import Callable

SCORES = np.array([[0.9, 0.1], [0.2, 0.8]])
LABELS = np.array([[1, 0], [0, 1]])
TAGS = ["Dog", "Rain"]


class Loud:
    """Writes a file when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path("pickle_was_loaded").touch, ()


def npz(**arrays: Any) -> None:
    content = {"scores": SCORES, "labels": LABELS, "tags": TAGS} | arrays
    np.savez("bad.npz", **{k: v for k, v in content.items() if v is not None})  # type: ignore[arg-type]


def text(name: str, content: str | bytes) -> None:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)


def cut_short() -> None:
    npz()
    text("bad.npz", Path("bad.npz").read_bytes()[:300])


def cut_inside() -> None:
    """Keep the archive's directory and break what it points to."""
    npz()
    content = bytearray(Path("bad.npz").read_bytes())
    content[30:200] = bytes(170)
    text("bad.npz", bytes(content))


def torch_pickle() -> None:
    torch.save(Loud(), "bad.pt")


def npz_of_objects() -> None:
    npz(scores=np.array([[Loud(), 1], [2, 3]], dtype=object))


def hdf5_without_arrays() -> None:
    with h5py.File("bad.h5", "w") as file:
        file["waveform"] = SCORES


def thresholds_of_other_tags() -> None:
    npz()
    tt.Thresholds([0.5, 0.5], ["Dog", "Wind"]).save("thresholds.json")


def output_is_a_folder() -> None:
    npz()
    Path("out.json").mkdir()


def one_without_labels() -> None:
    npz()
    np.savez("s.npz", scores=SCORES, tags=TAGS)


def one_with_more_tags() -> None:
    npz(tags=None)
    np.savez("more.npz", scores=np.eye(3), labels=np.eye(3))


def two_tables_of_one_clip() -> None:
    text("s.csv", "clip,Dog\na,0.1\na,0.9\n")
    text("l.csv", "clip,Dog\na,0\na,1\n")


def labels_in_a_second_file() -> None:
    np.save("s.npy", SCORES)
    np.save("l.npy", LABELS * 2)


def second_file_of_other_weights() -> None:
    np.savez("s.npz", scores=SCORES, clips=["a", "b"])
    np.savez("l.npz", labels=LABELS, clips=["b", "a"], weights=[1])


def fitted_and_bad_scores() -> None:
    tt.Thresholds([0.5, 0.5], TAGS).save("thresholds.json")
    npz(scores=with_score(np.nan))


def fitted() -> None:
    tt.Thresholds([0.5, 0.5], TAGS).save("thresholds.json")
    npz()


def linked() -> None:
    npz()
    Path("link.json").hardlink_to("bad.npz")


def two_tables() -> None:
    text("s.csv", "clip,Dog\na,1\n")
    text("l.csv", "clip,Dog\na,1\n")


def one_good_one_bad() -> None:
    np.savez("good.npz", scores=SCORES, labels=LABELS, tags=TAGS)
    npz(labels=LABELS * 2)


def torch_dict_of_others() -> None:
    torch.save({"logits": torch.tensor(SCORES)}, "bad.pt")


def hdf5_group() -> None:
    with h5py.File("bad.h5", "w") as file:
        file.create_group("scores")


def hdf5_latin_tags() -> None:
    with h5py.File("bad.h5", "w") as file:
        file["scores"], file["labels"] = SCORES, LABELS
        file["tags"] = np.array([b"D\xe9", b"R"])


def parquet_table(**columns: Any) -> None:
    parquet.write_table(pa.table(columns), "a.parquet")


def with_score(value: float) -> np.ndarray[Any, Any]:
    scores = SCORES.copy()
    scores[1, 0] = value
    return scores


HUGE = f"value=1{400 * '0'}"
FIT = ("fit", "bad.npz", "-o", "out.json")
SURE = ("guarantee", "bad.npz", "-o", "out.json")
CASES: list[tuple[str, Callable[[], Any], tuple[str, ...], str]] = [
    ("missing file", lambda: None, FIT, "bad.npz cannot be read: No such file"),
    ("a folder", lambda: Path("bad.npz").mkdir(), FIT, "bad.npz must match files of scores"),
    ("unknown suffix", lambda: text("a.xls", ""), ("fit", "a.xls"), "suffix must be one of .npz"),
    ("no suffix", lambda: text("a", ""), ("fit", "a"), "suffix must be one of"),
    ("wrong keys", lambda: np.savez("bad.npz", x=SCORES), FIT, "must hold 'scores' or 'labels'"),
    ("no scores", lambda: npz(scores=None), FIT, "holds no scores"),
    ("no labels", lambda: npz(labels=None), FIT, "second file with --labels"),
    (
        "nothing reviewed yet",
        lambda: text("r.csv", "clip,tag,score,band,band_clips,label\na,Dog,0.9,0,1,\n"),
        ("fit", "r.csv"),
        "r.csv: column 'label' must hold 1 or 0 in at least one row; no row has either",
    ),
    ("no labels to fit", one_without_labels, ("compare", "s.npz", "bad.npz"), "with --fit-labels"),
    (
        "no labels to judge",
        one_without_labels,
        ("compare", "bad.npz", "s.npz"),
        "with --eval-labels",
    ),
    (
        "a group column by another name",
        lambda: text("a.csv", "clip,site,Dog\na,x,1\n"),
        ("fit", "a.csv", "--group-column", "sites"),
        "no column is called 'sites'; did you mean 'site'?, and column 'site' must hold numbers",
    ),
    (
        "a group column that nobody named",
        lambda: text("a.csv", "clip,site,Dog\na,x,1\n"),
        ("fit", "a.csv"),
        "column 'site' must hold numbers; got 'x'. If it holds recordings or sites, give",
    ),
    (
        "clips twice in both files",
        two_tables_of_one_clip,
        ("fit", "s.csv", "--labels", "l.csv"),
        "clips must be distinct; 'a' appears more than once",
    ),
    (
        "more tags to judge",
        one_with_more_tags,
        ("compare", "bad.npz", "more.npz"),
        "more.npz must have as many tags as fit, 2; got 3",
    ),
    ("NaN score", lambda: npz(scores=with_score(np.nan)), FIT, "got nan at clip 1, tag 'Dog'"),
    ("infinite score", lambda: npz(scores=with_score(np.inf)), FIT, "got inf at clip 1, tag 'Dog'"),
    ("complex scores", lambda: npz(scores=SCORES * 1j), FIT, "real numbers of at most 64 bits"),
    ("scores of text", lambda: npz(scores=SCORES.astype(str)), FIT, "must hold real numbers"),
    ("label of 2", lambda: npz(labels=LABELS * 2), FIT, "got 2 at clip 0, tag 'Dog'"),
    ("label of 0.5", lambda: npz(labels=LABELS / 2), FIT, "got 0.5 at clip 0, tag 'Dog'"),
    ("shapes differ", lambda: npz(labels=LABELS[:1]), FIT, "shape of scores, (2, 2); got (1, 2)"),
    ("one dimension", lambda: npz(scores=SCORES[0]), FIT, "two dimensions (clips, tags)"),
    ("no clips", lambda: npz(scores=SCORES[:0], labels=LABELS[:0]), FIT, "at least one clip"),
    ("no tags", lambda: npz(scores=SCORES[:, :0], labels=LABELS[:, :0], tags=[]), FIT, "one tag"),
    ("duplicate tags", lambda: npz(tags=["Dog", "Dog"]), FIT, "'Dog' appears more than once"),
    ("empty tag", lambda: npz(tags=["Dog", " "]), FIT, "non-empty strings; got ' '"),
    ("too few tags", lambda: npz(tags=["Dog"]), FIT, "got 1 for 2 tags"),
    ("too few clips", lambda: npz(clips=["a"]), FIT, "clips must name 2 clips; got 1"),
    ("negative weight", lambda: npz(weights=[1, -1]), FIT, "got -1.0 at clip 1"),
    (
        "too few weights",
        lambda: npz(weights=[1]),
        FIT,
        "one weight per clip, or per pair; got shape (1,)",
    ),
    ("no weight", lambda: npz(weights=[0, 0]), FIT, "positive for at least one clip"),
    ("empty npz", lambda: text("bad.npz", ""), FIT, "it is no .npz archive"),
    ("npz cut short", cut_short, FIT, "it is no .npz archive, or is cut short"),
    ("broken npz", cut_inside, FIT, "bad.npz cannot be read"),
    ("npz of objects", npz_of_objects, FIT, "scores are Python objects. They are never loaded"),
    ("pickle as npy", lambda: text("a.npy", pickle.dumps(Loud())), ("fit", "a.npy"), "not an .npy"),
    ("pickle as npz", lambda: text("bad.npz", pickle.dumps(Loud())), FIT, "it is no .npz archive"),
    ("pickle in pt", torch_pickle, ("fit", "bad.pt"), "bad.pt cannot be read"),
    ("other HDF5", hdf5_without_arrays, ("fit", "bad.h5"), "it has ['waveform']"),
    ("no HDF5", lambda: text("bad.h5", "no"), ("fit", "bad.h5"), "bad.h5 cannot be read"),
    ("empty CSV", lambda: text("a.csv", ""), ("fit", "a.csv"), "it is empty"),
    ("CSV of a header", lambda: text("a.csv", "clip,Dog\n"), ("fit", "a.csv"), "at least one clip"),
    ("ragged CSV", lambda: text("a.csv", "clip,Dog\na,1,2\n"), ("fit", "a.csv"), "Expected 2 col"),
    ("Latin-1 CSV", lambda: text("a.csv", b"clip,Dog\n\xe9,1\n"), ("fit", "a.csv"), "UTF-8"),
    (
        "words in CSV",
        lambda: text("a.csv", "clip,Dog\na,x\n"),
        ("fit", "a.csv"),
        "numbers; got 'x'",
    ),
    ("CSV columns", lambda: text("a.csv", "clip,D,D\na,1,2\n"), ("fit", "a.csv"), "'D' appears"),
    (
        "pair twice",
        lambda: text("a.csv", "clip,tag,score,label\na,Dog,1,1\na,Dog,1,1\n"),
        ("fit", "a.csv"),
        "('a', 'Dog') appears more than once",
    ),
    (
        "no Parquet",
        lambda: text("a.parquet", "no"),
        ("fit", "a.parquet"),
        "a.parquet cannot be read",
    ),
    ("unknown metric", npz, (*FIT, "--metric", "f1"), "did you mean f1_micro?"),
    ("unknown method", npz, (*FIT, "--method", "magic"), "method must be one of constant, shared"),
    ("unknown option", npz, (*FIT, "--option", "x=1"), "has the options pull, polish; got 'x'"),
    ("no option value", npz, (*FIT, "--option", "x"), "--option must be NAME=VALUE; got 'x'"),
    ("unfit metric", npz, (*FIT, "--metric", "recall_micro"), "method 'exact' does"),
    ("bad metric option", npz, (*FIT, "--metric", "cost:mis=2"), "has the options miss, false_al"),
    ("no metric options", npz, (*FIT, "--metric", "gmean_macro:a=2"), "has no options; got 'a'"),
    (
        "unknown tag",
        npz,
        (*FIT, "--set", "Dgo=1"),
        "must name a tag; none is called 'Dgo'; did you mean 'Dog'?",
    ),
    ("no number", npz, (*FIT, "--set", "Dog=high"), "a finite number or never; got 'high'"),
    ("unknown flag", npz, (*FIT, "--fast"), "No such option: --fast"),
    ("no thresholds", npz, ("evaluate", "bad.npz"), "thresholds.json cannot be read: No such file"),
    ("other tags", thresholds_of_other_tags, ("evaluate", "bad.npz"), "lacks 'Rain'"),
    ("other tags, apply", thresholds_of_other_tags, ("apply", "bad.npz"), "it lacks 'Wind'"),
    (
        "output is the input",
        npz,
        ("fit", "bad.npz", "-o", "bad.npz"),
        "suffix must be one of .json",
    ),
    (
        "output links to it",
        linked,
        ("fit", "bad.npz", "-o", "link.json"),
        "overwrite the input bad",
    ),
    (
        "decisions over scores",
        lambda: text("tags.csv", "clip,Dog\na,1\n"),
        ("apply", "tags.csv"),
        "-o tags.csv must not overwrite the input tags.csv",
    ),
    (
        "table over labels",
        two_tables,
        ("evaluate", "s.csv", "--labels", "l.csv", "--csv", "./l.csv"),
        "--csv ./l.csv must not overwrite the input l.csv",
    ),
    (
        "comparison over scores",
        lambda: text("s.csv", "clip,Dog\na,1\n"),
        ("compare", "s.csv", "e.csv", "--csv", "s.csv"),
        "--csv s.csv must not overwrite the input s.csv",
    ),
    ("demo to no JSON", lambda: None, ("demo", "-o", "t.npz"), "suffix must be one of .json"),
    ("table to no CSV", fitted, ("evaluate", "bad.npz", "--csv", "a.xls"), "one of .csv, .parquet"),
    (
        "huge option",
        npz,
        (*FIT, "--method", "constant", "--option", HUGE),
        "must be a finite number; got",
    ),
    ("huge threshold", npz, (*FIT, "--set", f"Dog=1{400 * '0'}"), "'Dog' must be a finite number"),
    ("infinite threshold", npz, (*FIT, "--set", "Dog=1e400"), "or never; got '1e400'"),
    ("NaN by hand", npz, (*FIT, "--set", "Dog=nan"), "or never; got 'nan'"),
    ("tag set twice", npz, (*FIT, "--set", "Dog=1", "--set", "Dog=2"), "give 'Dog' once"),
    (
        "option twice",
        npz,
        (*FIT, "--method", "constant", "--option", "value=1", "--option", "value=2"),
        "--option must give 'value' once; got 1 and 2",
    ),
    ("option of a list", npz, (*FIT, "--method", "constant", "--option", "value=[1]"), "got '[1]'"),
    (
        "Latin-1 tags in npz",
        lambda: npz(tags=[b"D\xe9", b"R"]),
        FIT,
        "bad.npz: tags must be in UTF-8",
    ),
    ("half a surrogate", lambda: npz(tags=["D\udce9", "R"]), FIT, "bad.npz: tags must be in UTF-8"),
    ("Latin-1 tags in h5", hdf5_latin_tags, ("fit", "bad.h5"), "bad.h5: tags must be in UTF-8"),
    ("other keys in pt", torch_dict_of_others, ("fit", "bad.pt"), "it has ['logits']"),
    ("group in HDF5", hdf5_group, ("fit", "bad.h5"), "'scores' must be an array; it is a Group"),
    (
        "scores name the file",
        lambda: npz(scores=with_score(np.nan)),
        FIT,
        "bad.npz: scores must be",
    ),
    ("labels name the file", lambda: npz(labels=LABELS * 2), FIT, "bad.npz: labels must hold 0, 1"),
    (
        "labels name their own file",
        labels_in_a_second_file,
        ("fit", "s.npy", "--labels", "l.npy"),
        "tagthresh: l.npy: labels must hold",
    ),
    (
        "one column of labels",
        lambda: npz(labels=LABELS[:, 0]),
        FIT,
        "labels must have the shape of",
    ),
    ("weights name the file", lambda: npz(weights=[1, -1]), FIT, "bad.npz: weights must be finite"),
    (
        "weights of other clips",
        second_file_of_other_weights,
        ("fit", "s.npz", "--labels", "l.npz"),
        "l.npz: weights must hold one weight per clip",
    ),
    ("scores to judge", fitted_and_bad_scores, ("evaluate", "bad.npz"), "bad.npz: scores must be"),
    ("scores to tag", fitted_and_bad_scores, ("apply", "bad.npz"), "bad.npz: scores must be"),
    (
        "second of two to compare",
        one_good_one_bad,
        ("compare", "good.npz", "bad.npz"),
        "bad.npz: labels must hold 0, 1",
    ),
    (
        "semicolons",
        lambda: text("a.csv", "clip;Dog\na;1\n"),
        ("fit", "a.csv"),
        "the separator must be commas; the file has semicolons; got 'clip;Dog'",
    ),
    (
        "tabs",
        lambda: text("a.csv", "clip\tDog\na\t1\n"),
        ("fit", "a.csv"),
        "the separator must be commas; the file has tabs",
    ),
    (
        "clip without a name",
        lambda: text("a.csv", "clip,Dog\na,1\n,2\n"),
        ("fit", "a.csv"),
        "a.csv: column 'clip' must not have empty cells; row 1 is empty",
    ),
    (
        "null clip",
        lambda: parquet_table(clip=["a", None], Dog=[0.1, 0.2]),
        ("fit", "a.parquet"),
        "a.parquet: column 'clip' must not have empty cells; row 1 is empty",
    ),
    (
        "null tag",
        lambda: parquet_table(clip=["a", "b"], tag=[None, "Dog"], score=[0.1, 0.2]),
        ("fit", "a.parquet"),
        "a.parquet: column 'tag' must not have empty cells; row 0 is empty",
    ),
    (
        "numbers as text",
        lambda: parquet_table(clip=["a", "b"], Dog=["0.1", "0.2"]),
        ("fit", "a.parquet"),
        "column 'Dog' must hold numbers; its type is string",
    ),
    (
        "fit prints twice",
        npz,
        ("fit", "bad.npz", "-o", "-", "--json"),
        "-o - and --json both print",
    ),
    ("demo prints twice", npz, ("demo", "-o", "-", "--json"), "-o - and --json both print"),
    ("apply prints twice", npz, ("apply", "bad.npz", "-o", "-", "--json"), "--json both print"),
    ("evaluate prints twice", npz, ("evaluate", "bad.npz", "--csv", "-", "--json"), "both print"),
    (
        "compare prints twice",
        npz,
        ("compare", "bad.npz", "bad.npz", "--csv", "-", "--json"),
        "--csv - and --json both print to standard output; leave out one",
    ),
    ("two floors", npz, (*SURE, "--precision", ".9", "--recall", ".9"), "must be given; got"),
    (
        "no floor",
        npz,
        (*SURE, "--jointly"),
        "exactly one of --precision and --recall must be given",
    ),
    ("a floor of fit", npz, (*FIT, "--precision", ".9"), "is an option of tagthresh guarantee"),
    ("certainty of fit", npz, (*FIT, "--jointly"), "is an option of tagthresh guarantee"),
    ("floor and metric", npz, (*SURE, "--recall", ".9", "--metric", "f1"), "No such option"),
    ("floor and groups", npz, (*SURE, "--recall", ".9", "--group-column", "x"), "independent clip"),
    (
        "floor in percent",
        npz,
        (*SURE, "--precision", "90"),
        "--precision must be above 0 and",
    ),
    ("odd confidence", npz, (*SURE, "--recall", ".9", "--confidence", "1"), "--confidence must be"),
    (
        "floor and weights",
        lambda: npz(weights=[1, 2]),
        (*SURE, "--recall", ".9"),
        "weights must be 0 or 1 for a guarantee, whose tests count clips; got 2.0",
    ),
    (
        "new thresholds of other tags",
        thresholds_of_other_tags,
        ("compare-thresholds", "thresholds.json", "thresholds.json", "bad.npz"),
        "thresholds.json must have the same tags as the rest; it lacks 'Rain'",
    ),
    (
        "thresholds that are none",
        fitted,
        ("compare-thresholds", "thresholds.json", "bad.npz", "bad.npz"),
        "bad.npz is not a thresholds file",
    ),
    (
        "groups that are not there",
        npz,
        (*FIT, "--group-column", "site"),
        "--group-column must be a column or an array of bad.npz; got 'site'",
    ),
    (
        "one group",
        lambda: npz(site=["a", "a"]),
        (*FIT, "--group-column", "site"),
        "groups must name at least two groups; all clips are in the same",
    ),
    (
        "one group to draw",
        lambda: npz(site=["a", "a"]),
        ("compare", "bad.npz", "bad.npz", "--group-column", "site"),
        "groups must name at least two groups; all clips are in the same",
    ),
    (
        "no such folder",
        npz,
        ("fit", "bad.npz", "-o", "no/out.json"),
        "no/out.json cannot be written",
    ),
    (
        "output a folder",
        output_is_a_folder,
        FIT,
        "out.json cannot be written: Is a directory",
    ),
]


@pytest.mark.parametrize(
    ("prepare", "args", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_bad_input_is_told_in_one_line(
    prepare: Callable[[], Any],
    args: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    prepare()
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(sys, "argv", ["tagthresh", *args])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capfd.readouterr()
    assert stop.value.code == 2
    assert out == ""
    assert err.startswith("tagthresh: ")
    assert message in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def limited_to_a_kilobyte() -> None:
    """Let the process write no file beyond 1 kB, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def fit_in_a_process(folder: Path, before: Callable[[], None]) -> subprocess.CompletedProcess[str]:
    scores = np.random.default_rng(0).random((5, 200))
    labels = np.eye(5, 200, dtype=int)
    np.savez(folder / "a.npz", scores=scores, labels=labels)
    (folder / "thresholds.json").write_text("kept")
    return subprocess.run(
        [sys.executable, "-m", "tagthresh", "fit", "a.npz"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
    )


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    done = fit_in_a_process(tmp_path, limited_to_a_kilobyte)
    assert done.returncode == 2
    assert (
        done.stderr.splitlines()[-1]
        == "tagthresh: thresholds.json cannot be written: File too large"
    )
    assert "Traceback" not in done.stderr
    assert (tmp_path / "thresholds.json").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "thresholds.json"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write to")
def test_no_permission_to_write(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", scores=SCORES, labels=LABELS)
    solution = tt.find_thresholds(LABELS, SCORES)
    with pytest.raises(tt.InputError, match=r"/proc/self/t.json cannot be written"):
        solution.thresholds.save("/proc/self/t.json")


def test_a_user_without_permission_gets_one_line(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere; test_no_permission_to_write stands in")
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(tt.InputError, match="Permission denied"):
        tt.Thresholds([0.5]).save(folder / "t.json")


@pytest.mark.parametrize(
    ("y_true", "y_score", "options", "message"),
    [
        ([1, 0], [0.1, 0.2], {}, r"two dimensions \(clips, tags\); got 1\. reshape\(-1, 1\)"),
        ([[1], [0, 1]], [[1], [2]], {}, "y_true must be an array of numbers"),
        (LABELS, None, {}, "y_score must be given, unless y_true"),
        (LABELS, SCORES, {"tags": "Dog"}, "tags must be a list of names"),
        (LABELS, SCORES, {"tags": ["Dog", 3]}, "non-empty strings; got 3"),
        (LABELS, SCORES, {"method": 3}, "method must be one of"),
        (LABELS, SCORES, {"metric": tt.metrics.FBeta}, "metric must be f1"),
        (LABELS, SCORES, {"sample_weight": ["a", "b"]}, "sample_weight must hold real numbers"),
        (
            tt.Counts.from_arrays(LABELS, SCORES),
            SCORES,
            {},
            "y_score must not be given with Counts",
        ),
        (LABELS.astype("datetime64[s]"), SCORES, {}, "y_true must hold real numbers"),
        ({"a": 1}, SCORES, {}, "y_true must hold real numbers"),
    ],
)
def test_bad_arguments_in_python(y_true: Any, y_score: Any, options: Any, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.find_thresholds(y_true, y_score, **options)


def test_a_file_too_many_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    tt.find_thresholds(LABELS, SCORES).thresholds.save(path)
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"positives": [1]}))
    with pytest.raises(tt.InputError, match="positives must hold 2 numbers; got 1"):
        tt.Thresholds.load(path)
