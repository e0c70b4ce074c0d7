"""`tagthresh.integrations.torch`: gradients, losses, training, and decisions of deployed layers."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import tagthresh as tt
from tagthresh import decision_rule

pytest.importorskip("torch", reason="torch is not installed")

import torch

from tagthresh.integrations.torch import FBetaLoss, SGLThreshold, ThresholdLayer
from tagthresh.integrations.torch.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

DATA = Path(__file__).parents[3] / "shared" / "data"
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
DEVICES = [
    "cpu",
    pytest.param(
        "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU")
    ),
]


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def labelled_scores(
    generator: torch.Generator, shape: tuple[int, ...] = (60, 4)
) -> tuple[torch.Tensor, torch.Tensor]:
    """Double scores in [0, 1), and labels of which some are unknown in both ways."""
    scores = torch.rand(shape, generator=generator, dtype=torch.float64)
    noise = torch.rand(shape, generator=generator, dtype=torch.float64)
    labels = (scores + noise > 1.2).double()
    labels[noise < 0.1] = -1
    labels[noise > 0.95] = torch.nan
    return scores, labels


def smoothed(leaves: Sequence[torch.Tensor], weight: torch.Tensor) -> torch.Tensor:
    """Weighted sum of decisions on (scores, thresholds, sigma), the step become a sigmoid."""
    scores, thresholds, sigma = leaves
    return (weight * torch.sigmoid(sigma * (scores - thresholds))).sum()


def reference_f(decisions: NDArray[Any], labels: NDArray[Any], beta: float, average: str) -> float:
    """F-beta by loops over tags, from its definition."""
    counts = []
    for d, y in zip(decisions.T, labels.T, strict=True):
        tp = sum(a for a, b in zip(d, y, strict=True) if b == 1)
        accepted = sum(a for a, b in zip(d, y, strict=True) if b in (0, 1))
        counts.append((tp, accepted, sum(y == 1)))
    rows = [np.sum(counts, axis=0)] if average == "micro" else counts
    bottoms = [accepted + beta**2 * positive for _, accepted, positive in rows]
    pairs = zip(rows, bottoms, strict=True)
    return float(np.mean([(1 + beta**2) * row[0] / b if b else 0.0 for row, b in pairs]))


# Gradients


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("start", "sigma", "scale"), [(0.4, 50.0, 1.0), (-0.5, 8.0, 6.0)])
def test_gradient_vs_autograd_of_the_smoothed_loss(
    generator: torch.Generator, device: str, start: float, sigma: float, scale: float
) -> None:
    scores, labels = (x.to(device) for x in labelled_scores(generator))
    scores = ((scores - 0.5) * scale + 0.5).requires_grad_()
    layer = SGLThreshold(4, start, sigma, dtype=torch.float64).to(device)
    decisions = layer(scores)
    decisions.retain_grad()
    FBetaLoss()(decisions, labels).backward()

    # Linearised at the hard decisions, the loss weighs each of them by its own derivative.
    assert decisions.grad is not None
    leaves = [x.detach().clone().requires_grad_() for x in (scores, layer.thresholds, layer.sigma)]
    expected = torch.autograd.grad(smoothed(leaves, decisions.grad), leaves)
    for got, want in zip((scores, layer.thresholds, layer.sigma), expected, strict=True):
        torch.testing.assert_close(got.grad, want, rtol=1e-9, atol=1e-14)


def test_gradient_vs_finite_differences_of_the_smoothed_loss(generator: torch.Generator) -> None:
    scores, _ = labelled_scores(generator, (7, 3))
    weight = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    layer = SGLThreshold(3, 0.45, 12.0, dtype=torch.float64)
    scores.requires_grad_()
    (weight * layer(scores)).sum().backward()
    leaves = [scores, layer.thresholds, layer.sigma]
    for place, leaf in enumerate(leaves):
        assert leaf.grad is not None
        for i in range(leaf.numel()):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [x.detach().clone() for x in leaves]
                moved[place].view(-1)[i] += step
                ends.append(smoothed(moved, weight))
            slope = (ends[0] - ends[1]) / 2e-6
            torch.testing.assert_close(leaf.grad.view(-1)[i], slope, rtol=1e-6, atol=1e-8)


def test_gradient_far_above_the_threshold_is_not_lost_in_float32() -> None:
    scores = torch.tensor([[0.0], [1.0]], requires_grad=True)
    SGLThreshold(1, 0.5, 50.0)(scores).sum().backward()
    assert scores.grad is not None
    assert scores.grad[1] == scores.grad[0] > 0


def test_gradient_of_sigma_only_where_it_is_learned() -> None:
    layer = SGLThreshold(2, learn_sigma=False)
    layer(torch.rand(3, 2)).sum().backward()
    assert layer.sigma.grad is None
    assert layer.thresholds.grad is not None


def test_never_stays_never_in_training(generator: torch.Generator) -> None:
    scores, labels = labelled_scores(generator, (30, 2))
    layer = SGLThreshold.from_thresholds(tt.Thresholds([0.5, np.inf]))
    adam = torch.optim.Adam(layer.parameters(), lr=0.01)
    for _ in range(3):
        adam.zero_grad()
        FBetaLoss()(layer(scores), labels).backward()
        adam.step()
    values = layer.to_thresholds().values
    assert values[1] == np.inf
    assert np.isfinite(values[0])
    assert layer.sigma.isfinite().all()


# Types and shapes


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("parameters", DTYPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_pair_of_types_decides_and_learns(
    generator: torch.Generator, dtype: torch.dtype, parameters: torch.dtype, device: str
) -> None:
    scores, labels = (x.to(device) for x in labelled_scores(generator))
    scores = scores.to(dtype).requires_grad_()
    layer = SGLThreshold(4, 1 / 3, dtype=parameters).to(device)
    decisions = layer(scores)
    loss = FBetaLoss()(decisions, labels)
    loss.backward()
    assert decisions.dtype == dtype
    assert loss.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    for leaf in (scores, layer.thresholds, layer.sigma):
        assert leaf.grad is not None
        assert leaf.grad.dtype == leaf.dtype
        assert leaf.grad.isfinite().all()
    wanted = layer.to_thresholds().predict(scores.detach().cpu().double().numpy())
    assert (decisions.detach().cpu().double().numpy() == wanted).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_gradient_of_half_scores_is_computed_wider(dtype: torch.dtype) -> None:
    scores = torch.linspace(0.1, 0.5, 40).view(-1, 1).to(dtype)
    narrow, exact = (SGLThreshold(1, 1 / 3, 70.0, dtype=dtype) for _ in range(2))
    narrow(scores).sum().backward()
    exact.double()(scores.double()).sum().backward()
    rounding = torch.finfo(dtype).eps / 2  # relative; below the smallest normal number, of that
    subnormal = rounding * torch.finfo(dtype).smallest_normal
    for got, want in ((narrow.thresholds, exact.thresholds), (narrow.sigma, exact.sigma)):
        assert got.grad is not None
        assert want.grad is not None
        torch.testing.assert_close(got.grad.double(), want.grad, rtol=rounding, atol=subnormal)


def test_sums_of_half_decisions_do_not_saturate() -> None:
    ones = torch.ones(5000, 1)
    assert FBetaLoss()(ones.bfloat16(), ones) == 0
    assert FBetaLoss()(ones.half(), torch.cat([ones[:1000], 0 * ones[1000:]])) == pytest.approx(
        1 - 2000 / 6000
    )


def test_dimensions_before_tags_are_all_clips(generator: torch.Generator) -> None:
    scores, labels = labelled_scores(generator, (24, 5))
    layer, loss = SGLThreshold(5), FBetaLoss(average="macro")
    framed = layer(scores.view(2, 3, 4, 5))
    assert framed.shape == (2, 3, 4, 5)
    assert loss(framed, labels.view(2, 3, 4, 5)) == loss(layer(scores), labels)
    assert layer(scores[0]).shape == (5,)
    assert loss(layer(scores[0]), labels[0]) == loss(layer(scores[:1]), labels[:1])


# Losses


@pytest.mark.parametrize("average", ["micro", "macro"])
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_loss_vs_core_metric_and_definition(
    generator: torch.Generator, beta: float, average: Any
) -> None:
    scores, labels = labelled_scores(generator)
    loss = FBetaLoss(beta, average)
    hard = 1 - loss((scores >= 0.6).double(), labels).item()
    evaluation = tt.evaluate(labels.numpy(), scores.numpy(), tt.Thresholds([0.6] * 4))
    assert hard == pytest.approx(evaluation.score(tt.metrics.FBeta(beta, average=average)))
    soft = 1 - loss(scores, labels).item()
    assert soft == pytest.approx(reference_f(scores.numpy(), labels.numpy(), beta, average))


def test_unknown_labels_count_nowhere(generator: torch.Generator) -> None:
    decisions, labels = labelled_scores(generator)
    decisions.requires_grad_()
    FBetaLoss()(decisions, labels).backward()
    unknown = labels.isnan() | (labels == -1)
    assert unknown.any()
    assert decisions.grad is not None
    assert (decisions.grad[unknown] == 0).all()
    assert (decisions.grad[~unknown] != 0).all()
    with torch.no_grad():
        assert FBetaLoss()(torch.where(unknown, torch.nan, decisions), labels) == FBetaLoss()(
            decisions, labels
        )


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.float16])
def test_labels_of_any_type(dtype: torch.dtype) -> None:
    decisions, labels = torch.tensor([[0.5, 0.25]]), torch.tensor([[1, 0]])
    assert FBetaLoss()(decisions, labels.to(dtype)).item() == pytest.approx(1 - 2 * 0.5 / 1.75)


@pytest.mark.parametrize("average", ["micro", "macro"])
def test_nothing_positive_and_nothing_accepted_is_a_loss_of_1_without_gradient(
    average: Any,
) -> None:
    decisions = torch.zeros(3, 2, requires_grad=True)
    loss = FBetaLoss(average=average)(decisions, torch.zeros(3, 2))
    loss.backward()
    assert decisions.grad is not None
    assert loss == 1
    assert (decisions.grad == 0).all()


# Training


def fit_as_in_the_paper(scores: torch.Tensor, labels: torch.Tensor, start: float) -> SGLThreshold:
    layer, loss = SGLThreshold(scores.shape[1], start, dtype=scores.dtype), FBetaLoss()
    adam = torch.optim.Adam(layer.parameters(), lr=0.01)
    for _ in range(100):
        adam.zero_grad()
        loss(layer(scores), labels).backward()
        adam.step()
    return layer


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    ("name", "start", "fit", "unseen"),
    [("dcase2017", 0.3, 61.83, 61.96), ("dcase2019", 0.5, 72.93, 72.96)],
)
def test_paper_figures(
    name: str, start: float, fit: float, unseen: float, dtype: torch.dtype
) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"no {name} data beside the repository")
    parts = [np.load(DATA / name / f"{part}.npz", allow_pickle=False) for part in ("fit", "eval")]
    scores, labels = (torch.from_numpy(parts[0][key]) for key in ("scores", "labels"))
    thresholds = fit_as_in_the_paper(scores.to(dtype), labels, start).to_thresholds()
    for part, want in zip(parts, (fit, unseen), strict=True):
        got = tt.evaluate(part["labels"], part["scores"], thresholds).score("f1_micro")
        assert 100 * got == pytest.approx(want, abs=0.1)


def synthetic_audio(n_clips: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Log energies in 40 bands of clips where each of 8 tags, rare or common, adds a spectrum."""
    prevalence = torch.linspace(0.03, 0.25, 8)
    labels = (torch.rand(n_clips, 8, generator=generator) < prevalence).float()
    bands = torch.arange(40.0)
    centres = torch.linspace(3, 36, 8)
    spectra = torch.exp(-(((bands - centres[:, None]) / 4) ** 2))
    loudness = torch.rand(n_clips, 8, generator=generator) * 3
    noise = torch.randn(n_clips, 40, generator=generator).exp()
    return torch.log(noise + (labels * loudness) @ spectra), labels


def micro_f1(decisions: torch.Tensor, labels: torch.Tensor) -> float:
    return 1 - float(FBetaLoss()(decisions.float(), labels))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_network_and_thresholds_train_together(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    (features, labels), (unseen, truth) = (synthetic_audio(3000, generator) for _ in range(2))
    torch.manual_seed(seed)
    network = torch.nn.Sequential(
        torch.nn.Linear(40, 32), torch.nn.ReLU(), torch.nn.Linear(32, 8), torch.nn.Sigmoid()
    )
    plain, entropy = copy.deepcopy(network), torch.nn.BCELoss()
    decide, loss = SGLThreshold(8), FBetaLoss()

    def train(parameters: list[torch.nn.Parameter], of: Callable[[], torch.Tensor]) -> None:
        adam = torch.optim.Adam(parameters, lr=0.01)
        for _ in range(60):
            adam.zero_grad()
            of().backward()  # type: ignore[no-untyped-call]
            adam.step()

    def of_both() -> torch.Tensor:
        scores = network(features)
        total: torch.Tensor = entropy(scores, labels) + loss(decide(scores), labels)
        return total

    train([*network.parameters(), *decide.parameters()], of_both)
    train([*plain.parameters()], lambda: entropy(plain(features), labels))
    deployed = torch.nn.Sequential(network, ThresholdLayer(decide.to_thresholds()))
    with torch.no_grad():
        together = micro_f1(deployed(unseen), truth)
        assert (deployed(unseen) == decide(network(unseen)).bool()).all()
        assert together > micro_f1(network(unseen) >= 0.5, truth)
        assert together > micro_f1(plain(unseen) >= 0.5, truth) + 0.01


# Thresholds in and out


def test_round_trip_through_thresholds_is_exact() -> None:
    thresholds = tt.Thresholds([0.1, -3.7, np.inf], ["Dog", "Rain", "Bell"])
    layer = SGLThreshold.from_thresholds(thresholds, sigma=20.0, dtype=torch.float64)
    back = layer.to_thresholds(thresholds.tags)
    assert (back.values == thresholds.values).all()
    assert back.tags == thresholds.tags
    assert layer.sigma.tolist() == [20.0] * 3


def test_state_of_training_round_trips() -> None:
    layer, other = SGLThreshold(3, 0.2, 30.0), SGLThreshold(3)
    other.load_state_dict(layer.state_dict())
    assert (other.to_thresholds().values == layer.to_thresholds().values).all()
    assert (other.sigma == layer.sigma).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_rounded_vs_core(generator: torch.Generator, dtype: torch.dtype) -> None:
    values = torch.randn(1000, generator=generator, dtype=torch.float64) * 10
    values[:4] = torch.tensor([torch.inf, 1e300, -1e300, 0.0])
    empty = torch.empty(0, dtype=dtype).numpy()
    wanted = decision_rule.rounded(values.numpy(), empty.dtype)
    assert (rounded(values, dtype).numpy() == wanted).all()


SPARSE = torch.eye(2).to_sparse()


@pytest.mark.parametrize(
    ("decisions", "labels"),
    [
        (SPARSE, torch.eye(2)),
        (torch.eye(2), SPARSE),
        (SPARSE, SPARSE),
        (SPARSE.double(), torch.eye(2)),
        (torch.zeros(3, 2).to_sparse(), torch.zeros(3, 2)),
    ],
)
def test_sparse_tensors_are_refused(decisions: torch.Tensor, labels: torch.Tensor) -> None:
    with pytest.raises(tt.InputError, match=r"must be a dense tensor; got .* Use .to_dense"):
        FBetaLoss()(decisions, labels)


@pytest.mark.parametrize("beta", [0, -1, 1e300, 1e-200, np.inf, np.nan, "1"])
def test_a_beta_that_makes_no_f_is_refused(beta: Any) -> None:
    with pytest.raises(tt.InputError, match="beta must be"):
        FBetaLoss(beta)


# Deployment

AWKWARD = tt.Thresholds([0.1, 1 / 3, 0.7, -2.3, 0.0, np.inf, 0.5])


def scores_at_the_cut(dtype: torch.dtype) -> torch.Tensor:
    """Scores of the type around every threshold: it rounded, and two neighbours on each side."""
    finite = torch.tensor(AWKWARD.values).nan_to_num(posinf=9.0).to(dtype)
    rows = [finite]
    for end in (torch.inf, -torch.inf):
        moved = finite
        for _ in range(2):
            moved = torch.nextafter(moved, torch.full_like(moved, end))
            rows.append(moved)
    return torch.stack(rows)


def predicted(scores: torch.Tensor) -> torch.Tensor:
    """Decide with `Thresholds.predict`, in bfloat16 on the same values in float32."""
    array = (scores.float() if scores.dtype == torch.bfloat16 else scores).cpu().numpy()
    return torch.from_numpy(AWKWARD.predict(array))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_layer_vs_predict(dtype: torch.dtype, device: str) -> None:
    scores = scores_at_the_cut(dtype)
    layer = ThresholdLayer(AWKWARD, dtype).to(device)
    assert (layer(scores.to(device)).cpu() == predicted(scores)).all()
    assert not layer(scores.to(device))[:, 5].any()
    trained = SGLThreshold.from_thresholds(AWKWARD, dtype=dtype).to(device)
    assert (trained(scores.to(device)).cpu().bool() == predicted(scores)).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_wider_layer_decides_on_narrower_scores(dtype: torch.dtype) -> None:
    scores = scores_at_the_cut(dtype)
    assert (ThresholdLayer(AWKWARD)(scores) == predicted(scores)).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_conversion_and_loading_round_once(dtype: torch.dtype) -> None:
    scores, exact = scores_at_the_cut(dtype), ThresholdLayer(AWKWARD, torch.float64)
    state = {key: value.clone() for key, value in exact.state_dict().items()}
    loaded = ThresholdLayer(tt.Thresholds(np.zeros(7)), dtype)
    loaded.load_state_dict(state)
    model = torch.nn.Sequential(torch.nn.Identity(), exact).to(dtype)
    assert (model(scores) == predicted(scores)).all()
    assert (loaded(scores) == predicted(scores)).all()
    assert state["thresholds"].dtype == torch.float64


@pytest.mark.parametrize("dtype", DTYPES)
def test_state_of_the_layer_round_trips(dtype: torch.dtype, tmp_path: Path) -> None:
    layer, other = ThresholdLayer(AWKWARD, dtype), ThresholdLayer(tt.Thresholds([0] * 7), dtype)
    torch.save(layer.state_dict(), tmp_path / "layer.pt")
    other.load_state_dict(torch.load(tmp_path / "layer.pt", weights_only=True))
    assert (other.thresholds == layer.thresholds).all()
    assert list(layer.state_dict()) == ["thresholds"]


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize("dtype", DTYPES)
def test_jit_vs_predict(dtype: torch.dtype, tmp_path: Path) -> None:
    layer, scores = ThresholdLayer(AWKWARD, dtype).eval(), scores_at_the_cut(dtype)
    scripted = torch.jit.script(layer)
    torch.jit.save(scripted, tmp_path / "layer.pt")
    loaded = torch.jit.load(tmp_path / "layer.pt")  # type: ignore[no-untyped-call]
    traced = torch.jit.trace(layer, (scores[:2],))  # type: ignore[no-untyped-call]
    for model in (scripted, loaded, traced):
        assert (model(scores) == predicted(scores)).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_export_vs_predict(dtype: torch.dtype) -> None:
    layer, scores = ThresholdLayer(AWKWARD, dtype).eval(), scores_at_the_cut(dtype)
    clips = {0: torch.export.Dim("clips")}
    exported = torch.export.export(layer, (scores[:3],), dynamic_shapes=(clips,)).module()
    assert (exported(scores) == predicted(scores)).all()


def onnx_decisions(path: Path, scores: torch.Tensor) -> torch.Tensor:
    """Decisions of a saved model in ONNX Runtime on the CPU."""
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    if scores.dtype == torch.bfloat16:  # NumPy has no such type: pass the bits, and its ONNX number
        bits = scores.view(torch.int16).numpy().view(np.uint16)
        value = runtime.OrtValue.ortvalue_from_numpy_with_onnx_type(bits, 16)
    else:
        value = runtime.OrtValue.ortvalue_from_numpy(scores.numpy())
    (decisions,) = session.run_with_ort_values(["decisions"], {"scores": value})
    return torch.from_numpy(decisions.numpy())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*treespec, LeafSpec:FutureWarning")
@pytest.mark.parametrize("dtype", DTYPES)
def test_onnx_vs_predict(dtype: torch.dtype, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript", reason="onnxscript is not installed")
    layer, scores = ThresholdLayer(AWKWARD, dtype).eval(), scores_at_the_cut(dtype)
    path = tmp_path / "layer.onnx"
    torch.onnx.export(
        layer,
        (scores[:3],),
        path,
        input_names=["scores"],
        output_names=["decisions"],
        dynamic_shapes=({0: torch.export.Dim("clips")},),
        dynamo=True,
        verbose=False,
    )
    assert (onnx_decisions(path, scores) == predicted(scores)).all()


@pytest.mark.filterwarnings("ignore:You are using the legacy:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:The feature will be removed:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_legacy_onnx_vs_predict(dtype: torch.dtype, tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed")
    layer, scores = ThresholdLayer(AWKWARD, dtype).eval(), scores_at_the_cut(dtype)
    path = tmp_path / "layer.onnx"
    torch.onnx.export(
        layer,
        (scores[:3],),
        path,
        input_names=["scores"],
        output_names=["decisions"],
        dynamic_axes={"scores": {0: "clips"}},
        dynamo=False,
    )
    assert (onnx_decisions(path, scores) == predicted(scores)).all()


# Bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SGLThreshold(0), "n_tags must be at least 1; got 0"),
        (
            lambda: SGLThreshold(2.0),  # type: ignore[arg-type]
            "n_tags must be an integer; got 2.0",
        ),
        (lambda: SGLThreshold(2, np.inf), "start must be finite; got inf"),
        (lambda: SGLThreshold(2, sigma=0), "sigma must be above 0; got 0"),
        (
            lambda: SGLThreshold(2)(torch.zeros(3, 1)),
            r"scores must have the 2 tags in the last dimension; got shape \(3, 1\)",
        ),
        (
            lambda: SGLThreshold(2)(torch.zeros(3, 2, dtype=torch.int32)),
            "scores must be of a floating type; got torch.int32",
        ),
        (
            lambda: SGLThreshold.from_thresholds([0.5]),  # type: ignore[arg-type]
            "thresholds must be Thresholds; got list",
        ),
        (lambda: SGLThreshold(2).to_thresholds(["Dog"]), "one name per tag"),
        (
            lambda: ThresholdLayer(np.zeros(2)),  # type: ignore[arg-type]
            "thresholds must be Thresholds; got ndarray",
        ),
        (
            lambda: ThresholdLayer(tt.Thresholds([0.5]))(torch.zeros(3, 2)),
            r"scores must have the 1 tags in the last dimension; got shape \(3, 2\)",
        ),
        (
            lambda: ThresholdLayer(tt.Thresholds([0.5]))(torch.zeros(3, 1).double()),
            "scores must be no wider than the layer's torch.float32; got torch.float64",
        ),
        (lambda: FBetaLoss(0), "beta must be above 0; got 0"),
        (
            lambda: FBetaLoss(average="samples"),  # type: ignore[arg-type]
            "average must be one of micro, macro; got 'samples'",
        ),
        (
            lambda: FBetaLoss()(torch.zeros(3, 2), torch.zeros(2, 3)),
            r"must have the same shape \(..., tags\); got \(3, 2\) and \(2, 3\)",
        ),
        (
            lambda: FBetaLoss()(torch.zeros(3, 2) > 0, torch.zeros(3, 2)),
            "decisions must be of a floating type; got torch.bool",
        ),
        (
            lambda: FBetaLoss()(torch.zeros(1, 2), torch.tensor([[0, 255]], dtype=torch.uint8)),
            r"labels must be 0, 1 or unknown \(-1 or NaN\); got 255",
        ),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        call()


def test_diverged_thresholds_are_named() -> None:
    layer = SGLThreshold(2)
    layer.thresholds.data[1] = torch.nan
    with pytest.raises(tt.InputError, match="got nan at tag 1"):
        layer.to_thresholds()


def test_missing_torch_names_the_install_command() -> None:
    code = "import sys; sys.modules['torch'] = None; import tagthresh.integrations.torch"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.stderr.splitlines()[-1] == (
        'ImportError: tagthresh.integrations.torch needs PyTorch: pip install "tagthresh[torch]"'
    )


def test_core_does_not_import_torch() -> None:
    code = """
import sys, tagthresh
loaded = {name for name in sys.modules if name.startswith(("torch", "tagthresh.integrations."))}
print(loaded)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
