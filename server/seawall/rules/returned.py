"""What a function returns, and of which classes it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.semantics.types import Instance, Type, options
from seawall.semantics.view import FunctionNode, View

CONTAINERS = frozenset({"builtins.list", "typing.Sequence", "builtins.tuple", "builtins.set"})


def returned(function: FunctionNode, view: View) -> list[ast.expr]:
    """The expressions that a function returns."""
    return [one.value for one in view.scan.opened[function].returns if one.value is not None]


def classes(found: Type | None) -> Iterator[str]:
    """The classes of a value, or of what it contains."""
    for one in options(found):
        if isinstance(one, Instance):
            if one.cls in CONTAINERS and one.args:
                yield from classes(one.args[0])
            else:
                yield one.cls


def is_many(found: Type | None) -> bool:
    """Whether a value certainly is a container."""
    several = options(found)
    return bool(several) and all(isinstance(one, Instance) and one.cls in CONTAINERS for one in several)
