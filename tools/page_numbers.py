"""Write the numbers that the scripts of the page are tested against.

    python tools/page_numbers.py   # rewrites tests/report/scripts/numbers.json

The incomplete beta function, its inverse and intervals of shares are SciPy's. The page is a small
one with weights and unknown labels; what its thresholds do is what the library computes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import scipy

import tagthresh as tt
from tagthresh.metrics.binomial_intervals import clopper_pearson

NUMBERS = Path(__file__).parents[1] / "tests" / "report" / "scripts" / "numbers.json"
TARGETS = [("precision", 0.6), ("precision", 0.95), ("recall", 0.5), ("recall", 1.0)]


def beta() -> dict[str, Any]:
    """Compute SciPy's incomplete beta function, its inverse, and intervals of shares."""
    shapes = [(0.5, 0.5), (1, 3), (2.5, 7), (40, 3), (3, 4000), (12_000, 8000), (0.02, 50)]
    shares = [1e-9, 0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 1 - 1e-9]
    points = [(x, a, b) for a, b in shapes for x in [*shares, a / (a + b)]]
    quantiles = [(share, a, b) for a, b in shapes for share in (0.025, 0.5, 0.975)]
    shares_of_clips = [(0, 1), (1, 1), (0, 20), (7, 20), (20, 20), (3, 5000), (4990, 5000)]
    return {
        "function": [[*point, float(scipy.special.betainc(*_last(point)))] for point in points],
        "inverse": [[*q, float(scipy.special.betaincinv(*_last(q)))] for q in quantiles],
        "interval": [
            [hits, n, *map(float, scipy.stats.binomtest(hits, n).proportion_ci(method="exact"))]
            for hits, n in shares_of_clips
        ],
    }


def _last(point: tuple[float, float, float]) -> tuple[float, float, float]:
    x, a, b = point
    return a, b, x


def page() -> dict[str, Any]:
    """Make a small page, with what the library computes for its thresholds and targets."""
    rng = np.random.default_rng(4)
    labels = rng.integers(-1, 2, (40, 4))
    scores = (rng.normal(size=labels.shape) + labels).round(2)
    weight = rng.uniform(0.5, 2, len(labels)).round(2)
    data: dict[str, Any] = {"y_true": labels, "y_score": scores, "sample_weight": weight}
    sets = {"mine": tt.Thresholds([0.3, -0.2, 1.1, np.inf]), "old": tt.Thresholds([0.5] * 4)}
    made = tt.report(
        **data, thresholds=sets["mine"], name="mine", others={"old": sets["old"]}, title="Small"
    )
    frontier = tt.Frontier.from_arrays(labels, scores, sample_weight=weight)
    points = []
    for kind, limit in TARGETS:
        target: dict[str, Any] = {kind: limit}
        point = tt.operating_point(**data, **target, tag_by_tag=True)
        points.append((kind, limit, point.confusion))
    return {
        "content": made.content,
        "sets": {name: _judged(data, thresholds) for name, thresholds in sets.items()},
        "frontier": {
            "precision": frontier.precision[1:].tolist(),
            "recall": frontier.recall[1:].tolist(),
        },
        "targets": [
            {"kind": kind, "limit": limit, "tp": c.tp.tolist(), "accepted": (c.tp + c.fp).tolist()}
            for kind, limit, c in points
        ],
    }


def _judged(data: dict[str, Any], thresholds: tt.Thresholds) -> dict[str, Any]:
    found = tt.evaluate(**data, thresholds=thresholds)
    counts = tt.Counts.from_arrays(
        data["y_true"], data["y_score"], sample_weight=data["sample_weight"]
    )
    tp, fp, fn, _ = found.confusion
    per_mass = counts.known.effective / counts.known.mass
    names = ("f1_micro", "f1_macro", "f1_weighted", "precision_micro", "recall_micro")
    limits = {
        name: clopper_pearson(tp * per_mass, whole * per_mass)
        for name, whole in (("precision", tp + fp), ("recall", tp + fn))
    }
    return {
        **{name: found.score(name) for name in names},
        "f1": np.nan_to_num(found.table["f1"]).tolist(),
        "intervals": {  # from 0 to 1 where there are no clips
            name: [np.nan_to_num(low).tolist(), np.nan_to_num(high, nan=1.0).tolist()]
            for name, (low, high) in limits.items()
        },
    }


def numbers() -> dict[str, Any]:
    """Return all of them as plain values."""
    return {"beta": beta(), "page": page()}


if __name__ == "__main__":
    NUMBERS.write_text(json.dumps(numbers(), indent=1, allow_nan=False) + "\n", encoding="utf-8")
