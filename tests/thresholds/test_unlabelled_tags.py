"""Tags without any known label are never given, unless the caller asks for something else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tagthresh as tt
from tagthresh.datasets.simulate import audioset_shaped

METHODS = ("hierarchical", "exact", "shared", "constant", "sgl", "numerical_gradient")
TAGS = tuple(f"tag{i}" for i in range(12))


def clips() -> tuple[Any, Any]:
    """Labels of which tag 3 has none, and tag 5 negatives only."""
    simulation = audioset_shaped(600, random_state=2)
    labels, scores = simulation.labels[:, :12].astype(int), simulation.scores[:, :12]
    labels[:, 3] = -1
    labels[labels[:, 5] == 1, 5] = -1
    return labels, scores


def thresholds(method: str, **options: Any) -> Any:
    labels, scores = clips()
    with pytest.warns(tt.UnseenTagWarning):
        return tt.find_thresholds(labels, scores, method=method, tags=TAGS, **options)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_never_gives_them(method: str) -> None:
    solution = thresholds(method)
    assert np.isinf(solution.thresholds.values[3])
    assert solution.evidence.status[3] == "no labels"
    assert solution.evidence.status[5] == "no positives"
    assert solution.thresholds.origin.method == as_without_rule(method)


def as_without_rule(method: str) -> Any:
    origin = thresholds(method, cv=None).thresholds.origin
    assert "fixed" not in origin.method
    return origin.method


def test_the_others_are_what_they_were() -> None:
    labels, scores = clips()
    kept = np.delete(np.arange(12), 3)
    for method in ("exact", "shared"):
        found = thresholds(method).thresholds.values[kept]
        with pytest.warns(tt.UnseenTagWarning):
            alone = tt.find_thresholds(labels[:, kept], scores[:, kept], method=method)
        np.testing.assert_array_equal(found, alone.thresholds.values)


def test_those_with_negatives_keep_the_cut_of_the_method() -> None:
    assert np.isfinite(thresholds("hierarchical").thresholds.values[5])
    assert np.isinf(thresholds("exact").thresholds.values[5])


def test_the_prior_is_the_cut_that_other_tags_suggest() -> None:
    solution = thresholds("hierarchical", unseen="prior")
    others = np.delete(solution.thresholds.values, [3, 5])
    assert others.min() <= solution.thresholds.values[3] <= others.max()
    assert solution.thresholds.values[5] == thresholds("hierarchical").thresholds.values[5]


@pytest.mark.parametrize("method", METHODS[1:])
def test_only_one_method_has_a_prior(method: str) -> None:
    labels, scores = clips()
    with pytest.raises(tt.InputError, match='since only "hierarchical" has a prior; got'):
        tt.find_thresholds(labels, scores, method=method, unseen="prior")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("unseen", ["shared", "never", 0.25])
def test_a_rule_covers_them_too(method: str, unseen: Any) -> None:
    solution = thresholds(method, unseen=unseen)
    shared = thresholds("shared").thresholds.values[0]
    wanted = {"shared": shared, "never": np.inf}.get(unseen, unseen)
    assert solution.thresholds.values[[3, 5]].tolist() == [wanted, wanted]


def test_bounds_and_fixed_come_first() -> None:
    bounded = thresholds("hierarchical", bounds={"tag3": (None, 0.3)})
    assert bounded.thresholds["tag3"] == 0.3
    fixed = thresholds("exact", fixed={"tag3": 0.2})
    assert fixed.thresholds["tag3"] == 0.2


def test_counts_sparse_and_parts_agree() -> None:
    labels, scores = clips()
    with pytest.warns(tt.UnseenTagWarning) as warned:
        counts = tt.find_thresholds(tt.Counts.from_arrays(labels, scores))
    assert [str(one.message) for one in warned] == [
        (
            '1 of 12 tags: no clip has a known label; they are never given, which unseen="prior" '
            "changes: 3"
        ),
        "1 of 12 tags: no clip is known to be positive: 5",
    ]
    with pytest.warns(tt.UnseenTagWarning):
        shards = tt.find_thresholds(tt.Shards.from_arrays(labels, scores))
    assert np.isinf(counts.thresholds.values[3])
    np.testing.assert_array_equal(counts.thresholds.values, shards.thresholds.values)


@pytest.mark.parametrize("method", METHODS)
def test_labels_may_all_be_unknown(method: str) -> None:
    scores = [[0.1, 0.7], [0.2, 0.3]]
    for labels in ([[-1, -1], [-1, -1]], [[-1, 0], [-1, 0]]):
        with pytest.warns(tt.UnseenTagWarning):
            solution = tt.find_thresholds(labels, scores, method=method)
        assert np.isinf(solution.thresholds.values[0])
        assert solution.expected is None


def test_no_cross_fitting_without_a_known_label() -> None:
    with pytest.warns(tt.UnseenTagWarning):
        solution = tt.find_thresholds([[-1], [-1]], [[0.1], [0.2]], cv=2)
    assert np.isinf(solution.thresholds.values[0])


@pytest.mark.parametrize("method", ["hierarchical", "exact"])
def test_their_interval_is_never_too(method: str) -> None:
    solution = thresholds(method, cv=3, bootstrap=40)
    table = solution.table
    assert [table[name][3] for name in ("threshold_low", "threshold_high")] == [np.inf, np.inf]
    assert np.isfinite(table["threshold_low"][0])
