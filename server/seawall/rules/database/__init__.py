"""Rules about engines, sessions and models (SW7)."""
