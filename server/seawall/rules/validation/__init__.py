"""Rules about unvalidated input (SW3)."""
