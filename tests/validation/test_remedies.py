"""Matrices that are not what they should be are refused with the exact mend, and the mend works."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier

import tagthresh as tt

N_CLIPS, N_TAGS = 20, 4
RNG = np.random.default_rng(0)
Y_TRUE = (RNG.random((N_CLIPS, N_TAGS)) < 0.5).astype(int)
FEATURES = RNG.random((N_CLIPS, 3))
SCORES = RNG.random((N_CLIPS, N_TAGS)).astype(np.float32)
STACK = "np.stack([p[:, 1] for p in y_score], axis=1)"
STACK_CLASSES = "np.stack([p[:, -1] * c[-1] for p, c in zip(y_score, model.classes_)], axis=1)"
STACK_FRAMES = "np.stack([clip.max(axis=0) for clip in y_score])"


def refused(y_score: Any, y_true: Any = Y_TRUE) -> str:
    """Return the message with which scores are refused."""
    with pytest.raises(tt.InputError) as error:
        tt.find_thresholds(y_true, y_score, method="exact", cv=None)
    assert len(str(error.value)) <= 300
    return str(error.value)


def mended(message: str, mend: str, y_score: Any, model: Any = None) -> Any:
    """Return what an expression that a message names makes of the scores."""
    assert mend in message
    return eval(mend, {"np": np, "y_score": y_score, "model": model, "zip": zip})  # noqa: S307


def frames(clip: int) -> Any:
    """Scores of a clip's frames, more of them in every other clip."""
    return np.repeat(SCORES[[clip]], 2 + clip % 2, axis=0)


@pytest.mark.parametrize("container", [list, tuple])
@pytest.mark.parametrize("constant", [None, 0, 1])
def test_the_list_of_multioutputclassifier(container: Any, constant: int | None) -> None:
    labels = Y_TRUE.copy()
    if constant is not None:
        labels[:, 2] = constant
    kind = LogisticRegression() if constant is None else _Either()
    model = MultiOutputClassifier(kind).fit(FEATURES, labels)
    y_score = container(model.predict_proba(FEATURES))
    message = refused(y_score)
    assert "one array per tag, as predict_proba of MultiOutputClassifier" in message
    scores = mended(message, STACK if constant is None else STACK_CLASSES, y_score, model)
    assert scores.shape == (N_CLIPS, N_TAGS)
    if constant is not None:
        assert (scores[:, 2] == constant).all()
    with pytest.raises(tt.InputError, match="as predict_proba"):
        tt.evaluate(Y_TRUE, y_score, tt.Thresholds([0.5] * N_TAGS))


class _Either(LogisticRegression):  # type: ignore[misc]
    """A model that takes tags of a single class too, as trees do."""

    def fit(self, x: Any, y: Any, *args: Any, **options: Any) -> Any:
        """Fit, or remember the only class."""
        if len(set(y)) > 1:
            return super().fit(x, y, *args, **options)
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, x: Any) -> Any:
        """Probability of each class."""
        return np.ones((len(x), 1)) if len(self.classes_) == 1 else super().predict_proba(x)


@pytest.mark.parametrize(
    ("y_score", "mend"),
    [
        (SCORES[:, :, None], "y_score[:, :, 0]"),
        (SCORES[None], "y_score[0]"),
        (np.stack([SCORES] * 3, axis=1), "y_score.max(axis=1)"),
        (np.stack([1 - SCORES, SCORES], axis=2), "y_score[:, :, 1]"),
        ([frames(clip) for clip in range(N_CLIPS)], STACK_FRAMES),
        ([frames(2 * clip) for clip in range(N_CLIPS // 2)], STACK_FRAMES),
    ],
)
def test_three_dimensions(y_score: Any, mend: str) -> None:
    assert mended(refused(y_score), mend, y_score).ndim == 2


def test_other_numbers_of_dimensions() -> None:
    assert "got 1. reshape(-1, 1) makes one tag of a list" in refused(SCORES[0])
    assert refused(0.5).endswith("got 0")
    assert refused(np.zeros((2, 2, 2, 2))).endswith("got 4, shape (2, 2, 2, 2)")
    assert "Row 1 has 1 values and row 0 has 2" in refused([[0.1, 0.2], [0.3]])


@pytest.mark.parametrize(
    ("tensor", "mend"),
    [
        (torch.tensor(SCORES).bfloat16(), ".float()"),
        (torch.tensor(SCORES).to(torch.float8_e5m2), ".float()"),
        (torch.tensor(SCORES).requires_grad_(), ".detach()"),
        (torch.tensor(SCORES).bfloat16().requires_grad_(), ".detach().float()"),
        (torch.tensor(SCORES).to_sparse(), ".to_dense()"),
        (torch.tensor(SCORES).bfloat16().to_sparse(), ".to_dense().float()"),
    ],
)
def test_tensors_that_numpy_cannot_convert(tensor: Any, mend: str) -> None:
    scores = mended(refused(tensor), f"y_score{mend}", tensor)
    solution = tt.find_thresholds(Y_TRUE, scores, method="exact", cv=None)
    expected = np.asarray(tensor.detach().to_dense().float())
    assert np.array_equal(
        solution.thresholds.predict(scores), solution.thresholds.predict(expected)
    )


def test_tensors_of_another_device_and_lists_of_tensors() -> None:
    meta = torch.empty(N_CLIPS, N_TAGS, device="meta", dtype=torch.bfloat16, requires_grad=True)
    assert "got torch.bfloat16. Pass y_score.detach().float().cpu()" in refused(meta)
    rows = list(torch.tensor(SCORES).bfloat16())
    assert "got list. Pass y_score[0].float(), and so on" in refused(rows)


@pytest.mark.parametrize(
    ("value", "remedy"),
    [(-np.inf, "a floor such as log(1e-30)"), (np.inf, "a ceiling such as 1e30"), (np.nan, "-1 (")],
)
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, object])
def test_scores_that_are_not_finite(value: float, remedy: str, kind: Any) -> None:
    scores = SCORES.astype(kind)
    scores[3, 1] = value
    assert f"y_score must be finite; got {value} at clip 3, tag 1. " in refused(scores)
    assert remedy in refused(scores)
    if kind is not np.float16 and kind is not object:
        sparse = scipy.sparse.csr_array(scores)
        assert remedy in refused(sparse, scipy.sparse.csr_array(Y_TRUE))


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (2**64, "within +-2**53 when they are integers; got 18446744073709551616"),
        (-(2**63) - 1, "within +-2**53 when they are integers; got -9223372036854775809"),
        (10**20, "within +-2**53 when they are integers; got 100000000000000000000"),
        (2**60 + 1, "within +-2**53 when they are integers; got 1152921504606846977"),
        (10**400, "within +-2**53 when they are integers; got an integer of 1329 bits"),
        (10**5000, "within +-2**53 when they are integers; got an integer of 16610 bits"),
        ("0.5", "real numbers of at most 64 bits; got '0.5'"),
        (b"1", "real numbers of at most 64 bits; got b'1'"),
        (1j, "real numbers of at most 64 bits; got 1j"),
    ],
    ids=range(9),
)
def test_objects_that_no_float_holds(value: object, rule: str) -> None:
    scores = SCORES.astype(object)
    scores[3, 1] = value
    assert refused(scores) == f"y_score must hold {rule} at clip 3, tag 1".replace(
        "hold within", "be within"
    )
    labels = Y_TRUE.astype(object)
    labels[3, 1] = value
    assert "y_true must" in refused(SCORES, labels)
    weight = np.ones(N_CLIPS, object)
    weight[3] = value
    with pytest.raises(tt.InputError, match=r"sample_weight must .* at clip 3"):
        tt.evaluate(Y_TRUE, SCORES, tt.Thresholds([0.5] * N_TAGS), sample_weight=weight)


def test_objects_that_a_float_holds_are_taken() -> None:
    scores = SCORES.astype(object)
    scores[0] = [2**53, -(2**53), np.int64(3), True]
    labels = Y_TRUE.astype(object)
    labels[1, :2] = [None, np.nan]
    found = tt.find_thresholds(labels, scores, method="exact", cv=None)
    wanted = tt.find_thresholds(
        [[np.nan if label is None else float(label) for label in row] for row in labels],
        scores.astype(float),
        method="exact",
        cv=None,
    )
    assert np.array_equal(found.thresholds.values, wanted.thresholds.values)
    masked = np.ma.masked_array(labels, Y_TRUE == 0)
    counts = tt.Counts.from_arrays(masked, SCORES, positive_only=True)
    assert counts.known.clips.sum() == (Y_TRUE == 1).sum() - sum(Y_TRUE[1, :2])
