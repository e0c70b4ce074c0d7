"""The numbers that the page's scripts are tested against, in `scripts/`, are those of today."""

from __future__ import annotations

import json
from typing import Any

import page_numbers
import pytest


def check_same(found: Any, expected: Any, where: str = "") -> None:
    """Compare plain values, numbers but for rounding."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key in expected:
            check_same(found[key], expected[key], f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            check_same(one, other, f"{where}[{place}]")
    elif expected is None or isinstance(expected, str):
        assert found == expected, where
    else:
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True), where


def test_the_scripts_are_tested_against_numbers_of_today() -> None:
    stored = json.loads(page_numbers.NUMBERS.read_text("utf-8"))
    del stored["page"]["content"]["version"]
    fresh = page_numbers.numbers()
    del fresh["page"]["content"]["version"]
    check_same(json.loads(json.dumps(fresh)), stored)
