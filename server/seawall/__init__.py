"""A language server that catches a Python backend's critical mistakes while they are typed, and mends them."""

__version__ = "0.1.0"
