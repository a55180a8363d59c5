"""Rules about SQL injection (SW4)."""
