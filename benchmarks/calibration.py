"""How good calibrated probabilities are, compared with raw scores and the usual methods.

    python benchmarks/calibration.py ../shared/data   # some minutes; rewrites docs/calibration.md

Choices were made on resplits: the clips of each data set's fit half, split at random into clips to
fit on and clips to judge on. The official halves are judged once per run, unsplit. The
AudioSet-shaped SIMULATION, whose probabilities are known, is judged on clips of its own.
"""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import numpy as np
import scipy
import sklearn
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

import tagthresh as tt
from tagthresh.calibration import fit as calibrate
from tagthresh.counts.normal_scores import Binned
from tagthresh.datasets import simulate
from tagthresh.methods import Hierarchical
from tagthresh.methods.hierarchical import values

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "calibration.md"
MARK = "<!-- measured -->"
RESPLITS = 20
SCORERS = ("yamnet_mean", "yamnet_max", "yamnet_int8_mean", "yamnet_int8_max", "efficientat_mn04")
SIMULATED, UNSEEN = (1_000, 4_000, 12_958), 5_000
NEAREST = 1e-6  # to 0 and 1: where logarithms of scores and of probabilities end


class Split(NamedTuple):
    """Clips to fit on and clips to judge on; the true log-odds of these, where they are known."""

    setting: str
    fit: tuple[Any, Any]
    unseen: tuple[Any, Any]
    true: Any = None


def splits(data: Path) -> Iterator[Split]:
    """Every pair of clips to fit and to judge on."""
    folders = {"dcase2017": ["dcase2017"], "dcase2019": ["dcase2019"]}
    folders["esc10_mix"] = [f"esc10_mix/{scorer}" for scorer in SCORERS]
    halves = {
        folder: [read(data / folder / f"{part}.npz") for part in ("fit", "eval")]
        for parts in folders.values()
        for folder in parts
    }
    for name, parts in folders.items():
        for size in (50, 100, None):
            for folder in parts:
                yield from resplits(name, *halves[folder][0], size, RESPLITS // len(parts))
    for name, parts in folders.items():
        for folder in parts:
            yield Split(f"{name}, official", *halves[folder])
    unseen = simulate.audioset_shaped(UNSEEN, random_state=1_000)
    for size in SIMULATED:
        clips = simulate.audioset_shaped(size, random_state=0)
        fit, other = ((each.labels, each.scores) for each in (clips, unseen))
        yield Split(f"SIMULATION, {size:,}", fit, other, true_log_odds(unseen.scores))


def read(path: Path) -> tuple[Any, Any]:
    """Labels and scores of a file."""
    with np.load(path, allow_pickle=False) as found:
        return found["labels"].astype(int), found["scores"]


def resplits(name: str, labels: Any, scores: Any, size: int | None, number: int) -> Iterator[Split]:
    """Random splits of some clips; without a size, into halves."""
    size = size or len(labels) // 2
    label = "half" if size == len(labels) // 2 else str(size)
    for seed in range(number):
        order = np.random.default_rng(seed).permutation(len(labels))
        one, other = ((labels[part], scores[part]) for part in np.split(order, [size]))
        yield Split(f"{name}, {label}", one, other)


def true_log_odds(scores: Any) -> Any:
    """Of the simulation: prevalence, and the densities of its two normal distributions."""
    with (resources.files("tagthresh.datasets") / "data" / simulate.SHAPE).open("rb") as file:
        shape = dict(np.load(file, allow_pickle=False))
    z = logit(scores.astype(np.float64).clip(1e-12, 1 - 1e-12))
    densities = (
        norm.logpdf(z, shape[f"{part}_mean"], shape[f"{part}_std"]) for part in ("pos", "neg")
    )
    return logit(shape["positives"] / simulate.CLIPS) + next(densities) - next(densities)


def fitted(split: Split) -> tt.Calibrator:
    """Fit the calibrator to the clips to fit on."""
    found = Hierarchical().fit(tt.Counts.from_arrays(*split.fit), tt.metrics.FBeta()).calibrator
    if found is None:
        raise ValueError(split.setting)
    return found


def probabilities(split: Split) -> dict[str, Any]:
    """Probabilities of the unseen clips in every way."""
    scores = split.unseen[1]
    calibrator = fitted(split)
    with patch.object(calibrate, "PRECISION", np.array([1e-3, 1e-3, 1e9])):
        straight = fitted(split)
    low, high = calibrator.trusted.T
    nowhere = np.isnan(low)
    clamped = np.clip(scores, np.where(nowhere, -np.inf, low), np.where(nowhere, np.inf, high))
    return {
        "raw scores": scores.astype(np.float64),
        "Platt, per tag": each_tag(split, platt),
        "isotonic, per tag": each_tag(split, isotonic),
        "curves near the cut": near_the_cut(split),
        "without the bend": straight.predict_proba(scores),
        "clamped to the trusted range": calibrator.predict_proba(clamped),
        "calibrator": calibrator.predict_proba(scores),
    }


def near_the_cut(split: Split) -> Any:
    """Probabilities by the curves that `hierarchical` cuts."""
    counts = tt.Counts.from_arrays(*split.fit)
    binned = Binned.from_counts(counts)
    value = values(binned, tt.metrics.FBeta())
    best = np.flatnonzero(value == value.max())
    binned = binned.around(int(best[len(best) // 2]))
    some = np.isfinite(binned.threshold)
    x = np.interp(split.unseen[1], binned.threshold[some], binned.edge[some])
    fit = Hierarchical().fit(counts, tt.metrics.FBeta())
    a, b = np.array(fit.statistics["curves"]).T
    return expit(a + b * x)


def each_tag(split: Split, way: Any) -> Any:
    """Calibrate each tag alone; one without positives or negatives keeps its share of positives."""
    (labels, scores), unseen = split.fit, split.unseen[1]
    found = np.empty(unseen.shape)
    for tag in range(labels.shape[1]):
        label = labels[:, tag]
        one_class = label.min() == label.max()
        found[:, tag] = label[0] if one_class else way(label, scores[:, tag], unseen[:, tag])
    return found


def platt(label: Any, score: Any, unseen: Any) -> Any:
    """Logistic regression on the log-odds that the scores claim."""
    claimed = (
        logit(each.astype(np.float64).clip(NEAREST, 1 - NEAREST))[:, None]
        for each in (score, unseen)
    )
    return LogisticRegression().fit(next(claimed), label).predict_proba(next(claimed))[:, 1]


def isotonic(label: Any, score: Any, unseen: Any) -> Any:
    """Isotonic regression."""
    return IsotonicRegression(out_of_bounds="clip").fit(score, label).predict(unseen)


def judged(label: Any, probability: Any) -> dict[str, float]:
    """Brier score and errors, in hundredths."""
    found = tt.evaluate_probabilities(label, probability)
    near = probability.clip(NEAREST, 1 - NEAREST)
    loss = -np.where(label == 1, np.log(near), np.log1p(-near)).mean()
    return {
        "Brier score": 100 * found.brier,
        "calibration error, all pairs": 100 * found.ece,
        "calibration error, mean of tags": 100 * float(np.mean(found.table["ece"])),
        "log loss": 100 * float(loss),
    }


def trust(split: Split) -> dict[str, float]:
    """Measure what the trusted range holds, and whether odds there are as said."""
    calibrator = fitted(split)
    label, scores = split.unseen
    probability, trusted = calibrator.predict_proba(scores), calibrator.is_trusted(scores)
    found = {
        "tags trusted somewhere, %": 100 * float(np.isfinite(calibrator.trusted[:, 0]).mean()),
        "pairs trusted, %": 100 * float(trusted.mean()),
        "positives trusted, %": 100 * float(label[trusted].sum() / label.sum()),
        "positives / expected, trusted": float(label[trusted].sum() / probability[trusted].sum()),
        "positives / expected, not trusted": float(
            label[~trusted].sum() / probability[~trusted].sum()
        ),
    }
    if split.true is not None:
        off = np.abs(logit(probability) - split.true) < 2 * calibrate.DOUBT
        found["odds within a factor of e, trusted, %"] = 100 * float(off[trusted].mean())
        found["odds within a factor of e, not trusted, %"] = 100 * float(off[~trusted].mean())
    return found


def table(title: str, found: dict[str, dict[str, float]]) -> list[str]:
    """One column a setting, one row a way."""
    rows = list(dict.fromkeys(name for values in found.values() for name in values))
    lines = [f"| {title} | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]
    for name in rows:
        cells = [f"{values[name]:.3g}" if name in values else "" for values in found.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def means(found: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Mean over the splits of each setting."""
    return {
        setting: {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        for setting, rows in found.items()
    }


def main(data: Path) -> None:
    """Measure everything, print it, and rewrite the end of the page."""
    errors: dict[str, dict[str, list[dict[str, float]]]] = {}
    trusted: dict[str, list[dict[str, float]]] = {}
    for split in splits(data):
        ways = probabilities(split)
        for way, probability in ways.items():
            for measure, value in judged(split.unseen[0], probability).items():
                rows = errors.setdefault(measure, {}).setdefault(split.setting, [])
                if way == next(iter(ways)):
                    rows.append({})
                rows[-1][way] = value
        trusted.setdefault(split.setting, []).append(trust(split))
    versions = (
        f"{datetime.now(UTC):%Y-%m-%d}, tagthresh {tt.__version__}, NumPy {np.__version__}, SciPy "
        f"{scipy.__version__}, scikit-learn {sklearn.__version__}, "
        f"Python {platform.python_version()}"
    )
    lines = [f"Written by `benchmarks/calibration.py` ({versions}).", ""]
    for measure, settings in errors.items():
        lines += table(f"{measure}, in hundredths", means(settings))
    lines += table("trusted range", means(trusted))
    print("\n".join(lines))
    prose = PAGE.read_text("utf-8").partition(MARK)[0]
    PAGE.write_text("\n".join([prose + MARK, *lines]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
