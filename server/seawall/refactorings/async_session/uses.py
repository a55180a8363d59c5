"""What is done with sessions all over the project, as far as the steps of the refactoring have to know."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from seawall.refactorings.async_session.bridges import Bridge
from seawall.refactorings.async_session.origin import SCOPED
from seawall.rules.base import File
from seawall.semantics.index import Index
from seawall.semantics.types import Instance, Type, options

SESSION, CONNECTION = "sqlalchemy.orm.Session", "sqlalchemy.Connection"
SESSIONS = (SESSION, CONNECTION, SCOPED)


class Place(NamedTuple):
    file: File
    node: ast.expr


@dataclass
class Uses:
    """What is done with sessions all over the project."""

    calls: list[Place] = field(default_factory=list)
    """Calls that wait for the database."""
    entered: list[Place] = field(default_factory=list)
    """Expressions that `with` enters."""
    through_run_sync: list[Place] = field(default_factory=list)
    """Calls that only the sync session inside of the async one has."""
    queries: list[Place] = field(default_factory=list)
    """`session.query(...)`."""
    threaded: list[Place] = field(default_factory=list)
    """Calls that hand a function that takes the session to a thread."""
    added: list[Place] = field(default_factory=list)
    """`session.add(...)`."""
    bridges: list[Bridge] = field(default_factory=list)
    """Calls of code that stays sync, which `run_sync` can make with the sync session inside of the async one."""


def is_session(index: Index, type_: Type | None) -> bool:
    """Whether a type certainly is that of a session or a connection."""
    found = options(type_)
    return bool(found) and all(
        isinstance(option, Instance) and index.is_subclass(option.cls, *SESSIONS) for option in found
    )


def session_of(node: ast.expr) -> ast.expr:
    """`session` of `session.commit()` or `session.begin()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return node
