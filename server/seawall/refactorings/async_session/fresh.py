"""What a function has just stored and goes on to use is read again: its relationships were never loaded.

A sync session loads them when they are read. An async one cannot, and with `expire_on_commit=False` it does not know that it should.
"""

from __future__ import annotations

import ast

from seawall.edits.layout import indent_of
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.models import read_relationships
from seawall.refactorings.async_session.sessions import Sessions
from seawall.refactorings.async_session.uses import Place
from seawall.rules.base import File
from seawall.semantics.types import Instance, options
from seawall.semantics.view import FunctionNode

_STORING = frozenset({"commit", "flush"})


def refresh(sessions: Sessions, changes: Changes) -> None:
    """Add `session.refresh(x)` behind the commit or flush that stores `x`, if more than its columns may be read later."""
    loaded = read_relationships(sessions.code)
    if not loaded:
        return
    done: set[tuple[ast.AST, str]] = set()
    for place in sessions.uses.added:
        file, call = place
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        function = file.function(call)
        stored = call.args[0] if len(call.args) == 1 else None
        if not isinstance(function, FunctionNode) or not isinstance(stored, ast.Name):
            continue
        names = _relationships_of(file, stored, loaded)
        storing = _storing(sessions, place, function)
        if not names or storing is None or (storing, stored.id) in done or _is_refreshed(file, function, call, stored):
            continue
        statement = file.parent(storing)
        if not isinstance(statement, ast.Expr) or not _is_read(file, function, storing, stored, names):
            continue
        done.add((storing, stored.id))
        indent = indent_of(file, statement)
        line = f"{indent}{file.text(call.func.value)}.refresh({stored.id})\n"
        changes.insert(file, (statement.end_lineno or statement.lineno) + 1, 0, line)


def _relationships_of(file: File, stored: ast.Name, loaded: dict[str, set[str]]) -> set[str]:
    """The relationships that the stored object may have."""
    found = options(file.type_of(stored))
    if not found or not all(isinstance(one, Instance) and file.index.split(one.cls)[0] for one in found):
        return {name for names in loaded.values() for name in names}
    classes = [base for one in found if isinstance(one, Instance) for base in file.index.mro(one.cls)]
    return {name for cls in classes for name in loaded.get(cls, ())}


def _storing(sessions: Sessions, added: Place, function: FunctionNode) -> ast.Call | None:
    """The last commit or flush of that session behind `add` in a function."""
    file, call = added
    assert isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    session, found = file.text(call.func.value), None
    for other, node in sessions.uses.calls:
        if other is not file or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        is_one = node.func.attr in _STORING and file.text(node.func.value) == session
        if is_one and file.function(node) is function and node.lineno >= call.lineno:
            found = node if found is None or node.lineno > found.lineno else found
    return found


def _is_refreshed(file: File, function: FunctionNode, call: ast.Call, stored: ast.Name) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "refresh"
        and node.lineno > call.lineno
        and any(isinstance(one, ast.Name) and one.id == stored.id for one in node.args)
        for node in ast.walk(function)
    )


def _is_read(file: File, function: FunctionNode, storing: ast.Call, stored: ast.Name, names: set[str]) -> bool:
    """Whether the object is used further down as a whole, or one of its relationships is."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Name) or node.id != stored.id or not isinstance(node.ctx, ast.Load):
            continue
        if node.lineno <= (storing.end_lineno or storing.lineno):
            continue
        parent = file.parent(node)
        if not isinstance(parent, ast.Attribute) or parent.attr in names:
            return True
    return False
