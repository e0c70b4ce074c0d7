"""A file of scores is read, and no other file that it points to."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
import zarr

import tagthresh as tt
from tagthresh.io import read
from tagthresh.io.array_files import opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCORES = np.arange(12.0).reshape(4, 3)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Write files that nobody asked for."""
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["scores"] = SCORES
        file["deep/scores"] = SCORES
        file["tags"] = ["x", "y", "z"]
    (tmp_path / "secret.txt").write_bytes(bytes(96))
    return tmp_path


def external_link(file: Any, secret: Path) -> None:
    file["scores"] = h5py.ExternalLink(str(secret / "secret.h5"), "scores")


def external_tags(file: Any, secret: Path) -> None:
    file["scores"] = SCORES
    file["tags"] = h5py.ExternalLink(str(secret / "secret.h5"), "tags")


def soft_link_through_another(file: Any, secret: Path) -> None:
    file["there"] = h5py.ExternalLink(str(secret / "secret.h5"), "/deep")
    file["scores"] = h5py.SoftLink("/there/scores")


def soft_link_to_a_soft_link(file: Any, secret: Path) -> None:
    file["there"] = h5py.ExternalLink(str(secret / "secret.h5"), "scores")
    file["next"] = h5py.SoftLink("/there")
    file["scores"] = h5py.SoftLink("next")


def dangling_link(file: Any, _secret: Path) -> None:
    file["scores"] = h5py.SoftLink("/nowhere")


def loop(file: Any, _secret: Path) -> None:
    file["scores"] = h5py.SoftLink("/scores")


def raw_storage(file: Any, secret: Path) -> None:
    place = [(str(secret / "secret.txt"), 0, h5py.h5f.UNLIMITED)]
    file.create_dataset("scores", (4, 3), "f8", external=place)


def raw_names(file: Any, secret: Path) -> None:
    file["scores"] = SCORES
    file.create_dataset("clips", (4,), "S9", external=[(str(secret / "secret.txt"), 0, 36)])


def virtual(file: Any, secret: Path) -> None:
    layout = h5py.VirtualLayout((4, 3), "f8")
    layout[:] = h5py.VirtualSource(str(secret / "secret.h5"), "scores", (4, 3))
    file.create_virtual_dataset("scores", layout)


WAYS_OUT = [
    *(external_link, external_tags, soft_link_through_another, soft_link_to_a_soft_link),
    *(dangling_link, loop, raw_storage, raw_names, virtual),
]


@pytest.mark.parametrize("write", WAYS_OUT)
@pytest.mark.parametrize("way", [read, opened])
def test_hdf5_is_read_from_the_file_itself(
    write: Callable[[Any, Path], None], way: Any, secret: Path
) -> None:
    with h5py.File(secret / "a.h5", "w") as file:
        write(file, secret)
    with pytest.raises(tt.InputError, match=r"a.h5: .* must be stored in the file itself") as error:
        way(str(secret / "a.h5"))
    assert "\n" not in str(error.value)


def test_links_inside_a_file_are_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["run 1/probabilities"] = SCORES
        file["scores"] = h5py.SoftLink("/run 1/probabilities")
        file["tags"] = np.array(["x", "y", "z"], "S1")
        file["broken"] = h5py.SoftLink("/nowhere")  # nobody asks for it
    assert np.array_equal(read(str(tmp_path / "a.h5")).scores, SCORES)
    assert np.array_equal(opened(str(tmp_path / "a.h5"))["scores"][1:3], SCORES[1:3])


@pytest.mark.parametrize("what", ["scores/c/0/0", "scores/zarr.json", "scores", "other"])
def test_zarr_is_read_from_the_folder_itself(what: str, secret: Path) -> None:
    group = zarr.open_group(secret / "a.zarr", mode="w")
    group.create_array("scores", data=SCORES)
    place = secret / "a.zarr" / what
    if place.exists():
        place.rename(secret / "moved")
    else:
        (secret / "moved").write_bytes(b"")
    place.symlink_to(secret / "moved")
    with pytest.raises(tt.InputError, match=r"a.zarr: .* must be stored in the folder itself"):
        opened(str(secret / "a.zarr"))


def test_links_to_and_inside_a_zarr_folder_are_followed(tmp_path: Path) -> None:
    zarr.open_group(tmp_path / "a.zarr", mode="w").create_array("data", data=SCORES)
    (tmp_path / "a.zarr" / "scores").symlink_to("data")
    (tmp_path / "b.zarr").symlink_to("a.zarr")
    assert np.array_equal(opened(str(tmp_path / "b.zarr"))["scores"][:], SCORES)


class Loud:
    """A pickle of it runs code when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was loaded",)


@pytest.mark.parametrize("place", ["compressor", "filters"])
def test_codecs_of_zarr_load_no_pickles(place: str, tmp_path: Path) -> None:
    group = zarr.open_group(tmp_path / "a.zarr", mode="w", zarr_format=2)
    group.create_array("scores", data=SCORES, compressors=None)
    names = np.array(["a", "b", "c", "d"], np.dtypes.StringDType())
    group.create_array("clips", data=names, compressors=None)
    about = tmp_path / "a.zarr" / "clips" / ".zarray"
    metadata, codec = json.loads(about.read_text()), {"id": "pickle", "protocol": 5}
    metadata[place] = codec if place == "compressor" else [*metadata["filters"], codec]
    about.write_text(json.dumps(metadata))
    (tmp_path / "a.zarr" / "clips" / "0").write_bytes(pickle.dumps(Loud()))
    with pytest.raises(tt.InputError, match=r".*a.zarr cannot be read"):
        opened(str(tmp_path / "a.zarr"))["clips"][:]


def test_odd_names_in_an_archive_are_harmless(tmp_path: Path) -> None:
    odd: dict[str, Any] = {
        "../../up": SCORES,
        "/etc/passwd": SCORES,
        "a\\b": SCORES,
        "scores": SCORES,
    }
    np.savez(tmp_path / "a.npz", **odd)
    assert np.array_equal(read(str(tmp_path / "a.npz")).scores, SCORES)
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]
