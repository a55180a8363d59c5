"""What a legacy query selects: models or columns, with what is loaded at once."""

from __future__ import annotations

import ast

from seawall.edits.query_chain import EAGER, ONE_ROW, Chain, is_class_name, last_name, method_of, root_of
from seawall.semantics.types import Named
from seawall.semantics.view import View


def is_entity(view: View, node: ast.expr) -> bool | None:
    """Whether a query's argument is a model (its rows then are models) or a column; None if nothing says so."""
    if isinstance(node, ast.Call):
        if root_of(node) is not None:
            return False
        callee = view.callee(node) or ""
        return True if callee.endswith(".aliased") else False if callee.startswith("sqlalchemy") else None
    found = view.type_of(node)
    if isinstance(found, Named) and is_class_name(found.last):
        return True
    if isinstance(node, ast.Attribute) and (is_entity(view, node.value) or is_class_name(last_name(node.value))):
        return False
    return True if is_class_name(last_name(node)) or last_name(node) in ("model", "cls") else None


def is_eager(chain: Chain) -> bool:
    names = (ast.Name, ast.Attribute)
    return any(
        last_name(node) in EAGER
        for call in chain.calls
        if method_of(call) == "options"
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, names)
    )


def gives_one_row(chain: Chain, column: ast.expr) -> bool:
    """Aggregates over all rows, also when one is an argument: `func.coalesce(func.sum(x), 0)`."""
    if "group_by" in chain.methods:
        return False
    calls = [node for node in ast.walk(column) if isinstance(node, ast.Call)]
    return any(isinstance(call.func, ast.Attribute) and call.func.attr in ONE_ROW for call in calls)
