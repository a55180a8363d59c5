"""Statements that run later than they are written: where they run, and whether the values are the same by then."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import CannotFix
from seawall.rules.base import File
from seawall.rules.injection._bound import Bound

_RUNS = frozenset({"fetch", "fetchval", "fetchrow", "cursor", "explain", "executemany", "fetchmany"})
_TELLS = frozenset({"get_query", "get_parameters", "get_attributes", "get_name", "get_statusmsg"})
_SIMPLE = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "get"})


def later_calls(call: ast.Call, file: File) -> Iterator[ast.Call]:
    """The calls that run an asyncpg statement that is prepared here.

    Raises:
        CannotFix: it goes where it cannot be followed.
    """
    above = file.parent(call)
    if not isinstance(above, ast.Await):
        raise CannotFix("the prepared statement goes where it cannot be followed")
    match file.parent(above):
        case ast.Attribute() as method:
            uses: list[ast.AST] = [method]
        case ast.Assign(targets=[ast.Name() as target]) | ast.AnnAssign(target=ast.Name() as target):
            names = [one for one in file.uses(target.id) if one is not target]
            if any(file.names.bindings(one) != [target] for one in names):
                raise CannotFix(f"`{target.id}` stands for something else, too")
            uses = [file.parent(one) or one for one in names]
        case _:
            raise CannotFix("the prepared statement goes where it cannot be followed")
    for use in uses:
        around = file.parent(use)
        if not (isinstance(use, ast.Attribute) and isinstance(around, ast.Call) and around.func is use):
            raise CannotFix("the prepared statement goes where it cannot be followed")
        if use.attr in _RUNS:
            yield around
        elif use.attr not in _TELLS:
            raise CannotFix(f"it is not known what `{use.attr}` does with the prepared statement")


def stays_the_same(bound: list[Bound], file: File) -> None:
    """See that the values may be written where the statement runs, perhaps more than once.

    Raises:
        CannotFix: they may be others there.
    """
    for one in bound:
        for node in ast.walk(one.node):
            match node:
                case ast.Call(func=ast.Attribute(attr=attr)) if attr in _SIMPLE:
                    continue
                case ast.Call() | ast.Await() | ast.NamedExpr() | ast.Yield() | ast.YieldFrom():
                    raise CannotFix(f"`{one.value}` may be something else where the statement runs")
                case ast.Name() if _is_bound_again(node, file):
                    raise CannotFix(f"`{node.id}` may be something else where the statement runs")


def _is_bound_again(node: ast.Name, file: File) -> bool:
    """Whether a name is bound more than once in its function."""
    scope = file.scan.scopes.get(node)
    while scope is not None and node.id not in scope.bindings:
        scope = scope.parent
    return scope is not None and len(scope.bindings[node.id]) > 1
