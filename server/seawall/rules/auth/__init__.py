"""Rules about passwords and tokens (SW5)."""
