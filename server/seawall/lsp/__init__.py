"""The editors' face: the only place that knows LSP."""
