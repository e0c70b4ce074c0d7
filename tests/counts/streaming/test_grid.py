"""`GridCounts`: the same state however clips are split, and a gap that is never exceeded."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
import tagthresh as tt
from strategies import Case, cases
from tagthresh.methods import METHODS
from tagthresh.metrics import as_metric

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REAL = [
    *(f"{name}/{part}.npz" for name in ("dcase2017", "dcase2019") for part in ("fit", "eval")),
    *(
        f"esc10_mix/{scorer}/fit.npz"
        for scorer in (
            *("yamnet_mean", "yamnet_max", "yamnet_int8_mean", "yamnet_int8_max"),
            "efficientat_mn04",
        )
    ),
]
METRICS = ["f1_micro", "f2_macro", "f0.5_weighted", "jaccard_micro", "jaccard_macro"]
COARSE = 4  # the least room there can be


def filled(case: Case, cells: int = 1 << 14) -> tt.GridCounts:
    """Grid of a case."""
    grid = tt.GridCounts(cells=cells)
    grid.update(case.y_true, case.y_score)
    return grid


def saved(grid: tt.GridCounts, folder: Path) -> bytes:
    """Bytes of the file of a grid."""
    grid.save(folder / "grid.npz")
    return (folder / "grid.npz").read_bytes()


def many(seed: int = 0, shape: tuple[int, int] = (400, 3)) -> Case:
    """Logits, too many for a small grid."""
    rng = np.random.default_rng(seed)
    y_true = (rng.random(shape) < 0.2).astype(np.int8)
    y_true[rng.random(shape) < 0.1] = -1
    return Case(y_true, (rng.normal(size=shape) + 2 * (y_true == 1)).astype(np.float32), None)


# The grid


@given(cases(weighted=False))
def test_fine_grid_vs_counts_in_memory(case: Case) -> None:
    """While scores have a cell each, everything is as `Counts` has it, to the bit."""
    scores = case.y_score.astype(np.float32)
    counts = tt.Counts.from_arrays(case.y_true, scores)
    grid = filled(case._replace(y_score=scores)).counts()
    assert grid.fingerprint == grid.optimistic.fingerprint == counts.fingerprint
    assert grid.dtype == counts.dtype


@pytest.mark.parametrize("method", ["exact", "hierarchical", "shared", "sgl"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_thresholds_on_a_fine_grid_are_those_in_memory(method: str, dtype: type) -> None:
    case = many()
    scores = case.y_score.astype(dtype)
    own, reference = (
        tt.find_thresholds(each, method=method)
        for each in (
            filled(case._replace(y_score=scores)),
            tt.Counts.from_arrays(case.y_true, scores),
        )
    )
    np.testing.assert_array_equal(own.thresholds.values, reference.thresholds.values)
    assert own.score == reference.score
    assert own.certificate is not None
    assert reference.certificate is not None
    assert own.certificate.gap <= reference.certificate.gap


# Any split, any order


@given(cases(max_clips=12, weighted=False), st.sampled_from([COARSE, 6, 9, 1 << 14]), st.data())
def test_state_is_the_same_for_any_split_and_order(
    case: Case, cells: int, data: st.DataObject
) -> None:
    n_clips = len(case.y_true)
    order = np.array(data.draw(st.permutations(range(n_clips))))
    ends = sorted(data.draw(st.lists(st.integers(0, n_clips), max_size=4)))
    added = data.draw(st.booleans())
    whole = filled(case, cells)
    parts: list[tt.GridCounts] = []
    for rows in (part for part in np.split(order, ends) if len(part)):
        if added or not parts:
            parts.append(tt.GridCounts(cells=cells))
        parts[-1].update(case.y_true[rows], case.y_score[rows])
        if data.draw(st.booleans()):
            parts[-1].counts()  # looking changes nothing
    assert_same(sum(parts[1:], parts[0]), whole)


def assert_same(one: tt.GridCounts, other: tt.GridCounts) -> None:
    """Check that two grids hold the same, and so give the same thresholds."""
    first, second = one._content(), other._content()  # noqa: SLF001
    assert first.keys() == second.keys()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)
    assert one.counts().fingerprint == other.counts().fingerprint


def test_state_is_the_same_where_cells_are_joined_on_the_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tagthresh.counts.streaming.grid.BLOCK", 64)
    case = many(shape=(3_000, 3))
    whole, parts = filled(case, 100), tt.GridCounts(cells=100)
    for rows in np.array_split(np.random.default_rng(0).permutation(3_000), 30):
        parts.update(case.y_true[rows], case.y_score[rows])
    assert saved(parts, tmp_path) == saved(whole, tmp_path)
    assert whole._joined > 5  # noqa: SLF001
    solutions = [tt.find_thresholds(grid, method="exact") for grid in (whole, parts)]
    assert solutions[0].thresholds.values.tobytes() == solutions[1].thresholds.values.tobytes()


@pytest.mark.parametrize("parts", [1, 2, 64])
@pytest.mark.parametrize("cells", [40, 1 << 14])
def test_state_is_the_same_whatever_parts_it_is_held_in(
    parts: int, cells: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = many(shape=(300, 7))
    state, wanted = saved(filled(case, cells), tmp_path), filled(case, cells).counts()
    monkeypatch.setattr("tagthresh.counts.streaming.grid.PARTS", parts)
    grid = filled(case, cells)
    assert saved(grid, tmp_path) == state
    assert grid.counts().fingerprint == wanted.fingerprint
    twice = grid + tt.GridCounts.load(tmp_path / "grid.npz")
    assert twice.counts().known.clips.tolist() == (2 * wanted.known.clips).tolist()


@pytest.mark.parametrize("cells", [COARSE, 50, 1_000])
def test_room_is_kept_and_used(cells: int) -> None:
    grid = filled(many(shape=(5_000, 4)), cells)
    used = sum(len(side.code) for side in grid._settled().values())  # noqa: SLF001
    assert used <= 4 * cells
    assert 2 * used >= 4 * cells


# The gap


def solved(given: Any, metric: str = "f1_micro", method: str = "exact") -> tt.Solution:
    """Solution, tags without positives being no matter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tt.UnseenTagWarning)
        return tt.find_thresholds(given, metric=metric, method=method)


@pytest.mark.parametrize("metric", METRICS)
@given(case=cases(max_clips=8, max_tags=2, weighted=False), cells=st.sampled_from([COARSE, 5, 7]))
def test_gap_is_never_exceeded_vs_brute_force(metric: str, case: Case, cells: int) -> None:
    found, goal = solved(filled(case, cells), metric), as_metric(metric)
    kinds = oracles.confusion(case.y_true, case.y_score, found.thresholds.values)
    assert oracles.value(goal, kinds.T) == pytest.approx(found.score, abs=1e-12)
    best = oracles.brute_force(case.y_true, case.y_score, goal)
    assert found.certificate is not None
    assert best - found.score <= found.certificate.gap + 1e-12


@pytest.mark.parametrize("cells", [COARSE, 20, 100, 1_000])
@pytest.mark.parametrize("metric", METRICS)
def test_gap_vs_exact_in_memory(metric: str, cells: int) -> None:
    case = many(shape=(3_000, 3))
    own, reference = (
        tt.find_thresholds(given, metric=metric, method="exact")
        for given in (filled(case, cells), tt.Counts.from_arrays(case.y_true, case.y_score))
    )
    assert own.certificate is not None
    assert 0 <= reference.score - own.score <= own.certificate.gap
    assert own.certificate.gap < {COARSE: 1, 20: 0.5, 100: 0.15, 1_000: 0.005}[cells]


@pytest.mark.parametrize("method", sorted({*METHODS} - {"coordinate_ascent"}))
@given(case=cases(max_clips=8, weighted=False), cells=st.sampled_from([COARSE, 6]))
@settings(max_examples=20)
def test_every_method_reaches_what_it_says(method: str, case: Case, cells: int) -> None:
    found = solved(filled(case, cells), method=method)
    kinds = oracles.confusion(case.y_true, case.y_score, found.thresholds.values)
    assert oracles.value(tt.metrics.FBeta(), kinds.T) == pytest.approx(found.score, abs=1e-12)
    assert found.certificate is not None
    best = oracles.brute_force(case.y_true, case.y_score, tt.metrics.FBeta())
    assert best - found.score <= found.certificate.gap + 1e-12


@pytest.mark.parametrize("cells", [COARSE, 30])
def test_limits_and_promises_hold_for_the_clips(cells: int) -> None:
    case = many(shape=(3_000, 3))
    counts = filled(case, cells).counts()
    for found in (tt.operating_point(counts, recall=0.7), tt.guarantee(counts, recall=0.6)):
        kinds = oracles.confusion(case.y_true, case.y_score, found.thresholds.values)
        np.testing.assert_array_equal(kinds, found.confusion)


def test_limits_of_thresholds_vs_those_in_memory() -> None:
    case = many(shape=(3_000, 3))
    limits: dict[str, Any] = {"fixed": {"0": 1.0}, "bounds": {"1": (-1.0, 0.5)}}
    own, reference = (
        tt.find_thresholds(given, method="exact", **limits)
        for given in (filled(case, 200), tt.Counts.from_arrays(case.y_true, case.y_score))
    )
    assert own.thresholds.values[0] == 1.0
    assert own.certificate is not None
    assert 0 <= reference.score - own.score <= own.certificate.gap
    with pytest.raises(tt.InputError, match=r"must not cut through a cell .* got 1.001 for tag"):
        tt.find_thresholds(filled(case, 20), method="exact", fixed={"2": 1.001})


def test_a_shared_threshold_stays_shared() -> None:
    values = solved(filled(many(), 30), method="shared").thresholds.values
    assert len(set(values.tolist())) == 1


def test_no_gap_is_told_where_none_is_known() -> None:
    def odd(tp: Any, fp: Any, fn: Any, tn: Any) -> Any:  # accepting positives lowers it
        return (fn + tn) / (tp + fp + fn + tn)

    metric = tt.metrics.FunctionMetric(odd, average="macro")
    assert tt.find_thresholds(filled(many()), metric=metric, method="exact").certificate is None


def test_saturated_scores_cost_nothing() -> None:
    """Many clips with one and the same score are told from a cell of different scores."""
    case = many(shape=(2_000, 2))
    scores = np.clip(case.y_score, 0, 1)
    grid = filled(case._replace(y_score=scores), 60)
    known = grid.counts()
    optimistic = known.optimistic
    assert grid._joined > 10  # noqa: SLF001
    for tag in range(2):
        for score in (np.float32(0), np.float32(1)):
            ties = np.sum((scores[:, tag] == score) & (case.y_true[:, tag] != -1))
            at = np.flatnonzero(optimistic.known.score[tag] == score)
            assert optimistic.known.count(tag)[at].sum() == ties
    assert known.highest_rejected(np.full(2, np.inf)).max() >= 1


def test_counts_of_a_grid_are_added_as_grids_only() -> None:
    of_grid = filled(many()).counts()
    in_memory = tt.Counts.from_arrays(many().y_true, many().y_score)
    for one, other in ((of_grid, of_grid), (of_grid, in_memory), (in_memory, of_grid)):
        with pytest.raises(tt.InputError, match="counts of a grid must be added as GridCounts"):
            one + other


@pytest.mark.parametrize("name", REAL)
def test_there_is_no_gap_on_real_data(name: str, real: Callable[[str], dict[str, Any]]) -> None:
    data = real(name)
    case = Case(data["labels"], data["scores"], None)
    best = tt.find_thresholds(tt.Counts.from_arrays(case.y_true, case.y_score), method="exact")
    found = solved(filled(case))
    assert found.certificate is not None
    assert (found.score, found.certificate.gap) == (best.score, 0.0)
    few = solved(filled(case, 256))  # less room than scores
    assert few.certificate is not None
    assert best.score - few.score <= few.certificate.gap < 0.05


# Feeding


def test_tags_are_matched_by_name() -> None:
    pandas = pytest.importorskip("pandas")
    case = many()
    labels = pandas.DataFrame(case.y_true, columns=["a", "b", "c"])
    scores = pandas.DataFrame(case.y_score, columns=["a", "b", "c"])
    straight, turned, other = (tt.GridCounts() for _ in range(3))
    straight.update(labels, scores)
    turned.update(labels[:100], scores[:100])
    turned.update(labels[100:][["b", "a", "c"]], scores[100:][["c", "b", "a"]])
    assert turned.counts().fingerprint == straight.counts().fingerprint
    other.update(labels[100:][["c", "a", "b"]], scores[100:][["c", "a", "b"]])
    first = tt.GridCounts(["a", "b", "c"])
    first.update(labels[:100], scores[:100])
    assert_same(first + other, straight)
    assert_same(sum([other, first]) + tt.GridCounts(), other + first)


def test_reset_forgets_clips_and_keeps_tags() -> None:
    grid = tt.GridCounts(["a", "b", "c"], cells=10)
    grid.update(many().y_true, many().y_score)
    grid.reset()
    with pytest.raises(tt.InputError, match="must hold clips"):
        grid.counts()
    grid.update(many(1).y_true, many(1).y_score)
    fresh = tt.GridCounts(["a", "b", "c"], cells=10)
    fresh.update(many(1).y_true, many(1).y_score)
    assert_same(grid, fresh)


@pytest.mark.parametrize("tags", [None, ["a", "b", "c"]])
def test_a_file_goes_on_where_the_grid_stopped(tags: list[str] | None, tmp_path: Path) -> None:
    first, second = many(), many(1)
    grid = tt.GridCounts(tags, cells=20)
    grid.update(first.y_true, first.y_score)
    grid.save(tmp_path / "grid.npz")
    loaded = tt.GridCounts.load(tmp_path / "grid.npz")
    for each in (grid, loaded):
        each.update(second.y_true, second.y_score)
    assert_same(loaded, grid)
    assert loaded.tags == grid.tags
    assert saved(loaded, tmp_path) == saved(grid, tmp_path)


def test_an_empty_grid_is_saved_too(tmp_path: Path) -> None:
    tt.GridCounts(cells=20).save(tmp_path / "grid.npz")
    loaded = tt.GridCounts.load(tmp_path / "grid.npz")
    assert (loaded.cells, loaded.n_clips, loaded.tags) == (20, 0, None)


def test_a_million_tags_take_what_is_in_use() -> None:
    grid = tt.GridCounts()
    y_true = np.zeros((2, 1_000_000), np.int8)
    y_true[0, ::1_000] = 1
    y_true[1, 1::2] = -1
    grid.update(y_true, np.full(y_true.shape, 0.5, np.float32))
    held = sum(values.nbytes for side in grid._settled().values() for values in side)  # noqa: SLF001
    assert held == 24 * 1_001_000  # a thousand tags have positives and negatives


# Bad input


def test_what_is_refused(tmp_path: Path) -> None:
    grid = filled(many())
    with pytest.raises(tt.InputError, match="y_score must have 3 tags, as before; got 1"):
        grid.update([[1]], [[0.5]])
    with pytest.raises(tt.InputError, match="same cells to be added; got 16384 and 5"):
        grid + tt.GridCounts(cells=5)
    with pytest.raises(tt.InputError, match="cells must be at least 4; got 3"):
        tt.GridCounts(cells=3)
    with pytest.raises(tt.InputError, match="must be added as GridCounts"):
        grid.counts() + grid.counts()
    with pytest.raises(tt.InputError, match="y_score must not be given with Counts"):
        tt.find_thresholds(grid, [[0.5]])
    with pytest.raises(TypeError):
        grid + 1  # type: ignore[operator]
    with pytest.raises(tt.InputError, match="cannot be read"):
        tt.GridCounts.load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schema_version", 3),
        ("n_tags", 1),
        ("n_clips", -1),
        ("joined", 40),
        ("dtype", "int8"),
        ("positive_clips", np.array([0], np.int64)),
        ("negative_code", np.array([3, 2], np.int64)),
        ("negative_code", np.array([1.0])),
        ("tags", np.array(["a"])),
        ("cells", None),
    ],
)
def test_a_file_that_is_no_grid_is_refused(name: str, value: Any, tmp_path: Path) -> None:
    path = tmp_path / "grid.npz"
    content = filled(many())._content() | {"schema_version": 1}  # noqa: SLF001 - without a digest
    if value is None:
        del content[name]
    else:
        content[name] = value
    np.savez(path, **content)
    with pytest.raises(tt.InputError, match=r"grid.npz is not a grid file: ."):
        tt.GridCounts.load(path)


CHANGES: dict[str, Any] = {
    "one clip more": lambda found: found | {"n_clips": found["n_clips"] + 1},
    "another score": lambda found: found | {"negative_extreme": found["negative_extreme"] - 1},
    "fewer clips": lambda found: found | {"positive_clips": found["positive_clips"] * 2},
    "other names": lambda found: found | {"tags": np.array(["x", "y", "z"])},
    "another type": lambda found: found | {"dtype": np.array("float16")},
    "an array more": lambda found: found | {"more": np.array(1)},
    "no digest": lambda found: {name: found[name] for name in found if name != "digest"},
    "a list for a digest": lambda found: found | {"digest": np.array(["a", "b"])},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_forged_file_with_good_checksums_is_refused(change: str, tmp_path: Path) -> None:
    path = tmp_path / "grid.npz"
    filled(many()).save(path)
    with np.load(path) as file:
        found = dict(file)
    np.savez(path, **found)
    assert tt.GridCounts.load(path).n_clips == found["n_clips"]
    np.savez(path, **CHANGES[change](found))
    with pytest.raises(tt.InputError, match=r"grid.npz is not a grid file: digest must match"):
        tt.GridCounts.load(path)


def test_files_of_the_first_version_are_read(tmp_path: Path) -> None:
    grid, path = filled(many()), tmp_path / "grid.npz"
    np.savez(path, **(grid._content() | {"schema_version": 1}))  # noqa: SLF001
    assert repr(tt.GridCounts.load(path)) == repr(grid)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("no grid")
    np.save(tmp_path / "one.npy", np.zeros(3))
    for name in ("text.npz", "one.npy"):
        with pytest.raises(tt.InputError, match="is not a grid file"):
            tt.GridCounts.load(tmp_path / name)
