"""Text that is no CSV is refused by its separator, its encoding or its comment."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tagthresh as tt
from tagthresh import io

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = "clip,Dog,Rain\na,0.93,0.11\nb,0.1,0.8\n"
SCORES = [[0.93, 0.11], [0.1, 0.8]]


@pytest.mark.parametrize("suffix", [".csv", ".CSV", ".txt", ".csv.gz", ".txt.gz"])
def test_commas_are_read(tmp_path: Path, suffix: str) -> None:
    packed = gzip.compress(PLAIN.encode(), mtime=0) if suffix.endswith(".gz") else PLAIN.encode()
    (tmp_path / f"a{suffix}").write_bytes(packed)
    np.testing.assert_array_equal(io.read(str(tmp_path / f"a{suffix}")).scores, SCORES)


@pytest.mark.parametrize("suffix", [".tsv", ".txt", ".tsv.gz", ".txt.gz"])
def test_tabs_are_read(tmp_path: Path, suffix: str) -> None:
    text = PLAIN.replace(",", "\t").replace("Dog", "Dog, bark").encode()
    packed = gzip.compress(text, mtime=0) if suffix.endswith(".gz") else text
    (tmp_path / f"a{suffix}").write_bytes(packed)
    table = io.read(str(tmp_path / f"a{suffix}"))
    np.testing.assert_array_equal(table.scores, SCORES)
    assert table.tags == ("Dog, bark", "Rain")


REFUSED = {
    "semicolons": (PLAIN.replace(",", ";"), "the file has semicolons"),
    "decimal commas": (
        "clip;Dog;Rain\na;0,93;0,11\nb;0,10;0,80\n",
        "semicolons and decimal commas",
    ),
    "read as commas": ("clip;Dog, bark\na.wav;0,93\nb.wav;0,11\n", "semicolons and decimal comma"),
    "all decimal commas": ("clip;D,x;R\na;0,9;0\n", "semicolons and decimal commas"),
    "tabs": (PLAIN.replace(",", "\t"), "the file has tabs"),
    "a comma in a tag": ("clip\tDog, bark\tRain\na\t0.93\t0.11\n", "the file has tabs"),
    "bars": (PLAIN.replace(",", "|"), "the file has vertical bars"),
    "quoted semicolons": ('"clip";"Dog, bark"\n"a";0.9\n', "the file has semicolons"),
    "decimal commas alone": ('clip,Dog\na,"0,93"\n', "decimals with a point"),
    "a comment": ("# made by x, y\nclip,Dog,Rain\na,0.9,0.1\n", "it is a comment"),
    "a comment as wide": ("# x,y,z\nclip,Dog,Rain\na,0.9,0.1\n", "it is a comment"),
    "no spaces": ("clip Dog\na 0.9\n", "one column"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_another_separator_is_named(tmp_path: Path, kind: str) -> None:
    text, message = REFUSED[kind]
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(tt.InputError, match=message) as caught:
        io.read(str(tmp_path / "a.csv"))
    assert str(caught.value).startswith(str(tmp_path / "a.csv"))


def test_commas_in_tsv_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(PLAIN)
    with pytest.raises(tt.InputError, match=r"must be tabs; the file has commas.*\.csv"):
        io.read(str(tmp_path / "a.tsv"))


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("utf-16", "got UTF-16"),
        ("utf-32", "got UTF-32"),
        ("utf-16-le", "got UTF-16 or binary"),
        ("utf-16-be", "got UTF-16 or binary"),
        ("latin-1", "byte 0xe9 of line 0 is not"),
        ("cp1252", "byte 0xe9 of line 0 is not"),
    ],
)
def test_another_encoding_is_named(tmp_path: Path, encoding: str, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(PLAIN.replace("Dog", "Dé").encode(encoding))
    with pytest.raises(tt.InputError, match=message) as caught:
        io.read(str(tmp_path / "a.csv"))
    assert "\0" not in str(caught.value)


def test_an_odd_byte_far_down_is_found(tmp_path: Path) -> None:
    text = b"clip,Dog\n" + b"a,0.1\n" * 400_000 + b"\xe9,0.2\n"
    (tmp_path / "a.csv").write_bytes(text)
    with pytest.raises(tt.InputError, match="byte 0xe9 of line 400001 is not"):
        io.read(str(tmp_path / "a.csv"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(PLAIN.encode(), mtime=0), r"got gzip. Let its name end in .gz"),
        (b"PK\3\4..", "zip"),
    ],
)
def test_packed_files_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(tt.InputError, match=message):
        io.read(str(tmp_path / "a.csv"))


@pytest.mark.parametrize(
    "text",
    [
        "clip,Dog; bark,Rain|x\na,0.1,0.2\n",
        "clip,Dog;bark\na;b.wav,0.9\n",
        "clip,a|b\nx|y,0.9\n",
        "file,Dog\na\tb,0.5\n",
        'clip,"Dog, bark"\n"a, b",0.9\n',
    ],
)
def test_other_signs_in_names_are_no_separators(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert io.read(str(tmp_path / "a.csv")).scores.shape[0] == 1


@pytest.mark.parametrize("length", [1_000_000, 1_048_576, 3_000_000])
@pytest.mark.parametrize("quoted", [False, True])
def test_long_lines_are_read(tmp_path: Path, length: int, *, quoted: bool) -> None:
    name = "x" * length
    cell = f'"{name}"' if quoted else name
    (tmp_path / "a.csv").write_text(f"clip,Dog\n{cell},0.5\nb,0.25\n")
    table = io.read(str(tmp_path / "a.csv"))
    assert table.clips == (name, "b")
    np.testing.assert_array_equal(table.scores, [[0.5], [0.25]])


def test_a_long_header_is_read(tmp_path: Path) -> None:
    tags = [f"a rather long name of tag {i}" for i in range(40_000)]
    row = ",".join(["0.5"] * len(tags))
    (tmp_path / "a.csv").write_text(f"clip,{','.join(tags)}\na,{row}\nb,{row}\n")
    table = io.read(str(tmp_path / "a.csv"))
    assert table.tags == tuple(tags)
    assert table.scores.shape == (2, 40_000)


def test_empty_lines_of_one_column_are_empty_cells(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Dog\n1\n\n0\n\n")
    np.testing.assert_array_equal(io.read(str(tmp_path / "a.csv")).scores, [[1], [np.nan], [0]])


@pytest.mark.parametrize("cell", ["0x10", "0X1f", "0xFF", "0x0"])
def test_hexadecimal_numbers_are_refused(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"clip,Dog,Rain\n0x10,0.5,{cell}\nb,0.1,3\n")
    with pytest.raises(
        tt.InputError, match=r"a\.csv: column 'Rain' must hold decimal numbers; got"
    ):
        tt.io.read(str(path))


def test_names_may_look_hexadecimal(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("clip,0x1f\n0x10,0.5\nb,0.1\n")
    table = tt.io.read(str(path))
    assert (table.clips, table.tags) == (("0x10", "b"), ("0x1f",))


def test_a_tag_may_be_called_by_the_sign_of_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("#,Speech\n1,0.5\n0.2,3\n")
    assert tt.io.read(str(path)).tags == ("#", "Speech")


@pytest.mark.parametrize("header", ["clip\tDog", "clip;Dog", "Dog\tRain\tCat", "a;b;c"])
@pytest.mark.parametrize("cells", ["1\n0\n", "-1\n\n", "0.5\n0.25\n"])
def test_an_only_column_with_separators_in_its_name_is_refused(
    tmp_path: Path, header: str, cells: str
) -> None:
    (tmp_path / "a.csv").write_text(f"{header}\n{cells}", "utf-8")
    with pytest.raises(tt.InputError, match=r"a\.csv"):
        tt.io.read(str(tmp_path / "a.csv"))


@pytest.mark.parametrize("names", [("+1", "0.1"), ("7", "8"), ("1e5", "-0")])
def test_a_first_column_called_tag_is_read_like_any_other(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    (tmp_path / "a.csv").write_text(f"tag,Dog\n{names[0]},1\n{names[1]},0\n", "utf-8")
    (tmp_path / "b.csv").write_text("tag,Dog\na.wav,1\nb.wav,0\n", "utf-8")
    assert tt.io.read(str(tmp_path / "a.csv")).tags == ("tag", "Dog")
    assert tt.io.read(str(tmp_path / "b.csv")).clips == ("a.wav", "b.wav")
