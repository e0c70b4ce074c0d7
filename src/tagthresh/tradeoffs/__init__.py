"""Precision against recall: the frontier, operating points, and floors held with a confidence."""
