"""A pottery's web shop."""
