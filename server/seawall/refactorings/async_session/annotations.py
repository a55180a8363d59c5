"""What is declared to be a session, an engine or a connection is declared to be an async one."""

from __future__ import annotations

import ast
import re

from seawall.knowledge.async_stack import COUNTERPARTS
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code
from seawall.refactorings.async_session.sessions import Sessions
from seawall.refactorings.async_session.stacks import Slot
from seawall.rules.base import File
from seawall.semantics.types import Instance, options
from seawall.semantics.view import FunctionNode

_CONNECTION = "sqlalchemy.Connection"


def annotate(code: Code, sessions: Sessions, changes: Changes) -> None:
    """Put the async class wherever a sync one is named, but not called."""
    for cls, counterpart in COUNTERPARTS.items():
        if cls == "sqlalchemy.create_engine":
            continue
        for file, node in code.uses(cls):
            parent = file.parent(node)
            is_kept = (
                code.listens(file, node)
                or isinstance(parent, ast.ClassDef)  # a session of the project's own kind
                or (cls == _CONNECTION and not _is_followed(file, parent, sessions))
                or not _is_chosen(file, node, sessions)
            )
            if not is_kept and not (isinstance(parent, ast.Call) and parent.func is node):
                changes.replace(file, node, changes.name(file, counterpart))
    for file in code.files:
        for annotation in _annotations(file):
            if (
                isinstance(annotation, ast.Constant)
                and not code.listens(file, annotation)
                and _is_chosen(file, annotation, sessions)
                and isinstance(annotation.value, str)
            ):
                _in_string(file, annotation, changes)


def _is_followed(file: File, parent: ast.AST | None, sessions: Sessions) -> bool:
    """Whether a parameter certainly gets a connection of an engine that has become async."""
    function = file.parent(file.parent(parent) or parent) if isinstance(parent, ast.arg) else None
    if not isinstance(parent, ast.arg) or not isinstance(function, FunctionNode):
        return False
    return (file.absolute_name(function), parent.arg) in sessions.parameters


def _is_chosen(file: File, node: ast.expr, sessions: Sessions) -> bool:
    """Whether what is declared there belongs to the stack that is switched."""
    if sessions.code.stays(file, node):
        return False
    inner: ast.AST = node
    for above in file.ancestors(node):
        match above:
            case ast.arg(arg=name):
                function = next((each for each in file.ancestors(above) if isinstance(each, FunctionNode)), None)
                return function is None or sessions.stacks.is_chosen(Slot(file.absolute_name(function), name))
            case ast.FunctionDef() | ast.AsyncFunctionDef() if above.returns is inner:
                return sessions.stacks.is_chosen(Slot(file.absolute_name(above)))
            case ast.Assign(targets=[ast.Name() as target]) | ast.AnnAssign(target=ast.Name() as target):
                if file.function(above) is not None:
                    return above.value is None or sessions.stacks.is_chosen(*sessions.stacks.of(file, above.value))
                cls = next((each for each in file.ancestors(above) if isinstance(each, ast.ClassDef)), None)
                owner = file.module if cls is None else file.absolute_name(cls)
                return sessions.stacks.is_chosen(Slot(f"{owner}.{target.id}"))
        inner = above
    return True


def _annotations(file: File) -> list[ast.expr | None]:
    nodes = file.scan.nodes
    functions = [*nodes[ast.FunctionDef], *nodes[ast.AsyncFunctionDef]]
    found = [
        each.annotation
        for each in (*nodes[ast.arg], *nodes[ast.AnnAssign])
        if isinstance(each, ast.arg | ast.AnnAssign)
    ]
    return [*found, *(getattr(each, "returns", None) for each in functions)]


def _in_string(file: File, annotation: ast.Constant, changes: Changes) -> None:
    for option in options(file.declared(annotation)):
        counterpart = COUNTERPARTS.get(option.cls) if isinstance(option, Instance) else None
        if counterpart is not None and isinstance(option, Instance):
            old = option.cls.rpartition(".")[2]
            text = re.sub(rf"\b{old}\b", changes.name(file, counterpart), file.text(annotation))
            changes.replace(file, annotation, text)
