"""Finding the refactorings: every module or package of this folder that has `codes` and `offer` is one.

`codes` are the rules whose findings it mends; `offer(finding, file)` gives the fix, or None where it does not fit. It is asked
on every check, so it decides by facts; its edits are made when somebody wants them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache

from seawall import refactorings as package
from seawall.edits import Fix
from seawall.rules.base import File, Finding

Offer = Callable[[Finding, File], Fix | None]


@cache
def by_code() -> dict[str, tuple[Offer, ...]]:
    """What is offered for the findings of each rule."""
    found: dict[str, tuple[Offer, ...]] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for code in getattr(module, "codes", ()):
            found[code] = (*found.get(code, ()), module.offer)
    return found


def offered(finding: Finding, file: File) -> Iterator[Fix]:
    """The refactorings that would mend a finding."""
    for offer in by_code().get(finding.code, ()):
        fix = offer(finding, file)
        if fix is not None:
            yield fix
