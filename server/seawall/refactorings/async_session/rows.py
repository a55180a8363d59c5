"""Whether code that gets a query that has not run does nothing but go through its rows, so that a list does as well."""

from __future__ import annotations

import ast

from seawall.refactorings.async_session.code import Code, Function
from seawall.rules.base import File
from seawall.semantics.meanings.route import registers

_TAKE_ROWS = frozenset({"list", "tuple", "set", "sorted", "enumerate"})


def only_rows(code: Code, file: File, node: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the value of an expression is only gone through: here, or where the function around it returns it to."""
    parent = file.parent(node)
    match parent:
        case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
            return iterated is node
        case ast.Call(func=ast.Name(id=name)):
            return name in _TAKE_ROWS and node in parent.args
        case ast.Assign(targets=[ast.Name() as target]):
            return all(only_rows(code, file, use, seen) for use in _loads(file, target))
        case ast.Return():
            function = code.enclosing(file, parent)
            return function is not None and _goes_through(code, function, seen)
    return False


def _loads(file: File, target: ast.Name) -> list[ast.Name]:
    scope = file.scan.scopes[target]
    return [
        node
        for node in file.scan.nodes[ast.Name]
        if isinstance(node, ast.Name)
        and node.id == target.id
        and isinstance(node.ctx, ast.Load)
        and file.scan.scopes[node] is scope
    ]


def _goes_through(code: Code, function: Function, seen: frozenset[str]) -> bool:
    """What all callers do with a function's result; what FastAPI does with a handler's."""
    if function.name in seen:
        return True
    for decorator in function.node.decorator_list:
        inner = decorator.func if isinstance(decorator, ast.Call) else decorator
        if registers(code.index, function.file.symbol(inner)):
            return True
    for file, node in code.uses(function.name):
        call = file.parent(node)
        if not (isinstance(call, ast.Call) and call.func is node):
            return False
        if not only_rows(code, file, call, seen | {function.name}):
            return False
    return True
