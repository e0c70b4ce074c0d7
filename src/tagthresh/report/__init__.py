"""Results drawn for people; nothing is computed here."""
