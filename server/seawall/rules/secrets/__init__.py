"""Rules about secrets (SW2)."""
