"""Finding the refactorings: every module or package of this folder that has `codes` and `offer` is one.

`codes` are the rules whose findings it mends; `offer(finding, file)` gives the fix, or None where it does not fit. It is asked
on every check, so it decides by facts; its edits are made when somebody wants them. A small fix of the rule's own comes after the
move, unless the module says `comes_last`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from seawall import refactorings as package
from seawall.edits import Fix
from seawall.rules.base import File, Finding

Offer = Callable[[Finding, File], Fix | None]


class Move(NamedTuple):
    """A refactoring, and whether it comes after the fixes of the rule itself."""

    offer: Offer
    comes_last: bool


@cache
def by_code() -> dict[str, tuple[Move, ...]]:
    """What is offered for the findings of each rule."""
    found: dict[str, tuple[Move, ...]] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for code in getattr(module, "codes", ()):
            found[code] = (*found.get(code, ()), Move(module.offer, getattr(module, "comes_last", False)))
    return found


def fixes(finding: Finding, file: File) -> tuple[Fix, ...]:
    """The finding's fixes together with the refactorings that would mend it."""
    offered = [(move.offer(finding, file), move.comes_last) for move in by_code().get(finding.code, ())]
    first = [fix for fix, comes_last in offered if fix is not None and not comes_last]
    last = [fix for fix, comes_last in offered if fix is not None and comes_last]
    return (*first, *finding.fixes, *last)
