"""Refactorings are found by their folder, and attached to the findings of the rules that they name."""

from __future__ import annotations

from seawall.refactorings.registry import by_code
from seawall.rules.registry import find


def test_every_refactoring_names_rules_that_exist() -> None:
    assert by_code()
    for code, moves in by_code().items():
        assert find(code) is not None
        assert all(callable(move.offer) for move in moves)
