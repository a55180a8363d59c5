"""What code means to a framework: engines, routes, models. A meaning recognises itself in a syntax node."""
