"""Which of the nodes that bind a name can be in force where it is used."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TypeAlias

Parents: TypeAlias = Mapping[ast.AST, ast.AST]


def reaching(parents: Parents, bindings: list[ast.AST], use: ast.AST) -> list[ast.AST]:
    """The bindings that can be the one in force: the last that certainly ran before, and those in branches since."""
    place, chain = _place(use), _ancestors(parents, use)
    own_statement = next((node for node in chain if isinstance(node, ast.stmt)), None)
    before = [node for node in bindings if _place(node) < place]
    if not isinstance(own_statement, (ast.For, ast.AsyncFor, ast.With, ast.AsyncWith)):
        before = [
            node for node in before if isinstance(node, ast.arg) or _statement(parents, node) is not own_statement
        ]
    ancestors = set(chain)
    for position in range(len(before) - 1, -1, -1):
        binding = before[position]
        if isinstance(binding, ast.arg) or _shares_block(parents, _statement(parents, binding), ancestors):
            return before[position:]
    return before or bindings


def _shares_block(parents: Parents, statement: ast.AST, ancestors: set[ast.AST]) -> bool:
    if statement in ancestors:
        return True
    parent = parents.get(statement)
    if parent is None or parent not in ancestors:
        return False
    for field in ("body", "orelse", "handlers", "finalbody"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and statement in block:
            certain = field == "finalbody" or (isinstance(parent, ast.Try) and field == "body")
            return certain or any(other in ancestors for other in block)
    return False


def _ancestors(parents: Parents, node: ast.AST) -> list[ast.AST]:
    """The node itself and what it stands in."""
    chain = [node]
    while (above := parents.get(chain[-1])) is not None:
        chain.append(above)
    return chain


def _statement(parents: Parents, node: ast.AST) -> ast.AST:
    while not isinstance(node, (ast.stmt, ast.arg)) and node in parents:
        node = parents[node]
    return node


def _place(node: ast.AST) -> tuple[int, int]:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
