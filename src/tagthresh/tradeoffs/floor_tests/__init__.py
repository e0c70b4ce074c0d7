"""Tests of whether a tag's precision or recall is above a floor: one class, one file a floor."""

from tagthresh.tradeoffs.floor_tests.base import Floor, Passed
from tagthresh.tradeoffs.floor_tests.precision import PrecisionFloor
from tagthresh.tradeoffs.floor_tests.recall import RecallFloor

__all__ = ["Floor", "Passed", "PrecisionFloor", "RecallFloor"]
