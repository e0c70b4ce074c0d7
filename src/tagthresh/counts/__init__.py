"""Sufficient statistics: how many known and positive clips have which score, per tag."""
