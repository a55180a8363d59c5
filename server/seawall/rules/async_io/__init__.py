"""Rules about blocking and awaiting (SW1)."""
