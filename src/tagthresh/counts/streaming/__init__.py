"""Counts of clips that do not fit into memory: in one pass on a grid, or exactly in several."""
