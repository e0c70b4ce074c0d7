"""The fuzz harness: it finds what it must find, and a short run finds nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt
from fuzz import calls, inputs, oracle, readers
from fuzz.campaign import Campaign
from fuzz.content import content
from fuzz.forms import FORMS, Sample, npy_bytes
from fuzz.trial import FindingError, as_finding, check_message, quiet
from tagthresh.io.npy import NpyRows

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = Path(__file__).parent / "fuzz" / "run.py"
SCORES = np.array([[0.9, 0.1], [0.3, 0.4], [0.2, 0.6]])
LABELS = np.array([[1, 0], [0, 1], [0, 1]])


def sample(scores: Any = SCORES) -> Sample:
    files = {"in.npy": npy_bytes(scores), "labels.npy": npy_bytes(LABELS)}
    return Sample(files, "in.npy", "labels.npy")


def trial(made: Sample, folder: Path) -> str:
    inputs.write(made, folder / "trial")
    with quiet():
        return readers.read(folder / "trial", made)


def test_a_valid_file_is_read(tmp_path: Path) -> None:
    assert trial(sample(), tmp_path) == "read"


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    made = sample()
    made.files["in.npy"], made.legal = made.files["in.npy"][:90], False
    assert trial(made, tmp_path) == "refused"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda values: values[::-1], "misread"),
        (lambda values: values * 2, "misread"),
        (lambda values: values[:, :1], "misread"),
        (lambda values: values[0, 9], "exception"),
        (lambda _: tt.io.read("not there.npy"), "message"),
        (lambda _: int("x" * 400), "exception"),
    ],
)
def test_a_reader_with_a_fault_is_found(
    change: Callable[[Any], Any], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = NpyRows.__getitem__
    monkeypatch.setattr(NpyRows, "__getitem__", lambda rows, part: change(right(rows, part)))
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is
        trial(sample(), tmp_path)
    assert as_finding(raised.value).kind == kind


def test_a_valid_file_that_is_refused_is_found(tmp_path: Path) -> None:
    made = sample()
    made.files["in.npy"] = b"broken"
    with pytest.raises(FindingError, match="refused"):
        trial(made, tmp_path)


@pytest.mark.parametrize(
    "text", ["two\x0blines", "escape \x1b[2J", "set allow_pickle=True", "another.npz is broken"]
)
def test_bad_messages_are_found(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tt.InputError, "__str__", lambda _: text)
    with pytest.raises(FindingError, match="message"):
        check_message(tt.InputError("x", "y"), ("in.npy",))


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_oracle_reads_what_was_written(form: str, tmp_path: Path) -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        drawn = content(rng)
        made = FORMS[form](rng, drawn)
        inputs.write(made, tmp_path / "trial")
        found = readers.expected(tmp_path / "trial", made)
        assert found is not None
        tags, clips = found["tags"] or drawn.tags, found["clips"] or drawn.clips
        columns = [drawn.tags.index(tag) for tag in tags]
        rows = [drawn.clips.index(clip) for clip in clips]
        np.testing.assert_array_equal(found["scores"], drawn.scores[rows][:, columns])
        np.testing.assert_array_equal(found["labels"], drawn.labels[rows][:, columns])


def test_a_number_always_stands_for_the_same_trial() -> None:
    for number in range(60):
        one = inputs.sample_of(3, number)[2]
        inputs.valid.cache_clear()
        assert inputs.sample_of(3, number)[2] == one
        assert calls.call_of(3, number).changes == calls.call_of(3, number).changes


def test_the_oracle_adds_up_entries_that_are_stored_twice() -> None:
    parts = {"format": np.array("csr"), "shape": np.array([1, 2]), "indptr": np.array([0, 2])}
    stored = oracle.sparse({**parts, "indices": np.array([1, 1]), "data": np.array([0.25, 0.5])})
    assert stored.tolist() == [[0.0, 0.75]]


def test_a_worker_that_dies_or_hangs_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fuzz.campaign.LONGEST", 3.0)

    def attempt(number: int, _folder: Path, entry: dict[str, Any]) -> str:
        entry |= {"group": "made", "size": 0, "changes": []}
        if number == 2:
            os._exit(3)
        while number == 5:
            pass
        return "read"

    found = Campaign(attempt, lambda _: ("made", 0, []), range(8), tmp_path).run()
    wrong = {entry["number"]: entry["finding"]["kind"] for entry in found if "finding" in entry}
    assert wrong == {2: "crash", 5: "hang"}
    assert sorted(entry["number"] for entry in found if entry["outcome"] == "read") == [
        0,
        1,
        3,
        4,
        6,
        7,
    ]


@pytest.mark.slow
def test_a_short_run_finds_nothing(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    command = [sys.executable, str(RUN), "--inputs", "5000", "--calls", "2500", "--seed", "5"]
    done = subprocess.run(
        [*command, "--record", str(record)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(record.read_text())
    assert result["inputs"]["tried"] == 5000
    assert result["calls"]["tried"] == 2500
