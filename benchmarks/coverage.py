"""Whether a fit tells what to expect on unseen clips, over many fits to the SIMULATION.

    python benchmarks/coverage.py   # ten minutes at most; rewrites a part of docs/generalisation.md

The first clips of AudioSet-shaped draws are fitted on. What their thresholds really reach on unseen
clips is known: it is F1 of the expected counts of the population (`benchmarks/population.py`).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import logit

import settings
import tagthresh as tt
from population import Population
from tables import markdown, paired
from tagthresh.datasets.simulate import audioset_shaped
from tagthresh.methods.registry import as_method

if TYPE_CHECKING:
    from collections.abc import Iterable

    Array = np.ndarray[Any, Any]

PAGE = Path(__file__).parents[1] / "docs" / "generalisation.md"
FITS, WORKERS = 200, 2
METHODS = ("hierarchical", "exact")
SIZES = (1_000, 4_000)
CROSSFITTED, FOLDS = 1_000, (5, 10)  # clips, and numbers of folds; 10 are the default
BINS = (1, 3, 5, 10, 20, 50)  # positives, from this many to the next but one


class Told(NamedTuple):
    """Micro-F1 of one fit: true, on its clips, and expected with its interval."""

    true: float
    fit: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PerTag:
    """Tags of one fit, each array of shape (n_tags,).

    Attributes
    ----------
    positives : ndarray
        Among the clips fitted on.
    fit, true, best : ndarray
        F1 in % on these clips, on the population, and there with the best thresholds.
    moved : ndarray
        Threshold minus the best one, in logits.
    """

    positives: Array
    fit: Array
    true: Array
    best: Array
    moved: Array


ToldBy = dict[tuple[str, int], Told]  # method, folds
PerTagBy = dict[tuple[int, str], PerTag]  # clips, method


def measured(seed: int) -> tuple[ToldBy, PerTagBy]:
    """Fit both methods to the first clips of one draw."""
    drawn, population = audioset_shaped(random_state=seed), Population.audioset_shaped()
    best = population.best(settings.F1)
    told: ToldBy = {}
    per_tag: PerTagBy = {}
    for size in SIZES:
        y_true, y_score = drawn.labels[:size], drawn.scores[:size]
        for method in METHODS:
            counts = tt.Counts.from_arrays(y_true, y_score)
            values = as_method(method).fit(counts, settings.F1).values
            found = counts.confusion(values)
            if size == CROSSFITTED:
                true = float(settings.F1(population.confusion(values)))
                fit = float(settings.F1(found))
                for folds in FOLDS:
                    expected = tt.crossfit(y_true, y_score, method=method, cv=folds)
                    told[method, folds] = Told(true, fit, expected.score, *expected.interval)
            per_tag[size, method] = PerTag(
                y_true.sum(axis=0, dtype=np.int64),
                f1(found),
                f1(population.confusion(values)),
                f1(population.confusion(best)),
                logit(np.clip(values, 0, 1)) - logit(best),
            )
    return told, per_tag


def f1(confusion: Any) -> Array:
    """F1 of each tag, in %."""
    return np.asarray(100 * settings.F1.of(*confusion))


def coverage(fits: Iterable[ToldBy]) -> str:
    """Compare training score and expectation with the true score, and check the interval."""
    heads = [
        "method",
        "folds",
        "true score",
        "training score, error",
        "expected, error",
        "expected, size of the error",
        "half of the interval",
        "interval holds the true score, %",
    ]
    fits = list(fits)
    rows = []
    for method, folds in fits[0]:
        told = 100 * np.array([fit[method, folds] for fit in fits])
        true, fit_score, expected, low, high = told.T  # as in Told
        error = expected - true
        holds = (low <= true) & (true <= high)
        rows.append(
            [
                *(method, str(folds), f"{true.mean():.2f}"),
                f"{(fit_score - true).mean():+.2f}",
                paired(error),
                f"{np.abs(error).mean():.2f}",
                f"{((high - low) / 2).mean():.2f}",
                f"{100 * holds.mean():.1f}",
            ]
        )
    return markdown(heads, rows)


def by_positives(fits: Iterable[PerTagBy]) -> str:
    """Show how far a tag's own figures can be trusted, by its number of training positives."""
    heads = [
        "training clips",
        "method",
        "positives",
        "tags per fit",
        "F1 on training clips less true F1",
        "size of the difference",
        "F1 lost to the best threshold",
        "spread of the threshold, logits",
    ]
    fits = list(fits)
    rows = []
    for size, method in fits[0]:
        tags = [fit[size, method] for fit in fits]
        positives, fit, true, best, moved = (
            np.concatenate([getattr(each, name) for each in tags])
            for name in ("positives", "fit", "true", "best", "moved")
        )
        for first, stop in zip(BINS, (*BINS[1:], None), strict=True):
            own = (positives >= first) & (positives < (stop or np.inf))
            if own.sum() < len(fits):
                continue
            shown = f"{first} to {stop - 1}" if stop else f"{first} or more"
            optimism = (fit - true)[own]
            # Quantiles, since a threshold may be "never"; for a normal spread, its deviation.
            low, high = np.quantile(moved[own], [0.1587, 0.8413], method="nearest")
            rows.append(
                [
                    *(f"{size:,}", method, shown, f"{own.sum() / len(fits):.0f}"),
                    *(f"{optimism.mean():+.1f}", f"{np.abs(optimism).mean():.1f}"),
                    *(f"{(best - true)[own].mean():.1f}", f"{(high - low) / 2:.2f}"),
                ]
            )
    return markdown(heads, rows)


def main() -> None:
    """Measure everything and rewrite its part of the page."""
    found = []
    with Pool(WORKERS) as pool:
        for done, each in enumerate(pool.imap(measured, range(FITS)), 1):
            print(f"{done} of {FITS}", end="\r", file=sys.stderr, flush=True)
            found.append(each)
    parts = [
        settings.versions("coverage.py"),
        f"### The expected score, {FITS} fits to {CROSSFITTED:,} clips",
        coverage(told for told, _ in found),
        "### A tag's own figures",
        by_positives(tags for _, tags in found),
    ]
    settings.write(PAGE, "coverage", parts)


if __name__ == "__main__":
    main()
