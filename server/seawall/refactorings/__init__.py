"""Larger moves over several files, offered for the findings of the rules that they name."""
