"""Every public function and class, with arguments that are right."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import tagthresh as tt
from fuzz.content import chance, one_of
from tagthresh.integrations.torch import FBetaLoss, SGLThreshold, ThresholdLayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

# Arguments that ask for work, and how much of it still counts as a trial.
WORK = {"epochs": 100, "rounds": 100, "proposals": 100, "bootstrap": 200, "reach": 100, "cv": 100}
METRICS = ("f1_micro", "f1_macro", "jaccard_macro", "exact_match")
METHODS = ("exact", "hierarchical", "constant", "shared")
ABSENT = {"load", "tables.read", "Shards.from_files"}  # what they are to read is not there
NAMES = ("Dog", "Rain", "Wind $x$", "=A1", "Näher")


class World:
    """Labels, scores and what is made of them, to be passed to functions."""

    def __init__(self, rng: Generator) -> None:
        n_clips, n_tags = int(rng.integers(8, 20)), int(rng.integers(2, 5))
        self.tags = list(NAMES[:n_tags])
        self.y_true = (rng.random((n_clips, n_tags)) < 0.4).astype(np.int8)
        self.y_true[0], self.y_true[1] = 1, 0
        score = rng.uniform(0.02, 0.98, self.y_true.shape)
        self.y_score = np.round(score, one_of(rng, (1, 6))).clip(0.02, 0.98)
        self.weight = rng.integers(1, 9, n_clips) / 4
        self.groups = [f"site{i % 4}" for i in range(n_clips)]
        self.clips = [f"clip{i}.wav" for i in range(n_clips)]
        self.thresholds = tt.Thresholds(np.full(n_tags, 0.5), self.tags)

    @cached_property
    def data(self) -> dict[str, Any]:
        """Labels and scores."""
        return {"y_true": self.y_true, "y_score": self.y_score}

    @cached_property
    def exact(self) -> tt.Solution:
        """Best thresholds."""
        return tt.find_thresholds(
            self.y_true, self.y_score, method="exact", tags=self.tags, cv=None
        )

    @cached_property
    def calibrator(self) -> Any:
        """Calibrator of `hierarchical`."""
        return tt.find_thresholds(self.y_true, self.y_score, tags=self.tags, cv=None).calibrator

    @cached_property
    def profile(self) -> tt.Profile:
        """Profile of the scores."""
        return tt.Profile.from_scores(self.y_score, self.thresholds)

    @cached_property
    def ontology(self) -> tt.Ontology:
        """Names one below the other."""
        return tt.Ontology.from_pairs(list(zip(self.tags[1:], self.tags, strict=False)))

    @property
    def accepted(self) -> Any:
        """Decisions at 0.5."""
        return self.y_score >= 0.5

    def f1(self, thresholds: Any) -> float:
        """Micro F1, in plain NumPy."""
        given, true = self.y_score >= thresholds, self.y_true == 1
        tp, wrong = int((given & true).sum()), int((given != true).sum())
        return 2 * tp / (2 * tp + wrong) if tp + wrong else 0.0


Made = tuple["Callable[..., Any]", dict[str, Any]]


def _labelled(world: World, rng: Generator, **more: Any) -> dict[str, Any]:
    """Labels and scores, with names and weights where they are drawn."""
    arguments = {**world.data, **more}
    if chance(rng, 0.5):
        arguments["tags"] = world.tags
    if chance(rng, 0.4):
        arguments["sample_weight"] = world.weight
    return arguments


def _find(world: World, rng: Generator) -> Made:
    options = {
        "metric": one_of(rng, METRICS),
        "method": one_of(rng, METHODS),
        "cv": one_of(rng, (None, None, 2)),
        "bootstrap": one_of(rng, (None, None, None, 40)),
        "groups": one_of(rng, (None, world.groups)),
        "unseen": None,
    }
    if options["cv"] is None:
        del options["groups"], options["bootstrap"]
    if options["metric"] == "exact_match":
        options["method"] = "coordinate_ascent"
    return tt.find_thresholds, {**world.data, "tags": world.tags, **options}


def _limited(world: World, _rng: Generator) -> Made:
    limits = {"fixed": {world.tags[0]: 0.4}, "bounds": (0.1, 0.9)}
    return tt.find_thresholds, {**world.data, "tags": world.tags, "cv": None, **limits}


def _exact(world: World, _rng: Generator) -> Made:
    return tt.find_thresholds, {**world.data, "tags": world.tags, "method": "exact", "cv": None}


def _shards(world: World, _rng: Generator) -> Made:
    def fit(**arguments: Any) -> Any:
        return tt.find_thresholds(tt.Shards.from_arrays(**arguments), method="exact")

    return fit, {**world.data, "tags": world.tags, "memory": "1MB", "checkpoint": None}


def _grid(world: World, _rng: Generator) -> Made:
    def fit(tags: Any, cells: Any, y_true: Any, y_score: Any) -> Any:
        grid = tt.GridCounts(tags, cells=cells)
        grid.update(y_true, y_score)
        return tt.find_thresholds(grid, method="exact")

    return fit, {**world.data, "tags": world.tags, "cells": 64}


def _operating(world: World, rng: Generator) -> Made:
    goal = one_of(rng, ({"precision": 0.5}, {"recall": 0.5}, {"per_clip": 1.0}))
    hours = {"per_hour": 60.0, "clip_seconds": 10.0}
    goal = one_of(rng, (goal, goal, hours))
    return tt.operating_point, _labelled(world, rng, **goal, tag_by_tag=chance(rng, 0.3))


def _guarantee(world: World, rng: Generator) -> Made:
    floor = one_of(rng, ({"precision": 0.5}, {"recall": 0.5}))
    more = {"confidence": 0.9, "jointly": chance(rng, 0.5), "tags": world.tags}
    return tt.guarantee, {**world.data, **floor, **more}


def _compare(world: World, rng: Generator) -> Made:
    def compare(y_true: Any, y_score: Any, **options: Any) -> Any:
        return tt.compare_methods((y_true, y_score), (world.y_true, world.y_score), **options)

    methods = ["constant", one_of(rng, METHODS[:2])]
    more = {
        "methods": methods,
        "n_resamples": 20,
        "random_state": 0,
        "reference": "constant",
        "tags": world.tags,
    }
    return compare, {**world.data, **more, "groups": one_of(rng, (None, world.groups))}


def _compare_thresholds(world: World, rng: Generator) -> Made:
    both = {"old": world.thresholds, "new": world.exact.thresholds}
    more = {"groups": one_of(rng, (None, world.groups)), "n_resamples": 20, "random_state": 0}
    return tt.compare_thresholds, {**world.data, "tags": world.tags, **both, **more}


def _report(world: World, _rng: Generator) -> Made:
    more = {"clips": world.clips, "groups": world.groups, "title": "A", "name": "b", "others": None}
    more |= {"expected": None, "calibrator": None, "sample_weight": None}
    return tt.report, {**world.data, "tags": world.tags, "thresholds": world.thresholds, **more}


def _random_search(world: World, _rng: Generator) -> Made:
    def fit(**options: Any) -> Any:
        method = tt.methods.RandomSearch(**options)
        return tt.find_thresholds(world.y_true, world.y_score, method=method, cv=None)

    options = {"rounds": 2, "proposals": 4, "step": 0.2, "spread": 0.6, "start": 0.3}
    return fit, {**options, "joint": False, "random_state": 0}


def _gradient(world: World, rng: Generator) -> Made:
    name = one_of(rng, ("NumericalGradient", "SurrogateGradient"))
    own = {
        "NumericalGradient": {"step": 0.01, "reach": 3},
        "SurrogateGradient": {"sigma": 50.0, "learn_sigma": True, "best": False},
    }[name]

    def fit(**options: Any) -> Any:
        method = getattr(tt.methods, name)(**options)
        return tt.find_thresholds(world.y_true, world.y_score, method=method, cv=None)

    return fit, {"epochs": 2, "learning_rate": 0.01, "start": 0.3, **own}


def _hierarchical(world: World, _rng: Generator) -> Made:
    def fit(**options: Any) -> Any:
        method = tt.methods.Hierarchical(**options)
        return tt.find_thresholds(world.y_true, world.y_score, method=method, cv=None)

    return fit, {"pull": 0.0, "polish": True}


def _metric(world: World, rng: Generator) -> Made:
    name = one_of(rng, ("FBeta", "Cost", "Precision", "MatthewsCorrcoef"))
    own: dict[str, Any] = {"FBeta": {"beta": 2.0}, "Cost": {"miss": 2.0, "false_alarm": 1.0}}.get(
        name, {}
    )

    def evaluate(**options: Any) -> Any:
        metric = getattr(tt.metrics, name)(**options)
        return tt.evaluate(world.y_true, world.y_score, world.thresholds).score(metric)

    return evaluate, {
        **own,
        "average": one_of(rng, ("micro", "macro")) if name != "Cost" else "sum",
    }


def _display(world: World, rng: Generator) -> Made:
    import matplotlib.pyplot as plt

    name = one_of(rng, ("FrontierDisplay", "GainDisplay", "ReliabilityDisplay", "ThresholdDisplay"))

    def draw(**arguments: Any) -> None:
        try:
            getattr(tt.displays, name).from_predictions(**arguments)
            plt.gcf().canvas.draw()
        finally:
            plt.close("all")

    arguments = {**world.data, "tags": world.tags, "thresholds": world.thresholds}
    if name == "ThresholdDisplay":
        arguments["tag"] = world.tags[-1]
    if name == "ReliabilityDisplay":
        del arguments["thresholds"]
        arguments["calibrator"] = world.calibrator
    return draw, arguments


def _by_calibrator(function: Callable[..., Any]) -> Callable[[World, Generator], Made]:
    return lambda world, rng: (function, _labelled(world, rng, calibrator=world.calibrator))


def _as_method(_world: World, rng: Generator) -> Made:
    return tt.methods.as_method, {"method": one_of(rng, METHODS)}


def _as_metric(_world: World, rng: Generator) -> Made:
    return tt.metrics.as_metric, {"metric": one_of(rng, METRICS)}


def _loss(world: World, _rng: Generator) -> Made:
    def loss(beta: Any, average: Any, decisions: Any, labels: Any) -> Any:
        return FBetaLoss(beta, average)(decisions, labels)

    decisions, labels = (torch.tensor(each.tolist()) for each in (world.y_score, world.y_true))
    return loss, {"beta": 1.0, "average": "micro", "decisions": decisions, "labels": labels}


def _layer(world: World, _rng: Generator) -> Made:
    def decide(thresholds: Any, scores: Any) -> Any:
        return ThresholdLayer(thresholds)(scores)

    return decide, {"thresholds": world.thresholds, "scores": torch.tensor(world.y_score.tolist())}


def _sgl(world: World, _rng: Generator) -> Made:
    def decide(scores: Any, **options: Any) -> Any:
        return SGLThreshold(**options)(scores)

    options = {"n_tags": len(world.tags), "start": 0.5, "sigma": 50.0, "learn_sigma": True}
    return decide, {**options, "scores": torch.tensor(world.y_score.tolist())}


CATALOGUE: dict[str, Callable[[World, Any], Made]] = {
    "find_thresholds": _find,
    "find_thresholds exact": _exact,
    "find_thresholds limits": _limited,
    "find_thresholds Shards": _shards,
    "find_thresholds GridCounts": _grid,
    "methods.RandomSearch": _random_search,
    "methods gradient": _gradient,
    "methods.Hierarchical": _hierarchical,
    "methods.as_method": _as_method,
    "metrics": _metric,
    "metrics.as_metric": _as_metric,
    "operating_point": _operating,
    "guarantee": _guarantee,
    "compare": _compare,
    "compare_thresholds": _compare_thresholds,
    "report": _report,
    "displays": _display,
    "calibration": lambda w, r: (tt.evaluate_probabilities, _labelled(w, r, bins=5)),
    "reliability": _by_calibrator(tt.reliability),
    "adapt": lambda w, _: (
        tt.adapt,
        {
            "thresholds": w.exact.thresholds,
            "y_score": w.y_score,
            "calibrator": w.calibrator,
            "tags": w.tags,
        },
    ),
    "crossfit": lambda w, r: (
        tt.crossfit,
        _labelled(w, r, method="exact", cv=2, n_resamples=20, random_state=0, groups=None),
    ),
    "drift": lambda w, _: (tt.drift, {"profile": w.profile, "y_score": w.y_score, "tags": w.tags}),
    "evaluate": lambda w, _: (
        tt.evaluate,
        {**w.data, "thresholds": w.thresholds, "tags": w.tags, "ontology": None},
    ),
    "evaluate ontology": lambda w, _: (
        tt.evaluate,
        {**w.data, "thresholds": w.thresholds, "tags": w.tags, "ontology": w.ontology},
    ),
    "Evaluation.score": lambda w, _: (
        tt.evaluate(w.y_true, w.y_score, w.thresholds).score,
        {"metric": "f1_macro"},
    ),
    "Counts.from_arrays": lambda w, r: (tt.Counts.from_arrays, _labelled(w, r)),
    "Counts.confusion": lambda w, _: (
        tt.Counts.from_arrays(w.y_true, w.y_score).confusion,
        {"thresholds": w.thresholds.values},
    ),
    "Frontier.from_arrays": lambda w, r: (tt.Frontier.from_arrays, _labelled(w, r)),
    "plan_review": lambda w, _: (
        tt.review.plan,
        {"y_score": w.y_score, "bands": 4, "per_band": 2, "random_state": 0},
    ),
    "review_weights": lambda w, _: (tt.review.weights, {**w.data, "bands": 2, "tags": w.tags}),
    "Thresholds": lambda w, _: (tt.Thresholds, {"values": [0.5] * len(w.tags), "tags": w.tags}),
    "Thresholds.predict": lambda w, _: (
        w.thresholds.predict,
        {"y_score": w.y_score, "tags": w.tags},
    ),
    "Thresholds.override": lambda w, _: (w.thresholds.override, {"values": {w.tags[0]: 0.25}}),
    "Calibrator.predict_proba": lambda w, _: (
        w.calibrator.predict_proba,
        {"y_score": w.y_score, "tags": w.tags},
    ),
    "Profile.from_scores": lambda w, _: (
        tt.Profile.from_scores,
        {"thresholds": w.thresholds, "y_score": w.y_score, "tags": w.tags},
    ),
    "Ontology": lambda _w, _: (tt.Ontology, {"parents": {"a": ("b",), "b": ()}}),
    "Ontology.from_pairs": lambda _w, _: (tt.Ontology.from_pairs, {"pairs": [("a", "b")]}),
    "Ontology.close_labels": lambda w, _: (
        w.ontology.close_labels,
        {"y_true": w.y_true, "tags": w.tags},
    ),
    "Ontology.consistent": lambda w, _: (
        w.ontology.consistent,
        {"decisions": w.accepted, "tags": w.tags},
    ),
    "load": lambda _w, _: (tt.Thresholds.load, {"path": "no such file.json"}),
    "tables.read": lambda _w, _: (tt.io.read, {"path": "no such file.npz", "labels": None}),
    "Shards.from_files": lambda _w, _: (
        tt.Shards.from_files,
        {"scores": "none/*.npz", "memory": 1},
    ),
    "torch.FBetaLoss": _loss,
    "torch.ThresholdLayer": _layer,
    "torch.SGLThreshold": _sgl,
}
