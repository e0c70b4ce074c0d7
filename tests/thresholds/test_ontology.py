"""Ontologies: labels closed upwards, decisions made consistent, and errors."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tagthresh as tt
from tagthresh.thresholds.apply import accepted_pairs

if TYPE_CHECKING:
    from pathlib import Path

NAMES = tuple("abcdefg")
# A tag's parents come after it in the alphabet: no cycles. Only some names are tags.
PAIRS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))
    .map(sorted)
    .filter(lambda pair: pair[0] != pair[1]),
    max_size=10,
)
TAGS = st.permutations(NAMES).flatmap(
    lambda names: st.integers(1, len(names)).map(lambda n: names[:n])
)


def ontology_of(pairs: list[Any]) -> tt.Ontology:
    return tt.Ontology.from_pairs([*((name, None) for name in NAMES), *pairs])


def climbs(pairs: list[Any], low: str, high: str) -> bool:
    """Whether steps from child to parent lead from one name to another."""
    return low == high or any(climbs(pairs, up, high) for child, up in pairs if child == low)


@given(PAIRS, TAGS, st.data())
def test_closed_labels_vs_walking_up(pairs: list[Any], tags: list[str], data: Any) -> None:
    shape = st.tuples(st.integers(1, 4), st.just(len(tags)))
    labels = data.draw(hnp.arrays(np.int8, shape, elements=st.sampled_from([0, 1, -1])))
    closed = ontology_of(pairs).close_labels(labels, tags)
    for clip, row in enumerate(labels):
        for tag, name in enumerate(tags):
            below = [climbs(pairs, low, name) and row[i] == 1 for i, low in enumerate(tags)]
            assert closed[clip, tag] == (1 if any(below) else row[tag])


@given(PAIRS, TAGS, st.data())
def test_consistent_decisions_are_those_of_closed_labels(
    pairs: list[Any], tags: list[str], data: Any
) -> None:
    shape = st.tuples(st.integers(0, 4), st.just(len(tags)))
    given_ = data.draw(hnp.arrays(bool, shape))
    ontology = ontology_of(pairs)
    found = ontology.consistent(given_, tags)
    assert found.dtype == bool
    if len(given_):
        np.testing.assert_array_equal(found, ontology.close_labels(given_, tags) == 1)
    np.testing.assert_array_equal(ontology.consistent(found, tags), found)
    sparse = ontology.consistent(scipy.sparse.csr_array(given_), tags)
    assert sparse.dtype == bool
    np.testing.assert_array_equal(sparse.toarray(), found)


def test_unknown_labels_in_every_form() -> None:
    ontology = tt.Ontology.from_pairs([("Dog", "Animal")])
    wanted = [[1, 1], [-1, -1], [0, -1], [-1, 0]]
    labels = np.array([[1, np.nan], [np.nan, np.nan], [0, np.nan], [np.nan, 0]])
    masked = np.ma.masked_invalid(labels)
    for form in (labels, masked, np.nan_to_num(labels, nan=-1)):
        assert ontology.close_labels(form, ["Dog", "Animal"]).tolist() == wanted


def test_frames_bring_their_names() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"Animal": [0, 0], "Dog": [1, 0]})
    ontology = tt.Ontology.from_pairs([("Dog", "Animal")])
    assert ontology.close_labels(frame).tolist() == [[1, 1], [0, 0]]
    assert ontology.consistent(frame.astype(bool)).tolist() == [[True, True], [False, False]]


AUDIOSET = [
    {"id": "/m/0jbk", "name": "Animal", "child_ids": ["/m/0bt9lr"], "restrictions": []},
    {"id": "/m/0bt9lr", "name": "Dog", "child_ids": ["/m/05tny_"], "restrictions": []},
    {"id": "/m/05tny_", "name": "Bark", "child_ids": [], "restrictions": []},
]


def test_both_forms_of_file(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text(json.dumps(AUDIOSET), "utf-8")
    text = "child,parent,note\nBark,Dog,x\n Dog ,Animal,\nAnimal\n"
    (tmp_path / "o.csv").write_text(text, "utf-8-sig")
    forms = [tt.Ontology.from_file(tmp_path / name) for name in ("o.json", "o.csv")]
    assert forms[0].parents == {"Animal": (), "Dog": ("Animal",), "Bark": ("Dog",)}
    assert dict(forms[0].parents) == dict(forms[1].parents)
    assert forms[1].consistent([[True, False]], ["Bark", "Animal"]).tolist() == [[True, True]]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("o.txt", "", "o.txt: the suffix must be one of .csv, .json"),
        ("o.csv", "child,up\nDog,Animal\n", "o.csv must have the columns child and parent"),
        ("o.csv", "child,parent\n", "must have the columns child and parent, and a row"),
        ("o.csv", "child,parent\n,Animal\n", "pairs must hold the name of a child and of a parent"),
        ("o.csv", "child,parent\na,b\nb,a\n", "o.csv: an ontology must have no cycle; got 'a' > "),
        ("o.csv", "child,parent\na,a\n", "o.csv: an ontology must have no cycle; got 'a' > 'a'"),
        ("o.csv", b"child,parent\n\xff,b\n", "cannot be read"),
        ("o.json", "{", "o.json is not an ontology"),
        ("o.json", "[1]", "must list objects with id, name and child_ids"),
        ("o.json", '{"id": 1}', "must list objects with id, name and child_ids"),
        ("o.json", '[{"id": "x", "name": "Dog"}]', "must list objects with id, name and child_ids"),
        (
            "o.json",
            '[{"id": "x", "name": 1, "child_ids": []}]',
            "name must be a string; got 1 at entry 0",
        ),
        (
            "o.json",
            '[{"id": "x", "name": "Dog", "child_ids": ["y"]}]',
            "child_ids of 'x' must be ids of entries; no entry has the id 'y'",
        ),
    ],
)
def test_files_that_are_no_ontology(
    tmp_path: Path, name: str, text: str | bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(tt.InputError) as error:
        tt.Ontology.from_file(tmp_path / name)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file(tmp_path: Path) -> None:
    for name in ("o.csv", "o.json"):
        with pytest.raises(tt.InputError, match="cannot be read"):
            tt.Ontology.from_file(tmp_path / name)


@pytest.mark.parametrize(
    "pair", ["DC", ("Dog",), ("Dog", "Pet", "Animal"), 3, (3, "Dog"), ("", "Dog"), ("Dog", 3)]
)
def test_pairs_that_are_none(pair: Any) -> None:
    with pytest.raises(tt.InputError, match="pairs must hold"):
        tt.Ontology.from_pairs([pair])


def test_tags_must_be_known() -> None:
    ontology = tt.Ontology.from_pairs([("Gunshot", "Noise")])
    with pytest.raises(tt.InputError, match="it lacks 'Gun shot'; did you mean 'Gunshot'"):
        ontology.close_labels([[1]], ["Gun shot"])
    with pytest.raises(tt.InputError, match="it lacks 'Rain'; name it with an empty parent"):
        ontology.consistent([[True]], ["Rain"])
    with pytest.raises(tt.InputError, match="tags must have names"):
        ontology.close_labels([[1]])
    with pytest.raises(tt.InputError, match="decisions must be True or False; got float64"):
        ontology.consistent([[0.5]], ["Noise"])


def test_evaluate_judges_consistent_decisions() -> None:
    rng = np.random.default_rng(0)
    tags = ["Bark", "Dog", "Animal", "Rain"]
    ontology = tt.Ontology.from_pairs([("Bark", "Dog"), ("Dog", "Animal"), ("Rain", "")])
    labels = ontology.close_labels(rng.choice([0, 1, -1], (60, 4)), tags)
    scores, weight = rng.random((60, 4)), rng.integers(0, 3, 60)
    thresholds = tt.Thresholds([0.6, 0.5, 0.7, 0.5], tags)
    on = scores >= thresholds.values
    on[:, 1] |= on[:, 0]
    on[:, 2] |= on[:, 1]
    as_scores = np.where(on, 1.0, 0.0)  # what such decisions are without an ontology
    alike = tt.Thresholds([0.5] * 4, tags)
    found = tt.evaluate(
        labels, scores, thresholds, tags=tags, sample_weight=weight, ontology=ontology
    )
    wanted = tt.evaluate(labels, as_scores, alike, tags=tags, sample_weight=weight)
    np.testing.assert_allclose(found.confusion, wanted.confusion, atol=1e-9)
    assert found.score("f1_samples") == pytest.approx(wanted.score("f1_samples"))
    counts = tt.Counts.from_arrays(labels, scores, tags=tags)
    with pytest.raises(tt.InputError, match="ontology needs rows"):
        tt.evaluate(counts, thresholds=thresholds, ontology=ontology)


def test_decisions_of_a_sparse_table_without_a_score_for_the_parent() -> None:
    ontology = tt.Ontology.from_pairs([("Dog", "Animal")])
    scores = scipy.sparse.csr_array(
        (np.array([0.9, 0.0]), (np.array([0, 1]), np.array([0, 1]))), shape=(2, 2)
    )
    table = tt.io.Table(scores, tags=("Dog", "Animal"))
    thresholds = tt.Thresholds([0.5, -1.0], ["Dog", "Animal"])
    columns = accepted_pairs(table, thresholds, ontology)
    assert columns["clip"].tolist() == ["0", "0", "1"]
    np.testing.assert_array_equal(columns["score"], [0.9, np.nan, 0.0])


def tags_on_above(parents: Any, on: set[str]) -> set[str]:
    """All names that are on or above one that is: the plain way."""
    reached, waiting = set(), list(on)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += parents[name]
    return reached


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("shape", ["dense", "sparse"])
def test_random_graphs_vs_walking_up(seed: int, shape: str) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 60))
    edges = rng.integers(0, size, (int(rng.integers(1, 4 * size)), 2))
    pairs = [(f"t{min(a, b)}", f"t{max(a, b)}") for a, b in edges.tolist() if a != b]
    pairs += pairs[:3]  # duplicates
    ontology = tt.Ontology.from_pairs([*((f"t{i}", None) for i in range(size)), *pairs])
    tags = [f"t{i}" for i in rng.permutation(size)[: int(rng.integers(1, size + 1))]]
    on = rng.random((8, len(tags))) < 0.1
    wanted = [
        [
            tag in tags_on_above(ontology.parents, {t for t, o in zip(tags, row, strict=True) if o})
            for tag in tags
        ]
        for row in on.tolist()
    ]
    found = ontology.consistent(scipy.sparse.csr_array(on) if shape == "sparse" else on, tags)
    np.testing.assert_array_equal(found.toarray() if shape == "sparse" else found, wanted)


N = 20_000
BIG: dict[str, list[Any]] = {
    "chain": [(f"t{i}", f"t{i + 1}") for i in range(N)],
    "wide": [(f"t{i}", f"t{N}") for i in range(N)],
    "many parents": [("t0", f"t{i}") for i in range(1, N + 1)],
    "diamonds": [(f"t{i}", f"t{i + j}") for i in range(N - 1) for j in (1, 2)] + [("t0", f"t{N}")],
    "every pair twice": [pair for i in range(N) for pair in [(f"t{i}", f"t{i + 1}")] * 2],
}


@pytest.mark.parametrize("form", BIG)
def test_large_graphs_are_small_in_memory(form: str) -> None:
    pairs = BIG[form]
    tracemalloc.start()
    ontology = tt.Ontology.from_pairs(pairs)
    on = np.zeros((3, 2), bool)
    on[1, 0] = True
    found = ontology.consistent(on, ["t0", f"t{N}"])
    sparse = ontology.consistent(scipy.sparse.csr_array(on), ["t0", f"t{N}"])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.tolist() == sparse.toarray().tolist() == [[False] * 2, [True] * 2, [False] * 2]
    assert peak < 100e6


def test_stored_zeros_are_no_decisions() -> None:
    ontology = tt.Ontology.from_pairs([("Dog", "Animal")])
    stored = scipy.sparse.csr_array((np.array([False]), (np.array([0]), np.array([0]))), (1, 2))
    assert not ontology.consistent(stored, ["Dog", "Animal"]).toarray().any()
    assert ontology.consistent(
        scipy.sparse.csr_array((0, 2), dtype=bool), ["Dog", "Animal"]
    ).shape == (0, 2)


def test_a_long_cycle_is_told_in_one_line() -> None:
    pairs = [(f"t{i}", f"t{(i + 1) % N}") for i in range(N)]
    with pytest.raises(tt.InputError, match="must have no cycle") as error:
        tt.Ontology.from_pairs(pairs)
    assert len(str(error.value)) <= 300
