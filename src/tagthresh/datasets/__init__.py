"""Packaged demo scores, the AudioSet-shaped simulation, and the table of the SGL-Thresh paper."""
