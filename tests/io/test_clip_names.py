"""Names in a first column, and of tags and groups, stay as they stand in the file."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

import tagthresh as tt
from tagthresh import io
from tagthresh.io.array_files import opened

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [
    ["2021-05-10T18:00:00+0200", "2021-05-10T18:00:03+0200"],
    ["2021-05-10 18:00", "2021-05-10 18:01"],
    ["2021-05-10", "2021-05-11"],
    ["18:00:00", "18:00:03"],
    ["007", "008"],
    ["00123", "64760"],
    ["NA", "a"],
    ["null", "nan"],
    ["1e5", "x"],
    ["true", "yes"],
    ["true", "1"],
    ["0", "False"],
    [" a", "a "],
    ['say "miau"', "a,b"],
    ["two\nlines", "one"],
    ["0x10", "1_000"],
    ["0x10", "0x20"],
    ["119", "0X1f"],
    ["-0xA", "3"],
    ["+0x0", "0.5"],
    ["日本", "é"],
]


def written(path: Path, rows: list[list[Any]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


@pytest.mark.parametrize("first", ["clip", "time", "file"])
@pytest.mark.parametrize("names", NAMES, ids=" ".join)
def test_a_first_column_of_text_is_kept(tmp_path: Path, first: str, names: list[str]) -> None:
    rows: list[list[Any]] = [[first, "Dog", "Rain"], *([name, 0.9, 0.1] for name in names)]
    table = io.read(written(tmp_path / "a.csv", rows))
    assert table.clips == tuple(names)
    assert table.tags == ("Dog", "Rain")


@pytest.mark.parametrize("names", NAMES, ids=" ".join)
def test_names_of_a_long_table_are_kept(tmp_path: Path, names: list[str]) -> None:
    rows: list[list[Any]] = [
        ["clip", "tag", "score", "place"],
        *([n, n, 0.5, names[0]] for n in names),
    ]
    table = io.read(written(tmp_path / "a.csv", rows), group_column="place")
    assert table.clips == table.tags == tuple(names)


def test_applied_names_are_those_of_the_file(tmp_path: Path) -> None:
    names = NAMES[0]
    path = written(tmp_path / "a.csv", [["time", "Dog"], *([name, 0.9] for name in names)])
    from tagthresh.thresholds.apply import accepted_pairs

    columns = accepted_pairs(io.read(path), tt.Thresholds([0.5], ["Dog"]))
    assert columns["clip"].tolist() == names


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n#"), min_size=1, max_size=9)


@given(names=st.lists(cell, min_size=1, max_size=5), seed=st.integers(0, 2**32 - 1))
def test_reading_vs_plain_oracle(
    names: list[str], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Compare with Python's csv module, for names of any characters."""
    scores = np.random.default_rng(seed).random((len(names), 2))
    rows = [
        ["file", "Dog", "Rain"],
        *([n, *s.tolist()] for n, s in zip(names, scores, strict=True)),
    ]
    path = written(tmp_path_factory.mktemp("oracle") / "a.csv", rows)
    if all(_is_number(name) for name in names):
        return  # a column of numbers may be a tag
    table = io.read(path)
    assert table.clips == tuple(names)
    np.testing.assert_array_equal(table.scores, scores)


def _is_number(name: str) -> bool:
    text = name.strip()
    try:
        float(text)
    except ValueError:
        return text.lower() in {"true", "false", "na", "null", "n/a", "#na", "#n/a", "", "nan"}
    return True


REFUSED = {
    "timestamps": pa.array([0, 1], pa.timestamp("us")),
    "dates": pa.array([dt.date(2021, 5, 10)] * 2),
    "times": pa.array([dt.time(18)] * 2),
    "floats": pa.array([1.5, 2.5]),
    "decimals": pa.array([Decimal("1.50"), Decimal("2.5")]),
    "truth": pa.array([True, False]),
    "lists": pa.array([["a"], ["b"]]),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_parquet_names_that_are_no_text_are_refused(tmp_path: Path, kind: str) -> None:
    path = str(tmp_path / "a.parquet")
    parquet.write_table(pa.table({"clip": REFUSED[kind], "Dog": [0.1, 0.2]}), path)
    with pytest.raises(tt.InputError, match=r"column 'clip' must hold text.*astype\(str\)"):
        io.read(path)
    with pytest.raises(tt.InputError, match=r"column 'clip' must hold text"):
        opened(path)["clips"][:2]


KEPT = {
    "dictionary": pa.array(["a", "007"]).dictionary_encode(),
    "dictionary of numbers": pa.array([7, 8]).dictionary_encode(),
    "large text": pa.array(["a", "007"], pa.large_string()),
    "bytes": pa.array([b"a", b"007"]),
    "padded bytes": pa.array([b"a\0\0", b"007"], pa.binary(3)),
    "whole numbers": pa.array([64760, 7]),
}


@pytest.mark.parametrize("kind", KEPT)
def test_parquet_names_are_kept(tmp_path: Path, kind: str) -> None:
    path = str(tmp_path / "a.parquet")
    parquet.write_table(pa.table({"clip": KEPT[kind], "Dog": [0.1, 0.2]}), path)
    plain = [v.decode().rstrip("\0") if isinstance(v, bytes) else v for v in KEPT[kind].to_pylist()]
    assert io.read(path).clips == tuple(map(str, plain))
    assert list(opened(path)["clips"][:2]) == list(map(str, plain))
