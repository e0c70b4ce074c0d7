"""What tests share: where real data lie, and how to print why a test is skipped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

# `make test` tries the same few cases every time, `make test-slow` many new ones.
settings.register_profile("fixed", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real() -> Callable[[str], dict[str, Any]]:
    """Arrays of a real data file by its path below the data folder; skips where there is none."""

    def read(name: str) -> dict[str, Any]:
        if not (DATA / name).exists():
            pytest.skip(f"the real data file {name} is not at hand")
        with np.load(DATA / name, allow_pickle=False) as found:
            return dict(found)

    return read


@pytest.fixture(scope="session")
def audioset_sized() -> tuple[Any, Any]:
    """Labels and scores of a simulation of AudioSet's size: 20,371 x 527, 0.4 % positive."""
    rng = np.random.default_rng(0)
    y_true = (rng.random((20_371, 527)) < 0.004).astype(np.uint8)
    logits = rng.normal(size=y_true.shape) + 2.5 * y_true - 3
    return y_true, (1 / (1 + np.exp(-logits))).astype(np.float32)
