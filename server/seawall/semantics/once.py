"""What a function does only once: while something is made that it keeps, as `if self.pool is None: self.pool = connect()`."""

from __future__ import annotations

import ast

from seawall.semantics.names import Names
from seawall.semantics.spelling import spelled

_BLOCKS = ("body", "orelse", "finalbody")


def kept(names: Names, function: ast.AST) -> frozenset[str]:
    """The attributes and global names that a function assigns to, as they are spelled."""
    scope = names.scan.opened[function]
    return frozenset([*map(spelled, scope.stores), *scope.globals.intersection(scope.bindings)]) - {""}


def is_made_once(names: Names, node: ast.AST, kept: frozenset[str]) -> bool:
    """Whether a node runs only where something kept is not there yet."""
    below, above = node, names.scan.parents.get(node)
    while above is not None and not isinstance(below, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if isinstance(above, ast.If):
            missing = _missing(above.test) if below in above.body else _present(above.test)
            if missing in kept and below is not above.test:
                return True
        for block in _BLOCKS:
            statements = getattr(above, block, None)
            if isinstance(statements, list) and below in statements:
                before = statements[: statements.index(below)]
                if any(_leaves_if_present(one, kept) for one in before):
                    return True
        below, above = above, names.scan.parents.get(above)
    return False


def _leaves_if_present(statement: ast.stmt, kept: frozenset[str]) -> bool:
    """`if self.pool is not None: return self.pool`."""
    return (
        isinstance(statement, ast.If)
        and _present(statement.test) in kept
        and isinstance(statement.body[-1], ast.Return)
    )


def _missing(test: ast.expr) -> str:
    """What is not there where a test holds."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _present(operand)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None | False)]):
            return spelled(left)
        case ast.BoolOp(op=ast.And(), values=values):
            return next((found for value in values if (found := _missing(value))), "")
    return ""


def _present(test: ast.expr) -> str:
    """What is there where a test holds."""
    match test:
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            return spelled(left)
        case ast.Call(func=ast.Name(id="hasattr"), args=[owner, ast.Constant(value=str(name))]):
            return f"{spelled(owner)}.{name}"
    return spelled(test)
