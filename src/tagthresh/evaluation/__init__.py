"""How good thresholds and probabilities are, here and on new clips."""
