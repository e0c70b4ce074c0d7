"""Errors: fields, one line, nothing that moves a terminal's cursor."""

from __future__ import annotations

import pickle

import pytest

from tagthresh.validation import InputError, Place


def test_fields_are_rendered_in_one_line() -> None:
    place = Place(file="dev.csv", clip=3, clip_name="a.wav", tag="Dog")
    error = InputError("labels", "must hold 0 or 1", "2", place, "Write 0 for a clip without it")
    assert str(error) == (
        "dev.csv: labels must hold 0 or 1; got 2 at clip 3 ('a.wav'), tag 'Dog'. "
        "Write 0 for a clip without it"
    )


@pytest.mark.parametrize("text", ["\n", "\x1b[2J", "\x9b31m", "\x00", "\u202e", "\ud800", "\u2028"])
def test_what_is_not_seen_is_escaped(text: str) -> None:
    message = str(InputError("tags", "must be distinct", f"a{text}b"))
    assert text not in message
    assert message.isprintable()


def test_long_values_are_cut() -> None:
    assert len(str(InputError("tags", "must be short", "a" * 10**6, remedy="b" * 10**6))) == 300


def test_an_error_survives_another_process() -> None:
    error = InputError("y_score", "must be finite", "nan", Place(clip=3, tag=0), "Do this")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (str(again), again.place, again.remedy) == (str(error), error.place, error.remedy)


def test_located_counts_clips_from_the_first_of_the_file() -> None:
    error = InputError("y_score", "must be finite", "nan", Place(clip=1, tag=0))
    moved = error.located(argument="scores", file="a.npy", first_clip=10, clips=["x", "y"])
    assert str(moved) == "a.npy: scores must be finite; got nan at clip 11 ('y'), tag 0"
