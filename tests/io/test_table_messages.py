"""Messages on tables name what the file has, in its own words, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt
from tagthresh import io

if TYPE_CHECKING:
    from pathlib import Path

SCORES = "clip,Dog,Rain\na,0.9,0.1\nb,0.2,0.8\n"
LABELS = {
    "clip,Dog,Rain\na,yes,no\nb,no,yes\n": "got 'yes'. Labels are 1 for yes and 0 for no",
    "clip,Dog\na,positive\nb,negative\n": "got 'positive'. Labels are 1 for yes and 0 for no",
    'fname,labels,split\na,"Dog,Rain",val\nb,Rain,val\n': "'Dog,Rain'. A list of labels is no col",
    "clip,labels\na,Dog|Rain\nb,Rain\n": "got 'Dog|Rain'. A list of labels is no column",
    "clip,labels\na,['Dog']\nb,[]\n": "A list of labels is no column",
    "clip,Dog,Rain\na,NA,0\nb,?,1\n": "got '?'. Leave the cell empty where a label is unknown",
    ",filename,Dog,Rain\n0,a,1,0\n1,b,0,1\n": "Only a first column names clips: call it clip",
    "clip,site,Dog\na,x,1\nb,x,0\n": "give --group-column 'site'; if it is no tag, --ignore 'site'",
    "clip,tag\na,Dog\nb,Rain\n": "a long table needs a column 'label'; it has clip, tag",
    "clip,tag,target\na,Dog,1\n": "needs a column 'label'; it has clip, tag, target. Rename the o",
    "clip,Dog,year\na,1,2021\nb,0,2022\n": "column 'year' must hold labels: 0, 1 or unknown",
    "clip,Dog,when\na,1,2021-05-10\nb,0,2022-01-01\n": "'when' must hold numbers; got 2021-05-10",
}


@pytest.mark.parametrize("text", LABELS)
def test_labels_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.csv").write_text(SCORES)
    (tmp_path / "l.csv").write_text(text)
    with pytest.raises(tt.InputError) as caught:
        io.read_labelled(str(tmp_path / "s.csv"), str(tmp_path / "l.csv"))
    message = str(caught.value)
    assert LABELS[text] in message
    assert message.startswith(f"{tmp_path / 'l.csv'}: ")
    assert len(message) <= 300 + len(str(tmp_path))
    assert "\n" not in message


@pytest.mark.parametrize("other", ["prob", "probability", "p", "Score", "y_score"])
def test_a_long_table_names_its_columns(tmp_path: Path, other: str) -> None:
    (tmp_path / "a.csv").write_text(f"clip,tag,{other},target\na,Dog,0.9,1\n")
    message = f"a long table needs a column 'score'; it has clip, tag, {other}, target"
    with pytest.raises(tt.InputError, match=message):
        io.read(str(tmp_path / "a.csv"))


@pytest.mark.parametrize(
    ("name", "kind", "what"),
    [
        ("tags", "str", "tags are Python objects, as a pandas Index gives"),
        ("clips", "str", "clips are Python objects, as a pandas Index gives"),
        ("audio_name", "str", "audio_name are Python objects, as a pandas Index gives"),
        ("scores", "float", "scores are Python objects"),
        ("target", "float", "target are Python objects"),
        ("weights", "float", "weights are Python objects"),
    ],
)
def test_python_objects_are_never_loaded(tmp_path: Path, name: str, kind: str, what: str) -> None:
    arrays: dict[str, Any] = {} if name == "scores" else {"clipwise_output": np.eye(2)}
    np.savez(tmp_path / "a.npz", **arrays | {name: np.array([["a", None]] * 2, object)})
    with pytest.raises(tt.InputError, match=what) as caught:
        io.read(str(tmp_path / "a.npz"))
    assert f"save np.array({name}, dtype={kind})" in str(caught.value)
    assert "pickle" not in str(caught.value)


def test_objects_in_npy(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[1, None]], object))
    with pytest.raises(tt.InputError, match="its matrix is of Python objects") as caught:
        io.read(str(tmp_path / "a.npy"))
    assert "pickle" not in str(caught.value)


def test_a_clip_without_detections(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("clip,tag,score\na,Dog,0.9\nb,Dog,0.6\nb,Rain,0.7\n")
    (tmp_path / "l.csv").write_text("clip,Dog,Rain\na,1,0\nb,0,1\nc,0,1\n")
    with pytest.raises(tt.InputError, match=r"lacks 'c'. If nothing is detected in it, give 'c'"):
        io.read(str(tmp_path / "s.csv"), str(tmp_path / "l.csv"))
