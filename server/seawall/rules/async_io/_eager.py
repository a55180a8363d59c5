"""Loading a relationship together with its object, where the query stands in the same function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Edit, Fix
from seawall.edits.calls import add_keyword
from seawall.edits.imports import need_all
from seawall.rules.base import File
from seawall.semantics.meanings.relationship import BY_KEY, BY_QUERY, FETCHES
from seawall.semantics.view import keyword
from seawall.syntax import Range, range_of

_MAX_STEPS = 16


def eager_fix(file: File, node: ast.Attribute, cls: str) -> Iterator[Fix]:
    """Add a loader option to the query that gave the object whose attribute is read."""
    query = _query(node.value, file) if "<locals>" not in cls else None  # a local class cannot be imported
    if query is not None:
        yield Fix(f"Load {node.attr} with the query", lambda: _edits(file, query, cls, node.attr))


def _query(node: ast.expr | None, file: File) -> ast.expr | None:
    """The query that gives an object: what is executed, or the call of `session.get`."""
    for _ in range(_MAX_STEPS):
        match node:
            case ast.Name():
                node = _value(node, file)
            case ast.Await(value=value) | ast.Subscript(value=value) | ast.NamedExpr(value=value):
                node = value
            case ast.Call(func=ast.Attribute(attr=method), args=[query, *_]) if method in BY_QUERY:
                return None if isinstance(query, ast.Starred) else _statement(query, file)
            case ast.Call(func=ast.Attribute(attr=method), args=[_, _, *_]) if method in BY_KEY:
                return None if keyword(node, "options") is not None else node
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in FETCHES:
                node = value
            case ast.Call(func=ast.Name(id="list" | "set"), args=[value]):
                node = value
            case _:
                return None
    return None


def _value(name: ast.Name, file: File) -> ast.expr | None:
    """What a variable of the function holds, if only one thing is put into it."""
    bindings = file.names.bindings(name)
    if len(bindings) != 1:
        return None
    match file.parent(bindings[0]):
        case (
            ast.Assign(targets=[_], value=value) | ast.NamedExpr(value=value) | ast.AnnAssign(value=ast.expr() as value)
        ):
            return value
        case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
            return value
    return None


def _statement(query: ast.expr, file: File) -> ast.expr:
    """Where the option is added: to the `select(...)` if it is made in the function, else to what is executed."""
    if isinstance(query, ast.Name):
        value = _value(query, file)
        if isinstance(value, ast.Call) and not isinstance(file.parent(value), ast.comprehension):
            return value
    return query


def _edits(file: File, query: ast.expr, cls: str, attr: str) -> list[Edit]:
    loader, model = need_all(file, ["sqlalchemy.orm.selectinload", cls])
    option = f"{loader.expression}({model.expression}.{attr})"
    edits = [*loader.edits, *model.edits]
    if isinstance(query, ast.Call) and isinstance(query.func, ast.Attribute) and query.func.attr in BY_KEY:
        return [add_keyword(file, query, "options", f"[{option}]"), *edits]
    if isinstance(query, ast.IfExp | ast.BoolOp | ast.Await | ast.Lambda):
        return [file.replace(query, f"({file.text(query)}).options({option})"), *edits]
    return [file.insert_after(query, f"{_line_break(file, query)}.options({option})"), *edits]


def _line_break(file: File, query: ast.expr) -> str:
    """The line break and indentation that the last call of a chain has before its dot, if it has one."""
    if not isinstance(query, ast.Call) or not isinstance(query.func, ast.Attribute):
        return ""
    value, function = range_of(query.func.value), range_of(query.func)
    between = file.slice(Range(value.end_line, value.end_col, function.end_line, function.end_col))
    space = between[: between.rindex(".")]
    return "\n" + space.rpartition("\n")[2] if "\n" in space else ""
