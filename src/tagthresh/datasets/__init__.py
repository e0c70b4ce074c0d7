"""Packaged demo scores, the AudioSet-shaped simulation, and the table of the SGL-Thresh paper."""

from tagthresh.datasets.demo import load_demo
from tagthresh.datasets.simulate import audioset_shaped

__all__ = ["audioset_shaped", "load_demo"]
