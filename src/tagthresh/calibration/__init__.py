"""Probabilities from scores: logistic curves, the calibrator, and shifts of prevalence."""
