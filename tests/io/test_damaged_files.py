"""Damaged files: an error in one line that names them, or what they held; nothing in between."""

from __future__ import annotations

import shutil
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import damage
import tagthresh as tt
from tagthresh.io import read
from tagthresh.io.array_files import opened
from tagthresh.io.atomic import replacing
from tagthresh.io.json_schema import read_json
from tagthresh.io.read import named_tags
from tagthresh.io.read_errors import THE_FILE, reading
from tagthresh.io.text_files import read_rows
from tagthresh.validation import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N_EACH = 200


def check_result(form: str, way: Callable[[str], damage.Result], path: str) -> None:
    """Read a damaged file; where it is proof against damage, all is as it was written."""
    try:
        found = way(path)
    except tt.InputError as error:
        text = str(error)
        assert len(text) <= 300
        assert "\n" not in text
        assert "bad" in text
        assert "pickle" not in text.lower()
        assert "weights_only" not in text
        return
    assert len(found.scores.shape) == 2
    if form in damage.PROOF:
        assert np.array_equal(found.scores, damage.SCORES)
        assert (found.tags, found.clips) == (damage.TAGS, damage.CLIPS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", damage.FORMS)
def test_damaged_files_give_one_line_or_what_they_held(form: str, tmp_path: Path) -> None:
    suffix = form.rpartition(".")[2]
    good, bad = tmp_path / f"good.{suffix}", tmp_path / f"bad.{suffix}"
    damage.FORMS[form](good)
    ways = [damage.in_parts] if form in damage.IN_PARTS else []
    ways += [] if suffix == "zarr" else [damage.whole]
    for seed in range(N_EACH):
        if good.is_dir():
            shutil.rmtree(bad, ignore_errors=True)
            shutil.copytree(good, bad)
        else:
            shutil.copy(good, bad)
        damage.damage(bad, np.random.default_rng(seed))
        for way in ways:
            check_result(form, way, str(bad))


@pytest.mark.parametrize("form", damage.IN_PARTS)
def test_intact_files_are_read_alike(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form.rpartition('.')[2]}"
    damage.FORMS[form](path)
    for way in [damage.in_parts] + ([] if path.suffix == ".zarr" else [damage.whole]):
        found = way(str(path))
        assert np.array_equal(found.scores, damage.SCORES)
        if form != "npy":
            assert (found.tags, found.clips) == (damage.TAGS, damage.CLIPS)


# The door


ERRORS = [
    *(OSError(5, "Input/output error"), KeyError("x"), AttributeError("no attribute"), EOFError()),
    *(MemoryError(), OverflowError("too large"), RecursionError("too deep"), StopIteration()),
    *(RuntimeError("first\nsecond"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")),
    *(ZeroDivisionError("x" * 999), NotImplementedError("zip file version 25.6")),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_any_error_names_the_file(error: Exception) -> None:
    with (
        pytest.raises(tt.InputError, match=r"^a.npy cannot be read: ..") as caught,
        reading("a.npy"),
    ):
        raise error
    assert len(str(caught.value)) <= 300
    assert "second" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (tt.InputError(THE_FILE, "holds no scores"), "a.npy holds no scores"),
        (tt.InputError("scores", "must be finite", "nan"), "a.npy: scores must be finite; got nan"),
        (tt.InputError("a.npy", "is sparse"), "a.npy is sparse"),
        (tt.InputError("clips", "must be 3", place=Place(file="b.npy")), "b.npy: clips must be 3"),
    ],
)
def test_errors_of_readers_name_the_file_once(error: tt.InputError, message: str) -> None:
    with pytest.raises(tt.InputError) as caught, reading("a.npy"), reading("a.npy"):
        raise error
    assert str(caught.value) == message


def test_a_keyboard_interrupt_passes() -> None:
    with pytest.raises(KeyboardInterrupt), reading("a.npy"):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("a.npy", content) for content in (b"", b"\x93NUMPY", b"\x93NUMPY\x01\0\xff\xff{" * 9)),
        *(("a.npz", content) for content in (b"", b"PK\x05\x06" + bytes(18), b"PK\x03\x04")),
        *(("a.h5", content) for content in (b"", b"\x89HDF\r\n\x1a\n" + bytes(99))),
        *(("a.parquet", content) for content in (b"", b"PAR1" * 9)),
        *(("a.pt", content) for content in (b"", b"PK\x05\x06" + bytes(18), b"\x80\x05.")),
        ("a.csv", b""),
    ],
)
def test_stubs_are_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    ways: list[Callable[[str], Any]] = [read] + ([opened] if name[2:] not in {"pt", "csv"} else [])
    for way in ways:
        with pytest.raises(tt.InputError, match=name):
            way(str(tmp_path / name))


@pytest.mark.parametrize("name", ["none.npz", "none.h5", "none.parquet", "none.npy", "none.zarr"])
def test_missing_files_are_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(tt.InputError, match=rf".*{name} cannot be read: No such file"):
        opened(str(tmp_path / name))


@pytest.mark.parametrize(
    "way",
    [
        lambda path: read_json(path, "an ontology"),
        lambda path: named_tags("a.npy", None, path, 3),
        tt.GridCounts.load,
        tt.Thresholds.load,
    ],
)
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00" * 99, b"[" * 99_999, b'"' * 3, None])
def test_text_files_are_named(way: Any, content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(tt.InputError, match=r"a\.txt") as error:
        way(str(path))
    assert len(str(error.value)) <= 300


def test_tables_of_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"child,parent\n\xff,b\n")
    for path in (tmp_path / "a.txt", tmp_path, tmp_path / "none.csv"):
        with pytest.raises(tt.InputError, match=f"{path} cannot be read: "):
            read_rows(path)


# Who is to blame


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("form", ["npy", "stored.npz", "latest.h5"])
def test_a_file_that_breaks_while_it_is_read_is_blamed(
    form: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, output = tmp_path / f"in.{form.rpartition('.')[2]}", tmp_path / f"out{suffix}"
    damage.FORMS[form](path)
    monkeypatch.setattr("tagthresh.io.score_files.PART", 64)

    def stop(_word: str, done: int, _total: int) -> None:
        if done >= 10:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])

    thresholds = tt.Thresholds([0.0] * 3)
    with pytest.raises(tt.InputError, match=r"/in\.\w+ cannot be read"):
        tt.apply_files(str(path), thresholds, str(output), progress=stop)
    assert not output.exists()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("form", ["three.zarr", "wide.parquet", "latest.h5", "deflated.npz"])
@pytest.mark.filterwarnings("ignore:The data type")
def test_a_file_with_a_broken_block_is_blamed(form: str, suffix: str, tmp_path: Path) -> None:
    path, output = tmp_path / f"in.{form.rpartition('.')[2]}", tmp_path / f"out{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        damage.FORMS[form](path)
    block = path / "scores" / "c" / "2" / "0" if path.is_dir() else path
    content = bytearray(block.read_bytes())
    place = {".zarr": -1, ".h5": content.find(damage.SCORES[-1].tobytes())}
    content[place.get(path.suffix, len(content) // 3)] ^= 1
    block.write_bytes(content)
    with pytest.raises(tt.InputError, match=r"/in\.\w+ cannot be read"):
        tt.apply_files(str(path), tt.Thresholds([0.0] * 3), str(output))
    assert not output.exists()


def test_errors_of_the_block_are_not_those_of_the_target(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with pytest.raises(KeyError), replacing(target):
        raise KeyError
    with pytest.raises(tt.InputError, match=r"in.h5 cannot be read: Input/output error"):  # noqa: SIM117
        with replacing(target), reading("in.h5"):
            raise OSError(5, "Input/output error")
    with pytest.raises(tt.InputError, match=r"a.txt cannot be written: No space left"):  # noqa: SIM117
        with replacing(target):
            raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


class Broken:
    """An array on a disk that fails."""

    shape, dtype = (4, 3), np.dtype("f4")

    def __getitem__(self, rows: slice) -> Any:
        raise OSError(5, "Can't read data")


def test_arrays_that_cannot_be_read_are_named() -> None:
    labels = np.eye(4, 3, dtype=int)
    for given, name in (((labels, Broken()), "y_score"), ((Broken(), labels / 2), "y_true")):
        with pytest.raises(tt.InputError, match=rf"{name} cannot be read: Can't read data"):
            tt.find_thresholds(tt.Shards.from_arrays(*given), method="exact")


@pytest.mark.parametrize("shape", ["(True, 2)", "(2, True)", "(False,)", "(True,)", "(True, True)"])
def test_truth_values_are_no_sizes(shape: str, tmp_path: Path) -> None:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    length = len(header).to_bytes(2, "little")
    path = tmp_path / "a.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + length + header.encode() + bytes(16))
    with pytest.raises(tt.InputError, match=r"a\.npy cannot be read: "):
        read(str(path))


@pytest.mark.parametrize("change", [-8, -1, 1, 8, 100])
def test_a_stored_array_has_one_size(change: int, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, scores=np.eye(3), tags=["a", "b", "c"])
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02") + 20  # of the compressed size in the list of files
    size = int.from_bytes(data[place : place + 4], "little")
    data[place : place + 4] = (size + change).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(tt.InputError, match=r"a\.npz cannot be read: "):
        read(str(path))
