"""A folder and a pattern stand for the same files, none of them hidden or half written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tagthresh as tt
from tagthresh.io.score_files import expanded

DATA = ["0.npz", "1.NPZ", "2.Npz", "three [final].npz", "ü 4.npz", "x.tmp.npz"]
OTHERS = [
    *(".0.npz", ".0-k3j2x_1.npz", "._0.npz", ".~lock.0.npz#", "0.npz~", "#0.npz#", "0.npz.tmp"),
    *("0.npz.part", "0.npz.crdownload", "README.txt", ".npz", "npz", "tags.txt"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "scores [v1]"
    path.mkdir()
    for name in (*DATA, *OTHERS):
        with (path / name).open("wb") as file:
            np.savez(file, scores=np.eye(3), labels=np.eye(3, dtype=int))
    return path


def escaped(folder: Path) -> str:
    return str(folder).replace("[", "[[]")


@pytest.mark.parametrize("pattern", ["*", "*.npz", "*.NPZ", "*.n*z"])
def test_a_pattern_selects_what_the_folder_does(folder: Path, pattern: str) -> None:
    wanted = sorted(str(folder / name) for name in DATA)
    if pattern == "*.n*z":
        wanted = [path for path in wanted if not path.endswith(("NPZ", "Npz"))]
    else:
        assert expanded(str(folder)) == wanted
        assert expanded(f"{folder}/") == wanted
    assert expanded(f"{escaped(folder)}/{pattern}") == wanted


def test_fits_count_the_same_clips(folder: Path) -> None:
    by_folder = tt.Shards.from_files(str(folder))
    by_pattern = tt.Shards.from_files(f"{escaped(folder)}/*.npz")
    assert by_folder.n_clips == by_pattern.n_clips == 3 * len(DATA)


def test_hidden_files_are_taken_where_the_pattern_says_so(folder: Path) -> None:
    assert expanded(f"{escaped(folder)}/.[0_]*.npz") == sorted(
        str(folder / name) for name in (".0.npz", ".0-k3j2x_1.npz", "._0.npz")
    )


@pytest.mark.parametrize("by", ["folder", "pattern"])
@pytest.mark.parametrize("kind", ["a folder", "a dangling link", "a loop"])
def test_what_is_named_like_data_is_not_left_out(folder: Path, by: str, kind: str) -> None:
    path = folder / "9.npz"
    if kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to("9.npz" if kind == "a loop" else "nowhere.npz")
    name = str(folder) if by == "folder" else f"{escaped(folder)}/*.npz"
    with pytest.raises(tt.InputError, match=r".*9.npz cannot be read: "):
        tt.Shards.from_files(name)


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    for name in (".0.npz", "0.npz~", "a.csv"):
        (tmp_path / name).write_bytes(b"")
    for path in (str(tmp_path), f"{tmp_path}/*"):
        with pytest.raises(tt.InputError, match="must match files of scores"):
            expanded(path)


def test_a_link_to_data_is_data(folder: Path, tmp_path: Path) -> None:
    links = tmp_path / "links"
    links.mkdir()
    for name in DATA:
        (links / name).symlink_to(folder / name)
    assert [Path(path).name for path in expanded(str(links))] == sorted(DATA)
