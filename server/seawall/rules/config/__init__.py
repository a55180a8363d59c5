"""Rules about configuration (SW6)."""
