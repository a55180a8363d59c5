"""Rules about the project as a whole (SW0)."""
