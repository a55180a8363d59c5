"""Whether a value is what a client sends, and on which way it comes."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from seawall.knowledge.outside import COMMAND_LINE, TASK
from seawall.rules.base import File, Related
from seawall.semantics.giving import callers
from seawall.semantics.origins import origins
from seawall.semantics.taint import Arrival, outside


def arrivals(file: File, node: ast.AST) -> list[Arrival]:
    """The ways on which what a client sends comes to be the expression; who has a terminal is no client."""
    name = _function(file, node)
    if name is None:
        return []
    found = (outside(file.index, name, origin) for origin in origins(file.names, node))
    return [arrival for arrival in found if arrival is not None and arrival.source not in (COMMAND_LINE, TASK)]


def is_open(file: File, node: ast.AST) -> bool:
    """Whether the expression is a parameter, and nothing in the project says what it is given."""
    name = _function(file, node)
    found = origins(file.names, node)
    return (
        name is not None
        and bool(found)
        and all(
            origin.isidentifier()
            and origin not in ("self", "cls")
            and next(callers(file.index, name, origin), None) is None
            for origin in found
        )
    )


def way(found: Iterable[Arrival]) -> list[Related]:
    """The calls that hand it on, of the first of the ways."""
    first = next(iter(found), None)
    return [
        Related(
            f"`{hop.caller.rpartition('.')[2]}` hands it on to `{hop.callee.rpartition('.')[2]}`",
            owner=hop.caller,
            call=hop.call,
        )
        for hop in (first.hops if first else ())
    ]


def _function(file: File, node: ast.AST) -> str | None:
    function = file.function(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    name = file.absolute_name(function)
    return name if file.index.function(name) is not None else None
