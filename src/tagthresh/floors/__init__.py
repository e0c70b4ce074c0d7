"""Tests of whether a tag's precision or recall is above a floor: one class, one file a floor."""

from tagthresh.floors.base import Floor, Passed
from tagthresh.floors.precision import PrecisionFloor
from tagthresh.floors.recall import RecallFloor

__all__ = ["Floor", "Passed", "PrecisionFloor", "RecallFloor"]
