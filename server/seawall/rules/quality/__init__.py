"""Rules about errors, logs and tests (SW9)."""
