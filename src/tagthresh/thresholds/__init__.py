"""The deliverable: thresholds, their file, what they rest on, and the decisions they make."""
