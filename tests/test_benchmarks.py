"""What the benchmarks of unseen clips rest on: the population, splits and written pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.special import expit, logit

import tagthresh as tt
from population import GRID, Population
from settings import F1, by_recording, write
from tagthresh.datasets.simulate import CLIPS, audioset_shaped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def population() -> Population:
    return Population.audioset_shaped()


def test_population_is_what_draws_tend_to(population: Population) -> None:
    drawn = audioset_shaped(random_state=3)
    counts = tt.Counts.from_arrays(drawn.labels, drawn.scores)
    for threshold in (0.05, 0.3, 0.8, np.inf):
        values = np.full(527, threshold)
        share, found = population.confusion(values), counts.confusion(values)
        for expected, seen in zip(share, found, strict=True):
            deviation = np.sqrt(CLIPS * expected * (1 - expected)) + 1
            assert (np.abs(seen - CLIPS * expected) < 6 * deviation).all()
            assert abs(seen.sum() - CLIPS * expected.sum()) < 5 * np.linalg.norm(deviation)


def test_no_threshold_of_one_tag_beats_the_best(population: Population) -> None:
    best = population.best(F1)
    highest = float(F1(population.confusion(best)))
    own = population.confusion(best)
    cuts = np.tile(expit(GRID[::20]), (len(best), 1))
    each = population.confusion(cuts)
    tp, accepted = own.tp.sum(), (own.tp + own.fp).sum()
    other_tp = tp - own.tp[:, None] + each.tp
    other_accepted = accepted - (own.tp + own.fp)[:, None] + each.tp + each.fp
    other = 2 * other_tp / (other_accepted + population.prevalence.sum())
    assert other.max() <= highest + 1e-12
    assert logit(best).std() > 0.1


def test_no_source_is_on_both_sides() -> None:
    rng = np.random.default_rng(0)
    sounds = [
        f"00{k} - class/{f}-{10 * k + f}-{t}.ogg" for k in range(4) for f in range(8) for t in "AB"
    ]
    names = np.array(["|".join(rng.choice(sounds, rng.integers(1, 4))) for _ in range(500)])
    fit, unseen = by_recording(names, np.random.default_rng(1))
    sources = [
        {sound.split("-")[-2] for name in names[side] for sound in name.split("|")}
        for side in (fit, unseen)
    ]
    assert not sources[0] & sources[1]
    assert len(sources[0]) == len(sources[1]) == 16
    assert len(set(fit) | set(unseen)) == len(fit) + len(unseen) > 100


def test_a_page_keeps_what_is_outside_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n<!-- a -->\nold\n\n<!-- end of a -->\n\nrest\n", "utf-8")
    write(page, "a", ["one", "two"])
    expected = "# Title\n\n<!-- a -->\none\n\ntwo\n\n<!-- end of a -->\n\nrest\n"
    assert page.read_text("utf-8") == expected
